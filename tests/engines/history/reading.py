"""A clone as the tests read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from outpace.assessment.ports import Walk
from outpace.engines.history.git_history import GitHistory
from outpace.model.times import from_timestamp
from tests.fakes.histories import BEGAN, DAY, ISOLATED

LATER = from_timestamp(BEGAN + 1000 * DAY)


class Memory:
    """A cache that counts what is put."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, digest: str) -> bytes | None:
        return self.kept.get(digest)

    def put(self, digest: str, content: bytes) -> None:
        self.kept[digest] = content


def day(number: float) -> datetime:
    return from_timestamp(BEGAN + int(number * DAY))


def is_lock(path: str) -> bool:
    return path.endswith(".lock")


def is_interesting(path: str) -> bool:
    return path.startswith(".ci/")


def opened(
    root: Path,
    *,
    at: datetime = LATER,
    today: datetime = LATER,
    branch: str | None = None,
    cached: Memory | None = None,
    report: Callable[[str], None] = lambda _: None,
    reads: str = "",
    locks: Callable[[str], bool] = is_lock,
) -> GitHistory:
    return GitHistory(
        root,
        at=at,
        is_lock=locks,
        is_interesting=is_interesting,
        environ=ISOLATED,
        cached=cached or Memory(),
        report=report,
        branch=branch,
        reads=reads,
        today=today,
    )


class Told(NamedTuple):
    """A landing by the short names of its commit."""

    commit: str
    day: float
    told: str


def line_of(walk: Walk, ids: dict[str, str]) -> list[Told]:
    names = {full: name for name, full in ids.items()}
    return [
        Told(names[landing.id], (landing.at.timestamp() - BEGAN) / DAY, landing.told)
        for landing in walk.chronicle.landings
    ]
