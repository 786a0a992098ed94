"""`outpace test brittle`: what turns a project's tests besides its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from outpace.model.unknown import Unknown
from outpace.testing.brittle.judging import judged, without_network
from outpace.testing.brittle.records import KINDS, Brittleness, Flip, Kind, Provoked, Said
from outpace.testing.ports import Inside, Told
from outpace.testing.told import Broken, rows_of

ORDERS = frozenset({"order", "alone", "twice"})
CONDITIONS = frozenset(KINDS) - ORDERS - {"over-specified"}
ONE_PASS = 600.0
WHOLE = 3600.0


class Suite(Struct, frozen=True, kw_only=True):
    """A project's tests over copies of its files: `inside()` gives a new copy each time, and where it lies. `env` are
    the variables that the project itself asks for, `temporary` the folders for temporary files that each call has to
    itself."""

    inside: Callable[[], tuple[Inside, str]]
    words: tuple[str, ...]
    env: dict[str, str] = {}
    temporary: tuple[str, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """`tests` alone where some are named; searching may cost `times` runs of the suite in each program."""

    kinds: tuple[Kind, ...] = KINDS
    tests: tuple[str, ...] = ()
    seed: int = 1
    times: int = 20


class Row(Struct, frozen=True, kw_only=True):
    """What the programs of `inside.provoking` tell."""

    part: str = ""
    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    alone: bool = True
    control: tuple[Said, ...] = ()
    unstable: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    online: tuple[str, ...] = ()
    flip: Flip | None = None
    ended: str = ""
    executed: int = 0
    spent: bool = False
    status: int = 0
    unread: tuple[str, ...] = ()


def provoked(suite: Suite, asked: Asked, *, now: datetime) -> Brittleness | Unknown:
    """Unknown where no test ran at all."""
    kinds = frozenset(asked.kinds)
    parts = {"order": ORDERS, "conditions": CONDITIONS, "over-specified": {"over-specified"}}
    asked_for = [name for name, some in parts.items() if kinds & some]
    request: dict[str, Any] = {
        "words": suite.words,
        "keep": sorted(suite.env),
        "temporary": suite.temporary,
        "seconds": ONE_PASS,
    }
    whole = {
        **request,
        "parts": asked_for,
        "kinds": [kind for kind in asked.kinds if kind in CONDITIONS],
        "only": asked.tests or None,
        "seed": asked.seed,
        "times": asked.times,
        "now": now.timestamp(),
        "whole": WHOLE / 2,
    }
    told = _told(suite, "suite", whole, routed=True)
    seen = {name: read(told, name) for name in asked_for}
    before = _before(seen)
    if "network" in kinds and (online := [test for test in seen["conditions"].online if test in before]):
        seen["network"] = _offline(suite, {**request, "tests": online, "before": before})
    if not any(each.tests for each in seen.values()):
        why = next((doubt for each in seen.values() for doubt in each.doubts), None)
        return why or Unknown("no test was collected", "a suite that runs: outpace test run")
    return structs.replace(judged(seen, asked.kinds), env=suite.env)


def _before(seen: Mapping[str, Provoked]) -> dict[str, bool]:
    """Red or not, of tests that are stable."""
    unstable = {test for each in seen.values() for test in (*each.unstable, *each.later)}
    return {test: said.red for each in seen.values() for test, said in each.plain.items() if test not in unstable}


def _offline(suite: Suite, request: Mapping[str, Any]) -> Provoked:
    """What turns without a network, and does not alone with one."""
    lone = read(_told(suite, "disconnecting", {**request, "lone": True}))
    if not lone.tests:
        return lone
    asked = {**request, "tests": lone.tests, "lone": False}
    return without_network(read(_told(suite, "disconnecting", asked, routed=True)), lone)


def _told(suite: Suite, program: str, request: Mapping[str, Any], *, routed: bool = False) -> Told:
    inside, root = suite.inside()
    return inside.ask(f"provoking.{program}", {**request, "root": root}, seconds=WHOLE, routed=routed)


def read(told: Told, part: str = "") -> Provoked:
    """Of one part of the program. What came before an early end counts; that it ended is a doubt."""
    found = rows_of(told, Row)
    if isinstance(found, Unknown):
        return Provoked(doubts=(found,))
    rows = tuple(row for row in found if row.part == part)
    tests = next((row.collected for row in rows if row.collected), ())
    control = next((row.control for row in rows if row.control), ())
    return Provoked(
        tests=tests,
        plain=dict(zip(tests, control, strict=False)),
        unstable=tuple(dict.fromkeys(test for row in rows for test in row.unstable)),
        later=tuple(test for row in rows for test in row.later),
        online=tuple(test for row in rows for test in row.online),
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
