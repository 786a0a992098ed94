"""What a program does wherever and whenever it runs: in two forks that share as little as can be arranged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from .programs import Program
from .search import Kept
from .server import LATER
from .workers import Worker

ELSEWHERE = {
    "PYTHONHASHSEED": "77",
    "TZ": "Asia/Kathmandu",
    LATER: "2032-02-29T23:58:00",
    "COLUMNS": "20",
    "LC_ALL": "C",
}
"""Another hash seed, another zone, another day, another width."""
INTERNAL = frozenset(
    f"builtins:{name}"
    for name in (
        *("AttributeError", "TypeError", "IndexError", "KeyError", "NameError", "UnboundLocalError", "StopIteration"),
        *("RecursionError", "ZeroDivisionError", "AssertionError", "RuntimeError", "SystemError"),
    )
)


class Stable(NamedTuple):
    """`seen`: the places that were equal. `branches`: outcomes of conditions, and lines below zero. `slept`: how many
    seconds a test of it waits."""

    kept: Kept
    seen: dict[str, list[str]]
    branches: frozenset[int]
    explicit: bool
    slept: float = 0.0


class Runs(Protocol):
    probed: Worker
    plain: Worker

    def run(self, worker: Worker, programs: Sequence[Program], *, log: bool = ..., alone: bool = ...) -> list[Any]: ...


def stable(runs: Runs, kept: Sequence[Kept]) -> list[Stable]:
    """Those with a place left to assert."""
    programs = [each.program for each in kept]
    here = runs.run(runs.probed, programs, alone=True)
    there = runs.run(runs.plain, programs, alone=True)
    found: list[Stable] = []
    for each, one, other in zip(kept, here, there):  # noqa: B905  Python 3.9
        seen = _equal(one, other)
        if seen:
            branches = frozenset({*one["outcomes"], *(-line for line in one["lines"])})
            found.append(
                Stable(_until(each, int(one["statement"])), seen, branches, bool(one["explicit"]), one["slept"])
            )
    return found


def _until(kept: Kept, statement: int) -> Kept:
    """What stands behind the statement that raised never runs."""
    if statement < 0 or statement >= len(kept.program) - 1:
        return kept
    if kept.target.kind == "setter":
        return kept._replace(program=kept.program[: statement + 1])
    owner = kept.target._replace(name=kept.target.owner or kept.target.name, kind="class")
    return kept._replace(program=kept.program[: statement + 1], target=owner)


def _equal(one: dict[str, Any], other: dict[str, Any]) -> dict[str, list[str]]:
    if one["bad"] or other["bad"] or one["statement"] != other["statement"]:
        return {}
    seen: dict[str, list[str]] = {
        place: what for place, what in one["seen"].items() if other["seen"].get(place) == what
    }
    if ("raises" in one["seen"]) != ("raises" in seen):
        return {}
    return seen


def is_internal(it: Stable) -> bool:
    """An exception that looks like a bug: of the interpreter's own kinds, and not raised by the module on purpose."""
    return "raises" in it.seen and it.seen["raises"][1] in INTERNAL and not it.explicit
