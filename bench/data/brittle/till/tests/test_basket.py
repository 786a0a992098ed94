import pytest

from till.rates import gross, net_of


def test_a_book_costs_net_plus_five_percent():
    assert gross(2000, "reduced") == 2100


@pytest.mark.parametrize(("net", "expected"), [(0, 0), (100, 120), (999, 1199), (5, 6)])
def test_gross_adds_the_standard_rate(net, expected):
    assert gross(net) == expected


def test_zero_rated_goods_cost_their_net_price():
    assert gross(1234, "zero") == 1234


@pytest.mark.parametrize("net", [100, 2500, 99900])
def test_net_of_undoes_gross(net):
    assert net_of(gross(net)) == net


def test_an_unknown_kind_has_no_rate():
    with pytest.raises(KeyError):
        gross(100, "luxury")
