import datetime

from wording import Money, counted, day, grouped, phrase


def test_groups_of_three():
    assert grouped("1234567", ",") == "1,234,567"


def test_amounts():
    assert f"{Money(123456):de}" == "1.234,56\u00a0\u20ac"
    assert str(Money(-250, "USD")) == "-$2.50"


def test_days():
    assert day(datetime.date(2024, 12, 24), "de") == "24. Dezember 2024"


def test_numbers_with_nouns():
    assert counted(2, "letter", "letters") == "2 letters"


def test_phrases():
    assert phrase("closing", "fr") == "Cordialement"
    assert phrase("greeting", "en", {"greeting": "Hi {name}!"}, name="Ann") == "Hi Ann!"
