import pytest

from postage import labels
from postage.labels import label, summary


@pytest.mark.parametrize("count", range(2, 60))
def test_several_parcels_are_plural(count):
    assert summary(count, 100) == f"{count} parcels, 1.00 EUR"


def test_one_parcel_is_singular():
    assert summary(1, 305) == "1 parcel, 3.05 EUR"


def test_the_town_is_in_capitals():
    assert label("Ana", "Calle Mayor 1", "28013", "Madrid") == "Ana\nCalle Mayor 1\n28013 MADRID"


def test_a_long_name_is_cut(monkeypatch):
    seen = []
    short = labels._short
    monkeypatch.setattr(labels, "_short", lambda text: seen.append(text) or short(text))
    first, *_ = label("A" * 40, "Calle Mayor 1", "28013", "Madrid").splitlines()
    assert first == "A" * 31 + "."
    assert seen == ["A" * 40, "Calle Mayor 1"]
