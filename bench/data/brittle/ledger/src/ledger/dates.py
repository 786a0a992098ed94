"""Days of the bookkeeping."""

import calendar
import time
from datetime import UTC, date, datetime


def day_of_entry(timestamp):
    return time.strftime("%d.%m.%Y", time.localtime(timestamp))


def day_in_utc(timestamp):
    return datetime.fromtimestamp(timestamp, UTC).strftime("%d.%m.%Y")


def month_end(day):
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def due(day, months=1):
    """The same day some months later, or the last one of that month."""
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
