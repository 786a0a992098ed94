import pytest

from till.money import amount, cents, split


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 100), ("1.50", 150), ("1,50", 150), ("-2.05", -205), (" 10 ", 1000), ("0.00", 0)],
)
def test_cents_reads_an_amount(text, value):
    assert cents(text) == value


@pytest.mark.parametrize("text", ["", "1.5", "1.500", "a", "1 000"])
def test_cents_refuses_what_is_no_amount(text):
    with pytest.raises(ValueError, match="is no amount"):
        cents(text)


def test_a_wrong_amount_is_quoted():
    with pytest.raises(ValueError) as raised:
        cents("1.5x")
    assert str(raised.value) == "'1.5x' is no amount"


@pytest.mark.parametrize(("value", "text"), [(5, "0.05 €"), (150, "1.50 €"), (-205, "-2.05 €")])
def test_amount_writes_cents(value, text):
    assert amount(value) == text


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_a_split_loses_nothing(parts):
    assert sum(split(1000, parts)) == 1000


def test_a_split_is_fair():
    shares = split(1001, 4)
    assert max(shares) - min(shares) == 1


def test_nobody_cannot_share():
    with pytest.raises(AssertionError):
        split(100, 0)
