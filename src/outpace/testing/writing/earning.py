"""Which tests of a written file are kept, and for what: by the mutants that were seen to make each one red."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from outpace.testing.writing.found import Branch, FoundTest

Element = str | Branch
"""A mutant's id, or a branch."""


class Unit(Struct, frozen=True, kw_only=True):
    """A test as the framework runs it: one case of a parametrized function, or a whole function."""

    node: str
    function: str
    tests: tuple[FoundTest, ...]

    @property
    def takes(self) -> frozenset[Branch]:
        return frozenset(each for test in self.tests for each in test.takes)


def units_of(nodes: Iterable[str], named: Mapping[str, Sequence[FoundTest]]) -> tuple[Unit, ...]:
    """`nodes` in the order of the file; the cases of a function are in the order in which they were written."""
    by_function: dict[str, list[str]] = {}
    for node in nodes:
        by_function.setdefault(plain(node), []).append(node)
    found: list[Unit] = []
    for function, own in by_function.items():
        tests = named.get(function, ())
        each_its_own = len(own) == len(tests)
        for place, node in enumerate(own):
            held = (tests[place],) if each_its_own else tuple(tests)
            found.append(Unit(node=node, function=function, tests=held))
    return tuple(found)


def plain(node: str) -> str:
    """The function's name of `tests/test_a.py::TestB::test_c[1-2]`."""
    return node.partition("[")[0].rpartition("::")[2]


def needed(units: Sequence[Unit], kills: Mapping[str, frozenset[str]]) -> tuple[Unit, ...]:
    """Without those of which the others kill and take everything, the longest first. `kills`: node -> mutants."""
    elements = {unit.node: elements_of(unit, kills) for unit in units}
    times = Counter(each for own in elements.values() for each in own)
    gone: set[str] = set()
    for unit in sorted(units, key=lambda each: -sum(len(str(test.program)) for test in each.tests)):
        own = elements[unit.node]
        if all(times[each] > 1 for each in own):
            gone.add(unit.node)
            times.subtract(own)
    return tuple(unit for unit in units if unit.node not in gone)


def elements_of(unit: Unit, kills: Mapping[str, frozenset[str]]) -> frozenset[Element]:
    return kills.get(unit.node, frozenset()) | unit.takes


def credited(units: Sequence[Unit], kills: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Mutant -> the first test that kills it."""
    found: dict[str, str] = {}
    for unit in units:
        for mutant in sorted(kills.get(unit.node, ())):
            found.setdefault(mutant, unit.node)
    return found


def branches_of(units: Sequence[Unit]) -> dict[str, tuple[str, ...]]:
    """Function -> the branches that none before it takes; lines where there is nothing else to say."""
    taken: set[Branch] = set()
    found: dict[str, list[Branch]] = {}
    for unit in units:
        found.setdefault(unit.function, []).extend(sorted(unit.takes - taken, key=_order))
        taken |= unit.takes
    return {
        function: tuple(each.words for each in own if each.condition) or tuple(each.words for each in own)
        for function, own in found.items()
    }


def _order(each: Branch) -> tuple[int, int, int]:
    return (each.line, each.number, each.outcome)
