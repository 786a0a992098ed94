"""Weeks and days, as the office counts them."""

from datetime import UTC, date, datetime, timedelta

from rota.settings import DAYS, setting


def week_start(day):
    first = DAYS.index(setting("week_starts"))
    return day - timedelta(days=(day.weekday() - first) % 7)


def week_label(day=None):
    day = day or date.today()
    return f"{day.year}-W{day.isocalendar().week:02d}"


def day_of(timestamp):
    """The day of a punch of the clock at the door."""
    return datetime.fromtimestamp(timestamp).date()


def utc_day_of(timestamp):
    return datetime.fromtimestamp(timestamp, UTC).date()
