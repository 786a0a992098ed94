"""What generation tells: a row for each test, one that sums up, and what looks wrong."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..mutants.sites import Mutant
from .callables import Target
from .fitting import Fitting
from .holding import Holding
from .killing import Found
from .operands import probes_of
from .programs import packed, source
from .search import Strange
from .selection import Chosen
from .stability import Stable

if TYPE_CHECKING:
    from .generate import Covered


class Told(NamedTuple):
    """What the rows speak of; `kept` programs came out of the search."""

    source: str
    mutants: Sequence[Mutant]
    covered: Covered
    found: Found
    executions: int
    kept: int


def rows(told: Told, picked: Sequence[Chosen], wrong: Sequence[list[Any]]) -> Iterator[dict[str, Any]]:
    """One for each test, and a summary."""
    found, mutants, probes = told.found, told.mutants, probes_of(told.source)
    for each in picked:
        it = found.stable[each.number]
        yield {
            "kind": "test",
            "target": it.kept.target.name,
            "program": [packed(node) for node in it.kept.program],
            **_law(found.laws.get(each.number), it.kept.target),
            "asserts": [[place, *it.seen[place]] for place in each.places],
            "seen": {place: list(what) for place, what in list(it.seen.items())[:40]},
            "kills": [mutants[number - 1].id for number in each.mutants],
            "takes": [
                [probes.where[b // 2], probes.what[b // 2], b % 2, b // 2] if b >= 0 else [-b, "", 1]
                for b in sorted(it.branches - told.covered.branches)
            ],
        }
    yield {
        "kind": "summary",
        "executions": told.executions,
        "kept": told.kept,
        "mutants": len(mutants),
        "covered": len(told.covered.mutants),
        "killed": len({number for candidate in found.candidates for number in candidate.kills}),
        "survivors": [mutants[number - 1].id for number in found.survivors],
        "outcomes": len({b for candidate in found.candidates for b in candidate.branches if b >= 0}),
        "of_outcomes": 2 * len(probes.where),
        "strange": list(wrong),
    }


def _law(holding: Holding | None, target: Target) -> dict[str, Any]:
    """What its columns are called, and of a law its name."""
    if holding is None:
        return {"parameters": [each.name for each in target.parameters if each.kind.startswith("POSITIONAL")]}
    law = holding.law
    return {
        "parameters": [each.name for each in law.columns],
        "law": law.name,
        "strategies": list(holding.strategies),
    }


def internal(found: Sequence[Stable], fitting: Fitting, told: Container[str]) -> list[list[Any]]:
    """What looks like a bug, the shortest of each kind: every argument had the type that the target asks for. Of the
    targets in `told`, more is known."""
    shortest: dict[tuple[str, str], Stable] = {}
    for it in sorted(found, key=lambda each: len(source(each.kept.program))):
        if it.kept.target.name not in told and it.kept.target.typed and fitting.fits(it.kept.program):
            shortest.setdefault((it.kept.target.name, it.seen["raises"][1]), it)
    return [
        [name, [packed(node) for node in it.kept.program], f"raised {kind.rpartition(':')[2]}"]
        for (name, kind), it in shortest.items()
    ]


def strange(found: Sequence[Strange]) -> list[list[Any]]:
    """The shortest of each target and reason."""
    shortest: dict[tuple[str, str], Strange] = {}
    for each in sorted(found, key=lambda each: len(source(each.program))):
        shortest.setdefault((each.target.name, each.why), each)
    return [[each.target.name, [packed(node) for node in each.program], each.why] for each in shortest.values()]
