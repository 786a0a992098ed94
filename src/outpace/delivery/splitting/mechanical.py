"""Changes that change no behavior: formatting, the order of imports, files that moved, names that changed."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from outpace.delivery.splitting.atoms import Atom, Atoms, Layout, lines_between, staged
from outpace.delivery.splitting.blocks import source
from outpace.delivery.splitting.links import Link, Links, links, together
from outpace.delivery.splitting.mentions import Mentions, mentions


class Mechanical(NamedTuple):
    """Atoms of each nature, and which of them are one."""

    formatting: frozenset[int]
    ordering: frozenset[int]
    moves: frozenset[int]
    renames: dict[int, tuple[str, str]]
    links: Links

    @property
    def all(self) -> frozenset[int]:
        return self.formatting | self.ordering | self.moves | frozenset(self.renames)


def mechanical(found: Atoms, renames: dict[int, tuple[str, str]]) -> Mechanical:
    formatting = frozenset(atom.number for atom in found.all if _is_formatting(atom))
    ordering, ordered = _ordering(found.all)
    moves, moved = _moves(found)
    return Mechanical(formatting, ordering, moves, renames, links((*ordered, *moved, *_renamed(renames))))


def _is_formatting(atom: Atom) -> bool:
    """The same syntax: blanks, breaks, quotes, comments."""
    if not atom.path.endswith((".py", ".pyi")):
        return False
    if not atom.whole and any(atom.texts) and not atom.before.dump and not atom.after.dump:
        return True  # comments behind the last statement
    if atom.how != "change":
        return False
    if atom.whole and atom.texts == ("", ""):
        return False
    return bool(atom.before.dump) and atom.before.dump == atom.after.dump and atom.texts[0] != atom.texts[1]


def _ordering(atoms: tuple[Atom, ...]) -> tuple[frozenset[int], list[Link]]:
    """An import that goes from one place of a file to another."""
    gone: dict[tuple[str, str], list[int]] = defaultdict(list)
    found: set[int] = set()
    linked: list[Link] = []
    imports = [atom for atom in atoms if atom.is_import and any(atom.texts)]
    for atom in imports:
        if atom.how == "remove":
            gone[atom.path, atom.before.dump].append(atom.number)
    for atom in imports:
        if atom.how == "add" and (others := gone.get((atom.path, atom.after.dump))):
            other = others.pop()
            found |= {atom.number, other}
            linked += together(atom.number, other, "the same import in another place")
    return frozenset(found), linked


def _moves(found: Atoms) -> tuple[frozenset[int], list[Link]]:
    """A file with the same content under another path."""
    gone: dict[str, list[Layout]] = defaultdict(list)
    atoms: set[int] = set()
    linked: list[Link] = []
    for layout in found.layouts:
        if layout.changed.after is None and layout.changed.before is not None:
            gone[layout.changed.before.id].append(layout)
    for layout in found.layouts:
        before, after = layout.changed.before, layout.changed.after
        if before is None and after is not None and (others := gone.get(after.id)):
            other = others.pop()
            atoms |= {layout.atoms[0], other.atoms[0]}
            linked += together(layout.atoms[0], other.atoms[0], "the file moves")
    return frozenset(atoms), linked


class Renaming(NamedTuple):
    old: str
    new: str

    def of(self, text: str) -> str:
        return re.sub(rf"\b{re.escape(self.old)}\b", self.new, text)


def renamed(found: Atoms) -> tuple[Atoms, dict[int, tuple[str, str]]]:
    """Where a definition has another name and is the same otherwise, its renaming becomes an atom of its own in each
    block that mentions it, before what else changes there."""
    every = list(found.all)
    layouts = list(found.layouts)
    told: dict[int, tuple[str, str]] = {}
    for renaming, pair in _renamings(found):
        if not _is_whole(renaming, found, pair):
            continue
        told |= dict.fromkeys((*pair, *_imported(renaming, found)), renaming)
        for place, layout in enumerate(layouts):
            for atom in [every[number] for number in layout.atoms if number not in told]:
                if not _follows(renaming, atom):
                    continue
                between = renaming.of(atom.texts[0])
                if _same(between, atom.texts[1], atom):
                    told[atom.number] = renaming
                else:
                    number = len(every)
                    every += [_first(atom, between, number)]
                    every[atom.number] = _second(atom, between)
                    layouts[place] = staged(layouts[place], atom.number, between, number)
                    told[number] = renaming
    return Atoms(tuple(every), tuple(layouts)), told


def _renamings(found: Atoms) -> Iterator[tuple[Renaming, tuple[int, int]]]:
    for layout in found.layouts:
        atoms = [found.all[number] for number in layout.atoms]
        gone = [atom for atom in atoms if atom.how == "remove" and len(_defined(atom, 0)) == 1 and any(atom.texts)]
        come = [atom for atom in atoms if atom.how == "add" and len(_defined(atom, 1)) == 1 and any(atom.texts)]
        for one in gone:
            for other in come:
                if one.is_import or one.owner != other.owner:
                    continue
                renaming = Renaming(min(_defined(one, 0)), min(_defined(other, 1)))
                if _same(renaming.of(one.texts[0]), other.texts[1], one):
                    yield renaming, (one.number, other.number)
                    come.remove(other)
                    break


def _defined(atom: Atom, side: int) -> frozenset[str]:
    mentioned = (atom.before, atom.after)[side]
    if atom.owner:
        labels = atom.label.rpartition(".")[2]
        return frozenset([labels]) & mentioned.members
    return mentioned.names


def _is_whole(renaming: Renaming, found: Atoms, pair: tuple[int, int]) -> bool:
    """Every mention of the old name that changes is in a block that has the new one after; the old one is gone."""
    known = {*pair, *_imported(renaming, found)}
    for atom in found.all:
        if atom.number in known:
            continue
        near = _mentions(atom.texts[0], renaming.old)
        if _mentions(atom.texts[1], renaming.old) or (near and not _mentions(atom.texts[1], renaming.new)):
            return False
        if near and (atom.whole or not atom.path.endswith(".py")):
            return False
        taken = {each.name for each in atom.before.takes}
        if renaming.old in taken and not any(atom.texts):
            return False
    return True


def _imported(renaming: Renaming, found: Atoms) -> tuple[int, ...]:
    """Where a file imports the new name in the place of the old."""
    gone: dict[str, int] = {}
    come: dict[str, int] = {}
    for atom in found.all:
        if atom.is_import and not any(atom.texts):
            for there, side, name in ((gone, atom.before, renaming.old), (come, atom.after, renaming.new)):
                if [each.name for each in side.takes] == [name]:
                    there[atom.path] = atom.number
    return tuple(number for path in gone.keys() & come.keys() for number in (gone[path], come[path]))


def _mentions(text: str, name: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", text))


def _follows(renaming: Renaming, atom: Atom) -> bool:
    return atom.how == "change" and not atom.whole and _mentions(atom.texts[0], renaming.old)


def _same(one: str, other: str, atom: Atom) -> bool:
    if one == other:
        return True
    near, far = (_dump(text, atom.owner) for text in (one, other))
    return near is not None and near == far


def _dump(text: str, owner: str) -> str | None:
    whole = f"class {owner}:\n{text}" if owner else text
    read = source(whole)
    return None if read is None else ";".join(ast.dump(node) for block in read.blocks for node in block.nodes)


def _first(atom: Atom, between: str, number: int) -> Atom:
    return replace(
        atom, number=number, after=_read(between, atom), lines=lines_between(atom.texts[0], between),
        texts=(atom.texts[0], between),
    )  # fmt: skip


def _second(atom: Atom, between: str) -> Atom:
    return replace(
        atom, before=_read(between, atom), lines=lines_between(between, atom.texts[1]), texts=(between, atom.texts[1])
    )


def _read(text: str, atom: Atom) -> Mentions:
    read = source(f"class {atom.owner}:\n{text}" if atom.owner else text)
    if read is None:
        return atom.before
    nodes = [node for block in read.blocks for node in block.nodes]
    if atom.owner and len(nodes) == 1 and isinstance(nodes[0], ast.ClassDef):
        nodes = nodes[0].body
    return mentions(nodes, atom.owner)


def _renamed(renames: dict[int, tuple[str, str]]) -> Iterator[Link]:
    """All that one renaming does is one."""
    first: dict[tuple[str, str], int] = {}
    for number, renaming in renames.items():
        if renaming in first:
            yield from together(first[renaming], number, f"{renaming[0]} is called {renaming[1]}")
        else:
            first[renaming] = number
