"""`outpace test brittle`: what turns a project's tests besides its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.brittle.judging import judged, without_network
from outpace.testing.brittle.records import KINDS, Brittleness, Flip, Kind, Provoked, Said
from outpace.testing.ports import Inside, Told
from outpace.testing.told import Broken, rows_of

ORDERS = frozenset({"order", "alone", "twice"})
ONE_PASS = 600.0
WHOLE = 3600.0


class Suite(Struct, frozen=True, kw_only=True):
    """A project's tests over copies of its files: `inside()` gives a new copy each time, and where it lies. `keep` are
    the variables that the project itself asks for."""

    inside: Callable[[], tuple[Inside, str]]
    words: tuple[str, ...]
    keep: tuple[str, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """`tests` alone where some are named; searching may cost `times` runs of the suite in each program."""

    kinds: tuple[Kind, ...] = KINDS
    tests: tuple[str, ...] = ()
    seed: int = 1
    times: int = 20


class Row(Struct, frozen=True, kw_only=True):
    """What the programs of `inside.provoking` tell."""

    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    alone: bool = True
    control: tuple[Said, ...] = ()
    unstable: tuple[str, ...] = ()
    flip: Flip | None = None
    ended: str = ""
    executed: int = 0
    spent: bool = False
    status: int = 0
    unread: tuple[str, ...] = ()


def provoked(suite: Suite, asked: Asked, *, now: datetime) -> Brittleness | Unknown:
    """Unknown where no test ran at all."""
    seen: dict[str, Provoked] = {}
    chosen = frozenset(asked.kinds)
    request = {"seed": asked.seed, "seconds": ONE_PASS, "times": asked.times, "now": now.timestamp()}
    request |= {"only": asked.tests or None, "words": suite.words, "keep": suite.keep}
    if chosen & ORDERS:
        seen["order"] = _seen(suite, "ordering", {**request, "kinds": sorted(chosen & ORDERS)}, routed=True)
    if others := chosen - ORDERS - {"over-specified"}:
        seen["conditions"] = _seen(suite, "conditioning", {**request, "kinds": sorted(others)}, routed=True)
    if "network" in chosen:
        lone = _seen(suite, "conditioning", {**request, "kinds": ["network"]})
        seen["network"] = without_network(seen["conditions"], lone)
    if "over-specified" in chosen:
        seen["over-specified"] = _seen(suite, "rewording", request, routed=True)
    if not any(each.tests for each in seen.values()):
        why = next((doubt for each in seen.values() for doubt in each.doubts), None)
        return why or Unknown("no test was collected", "a suite that runs: outpace test run")
    return judged(seen, asked.kinds)


def _seen(suite: Suite, program: str, request: Mapping[str, Any], *, routed: bool = False) -> Provoked:
    inside, root = suite.inside()
    told = inside.ask(f"provoking.{program}", {**request, "root": root}, seconds=WHOLE, routed=routed)
    return read(told)


def read(told: Told) -> Provoked:
    """What came before an early end counts; that it ended is a doubt."""
    rows = rows_of(told, Row)
    if isinstance(rows, Unknown):
        return Provoked(doubts=(rows,))
    tests = next((row.collected for row in rows if row.collected), ())
    control = next((row.control for row in rows if row.control), ())
    return Provoked(
        tests=tests,
        plain=dict(zip(tests, control, strict=False)),
        unstable=tuple(dict.fromkeys(test for row in rows for test in row.unstable)),
        flips=tuple(row.flip for row in rows if row.flip is not None),
        doubts=(*((told.ended,) if told.ended else ()), *_doubts(rows)),
        executed=sum(row.executed for row in rows),
    )


def _doubts(rows: tuple[Row, ...]) -> tuple[Unknown, ...]:
    found = [Unknown(f"{each.file} could not be collected: {each.why}") for row in rows for each in row.broken]
    for row in rows:
        if row.ended:
            found.append(Unknown(f"a pass over the suite ended early: {row.ended}"))
        if row.spent:
            found.append(Unknown("what searching may cost was spent before the end", "a larger --budget"))
        if row.status:
            found.append(Unknown(f"pytest ended with status {row.status} before a test ran", "outpace test run"))
        if not row.alone:
            found.append(Unknown("the project starts threads when it is imported; a fork of it may hang"))
        found += [Unknown(f"{file} was not reworded: it cannot be parsed") for file in row.unread]
    return tuple(dict.fromkeys(found))
