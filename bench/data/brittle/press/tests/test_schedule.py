from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from press.schedule import HOME, next_build, pause


def test_the_next_build_is_a_day_away():
    now = datetime.now(HOME)
    assert pause(next_build(now), now) == 86400


def test_the_next_build_is_at_the_same_time_on_the_clock():
    now = datetime.now(HOME)
    assert next_build(now).time() == now.time()


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (datetime(2026, 5, 4, 12, tzinfo=HOME), 86400),
        (datetime(2026, 3, 28, 12, tzinfo=HOME), 82800),
        (datetime(2026, 10, 24, 12, tzinfo=HOME), 90000),
        (datetime(2024, 2, 28, 12, tzinfo=HOME), 86400),
    ],
)
def test_a_build_waits_for_the_clock_at_the_office(now, seconds):
    assert pause(next_build(now), now) == seconds


def test_a_build_that_is_due_waits_for_nothing():
    now = datetime(2026, 5, 4, 12, tzinfo=HOME)
    assert pause(now, now) == 0


def test_the_office_is_ahead_of_london():
    noon = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Europe/London"))
    assert noon.astimezone(HOME) - noon == timedelta(0)
    assert noon.astimezone(HOME).hour == 13
