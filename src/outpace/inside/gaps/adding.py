"""New tests for mutants that no test tells apart: tests that come near them, with other values, until one sees them."""

from __future__ import annotations

import ast
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..mutants.text import Edit
from ..probing.programs import Program
from .assertions import style_of
from .beside import inputs_of, name_of, stripped
from .drafts import Draft, draft_of, lines_of, own_text
from .relatives import Relative
from .running import Looked, Runs, Try, is_killed
from .spelling import as_test
from .strengthening import Proposal
from .telling import ITSELF, MATCHES, RAISES, Line, Parent, as_draft, lines_for
from .varying import Words, varied

BATCH = 12
MOST_PARENTS = 14
MOST_CORPUS = 40
MOST_MUTANTS = 6
MOST_CANDIDATES = 3
MOST_DROPPED = 8


class Target(NamedTuple):
    """A mutant; the function that it is in; and what that speaks of."""

    number: int
    function: str
    words: Words


class Adding:
    """`near`: for each mutant, those worth killing first ahead, the tests that reach it, or where none does, its
    function."""

    def __init__(
        self, runs: Runs, targets: Sequence[Target], near: Mapping[int, Sequence[Relative]], alive: set[int], seed: int
    ) -> None:
        self._runs = runs
        self._targets = {each.number: each for each in targets}
        self._alive = alive
        self._rng = random.Random(seed)  # noqa: S311  no secret
        self._parents: dict[int, list[Parent]] = {}
        self._tries: dict[int, int] = {}
        self._rank = {number: place for place, number in enumerate(near)}
        self._names: dict[str, set[str]] = {}
        made: dict[str, Parent | None] = {}
        for number, relatives in near.items():
            for relative in sorted(relatives, key=lambda each: (len(each.source), len(each.draft.steps), each.id)):
                if relative.id not in made:
                    made[relative.id] = _parent(relative)
                parent = made[relative.id]
                if parent is not None and len(self._parents.setdefault(number, [])) < MOST_PARENTS:
                    self._parents[number].append(parent)

    def varied(self, until: int) -> Iterator[Proposal]:
        """Tests that come near with other values in them, until nothing is alive that one comes near, or no more than
        `until` is left of the budget. Takes what is killed out of `alive`."""
        while self._runs.left > until:
            chosen = self._chosen()
            if not chosen:
                return
            tried = [(number, parent, draft) for number, parent in chosen if (draft := self._draft(number, parent))]
            looked = self._runs.looked(
                [Try(parent.relative, draft) for _, parent, draft in tried],
                [self._beside(number) for number, _, _ in tried],
                most=MOST_MUTANTS,
                capture=True,
            )
            for (_, parent, draft), seen in zip(tried, looked):  # noqa: B905  Python 3.9
                if seen is not None:
                    self._remember(parent, draft, seen)
                    yield from self._proposed(parent, draft, seen)

    def program(self, program: Program, kills: Collection[int], relatives: Sequence[Relative]) -> Iterator[Proposal]:
        """One that was seen to come to mutants, as a test beside that relative whose module has its names."""
        written = [(each, text) for each in relatives if (text := as_test(program, each)) is not None]
        if not written or self._alive.isdisjoint(kills):
            return
        relative, (text, _) = min(written, key=lambda each: each[1].imports)
        style = style_of(relative.source, unittest=relative.unittest, names=relative.namespace)
        parent = Parent(relative, draft_of(text), style)
        wanted = [self._alive.intersection(kills)]
        seen = self._runs.looked([Try(relative, parent.draft)], wanted, most=MOST_MUTANTS, capture=True)[0]
        if seen is not None:
            self._remember(parent, parent.draft, seen)
            yield from self._proposed(parent, parent.draft, seen)

    def _chosen(self) -> list[tuple[int, Parent]]:
        """Those that were tried least."""
        waiting = [number for number in sorted(self._alive) if self._parents.get(number)]
        found: list[tuple[int, Parent]] = []
        for _ in range(BATCH if waiting else 0):
            number = min(waiting, key=lambda each: (self._tries.get(each, 0), self._rank.get(each, len(self._rank))))
            self._tries[number] = self._tries.get(number, 0) + 1
            parents = self._parents[number]
            found.append((number, parents[min(self._rng.randrange(len(parents)), self._rng.randrange(len(parents)))]))
        return found

    def _draft(self, number: int, parent: Parent) -> Draft | None:
        if self._tries[number] <= len(self._parents[number]) and self._rng.random() < 0.3:
            return parent.draft
        source = varied(parent.draft, self._targets[number].words, parent.style, self._rng)
        try:
            return None if source is None else draft_of(own_text(source))
        except SyntaxError:
            return None

    def _beside(self, number: int) -> list[int]:
        """It first, and the others of its function. What is outside of functions is alive too, and no target."""
        function = self._targets[number].function
        alive = (self._targets[each] for each in sorted(self._alive) if each in self._targets)
        return [number, *(each.number for each in alive if each.function == function)]

    def _remember(self, parent: Parent, draft: Draft, seen: Looked) -> None:
        """What comes to a mutant that its parent did not reach is a parent of its own."""
        if not seen.base.green:
            return
        for each in sorted(seen.reached & self._alive):
            parents = self._parents.setdefault(each, [])
            known = any(other.relative.id == parent.relative.id for other in parents)
            if not known and len(parents) < MOST_CORPUS:
                parents.insert(0, parent._replace(draft=draft))

    def _proposed(self, parent: Parent, draft: Draft, seen: Looked) -> Iterator[Proposal]:
        for number, (ended, differences) in sorted(seen.mutants.items()):
            if number not in self._alive:
                continue
            for told in lines_for(parent, draft, seen.base, ended, differences)[:MOST_CANDIDATES]:
                proposal = self._made(parent, draft, told, number, seen)
                if proposal is not None:
                    self._alive.difference_update(proposal.kills)
                    yield proposal
                    break

    def _made(self, parent: Parent, draft: Draft, told: Line, number: int, seen: Looked) -> Proposal | None:
        """Confirmed in forks of its own, then without what it can do without."""
        if not self._kills(parent, draft, told, (), number):
            return None
        dropped = self._dropped(parent, draft, told, number)
        made = as_draft(draft, told, dropped)
        if made is None:
            return None
        others = [each for each in sorted(seen.reached & self._alive) if each != number][:MOST_MUTANTS]
        tried = Try(parent.relative, made)
        alone, mutated, *ended = self._runs.ended([(tried, each) for each in (0, number, *others)])
        if not alone.green or not is_killed(mutated):
            return None
        kills = (number, *(each for each, how in zip(others, ended) if is_killed(how)))  # noqa: B905  Python 3.9
        return self._named(parent, made, told, number, kills)

    def _dropped(self, parent: Parent, draft: Draft, told: Line, number: int) -> tuple[int, ...]:
        """The steps before that change nothing."""
        bare = tuple(at for at in range(told.step) if draft.steps[at].calls and not draft.steps[at].asserts)
        dropped = bare if bare and self._kills(parent, draft, told, bare, number) else ()
        for at in [each for each in reversed(range(told.step)) if each not in dropped][:MOST_DROPPED]:
            if self._kills(parent, draft, told, (*dropped, at), number):
                dropped = (*dropped, at)
        return dropped

    def _kills(self, parent: Parent, draft: Draft, told: Line, dropped: Collection[int], number: int) -> bool:
        made = as_draft(draft, told, dropped)
        if made is None:
            return False
        one, mutated = self._runs.both(Try(parent.relative, made), number)
        return one.green and is_killed(mutated)

    def _named(self, parent: Parent, made: Draft, told: Line, number: int, kills: tuple[int, ...]) -> Proposal:
        relative = parent.relative
        taken = self._names.setdefault(relative.path, set(_defined(relative.source)))
        line = told.line or made.of(made.steps[-1].node).splitlines()[0]
        compared = line.partition(" == ")[0]
        before = [
            made.of(step.node)
            for step in made.steps[: None if told.call in (RAISES, ITSELF, MATCHES) else -1]
            if step.calls or "(" in made.of(step.node)
        ]
        inputs = inputs_of(compared if told.call >= 0 or not before else before[-1])
        name = name_of(self._targets[number].function, line, inputs, taken)
        text = own_text(made.source).replace(f"def {made.node.name}(", f"def {name}(", 1)
        _, end = lines_of(relative.draft.text, relative.node)
        gap = "\n" if relative.node.col_offset else "\n\n"
        if not relative.draft.text.content[:end].endswith(b"\n"):
            gap = f"\n{gap}"
        edit = Edit(end, end, f"{gap}{text}".encode())
        test = f"{relative.item.parent.nodeid}::{name}"
        return Proposal("new", relative, test, edit, line, kills, Try(relative, made))


def without_superfluous(runs: Runs, made: Sequence[Proposal], functions: Mapping[int, str]) -> list[Proposal]:
    """Each with all that it kills of what the others of its functions kill; without those that the others do without,
    the longest first."""
    kills = {at: set(each.kills) for at, each in enumerate(made)}
    tasks = [
        (at, number)
        for at, each in enumerate(made)
        for number in sorted({number for other in made for number in other.kills} - kills[at])
        if each.tried is not None and functions[number] in {functions[own] for own in each.kills}
    ]
    tries = [(tried, number) for at, number in tasks if (tried := made[at].tried) is not None]
    for (at, number), ended in zip(tasks, runs.ended(tries)):  # noqa: B905  Python 3.9
        if is_killed(ended):
            kills[at].add(number)
    for at in sorted(kills, key=lambda at: (-len(made[at].edit.put), -at)):
        if kills[at] <= {number for other, each in kills.items() if other != at for number in each}:
            del kills[at]
    return [made[at]._replace(kills=tuple(sorted(kills[at]))) for at in sorted(kills)]


def _parent(relative: Relative) -> Parent | None:
    text = stripped(relative)
    try:
        draft = None if text is None else draft_of(text)
    except SyntaxError:
        return None
    if draft is None or not draft.steps:
        return None
    return Parent(relative, draft, style_of(relative.source, unittest=relative.unittest, names=relative.namespace))


def _defined(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
