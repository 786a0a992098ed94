"""What the tests of lock histories tell and ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from outpace.app.histories import history_of
from outpace.assessment.episodes import History, Item
from tests.fakes.advisories import Advisories, record
from tests.fakes.told_histories import BEGAN, Remembered, Row, ToldHistories, day

LOCK = "requirements.txt"
OTHER = "deploy/requirements.txt"
BROKEN = "<<<<<<< HEAD\nacme==1.0\n"
BAD, GOOD = "acme==1.0\nother==1\n", "acme==1.1\nother==1\n"
UV_GOOD = """version = 1
revision = 3
requires-python = ">=3.8"

[[package]]
name = "acme"
version = "1.1"
source = { registry = "https://public-index.invalid/simple" }
"""
UV_BAD = UV_GOOD.replace("1.1", "1.0")
GONE = "other==1\n"
ADVISORY = record("PYSEC-1", "acme", {"introduced": "0"}, {"fixed": "1.1"}, published=day(30).isoformat())
ASKED = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["acme", "other"]\n'
END = 90.0


def history(
    rows: Sequence[Row],
    advisories: Sequence[Mapping[str, Any]] = (ADVISORY,),
    *,
    at: float = END,
    shallow: bool = False,
    deployed: Collection[str] = (),
    lacking: Collection[str] = (),
) -> History:
    told = ToldHistories(*rows, shallow=shallow, lacking=lacking)
    _, found = history_of(
        told, Advisories(advisories), at=day(at), deployed_locks=deployed, kept=Remembered(), report=lambda _: None
    )
    return found


def rows(*changes: tuple[float, Mapping[str, str | None]]) -> list[Row]:
    return [Row(id=f"c{number}", day=at, files=files) for number, (at, files) in enumerate(changes)]


def days(item: Item) -> list[tuple[float, float | None]]:
    return [
        ((one.opened - BEGAN).days, None if one.closed is None else (one.closed - BEGAN).days) for one in item.windows
    ]


def doubts(item: Item) -> list[tuple[str, float, float | None]]:
    return [
        (gap.kind, (gap.since - BEGAN).days, None if gap.until is None else (gap.until - BEGAN).days)
        for gap in item.gaps
    ]


def brief(item: Item) -> tuple[str, str, list[tuple[float, float | None]], str]:
    return item.entry, item.state, days(item), item.commit
