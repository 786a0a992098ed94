from datetime import date, timedelta

import pytest

from till.card import Card


def test_a_new_card_is_valid_for_at_least_a_year():
    card = Card.issue("Ada")
    assert card.valid_until >= date.today() + timedelta(days=365)


def test_a_card_issued_on_a_given_day_ends_a_year_later():
    assert Card.issue("Ada", today=date(2025, 3, 1)).valid_until == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "valid"),
    [(date(2025, 2, 28), False), (date(2025, 3, 1), True), (date(2026, 3, 1), True), (date(2026, 3, 2), False)],
)
def test_a_card_is_valid_within_its_year(day, valid):
    assert Card.issue("Ada", today=date(2025, 3, 1)).is_valid(day) is valid


def test_cards_of_the_same_day_and_holder_are_equal():
    assert Card.issue("Ada", date(2025, 1, 1)) == Card.issue("Ada", date(2025, 1, 1))
