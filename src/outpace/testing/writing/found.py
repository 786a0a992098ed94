"""What a search inside a project found, as its rows say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from outpace.inside.probing.programs import Node, Program, unpacked
from outpace.model.unknown import Unknown
from outpace.testing.generation import Covered


class Assertion(Struct, frozen=True, array_like=True):
    """`place`: `3:{}.name` is an attribute of variable 3; or `raises`, `message`, `prints`."""

    place: str
    kind: str
    text: str


class Branch(Struct, frozen=True, array_like=True):
    """A condition's line and source, how it came out (0 or 1), and its number; without a condition, the line itself."""

    line: int
    condition: str
    outcome: int
    number: int = 0

    @property
    def element(self) -> int:
        """An outcome, or a line below zero."""
        return 2 * self.number + self.outcome if self.condition else -self.line

    @property
    def words(self) -> str:
        if not self.condition:
            return f"line {self.line} runs"
        return f"line {self.line}: {' '.join(self.condition.split())} is {'true' if self.outcome else 'false'}"


class FoundTest(Struct, frozen=True, kw_only=True, tag_field="kind", tag="test"):
    """A program that earned its place, by the mutants that it was seen to kill and the branches that it takes. An
    example of a `law` has its values first, one for each parameter, and what is true of them last; `strategies` of
    Hypothesis draw more of them."""

    target: str
    program: tuple[object, ...]
    asserts: tuple[Assertion, ...]
    seen: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    parameters: tuple[str, ...] = ()
    kills: tuple[str, ...] = ()
    takes: tuple[Branch, ...] = ()
    law: str = ""
    strategies: tuple[str, ...] = ()

    @property
    def nodes(self) -> Program:
        return tuple(unpacked(row) for row in self.program)

    @property
    def raises(self) -> str:
        """`module:name` of its exception."""
        return self.seen["raises"][1] if "raises" in self.seen else ""

    @property
    def result(self) -> Node:
        return self.nodes[-1]


class Strange(Struct, frozen=True, array_like=True):
    """A program that looks as if it met a bug, and why: never asserted."""

    target: str
    program: tuple[object, ...]
    why: str

    @property
    def nodes(self) -> Program:
        return tuple(unpacked(row) for row in self.program)


class Summary(Struct, frozen=True, kw_only=True, tag_field="kind", tag="summary"):
    """Of all `mutants`, those `covered` by tests that are there, those `killed` by programs, and the `survivors`."""

    executions: int
    kept: int
    mutants: int
    covered: int
    killed: int
    survivors: tuple[str, ...]
    outcomes: int
    of_outcomes: int
    strange: tuple[Strange, ...] = ()


class NotKnown(Struct, frozen=True, kw_only=True, tag_field="kind", tag="unknown"):
    why: str


Row = FoundTest | Summary | NotKnown


class Search(Struct, frozen=True, kw_only=True):
    """All rows of one search, which agree with each other."""

    tests: tuple[FoundTest, ...]
    summary: Summary


def search_of(rows: Sequence[Row], ended: Unknown | None, covered: Covered) -> Search | Unknown:
    """The module's own code runs beside the search: what contradicts itself may be that code's, and is not believed."""
    why = next((row.why for row in rows if isinstance(row, NotKnown)), "")
    if why or ended is not None:
        return Unknown(why or (ended.why if ended else ""), "a module that can be imported alone")
    tests = tuple(row for row in rows if isinstance(row, FoundTest))
    summaries = [row for row in rows if isinstance(row, Summary)]
    doubt = _doubt(tests, summaries[0], covered) if len(summaries) == 1 else f"it was summed up {len(summaries)} times"
    return Unknown(f"the search contradicts itself: {doubt}") if doubt else Search(tests=tests, summary=summaries[0])


def _doubt(tests: Sequence[FoundTest], summary: Summary, covered: Covered) -> str:
    kills = Counter(mutant for test in tests for mutant in test.kills)
    alive = frozenset(summary.survivors)
    outcomes = {each.element for test in tests for each in test.takes if each.condition}
    if len(alive) != len(summary.survivors) or any(count > 1 for count in kills.values()):
        return "a mutant is told twice"
    if not alive.isdisjoint(kills) or not covered.mutants.isdisjoint(kills):
        return "a mutant is killed by a test and alive"
    if summary.killed != len(kills) or summary.mutants != summary.killed + summary.covered + len(alive):
        return f"{len(kills)} mutants are killed by its tests, and {summary.killed} of {summary.mutants} in all"
    before = sum(each >= 0 for each in covered.branches)
    if summary.covered > len(covered.mutants) or not len(outcomes) <= summary.outcomes <= summary.of_outcomes - before:
        return f"{len(outcomes)} outcomes are taken, and {summary.outcomes} of {summary.of_outcomes} in all"
    return ""
