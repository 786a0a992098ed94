"""Conditions that a variable of the environment cannot set, as a plugin of pytest: clock, randomness, listing, threads.

Copied beside nothing and loaded with `-p brittle_conditions`, before any test module is imported. It also writes down
what became of each test, in the order in which they ran. Stands alone: the standard library and pytest.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Self

import pytest

ASKED: dict[str, str] = json.loads(os.environ.pop("BRITTLE_CONDITIONS", "{}"))
OUTCOMES = os.environ.pop("BRITTLE_OUTCOMES", "")
REAL_UUID4 = uuid.uuid4
CONFIGURED: list[bool] = []


def replace(where: object, name: str, value: object) -> None:
    setattr(where, name, value)


def shift_clock(at: str) -> None:
    """The clock starts at `at` and goes on; everything of the standard library that tells the time of day agrees."""
    real, real_ns = time.time, time.time_ns
    offset = dt.datetime.fromisoformat(at).timestamp() - real()
    replace(time, "time", lambda: real() + offset)
    replace(time, "time_ns", lambda: real_ns() + int(offset * 1e9))
    for name in ("localtime", "gmtime", "ctime"):
        replace(time, name, from_now(getattr(time, name)))
    shift_dates()


def from_now(told: Callable[[float], object]) -> Callable[..., object]:
    def shifted(seconds: float | None = None) -> object:
        return told(time.time() if seconds is None else seconds)

    return shifted


def shift_dates() -> None:
    """Subclasses that instances of the real classes are instances of, too."""
    real_date, real_datetime = dt.date, dt.datetime

    class AsDate(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_date)

    class AsDatetime(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_datetime)

    class Date(real_date, metaclass=AsDate):
        @classmethod
        def today(cls) -> Date:
            return cls.fromtimestamp(time.time())

    class Datetime(real_datetime, metaclass=AsDatetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Datetime:
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def today(cls) -> Datetime:
            return cls.now()

        @classmethod
        def utcnow(cls) -> Datetime:
            return cls.now(dt.UTC).replace(tzinfo=None)

    replace(dt, "date", Date)
    replace(dt, "datetime", Datetime)


def list_in_reverse() -> None:
    """The names of a folder from the last to the first."""
    real_listdir, real_scandir = os.listdir, os.scandir

    class Listed(list["os.DirEntry[str]"]):
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_error: object) -> None:
            return None

        def close(self) -> None:
            return None

    def scandir(path: str = ".") -> Listed:
        with real_scandir(path) as entries:
            return Listed(sorted(entries, key=lambda entry: entry.name, reverse=True))

    replace(os, "listdir", lambda path=".": sorted(real_listdir(path), reverse=True))
    replace(os, "scandir", scandir)


def begin_randomness_again() -> None:
    """Right before each test, so that what others drew does not matter."""
    if "random" in ASKED:
        random.seed(int(ASKED["random"]))
    if "uuid" in ASKED:
        first = [uuid.UUID(ASKED["uuid"])]
        replace(uuid, "uuid4", lambda: first.pop() if first else REAL_UUID4())


def pytest_configure() -> None:
    """Once in a process, also where pytest runs twice in it."""
    if CONFIGURED:
        return
    CONFIGURED.append(True)
    if "clock" in ASKED:
        shift_clock(ASKED["clock"])
    if "listing" in ASKED:
        list_in_reverse()
    if "pid" in ASKED:
        replace(os, "getpid", lambda: int(ASKED["pid"]))
    if "switch-interval" in ASKED:
        sys.setswitchinterval(float(ASKED["switch-interval"]))
    if "umask" in ASKED:
        os.umask(int(ASKED["umask"], 8))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    begin_randomness_again()
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if OUTCOMES and (report.when == "call" or not report.passed):
        with Path(OUTCOMES).open("a", encoding="utf-8") as file:
            file.write(json.dumps([report.nodeid, report.outcome]) + "\n")
