from money import format_cents, parse_amount, split_evenly


def test_amounts_are_written():
    assert format_cents(2500) == "25.00"


def test_amounts_are_read():
    assert parse_amount("25.00") == 2500


def test_amounts_are_split():
    assert sum(split_evenly(1000, 3)) == 1000
