"""What roster.py promises."""

from datetime import date

import pytest
from roster import Roster, Uncovered

MONDAY = date(2026, 1, 5)


@pytest.fixture
def roster() -> Roster:
    return Roster(["ann", "bob", "eve"], MONDAY)


def test_a_turn_lasts_a_week(roster: Roster) -> None:
    assert [roster.on_duty(date(2026, 1, day)) for day in (5, 11, 12)] == ["ann", "ann", "bob"]


def test_the_rotation_comes_round(roster: Roster) -> None:
    assert roster.on_duty(date(2026, 1, 26)) == "ann"


def test_days_before_the_start_have_somebody(roster: Roster) -> None:
    assert roster.on_duty(date(2026, 1, 4)) == "eve"


def test_a_swap_goes_first(roster: Roster) -> None:
    roster.swap(MONDAY, "eve")
    assert roster.on_duty(MONDAY) == "eve"


def test_a_stranger_cannot_swap(roster: Roster) -> None:
    with pytest.raises(KeyError):
        roster.swap(MONDAY, "mallory")


def test_the_next_stands_in_for_who_is_away(roster: Roster) -> None:
    roster.away("ann", MONDAY, MONDAY)
    assert roster.on_duty(MONDAY) == "bob"


def test_the_last_day_away_counts(roster: Roster) -> None:
    roster.away("ann", MONDAY, date(2026, 1, 7))
    assert [roster.on_duty(date(2026, 1, day)) for day in (7, 8)] == ["bob", "ann"]


def test_a_day_that_nobody_can_take_is_refused(roster: Roster) -> None:
    for person in roster.people:
        roster.away(person, MONDAY, MONDAY)
    with pytest.raises(Uncovered) as caught:
        roster.on_duty(MONDAY)
    assert str(caught.value) == "nobody is left for 2026-01-05"


def test_load_names_everybody(roster: Roster) -> None:
    assert roster.load(MONDAY, date(2026, 1, 13)) == {"ann": 7, "bob": 2, "eve": 0}


def test_load_lists_the_busiest_first(roster: Roster) -> None:
    roster.away("ann", MONDAY, date(2026, 1, 9))
    assert list(roster.load(MONDAY, date(2026, 1, 11))) == ["bob", "ann", "eve"]


def test_a_roster_survives_json(roster: Roster) -> None:
    roster.swap(MONDAY, "eve")
    again = Roster.from_json(roster.to_json())
    assert (again.people, again.start, again.swaps) == (roster.people, roster.start, roster.swaps)


def test_the_json_has_three_keys_in_order(roster: Roster) -> None:
    assert roster.to_json() == '{"people": ["ann", "bob", "eve"], "start": "2026-01-05", "swaps": {}}'
