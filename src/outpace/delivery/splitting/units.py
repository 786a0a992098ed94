"""What cannot be apart, as one; and where it goes: its phase, and what it follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from outpace.delivery.splitting.atoms import Atom
from outpace.delivery.splitting.graph import closed, inseparable, needs_of
from outpace.delivery.splitting.links import Link, Links
from outpace.delivery.splitting.mechanical import Mechanical
from outpace.delivery.splitting.pieces import Kind


class Unit:
    """Atoms that cannot be apart."""

    def __init__(self, number: int, atoms: Iterable[Atom]) -> None:
        self.number = number
        self.atoms = tuple(sorted(atoms, key=lambda atom: atom.number))
        self.lines = sum(atom.lines for atom in self.atoms)
        sizes: dict[str, int] = defaultdict(int)
        for atom in self.atoms:
            sizes[atom.path] += atom.lines
        self.path = max(sizes, key=lambda path: (sizes[path], path))

    @property
    def is_import(self) -> bool:
        return all(atom.is_import for atom in self.atoms)

    @cached_property
    def migrates(self) -> bool:
        return any(atom.role == "migration" for atom in self.atoms)

    @cached_property
    def breaks(self) -> tuple[str, ...]:
        """Migrations beside which the release before them does not go on."""
        return tuple(atom.path for atom in self.atoms if atom.schemed.breaks)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Migrations beside which nobody can tell whether it does."""
        return tuple({atom.path: None for atom in self.atoms if atom.schemed.unknown})

    def all(self, *, how: str = "", role: str = "") -> bool:
        return all((not how or atom.how == how) and (not role or atom.role == role) for atom in self.atoms)


class Units:
    """All units of a change and the needs between them."""

    def __init__(self, atoms: tuple[Atom, ...], found: Links, mechanical: Mechanical, flips: frozenset[int]) -> None:
        self.atoms = atoms
        self.links = found
        self._mechanical = mechanical
        self._flips = flips
        parts = inseparable(range(len(atoms)), needs_of((link.later, link.earlier) for link in found.firm))
        self.all = tuple(Unit(number, (atoms[each] for each in part)) for number, part in enumerate(parts))
        self.of = {atom.number: unit.number for unit in self.all for atom in unit.atoms}
        self.firm = self._between(found.firm)
        self.loose = self._between(found.loose)

    def _between(self, found: Iterable[Link]) -> dict[tuple[int, int], Link]:
        """(later, earlier) unit -> a link."""
        kept: dict[tuple[int, int], Link] = {}
        for link in found:
            pair = self.of[link.later], self.of[link.earlier]
            if pair[0] != pair[1] and (pair not in kept or kept[pair].clears):
                kept[pair] = link
        return kept

    @cached_property
    def needs(self) -> dict[int, frozenset[int]]:
        return needs_of(self.firm)

    @cached_property
    def users(self) -> dict[int, frozenset[int]]:
        return needs_of((earlier, later) for later, earlier in self.firm)

    @cached_property
    def refactoring(self) -> frozenset[int]:
        """Units of nothing that changes behavior, and that need no other."""
        quiet = {u.number for u in self.all if all(atom.number in self._mechanical.all for atom in u.atoms)}
        return frozenset(each for each in quiet if closed([each], self.needs) <= quiet)

    @cached_property
    def dependencies(self) -> frozenset[int]:
        kept = {u.number for u in self.all if all(atom.role in ("lock", "manifest") for atom in u.atoms)}
        return frozenset(kept)

    @cached_property
    def following(self) -> frozenset[int]:
        """Units that go where others are: imports with their first user or last need, new tests with what they test."""
        found: set[int] = set()
        for unit in self.all:
            if unit.number in self.refactoring:
                continue
            if unit.is_import:
                adds = unit.all(how="add")
                if self.users.get(unit.number) if adds else self.needs.get(unit.number):
                    found.add(unit.number)
            elif unit.all(role="test", how="add") and self.needs.get(unit.number):
                found.add(unit.number)
        return frozenset(each for each in found if not self._only_follows(each, found))

    def _only_follows(self, number: int, found: set[int]) -> bool:
        """All that it would follow follows itself."""
        around = closed([number], self.needs) | closed([number], self.users)
        return around <= found

    def kind(self, unit: Unit) -> Kind:  # noqa: PLR0911  one line for each kind
        if unit.number in self.refactoring:
            return "refactor"
        if unit.number in self.dependencies:
            return "dependencies"
        if any(atom.number in self._flips for atom in unit.atoms):
            return "flag"
        if unit.breaks and unit.all(role="migration"):
            return "contract"
        if unit.all(role="documentation"):
            return "documentation"
        if unit.all(role="test"):
            return "tests"
        wanted = self.users.get(unit.number, frozenset()) - self.following
        if unit.all(how="remove") and self.needs.get(unit.number) and not wanted:
            return "contract"
        return "expand" if self._is_needed(unit.number) else "change"

    def _is_needed(self, number: int) -> bool:
        """For what it brings, also by way of units that follow others."""
        for user in self.users.get(number, ()):
            if not self.firm[user, number].clears and (user not in self.following or self._is_needed(user)):
                return True
        return False

    def nature(self, unit: Unit) -> tuple[str, ...]:
        """Of a refactoring: which one it is."""
        first = unit.atoms[0].number
        if first in self._mechanical.renames:
            old, new = self._mechanical.renames[first]
            return ("rename", old, new)
        return ("move",) if first in self._mechanical.moves else ("format",)
