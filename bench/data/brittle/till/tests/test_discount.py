import pytest

from till import rates


def test_a_reduced_rate_can_be_overridden():
    rates.override("reduced", 7)
    assert rates.gross(100, "reduced") == 107


def test_an_override_can_be_taken_back(monkeypatch):
    monkeypatch.setitem(rates.RATES, "standard", 25)
    assert rates.gross(100) == 125


def test_an_unknown_kind_cannot_be_overridden():
    with pytest.raises(KeyError):
        rates.override("luxury", 30)
