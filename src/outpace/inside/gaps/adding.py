"""New tests for mutants that no test tells apart: tests that come near them, with other values, until one sees them."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..mutants.text import Edit
from .assertions import Style, assertions, style_of
from .beside import asserting, inputs_of, name_of, raising, spelled, stripped, upto
from .drafts import RAISES as RAISING
from .drafts import Draft, draft_of, lines_of, own_text, raises
from .relatives import Relative
from .running import Difference, Ended, Looked, Runs, Try, is_killed
from .strengthening import Proposal
from .varying import Words, varied

BATCH = 12
MOST_PARENTS = 14
MOST_CORPUS = 40
MOST_MUTANTS = 6
MOST_CANDIDATES = 3
MOST_DROPPED = 8
RAISES, ITSELF = -2, -3
"""In the place of a call: the step raises; the step asserts by itself."""


class Parent(NamedTuple):
    """A test without its assertions, from which others are made."""

    relative: Relative
    draft: Draft
    style: Style

    @property
    def without(self) -> frozenset[str]:
        return frozenset(self.relative.bound)


class Target(NamedTuple):
    """A mutant; the function that it is in; and what that speaks of."""

    number: int
    function: str
    words: Words


class Adding:
    """`near`: for each mutant the tests that reach it, or where none does, its function."""

    def __init__(
        self, runs: Runs, targets: Sequence[Target], near: Mapping[int, Sequence[Relative]], alive: set[int], seed: int
    ) -> None:
        self._runs = runs
        self._targets = {each.number: each for each in targets}
        self._alive = alive
        self._rng = random.Random(seed)  # noqa: S311  no secret
        self._parents: dict[int, list[Parent]] = {}
        self._tries: dict[int, int] = {}
        self._names: dict[str, set[str]] = {}
        made: dict[str, Parent | None] = {}
        for number, relatives in near.items():
            for relative in sorted(relatives, key=lambda each: (len(each.source), len(each.draft.steps), each.id)):
                if relative.id not in made:
                    made[relative.id] = _parent(relative)
                parent = made[relative.id]
                if parent is not None and len(self._parents.setdefault(number, [])) < MOST_PARENTS:
                    self._parents[number].append(parent)

    def proposals(self) -> Iterator[Proposal]:
        """Until nothing is alive that a test comes near, or the budget is used up. Takes what is killed out of
        `alive`."""
        while self._runs.left > 0:
            chosen = self._chosen()
            if not chosen:
                return
            tried = [(number, parent, draft) for number, parent in chosen if (draft := self._draft(number, parent))]
            looked = self._runs.looked(
                [Try(parent.relative, draft, parent.without) for _, parent, draft in tried],
                [self._beside(number) for number, _, _ in tried],
                most=MOST_MUTANTS,
            )
            for (_, parent, draft), seen in zip(tried, looked):  # noqa: B905  Python 3.9
                if seen is not None:
                    self._remember(parent, draft, seen)
                    yield from self._proposed(parent, draft, seen)

    def _chosen(self) -> list[tuple[int, Parent]]:
        """Those that were tried least."""
        waiting = [number for number in sorted(self._alive) if self._parents.get(number)]
        found: list[tuple[int, Parent]] = []
        for _ in range(BATCH if waiting else 0):
            number = min(waiting, key=lambda each: (self._tries.get(each, 0), each))
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
        """It first, and the others of its function."""
        function = self._targets[number].function
        return [number, *(each for each in sorted(self._alive) if self._targets[each].function == function)]

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
            for line, step, call in self._lines(parent, draft, seen.base, ended, differences)[:MOST_CANDIDATES]:
                proposal = self._made(parent, draft, (line, step, call), number, seen)
                if proposal is not None:
                    self._alive.difference_update(proposal.kills)
                    yield proposal
                    break

    def _lines(
        self, parent: Parent, draft: Draft, base: Ended, ended: Ended, differences: Sequence[Difference]
    ) -> list[tuple[str, int, int]]:
        """What may be asserted, the best first: the line, and the step and the call that it is of."""
        if not base.green:
            return self._raised(parent, draft, base, ended)
        if not ended.green and ended.at + 1 < len(draft.steps) and _asserts_itself(draft, ended.at + 1):
            return [("", ended.at + 1, ITSELF)]
        found: list[tuple[int, int, str, int, int]] = []
        broken = ended.at + 1 if not ended.green else -1
        for difference in differences:
            place = difference.place
            subject = place.name
            if place.call >= 0:
                subject = draft.of(draft.steps[place.step].calls[place.call])
            if "\n" in subject or not draft.stands_alone(draft.steps[place.step]):
                continue
            late = 0 if place.step == broken or broken < 0 else 1
            found += [
                (late, each.cost + 5 * place.step, each.line, place.step, place.call)
                for each in assertions(subject, place.place, difference.one, difference.other, parent.style)
            ]
        return [(line, step, call) for _, _, line, step, call in sorted(found)]

    def _raised(self, parent: Parent, draft: Draft, base: Ended, ended: Ended) -> list[tuple[str, int, int]]:
        """It raises, on purpose, what the mutant does not."""
        step = base.at + 1
        if not base.explicit or base.exception == ended.exception or step >= len(draft.steps):
            return []
        name = spelled(base.exception, parent.relative.namespace)
        unittest = parent.relative.unittest
        if name is None or not draft.stands_alone(draft.steps[step]):
            return []
        if unittest:
            return [(f"with self.assertRaises({name}):", step, RAISES)]
        return [(f"with pytest.raises({name}):", step, RAISES)] if "pytest" in parent.relative.namespace else []

    def _made(
        self, parent: Parent, draft: Draft, what: tuple[str, int, int], number: int, seen: Looked
    ) -> Proposal | None:
        """Confirmed in forks of its own, then without what it can do without."""
        if not self._kills(parent, draft, what, (), number):
            return None
        dropped = self._dropped(parent, draft, what, number)
        made = self._as_draft(draft, what, dropped)
        if made is None:
            return None
        others = [each for each in sorted(seen.reached & self._alive) if each != number][:MOST_MUTANTS]
        tried = Try(parent.relative, made, parent.without)
        alone, mutated, *ended = self._runs.ended([(tried, each) for each in (0, number, *others)])
        if not alone.green or not is_killed(mutated):
            return None
        kills = (number, *(each for each, how in zip(others, ended) if is_killed(how)))  # noqa: B905  Python 3.9
        return self._named(parent, made, what, number, kills)

    def _dropped(self, parent: Parent, draft: Draft, what: tuple[str, int, int], number: int) -> tuple[int, ...]:
        """The steps before that change nothing."""
        bare = tuple(at for at in range(what[1]) if draft.steps[at].calls and not draft.steps[at].asserts)
        dropped = bare if bare and self._kills(parent, draft, what, bare, number) else ()
        for at in [each for each in reversed(range(what[1])) if each not in dropped][:MOST_DROPPED]:
            if self._kills(parent, draft, what, (*dropped, at), number):
                dropped = (*dropped, at)
        return dropped

    def _kills(
        self, parent: Parent, draft: Draft, what: tuple[str, int, int], dropped: Sequence[int], number: int
    ) -> bool:
        made = self._as_draft(draft, what, dropped)
        if made is None:
            return False
        one, mutated = self._runs.both(Try(parent.relative, made, parent.without), number)
        return one.green and is_killed(mutated)

    def _as_draft(self, draft: Draft, what: tuple[str, int, int], dropped: Sequence[int]) -> Draft | None:
        line, step, call = what
        try:
            if call == RAISES:
                return draft_of(raising(draft, step, line, dropped=dropped))
            if call == ITSELF:
                return draft_of(upto(draft, step, dropped=dropped))
            return draft_of(asserting(draft, step, call, line, dropped=dropped))
        except SyntaxError:
            return None

    def _named(
        self, parent: Parent, made: Draft, what: tuple[str, int, int], number: int, kills: tuple[int, ...]
    ) -> Proposal:
        relative = parent.relative
        taken = self._names.setdefault(relative.path, set(_defined(relative.source)))
        line = what[0] or made.of(made.steps[-1].node).splitlines()[0]
        compared = line.partition(" == ")[0]
        before = [
            made.of(step.node)
            for step in made.steps[: None if what[2] in (RAISES, ITSELF) else -1]
            if step.calls or "(" in made.of(step.node)
        ]
        inputs = inputs_of(compared if what[2] >= 0 or not before else before[-1])
        name = name_of(self._targets[number].function, line, inputs, taken)
        text = own_text(made.source).replace(f"def {made.node.name}(", f"def {name}(", 1)
        _, end = lines_of(relative.draft.text, relative.node)
        gap = "\n" if relative.node.col_offset else "\n\n"
        if not relative.draft.text.content[:end].endswith(b"\n"):
            gap = f"\n{gap}"
        edit = Edit(end, end, f"{gap}{text}".encode())
        test = f"{relative.item.parent.nodeid}::{name}"
        return Proposal("new", relative, test, edit, line, kills)


def _asserts_itself(draft: Draft, step: int) -> bool:
    """A block or a call that says what shall be raised."""
    node = draft.steps[step].node
    if isinstance(node, ast.With):
        return raises(node)
    func = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr in RAISING


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
