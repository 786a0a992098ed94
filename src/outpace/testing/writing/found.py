"""What a search inside a project found, as its rows say it."""

from __future__ import annotations

from msgspec import Struct, field

from outpace.inside.probing.programs import Node, Program, unpacked


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
    executions: int
    kept: int
    mutants: int
    killed: int
    survivors: tuple[str, ...]
    outcomes: int
    of_outcomes: int
    strange: tuple[Strange, ...] = ()


class NotKnown(Struct, frozen=True, kw_only=True, tag_field="kind", tag="unknown"):
    why: str


Row = FoundTest | Summary | NotKnown
