import pytest

from ledger import Ledger, NoSuchEntry, NoSuchMember


@pytest.fixture
def book():
    book = Ledger()
    book.add("rent", -70000, "Hall in May", "2024-05-02")
    book.add("dues", 2500, "May, Ann", "2024-05-03")
    book.add("dues", 2500, "June, Ann", "2024-06-03")
    book.add_member("ann", "1234", "dues")
    return book


def test_entries_are_numbered(book):
    assert book.add("cash", 1) == 4


def test_the_balance_of_an_account(book):
    assert book.balance("dues") == 5000
    assert book.balance("none") == 0


def test_one_entry(book):
    assert book.entry("2")["memo"] == "May, Ann"


def test_an_entry_that_is_missing(book):
    with pytest.raises(NoSuchEntry):
        book.entry("9")


def test_search_in_all_accounts(book):
    assert [each["number"] for each in book.search("may")] == [1, 2]


def test_search_in_one_account(book):
    assert [each["number"] for each in book.search("may", "dues")] == [2]


def test_totals_of_accounts(book):
    assert book.totals() == [("dues", 5000), ("rent", -70000)]


def test_totals_since_a_day(book):
    assert book.totals("account", since="2024-06-01") == [("dues", 2500)]


def test_a_statement(book):
    assert book.statement("ann") == ["2024-05-03 25.00 May, Ann", "2024-06-03 25.00 June, Ann"]


def test_a_member_who_is_missing(book):
    with pytest.raises(NoSuchMember):
        book.statement("bob")


def test_a_pin(book):
    assert book.check_pin("ann", "1234")
    assert not book.check_pin("ann", "4321")


def test_the_export_has_headings(book):
    assert book.export().startswith("number,day,account,amount,memo\n")
