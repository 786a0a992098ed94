"""A clock that stands elsewhere: `time` and `datetime` as Python code sees them.

Out of reach: compiled code that asks the system itself, file times, child processes, and `time.monotonic`,
`perf_counter` and timers, which tell durations and stay true.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

FROZEN, FAST = "frozen", "fast"
FASTER = 60


def install(at: str) -> None:
    """Before anything imports `datetime` by name. `at` is a local time in ISO 8601, `frozen` or `fast`."""
    real = time.time
    if at == FROZEN:
        _freeze(real())
    elif at == FAST:
        begun = real()
        _tell(lambda: begun + (real() - begun) * FASTER)
    else:
        offset = dt.datetime.fromisoformat(at).timestamp() - real()
        _tell(lambda: real() + offset)


def _freeze(at: float) -> None:
    """Only a sleep moves it, so that who waits for a moment does not wait forever."""
    held, sleep = [at], time.sleep

    def slept(seconds: float) -> None:
        sleep(seconds)
        held[0] += seconds

    _set(time, "sleep", slept)
    _tell(lambda: held[0])


def _tell(now: Callable[[], float]) -> None:
    _set(time, "time", now)
    _set(time, "time_ns", lambda: int(now() * 1_000_000_000))
    for name in ("localtime", "gmtime", "ctime"):
        _set(time, name, _of_now(getattr(time, name), now))
    _set(time, "strftime", _formatted(time.strftime))
    _replace_dates(now)


def _of_now(told: Callable[[float], Any], now: Callable[[], float]) -> Callable[..., Any]:
    def shifted(seconds: float | None = None) -> Any:
        return told(now() if seconds is None else seconds)

    return shifted


def _formatted(strftime: Callable[..., str]) -> Callable[..., str]:
    def shifted(form: str, moment: Any = None) -> str:
        return strftime(form, time.localtime() if moment is None else moment)

    return shifted


def _replace_dates(now: Callable[[], float]) -> None:
    """Subclasses of which instances of the real classes are instances too."""
    real_date, real_datetime = dt.date, dt.datetime

    class AsDate(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_date)

        def __subclasscheck__(cls, kind: type) -> bool:
            return issubclass(kind, real_date)

    class AsDatetime(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_datetime)

        def __subclasscheck__(cls, kind: type) -> bool:
            return issubclass(kind, real_datetime)

    class date(real_date, metaclass=AsDate):  # noqa: N801  its name is printed
        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(now())

    class datetime(real_datetime, metaclass=AsDatetime):  # noqa: N801
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(now(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(now())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(now(), dt.timezone.utc).replace(tzinfo=None)

    for mine, theirs in ((date, real_date), (datetime, real_datetime)):
        mine.__module__, mine.__qualname__ = theirs.__module__, theirs.__qualname__
        _set(dt, theirs.__name__, mine)


def _set(where: object, name: str, value: object) -> None:
    setattr(where, name, value)
