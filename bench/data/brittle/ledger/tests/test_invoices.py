import itertools
from decimal import Decimal

import pytest

from ledger.invoices import coarse, coarsely, next_number, rounded, share


def test_a_share_is_exact():
    assert share("1000.02", 2) == Decimal("500.01")


def test_counting_may_be_coarse():
    coarse()
    assert share("1000.02", 3) == Decimal("333.3")


def test_one_count_may_be_coarse():
    assert coarsely("1000.02", 3) == Decimal("333.3")


def test_the_first_invoice_is_number_one():
    assert next_number() == "R00001"


def test_invoices_are_numbered_in_order():
    numbers = itertools.count(7)
    assert [next_number(numbers), next_number(numbers)] == ["R00007", "R00008"]


@pytest.mark.parametrize(("value", "cents"), [("1.005", "1.01"), ("2", "2.00"), ("0.994", "0.99"), ("-1.5", "-1.50")])
def test_money_is_rounded_half_up(value, cents):
    assert rounded(value) == Decimal(cents)


def test_nobody_pays_no_invoice():
    with pytest.raises(AssertionError):
        share("10", 0)
