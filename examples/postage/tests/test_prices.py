import pytest

from postage import prices
from postage.prices import BASE, gross_price, net_price, with_tax


@pytest.mark.parametrize("weight", sorted(BASE))
def test_next_door_costs_the_base(weight):
    assert net_price("28013", weight) == BASE[weight]


@pytest.mark.parametrize("area", range(1, 53))
def test_nothing_is_cheaper_than_next_door(area):
    assert net_price(f"{area:02}001", 900) >= net_price("28013", 900)


@pytest.mark.parametrize(("net", "gross"), [(100, 121), (290, 351), (350, 424), (50, 61), (0, 0)])
def test_tax_is_rounded_to_the_nearest_cent(net, gross):
    assert with_tax(net) == gross


def test_an_island_pays_no_tax():
    assert gross_price("35001", 200) == 754


def test_the_mainland_pays_tax():
    assert gross_price("28013", 200) == 351


def test_insurance_is_one_percent():
    assert prices.insurance(12_345) == 123


def test_a_value_is_insured_from_a_hundred_euros():
    assert gross_price("35001", 200, value=9_999) == 754
    assert gross_price("35001", 200, value=10_000) == 854
