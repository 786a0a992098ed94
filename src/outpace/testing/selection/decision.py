"""What is run: the tests that a change could turn, each with its reason, or everything, with the sentence why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TypeAlias

from msgspec import Struct

from outpace.testing.selection.maps import Item, Map, Recorded, World

EXTENSION_SOURCES = frozenset({".so", ".pyd", ".dylib", ".c", ".cc", ".cpp", ".h", ".hpp", ".pyx", ".pxd", ".rs"})
LOCKS = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "conda-lock.yml"})
DISTRIBUTION = "p:"


class New(Struct, frozen=True, tag=True):
    """There is no record of it."""


class NotGreen(Struct, frozen=True, tag=True):
    """What it said when it was recorded."""

    outcome: str


class Untraced(Struct, frozen=True, tag=True):
    """Its record may lack something."""

    why: str


class Unstable(Struct, frozen=True, tag=True):
    """Two runs of the same code differed."""

    why: str


class Changed(Struct, frozen=True, tag=True):
    """What is not as it was when the test was recorded; at least one item, the most telling first."""

    items: tuple[Item, ...]


Reason: TypeAlias = New | NotGreen | Untraced | Unstable | Changed


class Selected(Struct, frozen=True, kw_only=True):
    test: str
    why: Reason
    seconds: float = 0.0


class Deselected(Struct, frozen=True, kw_only=True):
    """The proof that it need not run: it was green at `commit`, and none of its `inputs` has changed since."""

    test: str
    commit: str
    at: datetime
    inputs: int
    seconds: float


class Some(Struct, frozen=True, tag=True, kw_only=True):
    """`unread` are changed files of which no selected test depends on what changed; `gone` tests that are no more."""

    selected: tuple[Selected, ...]
    deselected: tuple[Deselected, ...]
    unread: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


class Everything(Struct, frozen=True, tag=True, kw_only=True):
    """`why` are sentences, at least one."""

    why: tuple[str, ...]
    tests: tuple[str, ...]


Decision: TypeAlias = Some | Everything


class Policy(Struct, frozen=True, kw_only=True):
    """One change in `one_in` runs everything, drawn by its commit; 0 draws none."""

    one_in: int = 20
    oldest: timedelta = timedelta(days=30)


def decided(
    known: Map | None,
    world: World,
    *,
    now: datetime,
    commit: str,
    release: str = "",
    policy: Policy | None = None,
) -> Decision:
    """`release` names the tag that the commit carries."""
    why = tuple(everything(known, world, now=now, commit=commit, release=release, policy=policy or Policy()))
    if known is None or why:
        return Everything(why=why, tests=world.tests)
    records = {each.test: each for each in known.tests}
    changed = frozenset(n for n, each in enumerate(known.inputs) if world.digests.get(each.item) != each.digest)
    selected: list[Selected] = []
    deselected: list[Deselected] = []
    for test in world.tests:
        record = records.get(test)
        reason = reason_for(known, record, changed)
        if reason is not None:
            selected.append(Selected(test=test, why=reason, seconds=record.seconds if record else 0.0))
        elif record is not None:
            deselected.append(_proof(known, record))
    gone = tuple(sorted(records.keys() - set(world.tests)))
    named = {path_of(item) for each in selected if isinstance(each.why, Changed) for item in each.why.items}
    return Some(
        selected=tuple(sorted(selected, key=_order)),
        deselected=tuple(deselected),
        unread=tuple(path for path in changed_files(known, world) if path not in named),
        gone=gone,
    )


def reason_for(known: Map, record: Recorded | None, changed: frozenset[int]) -> Reason | None:
    """None where nothing speaks for running it. `changed` are numbers of inputs that are not what they were."""
    if record is None:
        return New()
    if record.untraced:
        return Untraced(record.untraced[0])
    touched = known.inputs_of(record) & changed
    if touched:
        return Changed(tuple(sorted((known.inputs[number].item for number in touched), key=telling)))
    if record.unstable:
        return Unstable(record.unstable)
    return None if record.vouches else NotGreen(record.outcome)


def everything(
    known: Map | None, world: World, *, now: datetime, commit: str, release: str, policy: Policy
) -> Iterator[str]:
    """Each reason to run all tests, as a sentence."""
    if known is None:
        yield "there is no record of these tests yet"
    for file, reason in world.broken:
        yield f"{file} cannot be collected: {reason}"
    if known is None:
        return
    yield from known.flaws
    before = dict(known.settings)
    for name in sorted(before.keys() | world.settings.keys()):
        if before.get(name) != world.settings.get(name):
            yield f"{name} changed"
    if now - known.full > policy.oldest:
        yield f"the whole suite was last recorded {(now - known.full).days} days ago, {policy.oldest.days} are allowed"
    yield from _beyond_records(known, world)
    for miss in known.misses:
        if not miss.explained:
            green = f", recorded green at {miss.green[:10]}" if miss.green else ""
            yield f"{miss.test} was red at {miss.commit[:10]} without having been selected{green}: nobody has said why"
    if release:
        yield f"{release} is a release"
    elif policy.one_in and drawn(commit, policy.one_in):
        yield f"one change in {policy.one_in} runs everything, and {commit[:10]} is drawn"


def _beyond_records(known: Map, world: World) -> Iterator[str]:
    """Changed files that mean more than a record can say."""
    for path in changed_files(known, world):
        if PurePosixPath(path).suffix in EXTENSION_SOURCES:
            yield f"{path} changed, which belongs to compiled code"
        elif is_lock(path) and not _installed_changed(known, world):
            yield f"{path} changed, but nothing that is installed did: this environment does not show what it means"


def drawn(commit: str, one_in: int) -> bool:
    """The same for everybody who asks about a commit."""
    return int(hashlib.sha256(commit.encode()).hexdigest()[:8], 16) % one_in == 0


def changed_files(known: Map, world: World) -> tuple[str, ...]:
    before = dict(known.files)
    return tuple(
        path for path in sorted(before.keys() | world.files.keys()) if before.get(path) != world.files.get(path)
    )


def is_lock(path: str) -> bool:
    name = PurePosixPath(path).name
    return name in LOCKS or (name.startswith("requirements") and name.endswith(".txt"))


def path_of(item: Item) -> str:
    """The file that an item speaks of; nothing where it speaks of none."""
    kind, _, rest = item.partition(":")
    return rest.partition(":")[0] if kind in "un" else rest if kind in "dfklsc" else ""


def _installed_changed(known: Map, world: World) -> bool:
    return any(
        each.item.startswith(DISTRIBUTION) and world.digests.get(each.item) != each.digest for each in known.inputs
    )


def _proof(known: Map, record: Recorded) -> Deselected:
    return Deselected(
        test=record.test,
        commit=record.commit,
        at=record.at,
        inputs=len(known.inputs_of(record)),
        seconds=record.seconds,
    )


def telling(item: Item) -> tuple[int, str]:
    """A changed function says more than the module around it, and that more than a list of all files."""
    kind, _, rest = item.partition(":")
    order = "ufclskdnepmtog"
    return (4 if kind == "u" and rest.endswith(":") else order.find(kind), item)


def _order(selected: Selected) -> tuple[int, float]:
    """What failed last time, then what is new, then what takes the least time."""
    match selected.why:
        case NotGreen():
            return (0, selected.seconds)
        case New():
            return (1, 0.0)
        case _:
            return (2, selected.seconds)


def missed(decision: Decision, red: Iterable[str]) -> tuple[str, ...]:
    """Red tests of a full run that the decision would have left out."""
    if isinstance(decision, Everything):
        return ()
    left_out = {each.test for each in decision.deselected}
    return tuple(test for test in red if test in left_out)
