"""What allocation.py promises."""

from decimal import Decimal

import pytest
from allocation import Unsplittable, allocate, discounted, read, written


def test_no_cent_is_lost() -> None:
    assert sum(allocate(100, [1, 1, 1])) == 100


def test_the_first_party_gets_the_odd_cent() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]


def test_a_party_without_weight_gets_nothing() -> None:
    assert allocate(5, [0, 1, 1]) == [0, 3, 2]


def test_nobody_to_split_among_is_refused() -> None:
    with pytest.raises(Unsplittable):
        allocate(100, [])


def test_the_refusal_names_the_amount_and_the_weights() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the text is compared below
        allocate(7, [0, 0])
    assert str(caught.value) == "cannot split 7 among [0, 0]"


def test_half_a_cent_goes_to_the_even_neighbor() -> None:
    assert [discounted(5, Decimal(50)), discounted(7, Decimal(50))] == [2, 4]


def test_a_discount_above_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="not between 0 and 100"):
        discounted(100, Decimal(101))


def test_a_whole_discount_leaves_nothing() -> None:
    assert discounted(995, Decimal(100)) == 0


def test_amounts_are_written_with_thousands_and_two_digits() -> None:
    assert written(123_450) == "1,234.50 EUR"


def test_a_debt_keeps_its_sign() -> None:
    assert written(-5) == "-0.05 EUR"


@pytest.mark.parametrize("cents", [0, 7, 123_450, -5])
def test_what_is_written_reads_back(cents: int) -> None:
    assert read(written(cents)) == cents
