"""A clock that stands elsewhere: `time` and `datetime` as Python code sees them.

Out of reach: compiled code that asks the system itself, file times, child processes, and `time.monotonic`,
`perf_counter` and timers, which tell durations and stay true.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

FROZEN, FAST = "frozen", "fast"
FASTER = 10
OLD = (
    "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware "
    "objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC)."
)
MOST_LATE = 2.0
"""Seconds that a longer sleep adds at most."""


def _unheard() -> None:
    pass


class Clock:
    """Put in place of the real one before anything takes `time` by its name; from then on it can be set. `heard` is
    called whenever somebody looks at it."""

    def __init__(self, heard: Callable[[], None] = _unheard) -> None:
        self._real, self._sleep = time.time, time.sleep
        self._held: list[float] = []
        self._now: Callable[[], float] = self._real
        self._heard = heard
        self.longer = 1.0
        _set(time, "sleep", self._slept)
        _tell(self.now)

    def now(self) -> float:
        self._heard()
        return self._now()

    def set(self, at: str) -> None:
        """`at` is a local time in ISO 8601, `frozen` or `fast`."""
        begun = self._real()
        if at == FROZEN:
            self._held = [begun]
            self._now = lambda: self._held[0]
        elif at == FAST:
            self._now = lambda: begun + (self._real() - begun) * FASTER
        else:
            offset = dt.datetime.fromisoformat(at).timestamp() - begun
            self._now = lambda: self._real() + offset

    def _slept(self, seconds: float) -> None:
        """Only a sleep moves a frozen clock, so that who waits for a moment does not wait forever. In threads beside
        the main one it takes `longer`, while whoever waits for them does not wait longer."""
        beside = self.longer > 1 and threading.current_thread() is not threading.main_thread()
        self._sleep(min(seconds * self.longer, seconds + MOST_LATE) if beside else seconds)
        self._held = [at + seconds for at in self._held]


def install(at: str) -> None:
    Clock().set(at)


def _tell(now: Callable[[], float]) -> None:
    _set(time, "time", now)
    _set(time, "time_ns", lambda: int(now() * 1_000_000_000))
    for name in ("localtime", "gmtime", "ctime"):
        _set(time, name, _of_now(getattr(time, name), now))
    _set(time, "strftime", _formatted(time.strftime))
    _turn_dates(now)


def _of_now(told: Callable[[float], Any], now: Callable[[], float]) -> Callable[..., Any]:
    def shifted(seconds: float | None = None) -> Any:
        return told(now() if seconds is None else seconds)

    return shifted


def _formatted(strftime: Callable[..., str]) -> Callable[..., str]:
    def shifted(form: str, moment: Any = None) -> str:
        return strftime(form, time.localtime() if moment is None else moment)

    return shifted


def _turn_dates(now: Callable[[], float]) -> None:
    """In the built-in class itself, which nobody means to be written to: a class of ours in its place would not be what
    instances, subclasses and other metaclasses expect. `today` asks `time.time` anyway."""

    def moment(kind: Any, tz: dt.tzinfo | None = None) -> Any:
        return kind.fromtimestamp(now(), tz)

    def moment_in_utc(kind: Any) -> Any:
        if sys.version_info >= (3, 12):
            warnings.warn(OLD, DeprecationWarning, stacklevel=2)
        return kind.fromtimestamp(now(), dt.timezone.utc).replace(tzinfo=None)

    held: dict[str, Any] = gc.get_referents(vars(dt.datetime))[0]
    held.update(now=classmethod(moment), utcnow=classmethod(moment_in_utc))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(dt.datetime))


def _set(where: object, name: str, value: object) -> None:
    setattr(where, name, value)
