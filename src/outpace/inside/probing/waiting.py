"""Waiting that takes no time: where a program sleeps, its clock runs on instead. For processes that probe."""

from __future__ import annotations

import selectors
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from .tracing import TooManySteps

GLANCE = 0.2
"""As long as other threads are given, while this one waits for something."""
LONGEST = 1e9


class WaitsForever(TooManySteps):
    """Nobody is there who could end it."""


class _Clock:
    """`ahead`: the seconds that were slept and did not pass."""

    def __init__(self) -> None:
        self.ahead = 0.0


CLOCK = _Clock()


def slept() -> float:
    """In all, since this process began."""
    return CLOCK.ahead


def install() -> None:
    """Before the module is loaded, since it may import `sleep` by name."""
    for name in ("time", "monotonic", "perf_counter"):
        _set(time, name, _ahead(getattr(time, name), 1))
        _set(time, f"{name}_ns", _ahead(getattr(time, f"{name}_ns"), 1_000_000_000))
    _set(time, "sleep", _sleep(time.sleep))
    _set(selectors.DefaultSelector, "select", _select(selectors.DefaultSelector.select))
    _set(threading.Condition, "wait", _wait(threading.Condition.wait))
    for module, name in (("threading", "_time"), ("queue", "time")):
        if module in sys.modules:
            _set(sys.modules[module], name, time.monotonic)


def _ahead(now: Callable[[], Any], unit: int) -> Callable[[], Any]:
    return lambda: now() + (CLOCK.ahead if unit == 1 else int(CLOCK.ahead * unit))


def _sleep(real: Callable[[Any], None]) -> Callable[[Any], None]:
    def sleep(seconds: Any, /) -> None:
        if not isinstance(seconds, (int, float)) or not 0 < seconds < LONGEST:
            real(seconds)
            return
        if not _alone():
            real(min(seconds, GLANCE))
        CLOCK.ahead += seconds

    return sleep


def _select(real: Callable[..., Any]) -> Callable[..., Any]:
    def select(self: Any, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return real(self, timeout)
        ready = real(self, 0 if _alone() else min(timeout, GLANCE))
        if not ready:
            CLOCK.ahead += timeout
        return ready

    return select


def _wait(real: Callable[..., bool]) -> Callable[..., bool]:
    def wait(self: Any, timeout: float | None = None) -> bool:
        if timeout is None and _alone():
            raise WaitsForever
        if timeout is None or timeout <= 0:
            return real(self, timeout)
        if real(self, 0 if _alone() else min(timeout, GLANCE)):
            return True
        CLOCK.ahead += timeout
        return False

    return wait


def _alone() -> bool:
    return threading.active_count() == 1


def _set(where: object, name: str, value: object) -> None:
    setattr(where, name, value)
