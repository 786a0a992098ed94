"""What a worker of pytest-xdist tells its controller, as one text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

from .choosing import Choice
from .keeping import Record, Told


class Heard(NamedTuple):
    """`selected` is how many tests were left to run."""

    told: Told
    choice: Optional[Choice]
    selected: int


def to_text(told: Told, choice: Optional[Choice], selected: int) -> str:
    """Each pair of an item and what it was is told once."""
    numbers: dict[tuple[str, str], int] = {}

    def rows(records: Mapping[str, Record]) -> dict[str, Any]:
        return {
            test: [
                record.outcome,
                record.seconds,
                [numbers.setdefault(pair, len(numbers)) for pair in sorted(record.items)],
                record.untraced,
                record.at,
            ]
            for test, record in records.items()
        }

    whole = [told.collected, dict(told.settings), dict(told.files), rows(told.records), rows(told.daily)]
    return json.dumps([whole, list(numbers), choice, selected], separators=(",", ":"))


def from_text(text: str) -> Optional[Heard]:
    if not text:
        return None
    (collected, settings, files, records, daily), pairs, choice, selected = json.loads(text)
    known = [(str(item), str(digest)) for item, digest in pairs]

    def rows(told: Mapping[str, Any]) -> dict[str, Record]:
        return {
            test: Record(row[0], row[1], _picked(known, row[2]), tuple(row[3]), row[4]) for test, row in told.items()
        }

    told = Told(tuple(collected), settings, files, rows(records), rows(daily))
    if choice is None:
        return Heard(told, None, selected)
    everything, reasons, left_out = choice
    pairs_of_reasons = tuple((str(test), str(why)) for test, why in reasons)
    return Heard(told, Choice(tuple(everything), pairs_of_reasons, tuple(left_out)), selected)


def _picked(known: list[tuple[str, str]], numbers: list[int]) -> frozenset[tuple[str, str]]:
    return frozenset(known[number] for number in numbers)
