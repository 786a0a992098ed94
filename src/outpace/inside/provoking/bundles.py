"""Sets of settings that are tried at once: each value of each setting in one of a few passes over the suite."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping

from .clock import FAST, FROZEN

MOST_NAMES = 40
PASSES = 5
INSTANTS = 8

ZONES = ("Asia/Kolkata", "Europe/Berlin", "Pacific/Honolulu", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati")
LOCALES = ("C", "tr_TR.UTF-8", "de_DE.UTF-8")
UUIDS = (
    "00000000-0000-4000-8000-000000000000",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
    "12345678-1234-4234-8234-123456789012",
)
NUMBERS = ("4194303", "1", "99999")
VALUES = {
    "CI": ("true",),
    "COLUMNS": ("20", "300"),
    "LINES": ("5",),
    "NO_COLOR": ("1",),
    "FORCE_COLOR": ("1",),
    "TERM": ("dumb", "xterm-256color"),
    "EDITOR": ("nano",),
    "VISUAL": ("code -w",),
    "PAGER": ("less",),
    "DEBUG": ("1",),
    "USER": ("root",),
    "LOGNAME": ("root",),
    "SHELL": ("/bin/fish",),
}
LEFT_ALONE = ("PYTEST", "PYTHON", "PY_", "COVERAGE", "HYPOTHESIS", "LC_", "OUTPACE", "VIRTUAL_ENV", "LD_")
OTHERS = frozenset({"PATH", "HOME", "TZ", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "PWD"})


def bundles(names: Iterable[str], present: frozenset[str], now: dt.datetime, seed: int) -> list[dict[str, str]]:
    """`names` of variables that the project reads; those in `present` are set in the control."""
    rng = random.Random(seed)  # noqa: S311  the same again for the same seed
    columns = {**_columns(now), **_variables(names, present)}
    found: list[dict[str, str]] = [{} for _ in range(PASSES)]
    for number, (name, values) in enumerate(sorted(columns.items())):
        for value, first in zip(values, _places(number, len(values))):  # noqa: B905  Python 3.9
            later = (found[(first + step) % PASSES] for step in range(PASSES))
            next(bundle for bundle in later if name not in bundle and _fits(name, bundle))[name] = value
    for number, bundle in enumerate(found):
        bundle["random"] = str((1, 7, 77, 3, 42)[number])
        bundle["hash-seed"] = str(number + 1 if number < PASSES - 1 else rng.randrange(PASSES, 1 << 16))
    for value, bundle in zip(LOCALES, found):  # noqa: B905  Python 3.9
        bundle["locale"] = value
    found[-1]["optimize"] = "1"
    return found


def further(now: dt.datetime) -> list[dict[str, str]]:
    """More of what matters only to tests that look at the clock."""
    moments = [moment.replace(tzinfo=None).isoformat() for moment in instants(now)[PASSES:]]
    return [*({"clock": at} for at in (*moments, FROZEN, FAST)), *({"time-zone": zone} for zone in ZONES[PASSES:])]


def _places(number: int, values: int) -> list[int]:
    """Which passes take the values: as far apart as they can be."""
    step = max(PASSES // max(values, 1), 1)
    return [(number + position * step) % PASSES for position in range(min(values, PASSES))]


def _fits(name: str, bundle: Mapping[str, str]) -> bool:
    """A variable is set or absent, and without color or with it."""
    other = {"set:NO_COLOR": "set:FORCE_COLOR", "set:FORCE_COLOR": "set:NO_COLOR"}.get(name, f"un{name}")
    return other not in bundle and name.replace("unset:", "set:") not in bundle


def _columns(now: dt.datetime) -> dict[str, tuple[str, ...]]:
    return {
        "time-zone": ZONES,
        "clock": tuple(moment.replace(tzinfo=None).isoformat() for moment in instants(now)),
        "home": ("missing", "read-only"),
        "temporary": ("with space", "long"),
        "directory": ("elsewhere",),
        "listing": ("reversed", "shuffled", "in order"),
        "umask": ("077", "000"),
        "uuid": UUIDS,
        "pid": NUMBERS,
    }


def _variables(names: Iterable[str], present: frozenset[str]) -> dict[str, tuple[str, ...]]:
    read = sorted(name for name in set(names) if name not in OTHERS and not name.startswith(LEFT_ALONE))
    found = {f"set:{name}": VALUES.get(name, ("1",)) for name in [*VALUES, *read[:MOST_NAMES]] if _settable(name)}
    found.update({f"unset:{name}": ("",) for name in sorted(present) if name in {"USER", "LOGNAME", *read}})
    return found


def _settable(name: str) -> bool:
    """A proxy would lead even a server beside the test astray."""
    return not name.lower().endswith("_proxy") and name.isascii() and "=" not in name


def instants(now: dt.datetime) -> tuple[dt.datetime, ...]:
    """Moments, local ones where the tests run, at which dates are known to go wrong, none of them past."""
    today = dt.datetime(now.year, now.month, now.day, tzinfo=dt.timezone.utc)
    ordinary = today + dt.timedelta(days=1)
    found = (
        ordinary.replace(hour=23, minute=55),
        _sunday(now, month=3, last=True, hour=12) - dt.timedelta(days=1),
        _leap_day(today).replace(hour=23, minute=30),
        _years_end(today),
        _sunday(now, month=10, last=True, hour=23) - dt.timedelta(days=1) + dt.timedelta(minutes=30),
        dt.datetime(2038, 1, 19, 3, 14, 0, tzinfo=dt.timezone.utc),
        _sunday(now, month=3, last=False, hour=12) - dt.timedelta(days=1),
        _end_of_month(today).replace(hour=0, minute=5),
    )
    return found[:INSTANTS]


def _years_end(today: dt.datetime) -> dt.datetime:
    """The end of the next year whose last day is in the first ISO week of the one that follows."""
    days = (
        dt.datetime(year, 12, 31, 23, 59, 30, tzinfo=dt.timezone.utc) for year in range(today.year, today.year + 12)
    )
    return next(day for day in days if day >= today and day.isocalendar()[0] != day.year)


def _leap_day(today: dt.datetime) -> dt.datetime:
    year = today.year
    while True:
        if year % 4 == 0 and (year % 100 or not year % 400):
            day = dt.datetime(year, 2, 29, tzinfo=dt.timezone.utc)
            if day >= today:
                return day
        year += 1


def _end_of_month(today: dt.datetime) -> dt.datetime:
    """The next 31st before a shorter month."""
    year = today.year if today < dt.datetime(today.year, 10, 31, tzinfo=dt.timezone.utc) else today.year + 1
    return next(
        day for month in (1, 3, 5, 8, 10) if (day := dt.datetime(year, month, 31, tzinfo=dt.timezone.utc)) >= today
    )


def _sunday(now: dt.datetime, *, month: int, last: bool, hour: int) -> dt.datetime:
    """The next last, or second, Sunday of a month: where Europe, or America, turns its clocks."""
    for year in (now.year, now.year + 1):
        days = [dt.datetime(year, month, day, hour, tzinfo=dt.timezone.utc) for day in range(1, 31)]
        sundays = [day for day in days if day.weekday() == 6]
        found = sundays[-1] if last else sundays[1]
        if last and (found + dt.timedelta(days=7)).month == month:
            found += dt.timedelta(days=7)
        if found > now:
            return found
    raise AssertionError("a year has that Sunday")


def kind_of(settings: Mapping[str, str]) -> str:
    """By its first setting; several at once are of the kind of the one that is least ordinary."""
    names = sorted(settings)
    for name in names:
        if name in KINDS:
            return KINDS[name]
    return "environment"


KINDS = {
    "optimize": "optimize",
    "warnings": "warnings",
    "cpu": "slow",
    "sleep": "slow",
    "switch-interval": "slow",
    "network": "network",
    "locale": "locale",
    "clock": "clock",
    "time-zone": "time-zone",
    "hash-seed": "hash-seed",
    "home": "directory",
    "temporary": "directory",
    "directory": "directory",
    "listing": "directory",
    "umask": "directory",
    "random": "randomness",
    "uuid": "randomness",
    "pid": "randomness",
}
