"""`outpace test select`: which tests a change needs, and the records that say so."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from outpace.model.errors import BadInput
from outpace.model.fact import digest_of
from outpace.model.unknown import Unknown
from outpace.testing.ports import Inside
from outpace.testing.selection.decision import Decision, Everything, Policy, Some, decided
from outpace.testing.selection.maps import VERSION, Item, Map, Told, World, joined
from outpace.testing.told import Broken, rows_of

SECONDS = 3600.0
ONE_TEST = 120.0
NOTHING = Unknown("no test was collected", "a suite that pytest collects")
NOTHING_COLLECTED = 5
LARGEST_MAP = 512 << 20


class Results(Protocol):
    """Where maps are kept: whole or absent."""

    def get(self, digest: str) -> bytes | None: ...
    def put(self, digest: str, content: bytes) -> None: ...


class Suite(Struct, frozen=True, kw_only=True):
    """A project's tests over one copy of its files. `root` is that of the copy; `commit` what it was checked out from,
    `release` the tag on it."""

    inside: Inside
    root: str
    words: tuple[str, ...]
    commit: str
    release: str = ""


class Kept(Struct, frozen=True, kw_only=True):
    """`key` names the project's map, whatever its state."""

    results: Results
    key: str

    def map(self) -> Map | None:
        """None where there is none, or none that can be read: then everything runs."""
        stored = self.results.get(self.key)
        if stored is None:
            return None
        try:
            unpacked = zlib.decompressobj().decompress(stored, LARGEST_MAP)
            found = msgspec.json.decode(unpacked, type=Map)
        except (zlib.error, msgspec.DecodeError):
            return None
        return found if found.version == VERSION else None

    def put(self, found: Map) -> None:
        self.results.put(self.key, zlib.compress(msgspec.json.encode(found), 6))


class Answer(Struct, frozen=True, kw_only=True):
    """`known` is the map that the decision stands on; `recorded` how many tests this run recorded; `unknown` why a
    decision or a record is not to be had."""

    decision: Decision
    known: Map | None
    world: World
    recorded: int = 0
    unknown: Unknown | None = None


class Row(Struct, frozen=True, kw_only=True):
    """What the programs of `inside.recording` tell, a row each."""

    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    alone: bool = True
    settings: dict[str, str] = {}
    files: dict[str, str] = {}
    digests: dict[Item, str] = {}
    test: str = ""
    outcome: str = ""
    seconds: float = 0.0
    groups: tuple[frozenset[Item], ...] = ()
    shares: tuple[int, ...] = ()
    items: frozenset[Item] = frozenset()
    untraced: tuple[str, ...] = ()
    status: int = 0


class Recording(Struct, frozen=True, kw_only=True):
    """What one run recorded. `flaws` hold for every test of it; `files` and `digests` are from after it."""

    told: tuple[Told, ...]
    files: Mapping[str, str]
    digests: Mapping[Item, str]
    flaws: tuple[str, ...] = ()


def key_of(application: str, roots: Iterable[str]) -> str:
    """Of the map of an application: where its history began, and what it is called."""
    return digest_of("map of tests", VERSION, sorted(roots), application)


def select(
    suite: Suite,
    kept: Kept,
    *,
    now: datetime,
    policy: Policy | None = None,
    record: bool = False,
    base: Callable[[], Suite] | None = None,
    since: frozenset[str] | None = None,
) -> Answer | Unknown:
    """`record` brings the map up to date: of `base` before the decision where there is no map yet, else of the files
    as they are, behind it. `since` are the changed files that may be listed as unread; None lists all."""
    known = kept.map()
    recorded = 0
    if known is None and record and base is not None:
        made = record_anew(base(), now=now)
        if isinstance(made, Unknown):
            return made
        kept.put(made)
        known, recorded = made, len(made.tests)
    world = world_of(suite, known.items if known is not None else ())
    if isinstance(world, Unknown):
        return world
    decision = decided(known, world, now=now, commit=suite.commit, release=suite.release, policy=policy)
    if since is not None and isinstance(decision, Some):
        unread = tuple(path for path in decision.unread if path in since)
        decision = msgspec.structs.replace(decision, unread=unread)
    answer = Answer(decision=decision, known=known, world=world, recorded=recorded)
    if not record or base is not None:
        return answer
    ids = None if isinstance(decision, Everything) else tuple(each.test for each in decision.selected)
    made = record_anew(suite, now=now, known=known, ids=ids, before=world)
    if isinstance(made, Unknown):
        return msgspec.structs.replace(answer, unknown=made)
    kept.put(made)
    return msgspec.structs.replace(answer, recorded=len(world.tests) if ids is None else len(ids))


def explain(kept: Kept, reason: str) -> None:
    """Says of every miss that is open why it was one. Raises BadInput where there is none."""
    known = kept.map()
    if known is None or all(miss.explained for miss in known.misses):
        raise BadInput("no test was missed that is not explained", hint="leave --explained out")
    misses = tuple(miss if miss.explained else msgspec.structs.replace(miss, explained=reason) for miss in known.misses)
    kept.put(msgspec.structs.replace(known, misses=misses))


def record_anew(
    suite: Suite,
    *,
    now: datetime,
    known: Map | None = None,
    ids: tuple[str, ...] | None = None,
    before: World | None = None,
) -> Map | Unknown:
    """The map with these tests recorded again, or all of them. `before` is the world ahead of them, looked at here
    where it is not at hand."""
    world = before if before is not None else world_of(suite, ())
    if isinstance(world, Unknown):
        return world
    recording = recording_of(suite, ids)
    if isinstance(recording, Unknown):
        return recording
    pristine = msgspec.structs.replace(world, digests=_before_they_ran(world, recording))
    return joined(known, recording.told, pristine, at=now, commit=suite.commit, flaws=recording.flaws)


def _before_they_ran(before: World, after: Recording) -> dict[Item, str]:
    """Digests of files that the tests changed are those from before; of what lies in them, none that could be met."""
    changed = {path for path, digest in before.files.items() if after.files.get(path) != digest}
    digests = dict(after.digests)
    for item in after.digests:
        kind, _, rest = item.partition(":")
        if kind == "f" and rest in changed:
            digests[item] = before.files[rest]
        elif kind in "udnc" and rest.partition(":")[0] in changed:
            digests[item] = "changed by the tests themselves"
    return digests


def world_of(suite: Suite, items: Iterable[Item]) -> World | Unknown:
    """The tests are collected, none is run."""
    rows = _rows(suite, "recording.world", {"items": list(items)})
    if isinstance(rows, Unknown):
        return rows
    tests = tuple(test for row in rows for test in row.collected)
    if not tests and not any(row.broken for row in rows):
        return NOTHING
    return World(
        tests=tests,
        broken=tuple((each.file, each.why) for row in rows for each in row.broken),
        settings={key: value for row in rows for key, value in row.settings.items()},
        files={key: value for row in rows for key, value in row.files.items()},
        digests={key: value for row in rows for key, value in row.digests.items()},
    )


def recording_of(suite: Suite, ids: tuple[str, ...] | None) -> Recording | Unknown:
    """Each test in a fork of its own; None records all."""
    rows = _rows(suite, "recording.complete", {"ids": ids, "seconds": ONE_TEST})
    if isinstance(rows, Unknown):
        return rows
    groups = tuple(group for row in rows for group in row.groups)
    told = tuple(
        Told(
            test=row.test,
            outcome=row.outcome,
            seconds=row.seconds,
            shares=tuple(groups[number] for number in row.shares if number < len(groups)),
            items=row.items,
            untraced=row.untraced if all(n < len(groups) for n in row.shares) else ("its record is not whole",),
        )
        for row in rows
        if row.test
    )
    alone = all(row.alone for row in rows)
    threads = "the project starts threads while its tests are collected, and a fork would lack them"
    return Recording(
        told=told,
        files={key: value for row in rows for key, value in row.files.items()},
        digests={key: value for row in rows for key, value in row.digests.items()},
        flaws=() if alone else (threads,),
    )


def _rows(suite: Suite, module: str, request: dict[str, object]) -> tuple[Row, ...] | Unknown:
    told = suite.inside.ask(module, {"root": suite.root, "words": suite.words, **request}, seconds=SECONDS)
    if told.ended is not None:
        return told.ended
    rows = rows_of(told, Row, module)
    if isinstance(rows, Unknown):
        return rows
    status = next((row.status for row in rows if row.status), 0)
    if status == NOTHING_COLLECTED:
        return NOTHING
    return Unknown(f"pytest ended with status {status}", "a suite that pytest collects") if status else rows
