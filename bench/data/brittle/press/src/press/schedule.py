"""When the site is built."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Berlin")


def next_build(now=None):
    """At the same time on the clock at the office, one day later."""
    now = now or datetime.now(HOME)
    return now + timedelta(days=1)


def pause(until, now=None):
    """Seconds to sleep."""
    now = now or datetime.now(HOME)
    return until.timestamp() - now.timestamp()
