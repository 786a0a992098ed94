"""Links by name: a definition comes before its users and goes after them, and calls go with what they call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from outpace.delivery.splitting.atoms import Atom, Layout
from outpace.delivery.splitting.links import Link, Links, links, together
from outpace.delivery.splitting.mentions import Signature, Taken
from outpace.delivery.splitting.modules import Modules, module_of, shares_package

SAME_NAME_AT_MOST = 6
"""A member's name that so many changed definitions share says nothing of which is meant."""


MEMBERS_AT_MOST = 40
"""The same, of definitions that come or go."""


class Uses:
    """What one atom newly takes, what it no longer takes, and what it brings and loses."""

    def __init__(self, atom: Atom) -> None:
        self.atom = atom
        before, after = atom.before, atom.after
        self.loads = (after.loads - before.loads, before.loads - after.loads)
        self.attributes = (after.attributes - before.attributes, before.attributes - after.attributes)
        self.keywords = (after.keywords - before.keywords, before.keywords - after.keywords)
        self.takes = (_without(after.takes, before.takes), _without(before.takes, after.takes))
        self.names = (after.names - before.names, before.names - after.names)
        self.members = (after.members - before.members, before.members - after.members)

    @cached_property
    def touched(self) -> frozenset[str]:
        """Every name that it mentions on either side."""
        both = (self.atom.before, self.atom.after)
        taken = {each.name for side in both for each in side.takes}
        return frozenset(chain(taken, *(chain(side.loads, side.attributes) for side in both)))


def _without(one: tuple[Taken, ...], other: tuple[Taken, ...]) -> tuple[Taken, ...]:
    known = frozenset(other)
    return tuple(each for each in one if each not in known)


class Names:
    """The atoms of a change, by what they define."""

    def __init__(self, atoms: Iterable[Atom], layouts: Iterable[Layout]) -> None:
        self.uses = {atom.number: Uses(atom) for atom in atoms}
        self.paths: dict[str, list[int]] = defaultdict(list)
        for atom in atoms:
            self.paths[atom.path].append(atom.number)
        self.modules = Modules(self.paths)
        self._names = tuple(self._by("names", side) for side in (0, 1))
        self._members = tuple(self._by("members", side) for side in (0, 1))
        self._imported = {layout.changed.path: layout.takes for layout in layouts}
        self._modules_of = {path: self._files(path) for path in self.paths}
        self._nearby: dict[tuple[str, str], bool] = {}

    def _by(self, what: str, side: int) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, uses in self.uses.items():
            for name in sorted(getattr(uses, what)[side]):
                found[name].append(number)
        return found

    def _files(self, path: str) -> frozenset[str]:
        """The changed files that a file imports."""
        found = (self.modules.of(path, each.module) | self.modules.named(path, each) for each in self._imported[path])
        return frozenset[str]().union(*found)

    def links(self) -> Links:
        firm = chain(self._firm(0), self._firm(1), self._moved(), self._called())
        return links(firm, self._loose())

    def _firm(self, side: int) -> Iterator[Link]:
        """0: what is newly used comes first. 1: what is no longer used goes last."""
        for number, uses in self.uses.items():
            for other, name in self._providers(number, uses, side):
                if side == 0:
                    yield Link(number, other, f"{name} comes before what uses it")
                else:
                    yield Link(other, number, f"{name} goes once nothing uses it", clears=True)

    def _providers(self, number: int, uses: Uses, side: int) -> Iterator[tuple[int, str]]:
        path = uses.atom.path
        for name in sorted(uses.loads[side]):
            for other in self._names[side].get(name, ()):
                if self.uses[other].atom.path == path or self._reaches(path, other):
                    yield other, name
            yield from self._of_class(path, name, side)
        for name in sorted(uses.attributes[side]):
            members = self._members[side].get(name, ())
            if len(members) <= MEMBERS_AT_MOST:
                yield from ((other, name) for other in members if self._near(number, other))
            for other in self._names[side].get(name, ()):
                if self.uses[other].atom.path in self._modules_of[path] - {path}:
                    yield other, name
        for taken in uses.takes[side]:
            yield from ((other, taken.name or taken.module) for other in self._imports(path, taken, side))

    def _of_class(self, path: str, name: str, side: int) -> Iterator[tuple[int, str]]:
        """A name in a class's body may be a member's."""
        for other in self._members[side].get(name, ()):
            if self.uses[other].atom.path == path and self.uses[other].atom.owner:
                yield other, name

    def _reaches(self, path: str, other: int) -> bool:
        """Of names that cross files without an import of their own: `from module import *`, and fixtures."""
        there = self.uses[other].atom.path
        if there.endswith("conftest.py"):
            return path.startswith(there.removesuffix("conftest.py"))
        return any(taken.name == "*" and there in self.modules.of(path, taken.module) for taken in self._imported[path])

    def _near(self, number: int, other: int) -> bool:
        one, two = self.uses[number].atom.path, self.uses[other].atom.path
        known = self._nearby.get((one, two))
        if known is None:
            known = self._nearby[one, two] = one == two or shares_package(one, two, self._imported[one])
        return known

    def _imports(self, path: str, taken: Taken, side: int) -> Iterator[int]:
        """The atoms that make an import possible: of the module's file, or of the name in it."""
        for there in self.modules.named(path, taken):
            yield from (other for other in self.paths[there] if self._is_all(other, side))
        if not taken.name:
            return
        for there in self.modules.of(path, taken.module):
            for other in self.paths[there]:
                wanted = self.uses[other].names[side]
                has = taken.name in wanted or (taken.name == "*" and bool(wanted))
                if there != path and (has or self._is_all(other, side)):
                    yield other

    def _is_all(self, number: int, side: int) -> bool:
        """The atom brings, or takes away, the whole file."""
        atom = self.uses[number].atom
        return atom.whole and atom.how == ("add", "remove")[side]

    def _moved(self) -> Iterator[Link]:
        """A name that goes in one place and comes in another of the same module never leaves it."""
        for name, lost in self._names[1].items():
            for one in lost:
                for other in self._names[0].get(name, ()):
                    if self._same_module(one, other):
                        yield from together(one, other, f"{name} moves within its module")
        for name, lost in self._members[1].items():
            for one in lost:
                for other in self._members[0].get(name, ()):
                    atom, two = self.uses[one].atom, self.uses[other].atom
                    if atom.path == two.path and atom.owner == two.owner:
                        yield from together(one, other, f"{name} moves within its class")

    def _same_module(self, one: int, other: int) -> bool:
        near, far = self.uses[one].atom.path, self.uses[other].atom.path
        return near == far or module_of(near) == module_of(far)

    def _called(self) -> Iterator[Link]:
        """Who calls what takes other arguments than it did."""
        for number, uses in self.uses.items():
            before, after = uses.atom.before.signatures, uses.atom.after.signatures
            for name in sorted(before.keys() & after.keys()):
                if before[name] != after[name]:
                    yield from self._callers(number, name, before[name], after[name])

    def _callers(self, number: int, name: str, before: Signature, after: Signature) -> Iterator[Link]:
        new, gone = after.all - before.all, before.all - after.all
        for other, uses in self.uses.items():
            if other == number or name not in uses.touched or not self._near(other, number):
                continue
            if accepts(after, before):
                if uses.keywords[0] & new:
                    yield Link(other, number, f"{name} takes {_listed(uses.keywords[0] & new)} before it is given")
            elif accepts(before, after):
                if uses.keywords[1] & gone:
                    told = f"{name} takes {_listed(uses.keywords[1] & gone)} until nobody gives it"
                    yield Link(number, other, told, clears=True)
            else:
                yield from together(number, other, f"{name} is called in another way")

    def _loose(self) -> Iterator[Link]:
        """A changed definition and who mentions it."""
        mentioned: dict[str, list[int]] = defaultdict(list)
        for number, uses in self.uses.items():
            for name in sorted(uses.touched):
                mentioned[name].append(number)
        for number, uses in self.uses.items():
            atom = uses.atom
            if atom.is_import:
                continue
            kept = (atom.before.names & atom.after.names) | (atom.before.members & atom.after.members)
            if atom.whole and atom.how != "change":
                kept |= atom.before.names | atom.after.names
            for name in sorted(kept):
                users = mentioned[name]
                if len(users) <= SAME_NAME_AT_MOST * 4 and not name.startswith("__"):
                    near = (other for other in users if self._near(other, number))
                    yield from (Link(other, number, f"it uses {name}") for other in near)


def accepts(one: Signature, other: Signature) -> bool:
    """Whether every call that fits the other fits the one too."""
    if other.open and not one.open:
        return False
    fits = one.positional[: len(other.positional)] == other.positional
    missing = other.keyword_only - one.all
    extra = (one.all - other.all) - one.optional
    laxer = (other.optional - one.optional) & one.all
    return fits and not missing and not extra and not laxer


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
