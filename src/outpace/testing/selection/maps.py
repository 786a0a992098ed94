"""The map of a project's tests: of each, what it depended on when it was recorded, and what it said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NewType

from msgspec import Struct, structs

Item = NewType("Item", str)
"""What a test depends on, in the words of `outpace.inside.recording`."""
VERSION = 2
PASSED = frozenset({"passed", "skipped", "xfailed", "xpassed"})


class Input(Struct, frozen=True, array_like=True):
    """An item and what it was."""

    item: Item
    digest: str


class Recorded(Struct, frozen=True, kw_only=True):
    """One test. `inputs` are numbers in the map's `inputs`, `shares` numbers of its `groups`. `at` and `commit` are of
    the run that recorded it; `unstable` says how two runs of the same code differed."""

    test: str
    outcome: str
    seconds: float
    shares: tuple[int, ...]
    inputs: tuple[int, ...]
    at: datetime
    commit: str
    untraced: tuple[str, ...] = ()
    unstable: str = ""

    @property
    def vouches(self) -> bool:
        """Only a test that was green, alone and whole, says anything of the next run."""
        return self.outcome in PASSED and not self.untraced and not self.unstable


class Miss(Struct, frozen=True, kw_only=True):
    """A test that was red at `commit` where it had not been selected, by a record that says `green`. Without
    `explained` the project runs everything."""

    test: str
    commit: str
    at: datetime
    green: str = ""
    explained: str = ""


class Map(Struct, frozen=True, kw_only=True):
    """`files` are all files of the project by content; `flaws` say why no record can be relied on; `full` is when every
    test was last recorded."""

    version: int = VERSION
    full: datetime
    commit: str
    inputs: tuple[Input, ...]
    groups: tuple[tuple[int, ...], ...]
    tests: tuple[Recorded, ...]
    settings: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    flaws: tuple[str, ...] = ()
    misses: tuple[Miss, ...] = ()

    def inputs_of(self, test: Recorded) -> frozenset[int]:
        return frozenset(test.inputs).union(*(self.groups[number] for number in test.shares))

    def items_of(self, test: Recorded) -> dict[Item, str]:
        return {self.inputs[number].item: self.inputs[number].digest for number in self.inputs_of(test)}

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(sorted({each.item for each in self.inputs}))


class World(Struct, frozen=True, kw_only=True):
    """What is there now: tests, files by content, and each item's digest."""

    tests: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    settings: Mapping[str, str]
    files: Mapping[str, str]
    digests: Mapping[Item, str]


class Told(Struct, frozen=True, kw_only=True):
    """One test as the recorder told it: items by their own names."""

    test: str
    outcome: str
    seconds: float = 0.0
    shares: tuple[frozenset[Item], ...] = ()
    items: frozenset[Item] = frozenset()
    untraced: tuple[str, ...] = ()

    @property
    def every(self) -> frozenset[Item]:
        return self.items.union(*self.shares)


def joined(
    old: Map | None, told: Iterable[Told], world: World, *, at: datetime, commit: str, flaws: tuple[str, ...] = ()
) -> Map:
    """The old map with the records of this run in the place of theirs; tests that are gone are left out.

    A record whose items are what they were, but which are others than before, makes its test unstable.
    """
    every = {each.test: each for each in told}
    before = {each.test: each for each in old.tests} if old is not None else {}
    numbers = _Numbers()
    tests: list[Recorded] = []
    for test in world.tests:
        if test in every:
            unstable = _unstable(old, before.get(test), every[test], world.digests)
            tests.append(numbers.recorded(every[test], world.digests, at=at, commit=commit, unstable=unstable))
        elif old is not None and test in before:
            tests.append(numbers.moved(old, before[test]))
    full = at if old is None or len(every) == len(world.tests) else old.full
    return Map(
        full=full,
        commit=commit,
        inputs=tuple(numbers.inputs),
        groups=tuple(numbers.groups),
        tests=tuple(tests),
        settings=tuple(sorted(world.settings.items())),
        files=tuple(sorted(world.files.items())),
        flaws=flaws,
        misses=old.misses if old is not None else (),
    )


def widened(known: Map, told: Iterable[Told], world: World) -> Map:
    """With what a run in one process has seen besides. Nothing is taken away, no test gains a record, and a record of
    which an input has changed since stays as it is: of the new code it says nothing."""
    seen = {each.test: each for each in told}
    numbers = _Numbers()
    tests = tuple(
        numbers.widened(known, record, seen[record.test].every if record.test in seen else frozenset(), world.digests)
        for record in known.tests
    )
    return structs.replace(known, inputs=tuple(numbers.inputs), groups=tuple(numbers.groups), tests=tests)


def _unstable(old: Map | None, before: Recorded | None, now: Told, digests: Mapping[Item, str]) -> str:
    """Why two records of one test differ although nothing that the first depended on did; nothing where they agree."""
    if old is None or before is None or before.untraced or now.untraced:
        return ""
    items = old.items_of(before)
    if any(digests.get(item) != digest for item, digest in items.items()):
        return ""
    if before.outcome != now.outcome:
        return f"it {before.outcome} and then {now.outcome}, with nothing changed"
    new = sorted(now.every - items.keys())
    gone = sorted(items.keys() - now.every)
    if not new and not gone:
        return before.unstable
    some = ", ".join([*new, *gone][:3])
    return f"{len(new)} of its inputs are new and {len(gone)} are gone, with nothing changed: {some}"


class _Numbers:
    """Gives inputs and groups the numbers of the map that is being made."""

    def __init__(self) -> None:
        self.inputs: list[Input] = []
        self.groups: list[tuple[int, ...]] = []
        self._inputs: dict[tuple[Item, str], int] = {}
        self._groups: dict[tuple[int, ...], int] = {}

    def recorded(
        self, told: Told, digests: Mapping[Item, str], *, at: datetime, commit: str, unstable: str
    ) -> Recorded:
        return Recorded(
            test=told.test,
            outcome=told.outcome,
            seconds=told.seconds,
            shares=tuple(self._group(self._of(group, digests)) for group in told.shares),
            inputs=self._of(told.items, digests),
            at=at,
            commit=commit,
            untraced=told.untraced,
            unstable=unstable,
        )

    def moved(self, old: Map, test: Recorded) -> Recorded:
        """A record of another map, under this one's numbers."""
        moved = tuple(self._number(old.inputs[number]) for number in test.inputs)
        shares = (
            tuple(sorted(self._number(old.inputs[each]) for each in old.groups[number])) for number in test.shares
        )
        return Recorded(
            test=test.test,
            outcome=test.outcome,
            seconds=test.seconds,
            shares=tuple(self._group(group) for group in shares),
            inputs=tuple(sorted(moved)),
            at=test.at,
            commit=test.commit,
            untraced=test.untraced,
            unstable=test.unstable,
        )

    def widened(self, old: Map, test: Recorded, items: frozenset[Item], digests: Mapping[Item, str]) -> Recorded:
        moved = self.moved(old, test)
        before = old.items_of(test)
        if any(digests.get(item) != digest for item, digest in before.items()):
            return moved
        return structs.replace(moved, inputs=tuple(sorted({*moved.inputs, *self._of(items - before.keys(), digests)})))

    def _of(self, items: Iterable[Item], digests: Mapping[Item, str]) -> tuple[int, ...]:
        return tuple(sorted(self._number(Input(item=item, digest=digests.get(item, ""))) for item in items))

    def _number(self, given: Input) -> int:
        key = (given.item, given.digest)
        if key not in self._inputs:
            self._inputs[key] = len(self.inputs)
            self.inputs.append(given)
        return self._inputs[key]

    def _group(self, numbers: tuple[int, ...]) -> int:
        if numbers not in self._groups:
            self._groups[numbers] = len(self.groups)
            self.groups.append(numbers)
        return self._groups[numbers]
