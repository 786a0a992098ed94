"""Where the time of tests goes beside their own work: fixtures, and sleeps."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any, Optional

import pytest

ABOVE = sys._getframe  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  there is no other way

Place = tuple[str, int, str]
"""File, line, name."""


class Slowness:
    """A plugin of pytest. Counts and seconds by place; a fixture's are of its set-up and its tear-down."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root) + os.sep
        self.fixtures: dict[Place, list[float]] = {}
        self.sleeps: dict[Place, list[float]] = {}

    def install(self) -> None:
        """Before the project is imported, so that `from time import sleep` takes ours."""
        sleep: Any = time.sleep
        later: Any = asyncio.sleep

        def slept(seconds: float) -> None:
            begun = time.perf_counter()
            try:
                sleep(seconds)
            finally:
                self._add(self.sleeps, self._caller(), time.perf_counter() - begun)

        async def slept_later(delay: float, *rest: Any, **named: Any) -> Any:
            if delay > 0:
                self._add(self.sleeps, self._caller(), float(delay))
            return await later(delay, *rest, **named)

        time.sleep = slept
        asyncio.sleep = slept_later

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """Finalizers run in the opposite order, so that its own tear-down lies between these two, and that of fixtures
        which stand on it before them."""
        code = getattr(fixturedef.func, "__code__", None)
        file, line = (self._named(code.co_filename), code.co_firstlineno) if code is not None else ("", 0)
        place = (file, line, str(fixturedef.argname))
        torn_down: list[float] = []

        def over() -> None:
            if torn_down:
                self._add(self.fixtures, place, time.perf_counter() - torn_down.pop(), times=0)

        fixturedef.addfinalizer(over)
        begun = time.perf_counter()
        yield
        self._add(self.fixtures, place, time.perf_counter() - begun)
        fixturedef.addfinalizer(lambda: torn_down.append(time.perf_counter()))

    def rows(self) -> dict[str, Any]:
        """What was seen since it was asked last."""
        told = {
            "fixtures": [[*place, int(count), seconds] for place, (count, seconds) in self.fixtures.items()],
            "sleeps": [[*place, int(count), seconds] for place, (count, seconds) in self.sleeps.items()],
        }
        self.fixtures, self.sleeps = {}, {}
        return told

    def _add(self, to: dict[Place, list[float]], place: Place, seconds: float, times: int = 1) -> None:
        before = to.setdefault(place, [0.0, 0.0])
        before[0] += times
        before[1] += seconds

    def _caller(self) -> tuple[str, int, str]:
        """The nearest frame of the project, else the one that called."""
        nearest: Optional[FrameType] = ABOVE(2)
        frame = nearest
        while frame is not None and not frame.f_code.co_filename.startswith(self._root):
            frame = frame.f_back
        found = frame or nearest
        assert found is not None
        return self._named(found.f_code.co_filename), found.f_lineno, found.f_code.co_name

    def _named(self, file: str) -> str:
        return file[len(self._root) :] if file.startswith(self._root) else os.path.basename(file)
