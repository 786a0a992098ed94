import inspect
import json
from datetime import date

import pytest

from parcel.account import Account, fee


@pytest.fixture
def acme():
    return Account("acme", date(2035, 1, 1))


def test_an_account_is_active(acme):
    assert acme.is_active()


@pytest.mark.parametrize(
    ("day", "active"), [(date(2034, 12, 31), True), (date(2035, 1, 1), True), (date(2035, 1, 2), False)]
)
def test_an_account_ends_after_its_last_day(acme, day, active):
    assert acme.is_active(day) is active


def test_an_account_is_written_as_json(acme):
    assert acme.as_json() == '{"name": "acme", "until": "2035-01-01"}'


def test_an_account_reads_back_from_json(acme):
    assert json.loads(acme.as_json())["until"] == "2035-01-01"


@pytest.mark.parametrize(("weight", "cents"), [(1, 499), (1000, 499), (1001, 649), (2000, 649), (2001, 799)])
def test_the_fee_grows_with_weight(weight, cents):
    assert fee(weight) == cents


def test_the_fee_is_documented_in_grams():
    assert "# grams to cents" in inspect.getsource(fee)


@pytest.mark.parametrize("weight", [0, -5])
def test_a_parcel_without_weight_is_refused(weight):
    with pytest.raises(ValueError, match="weight"):
        fee(weight)
