import unittest
from decimal import Decimal

from ledger.books import Books


class YearTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.books = Books()

    def test_1_the_year_opens_with_a_balance(self):
        self.books.move("equity", "bank", "100")
        self.assertEqual(self.books.balance("equity"), Decimal(-100))

    def test_2_rent_is_paid_from_the_bank(self):
        self.books.move("bank", "rent", "80")
        self.assertEqual(self.books.balance("bank"), Decimal(20))


class BooksTest(unittest.TestCase):
    def setUp(self):
        self.books = Books()
        self.books.move("bank", "rent", "80")
        self.books.move("customers", "bank", "100.5")

    def test_the_accounts_are_listed(self):
        self.assertEqual(self.books.accounts(), ["bank", "rent", "customers"])

    def test_no_account_is_missing(self):
        self.assertCountEqual(self.books.accounts(), ["bank", "customers", "rent"])

    def test_a_balance_is_what_is_left(self):
        self.assertEqual(self.books.balance("bank"), Decimal("20.5"))

    def test_the_books_add_up_to_nothing(self):
        self.assertEqual(sum(self.books.totals().values()), 0)

    def test_totals_are_balances(self):
        for account, total in self.books.totals().items():
            with self.subTest(account):
                self.assertEqual(self.books.balance(account), total)

    def test_only_positive_amounts_move(self):
        for value in ("0", "-1"):
            with self.subTest(value), self.assertRaises(ValueError):
                self.books.move("bank", "rent", value)

    def test_an_unknown_account_is_empty(self):
        self.assertEqual(self.books.balance("nobody"), 0)


if __name__ == "__main__":
    unittest.main()
