"""The file of records: read with suspicion, written whole, and put together from what several workers tell."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Optional

VERSION = 2
LARGEST = 512 << 20
IN_COMPANY = "it was only recorded in company"
MOVED = "changed while the tests ran"
Pair = tuple[str, str]
"""An item, and what it was."""


class Record(NamedTuple):
    """One test, as it was `at` a second of the epoch. `items` are what it depended on, and what each was."""

    outcome: str
    seconds: float
    items: frozenset[Pair]
    untraced: tuple[str, ...]
    at: float


class Kept(NamedTuple):
    """`full` is when every test was last recorded. `misses` are (test, explanation)."""

    tests: Mapping[str, Record]
    settings: Mapping[str, str]
    files: Mapping[str, str]
    full: float
    misses: tuple[Pair, ...] = ()

    @property
    def items(self) -> frozenset[str]:
        return frozenset(item for record in self.tests.values() for item, _ in record.items)


class Told(NamedTuple):
    """What one process says at its end. `records` are complete ones; `daily` only add to them."""

    collected: tuple[str, ...]
    settings: Mapping[str, str]
    files: Mapping[str, str]
    records: Mapping[str, Record]
    daily: Mapping[str, Record]


def load(path: str) -> Optional[Kept]:
    """None where there is none, or none that can be read: then everything runs."""
    try:
        if os.path.getsize(path) > LARGEST:
            return None
        with open(path, encoding="utf-8") as file:
            whole = json.load(file)
        if whole["version"] != VERSION:
            return None
        pairs = [(str(item), str(digest)) for item, digest in whole["inputs"]]
        groups = [_picked(pairs, group) for group in whole["groups"]]
        tests = {str(name): _record(row, pairs, groups) for name, row in whole["tests"].items()}
        misses = tuple((str(test), str(why)) for test, why in whole["misses"])
        return Kept(tests, dict(whole["settings"]), dict(whole["files"]), float(whole["full"]), misses)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return None


def _record(row: Any, pairs: list[Pair], groups: list[frozenset[Pair]]) -> Record:
    outcome, seconds, group, own, untraced, at = row
    items = groups[int(group)] | _picked(pairs, own)
    return Record(str(outcome), float(seconds), items, tuple(map(str, untraced)), float(at))


def _picked(pairs: list[Pair], numbers: Any) -> frozenset[Pair]:
    return frozenset(pairs[int(number)] for number in numbers)


def store(path: str, kept: Kept) -> None:
    """Tests of a file share most of what they depend on: what all tests have in common is written once a file."""
    numbers: dict[Pair, int] = {}
    groups: dict[str, frozenset[Pair]] = {}
    for name, record in kept.tests.items():
        file = name.split("::", 1)[0]
        groups[file] = groups[file] & record.items if file in groups else record.items
    places = {file: at for at, file in enumerate(groups)}

    def numbered(items: Iterable[Pair]) -> list[int]:
        return sorted(numbers.setdefault(pair, len(numbers)) for pair in sorted(items))

    shared = [numbered(items) for items in groups.values()]
    tests = {
        name: [
            record.outcome,
            record.seconds,
            places[name.split("::", 1)[0]],
            numbered(record.items - groups[name.split("::", 1)[0]]),
            record.untraced,
            record.at,
        ]
        for name, record in kept.tests.items()
    }
    whole = {
        "version": VERSION,
        "full": kept.full,
        "settings": dict(kept.settings),
        "files": dict(kept.files),
        "misses": kept.misses,
        "inputs": list(numbers),
        "groups": shared,
        "tests": tests,
    }
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    half = f"{path}.{os.getpid()}.half"
    with open(half, "w", encoding="utf-8") as file:
        json.dump(whole, file, separators=(",", ":"))
    os.replace(half, path)


def joined(
    old: Optional[Kept], told: Iterable[Told], misses: Iterable[str], *, whole: bool, selected: bool, at: float
) -> Kept:
    """The old records with those of this run in the place of theirs.

    `whole` says that all tests were collected, to be recorded completely; `selected` that what did not run did not need
    to. Otherwise what holds for all tests at once stays as it was, and a run under other settings adds nothing.
    """
    every = tuple(told)
    opened = (*(old.misses if old is not None else ()), *((test, "") for test in misses))
    missed = tuple(dict.fromkeys(opened))
    if not every:
        return Kept({}, {}, {}, at, missed) if old is None else old._replace(misses=missed)
    torn = _torn(every)
    fresh = {name: _steady(record, torn) for each in every for name, record in each.records.items()}
    now = Kept(fresh, every[0].settings, every[0].files, at, missed)
    if old is None:
        return now._replace(tests=_with_daily(fresh, every, at))
    if old.settings != now.settings and not (whole and not selected):
        return old._replace(misses=missed)
    if not whole:
        return old._replace(tests=_with_daily({**old.tests, **fresh}, every, at), misses=missed)
    known = {name for each in every for name in each.collected}
    rest = {name: record for name, record in old.tests.items() if selected and name in known}
    return now._replace(tests={**rest, **fresh}, full=at if known <= fresh.keys() else old.full)


def _with_daily(tests: Mapping[str, Record], told: Iterable[Told], at: float) -> dict[str, Record]:
    found = dict(tests)
    for each in told:
        for name, record in each.daily.items():
            found[name] = _added(found.get(name), record, at)
    return found


def _torn(told: Iterable[Told]) -> frozenset[str]:
    """Items of which two processes say different things."""
    seen: dict[str, str] = {}
    torn: set[str] = set()
    for each in told:
        for record in each.records.values():
            for item, digest in record.items:
                if seen.setdefault(item, digest) != digest:
                    torn.add(item)
    return frozenset(torn)


def _steady(record: Record, torn: frozenset[str]) -> Record:
    items = frozenset((item, MOVED if item in torn else digest) for item, digest in record.items)
    return record._replace(items=items)


def _added(before: Optional[Record], daily: Record, now: float) -> Record:
    """A record that is complete gains items; of a test that has none nothing is vouched for."""
    if before is None:
        return daily._replace(untraced=(IN_COMPANY, *daily.untraced), at=now)
    known = {item for item, _ in before.items}
    return before._replace(items=before.items | {pair for pair in daily.items if pair[0] not in known})
