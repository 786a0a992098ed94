"""What the programs of `outpace.inside` answer about tests, as records: the rows, a test's result, a broken file."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.ports import Told

GREEN = frozenset({"passed", "xfailed", "xpassed"})
RED = frozenset({"failed", "error"})
T = TypeVar("T")


class Result(Struct, frozen=True, array_like=True):
    """One test, as `outpace.inside.session` tells it; frames are (file, line, function), the outermost first."""

    id: str
    outcome: str
    seconds: float = 0.0
    exception: str = ""
    message: str = ""
    phase: str = ""
    frames: tuple[tuple[str, int, str], ...] = ()


class Broken(Struct, frozen=True, array_like=True):
    """A file that could not be collected."""

    file: str
    why: str


class Outcomes(Struct, frozen=True, kw_only=True):
    """One row of `outpace.inside.outcomes`, the smallest program that runs tests."""

    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    state: str = ""
    why: str = ""
    results: tuple[Result, ...] = ()
    status: int = 0


def rows_of(told: Told, row: type[T], who: str = "the run") -> tuple[T, ...] | Unknown:
    """All rows, or that they cannot be read: the project's own code may have written there."""
    try:
        return tuple(msgspec.json.decode(each, type=row) for each in told.rows)
    except msgspec.DecodeError as error:
        return Unknown(f"what {who} answered cannot be read: {error}")
