"""What the tests of a generated file are kept for: the file itself is tried on the mutants of its module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.generation import Covered, Earned, Module, Worth
from outpace.testing.ports import Inside
from outpace.testing.told import rows_of
from outpace.testing.writing.earning import Unit, branches_of, credited, needed, units_of
from outpace.testing.writing.found import FoundTest

SECONDS = 1200.0
ROUNDS = 3
Named = Mapping[str, tuple[FoundTest, ...]]
Kills = Mapping[str, frozenset[str]]
"""Node -> mutants."""


class Place(Protocol):
    """A copy of the project's files that may be written to."""

    def path_of(self, module: Module) -> str: ...
    def write(self, path: str, text: str) -> str: ...
    def remove(self, path: str) -> None: ...


class Written(Struct, frozen=True, kw_only=True):
    """A file that is green; `named` says what each of its functions was made of."""

    module: Module
    path: str
    text: str
    framework: str
    named: Named


class Judged(Struct, frozen=True, kw_only=True):
    """`superfluous` tests lose nothing when they are deleted; without any, `earned` and `worth` are final."""

    superfluous: tuple[FoundTest, ...] = ()
    earned: tuple[Earned, ...] = ()
    worth: Worth | None = None


class _Row(Struct, frozen=True, kw_only=True):
    mutants: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    mutant: str = ""
    kills: tuple[str, ...] = ()
    broken: str = ""


def judged(inside: Inside, place: Place, file: Written, worth: Worth, covered: Covered) -> Judged | Unknown:
    """Of each test whether it is needed, beside those that notice what is `covered`; then of each mutant that it claims
    whether it is red on it alone."""
    rows = _rows(inside, place, file, {})
    if isinstance(rows, Unknown):
        return rows
    units = units_of((name for row in rows for name in row.tests), file.named)
    kills = _by_node(rows, covered.mutants)
    kept = needed(units, kills)
    if len(kept) < len(units):
        held = {id(test) for unit in kept for test in unit.tests}
        return Judged(superfluous=tuple(test for unit in units for test in unit.tests if id(test) not in held))
    every = [mutant for row in rows for mutant in row.mutants]
    claims = _confirmed(inside, place, file, units, kills)
    if isinstance(claims, Unknown):
        return claims
    branches = branches_of(units)
    idle = [unit for unit in units if unit.node not in claims.values() and not branches[unit.function]]
    if idle:
        return Judged(superfluous=tuple(test for unit in idle for test in unit.tests))
    counted = _worth(worth, every, units, claims, covered)
    return Judged(earned=_earned(file.named, units, claims, branches), worth=counted)


def _confirmed(
    inside: Inside, place: Place, file: Written, units: tuple[Unit, ...], kills: Kills
) -> dict[str, str] | Unknown:
    """Mutant -> a test that is red on it with no other test ahead of it."""
    found: dict[str, str] = {}
    left: Kills = kills
    for _ in range(ROUNDS):
        claims = {mutant: node for mutant, node in credited(units, left).items() if mutant not in found}
        if not claims:
            break
        rows = _rows(inside, place, file, claims)
        if isinstance(rows, Unknown):
            return rows
        red = {row.mutant for row in rows if row.kills}
        found |= {mutant: node for mutant, node in claims.items() if mutant in red}
        refuted = {(node, mutant) for mutant, node in claims.items() if mutant not in red}
        left = {node: frozenset(each for each in own if (node, each) not in refuted) for node, own in left.items()}
    return found


def _rows(inside: Inside, place: Place, file: Written, claims: Mapping[str, str]) -> tuple[_Row, ...] | Unknown:
    there = place.write(file.path, file.text)
    request = {
        "file": there,
        "framework": file.framework,
        "path": place.path_of(file.module),
        "source": file.module.text,
        "claims": claims,
        "about": file.module.name,
    }
    told = inside.ask("probing.worth", request, seconds=SECONDS, loopback=False)
    place.remove(file.path)
    rows = rows_of(told, _Row, "the trial of the tests")
    if isinstance(rows, Unknown) or told.ended is not None:
        return rows if isinstance(rows, Unknown) else told.ended or Unknown("the trial of the tests came to no end")
    broken = next((row.broken for row in rows if row.broken), "")
    if broken:
        return Unknown(f"the tests could not be tried on mutants: {broken}")
    if any(row.kills and not row.mutant for row in rows):
        return Unknown("the tests are red without a mutant when they are run in one process after another")
    return rows


def _by_node(rows: tuple[_Row, ...], covered: frozenset[str]) -> Kills:
    found: dict[str, set[str]] = {}
    for row in rows:
        for node in row.kills if row.mutant not in covered else ():
            found.setdefault(node, set()).add(row.mutant)
    return {node: frozenset(own) for node, own in found.items()}


def _earned(
    named: Named, units: tuple[Unit, ...], claims: Mapping[str, str], branches: Mapping[str, tuple[str, ...]]
) -> tuple[Earned, ...]:
    nodes = {name: {unit.node for unit in units if unit.function == name} for name in named}
    return tuple(
        Earned(
            name=name,
            cases=len(tests),
            assertions=sum(len(test.asserts) for test in tests),
            mutants=tuple(mutant for mutant, node in claims.items() if node in nodes[name]),
            branches=branches.get(name, ()),
        )
        for name, tests in named.items()
    )


def _worth(
    worth: Worth, every: list[str], units: tuple[Unit, ...], claims: Mapping[str, str], covered: Covered
) -> Worth:
    """What the file itself kills and takes beside those that were there, whatever else was found on the way to it."""
    taken = {each for unit in units for each in unit.takes if each.condition}
    before = covered.mutants.intersection(every)
    return Worth(
        executions=worth.executions,
        mutants=len(every),
        killed=len(claims) + len(before),
        survivors=tuple(each for each in every if each not in claims and each not in before),
        outcomes=len(taken) + worth.outcomes_before,
        of_outcomes=worth.of_outcomes,
        killed_before=len(before),
        outcomes_before=worth.outcomes_before,
    )
