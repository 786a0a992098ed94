"""Units to pieces: refactoring, dependencies, then group by group what expands, changes, switches and contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from outpace.delivery.splitting.graph import Needs, closed, components, inseparable, needs_of, ordered
from outpace.delivery.splitting.pieces import Kind
from outpace.delivery.splitting.units import Unit, Units

APART = 10
"""Lines from which on what expands or contracts is a piece of its own."""
LARGE = 150
"""Lines from which on a group is cut by its files."""


class Group:
    """Units that are one piece."""

    def __init__(self, kind: Kind, units: Iterable[Unit]) -> None:
        self.kind: Kind = kind
        self.units = list(units)

    @property
    def lines(self) -> int:
        return sum(unit.lines for unit in self.units)

    @property
    def breaks(self) -> tuple[str, ...]:
        """Migrations beside which the release before them does not go on."""
        return tuple(path for unit in self.units for path in unit.breaks)

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple({path: None for unit in self.units for path in unit.unknown})

    @property
    def path(self) -> str:
        return max(self.units, key=lambda unit: (unit.lines, unit.path)).path


def grouped(units: Units) -> list[Group]:
    """In an order in which none needs a later one."""
    main = [unit for unit in units.all if unit.number not in units.following]
    kinds: dict[int, Kind] = {unit.number: units.kind(unit) for unit in main}
    groups = [*_refactoring(units, main, kinds), *_dependencies(main, kinds)]
    elsewhere = ("refactor", "dependencies", "documentation", "tests")
    last = [unit for unit in main if unit.breaks and kinds[unit.number] == "contract"]
    rest = [unit for unit in main if kinds[unit.number] not in elsewhere and unit not in last]
    for component in _components(units, rest):
        groups += _of_component(units, component, kinds)
    groups += _by_kind(main, kinds, "tests")
    groups += _by_kind(main, kinds, "documentation")
    groups += [Group("contract", [unit]) for unit in last]
    placed = _followed(units, _sorted(units, [group for group in groups if group.units]))
    return [part for group in placed for part in _tests_apart(units, group)]


def _by_kind(main: list[Unit], kinds: dict[int, Kind], kind: Kind) -> list[Group]:
    found = [unit for unit in main if kinds[unit.number] == kind]
    return [Group(kind, found)] if found else []


def _refactoring(units: Units, main: list[Unit], kinds: dict[int, Kind]) -> list[Group]:
    natures: dict[tuple[str, ...], list[Unit]] = defaultdict(list)
    for unit in main:
        if kinds[unit.number] == "refactor":
            natures[units.nature(unit)].append(unit)
    return [Group("refactor", found) for _, found in sorted(natures.items())]


def _dependencies(main: list[Unit], kinds: dict[int, Kind]) -> list[Group]:
    """A manifest with its lock is one; others are apart."""
    return [Group("dependencies", [unit]) for unit in main if kinds[unit.number] == "dependencies"]


def _components(units: Units, rest: Sequence[Unit]) -> list[list[Unit]]:
    numbers = [unit.number for unit in rest]
    found = components(numbers, [*_through(units, numbers), *units.loose])
    return [[units.all[number] for number in part] for part in sorted(found, key=lambda part: units.all[part[0]].path)]


def _through(units: Units, numbers: Iterable[int]) -> list[tuple[int, int]]:
    """(later, earlier) pairs of firm needs, also those by way of units that follow others."""
    there = set(numbers)
    found: list[tuple[int, int]] = []
    for number in there:
        work, seen = list(units.needs.get(number, ())), set[int]()
        while work:
            other = work.pop()
            if other in seen:
                continue
            seen.add(other)
            if other in there:
                found.append((number, other))
            elif other in units.following:
                work += units.needs.get(other, ())
    return found


def _of_component(units: Units, component: list[Unit], kinds: dict[int, Kind]) -> list[Group]:
    phases: dict[Kind, list[Unit]] = defaultdict(list)
    for unit in component:
        phases[kinds[unit.number]].append(unit)
    apart: tuple[Kind, ...] = ("expand", "contract")
    for kind in apart:
        small = [unit for unit in phases[kind] if not unit.migrates]
        if phases["change"] and not phases["flag"] and sum(unit.lines for unit in small) < APART:
            phases["change"] += small
            phases[kind] = [unit for unit in phases[kind] if unit.migrates]
    found: list[Group] = []
    cut: tuple[Kind, ...] = ("expand", "change")
    for kind in cut:
        for part in _components(units, phases.get(kind, [])):
            found += _cut(units, kind, part)
    last: tuple[Kind, ...] = ("flag", "contract")
    return [*found, *(Group(kind, phases[kind]) for kind in last if phases.get(kind))]


def _cut(units: Units, kind: Kind, part: list[Unit]) -> list[Group]:
    """A large group by files, in an order in which no file's part needs a later one."""
    if sum(unit.lines for unit in part) <= LARGE or len(part) == 1:
        return [Group(kind, part)]
    numbers = [unit.number for unit in part]
    firm = _through(units, numbers)
    soft = needs_of([*firm, *(pair for pair in units.loose if pair[0] in numbers and pair[1] in numbers)])
    first = {number: place for place, number in enumerate(_files_in_order(units, numbers, soft))}
    order = ordered(numbers, needs_of(firm), lambda each: first[each])
    found: list[Group] = []
    for number in order:
        unit = units.all[number]
        if found and (found[-1].path == unit.path or found[-1].lines < APART or unit.lines < APART):
            found[-1].units.append(unit)
        else:
            found.append(Group(kind, [unit]))
    return found


def _files_in_order(units: Units, numbers: list[int], soft: Needs) -> list[int]:
    """The units with those of one file beside each other, files that others use first."""
    by_path: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        by_path[units.all[number].path].append(number)
    paths = sorted(by_path)
    place = {path: at for at, path in enumerate(paths)}
    needs = {
        place[path]: frozenset(place[units.all[other].path] for each in by_path[path] for other in soft.get(each, ()))
        for path in paths
    }
    files = ordered(range(len(paths)), needs, lambda at: paths[at])
    return [number for at in files for number in by_path[paths[at]]]


def _sorted(units: Units, groups: list[Group]) -> list[Group]:
    """Groups that need each other become one; then each comes after what it needs, else as it was given."""
    of = {unit.number: place for place, group in enumerate(groups) for unit in group.units}
    pairs = ((of[later], of[earlier]) for later, earlier in _through(units, of))
    needs = needs_of(pair for pair in pairs if pair[0] != pair[1])
    order = ordered(range(len(groups)), needs, lambda place: place)
    rank = {place: at for at, place in enumerate(order)}
    merged: list[Group] = []
    for part in inseparable(range(len(groups)), needs):
        places = sorted(part, key=lambda place: rank[place])
        kind: Kind = groups[places[0]].kind if len(places) == 1 else "change"
        merged.append(Group(kind, [unit for place in places for unit in groups[place].units]))
    if len(merged) < len(groups):
        return _sorted(units, merged)
    return [groups[place] for place in order]


def _followed(units: Units, groups: list[Group]) -> list[Group]:
    """What follows others is put where they are: new tests by their last need, then imports by their first user, and
    those that go by the last that used them."""
    at = {unit.number: place for place, group in enumerate(groups) for unit in group.units}
    for number in sorted(units.following, key=lambda each: (_rank(units.all[each]), each)):
        unit = units.all[number]
        first = unit.is_import and unit.all(how="add")
        around = closed([number], units.users if first else units.needs)
        there = [at[each] for each in around if each in at]
        at[number] = (min(there) if first else max(there)) if there else len(groups) - 1
        groups[at[number]].units.append(unit)
    return groups


def _tests_apart(units: Units, group: Group) -> list[Group]:
    """New tests of a large group come right behind it: it stands without them, and is read more easily."""
    if group.kind not in ("expand", "change") or group.lines <= LARGE:
        return [group]
    tests = [unit for unit in group.units if unit.number in units.following and unit.all(role="test", how="add")]
    moved = {unit.number for unit in tests}
    for unit in group.units:  # with the imports that they alone use
        if unit.is_import and unit.number not in moved and (used := units.users.get(unit.number)) and used <= moved:
            moved.add(unit.number)
    first = Group(group.kind, [unit for unit in group.units if unit.number not in moved])
    then = Group("tests", [unit for unit in group.units if unit.number in moved])
    return [first, then] if min(first.lines, then.lines) >= APART else [group]


def _rank(unit: Unit) -> int:
    return 0 if not unit.is_import else 1 if unit.all(how="add") else 2
