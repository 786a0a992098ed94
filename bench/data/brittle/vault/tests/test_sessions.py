from datetime import datetime, timedelta

import pytest

from vault.sessions import Session

NOON = datetime(2026, 5, 4, 12)


def test_a_session_ends_on_the_day_it_starts():
    session = Session.start("ada")
    assert session.ends.date() == session.started.date()


def test_a_session_lasts_ten_minutes():
    assert Session.start("ada", NOON).ends == datetime(2026, 5, 4, 12, 10)


@pytest.mark.parametrize(("minutes", "over"), [(0, False), (9, False), (10, True), (1000, True)])
def test_a_session_is_over_when_its_time_is(minutes, over):
    assert Session.start("ada", NOON).is_over(NOON + timedelta(minutes=minutes)) is over


@pytest.mark.parametrize("now", [datetime(2026, 12, 31, 23, 55), datetime(2024, 2, 28, 23, 59)])
def test_a_session_may_last_into_the_next_day(now):
    assert Session.start("ada", now).ends.date() == now.date() + timedelta(days=1)


def test_a_session_just_started_is_not_over():
    assert not Session.start("ada", ttl=timedelta(days=1)).is_over()


def test_a_session_without_time_is_over():
    assert Session.start("ada", ttl=timedelta(0)).is_over()
