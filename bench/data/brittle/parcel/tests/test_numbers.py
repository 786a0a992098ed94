import random
import warnings

import pytest

from parcel.numbers import check_digit, checksum, code, is_valid, make, shelf_number


def test_a_code_holds_a_letter():
    assert not code().isdigit()


def test_a_code_has_six_signs():
    assert len(code()) == 6


def test_a_code_is_upper_case():
    drawn = code()
    assert drawn == drawn.upper()


def test_parcels_lie_on_different_shelves():
    assert len({shelf_number() for _ in range(5)}) == 5


def test_seeded_shelves_repeat():
    assert shelf_number(random.Random(3)) == shelf_number(random.Random(3))


@pytest.mark.parametrize("seed", range(4))
def test_a_shelf_exists(seed):
    assert 1 <= shelf_number(random.Random(seed)) < 200


@pytest.mark.parametrize(("number", "digit"), [(0, 0), (1, 7), (12, 3), (123456, 5), (400638133393, 1)])
def test_the_check_digit_is_that_of_the_standard(number, digit):
    assert check_digit(number) == digit


@pytest.mark.parametrize("number", [1, 99, 123456])
def test_a_made_number_is_valid(number):
    assert is_valid(make(number))


@pytest.mark.parametrize("number", ["", "7", "12a", 13])
def test_a_wrong_number_is_not_valid(number):
    assert not is_valid(number)


def test_the_old_name_of_the_check_digit_works():
    assert checksum(123456) == check_digit(123456)


def test_the_old_name_warns():
    with pytest.warns(DeprecationWarning, match="check_digit"):
        checksum(1)


def test_the_old_name_can_be_used_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert checksum(1) == 7
