"""Flags: a new one comes switched off before the code that asks it, and is switched on last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from outpace.delivery.splitting.atoms import Atom, Atoms, staged
from outpace.delivery.splitting.links import Link, Links, links

SWITCH = re.compile(
    r"^(?P<name>[ \t]*[A-Za-z_]\w*(?:[ \t]*:[ \t]*bool)?[ \t]*=[ \t]*)True(?P<rest>[ \t]*(?:#.*)?)$", re.MULTILINE
)
CONSTANT = re.compile(r"^[A-Z][A-Z0-9_]+$")


def switched(found: Atoms) -> tuple[Atoms, frozenset[int]]:
    """A flag that comes switched on, and that other changed code asks, comes switched off first; and the atoms that
    switch one on, or set a known one to something else."""
    every = list(found.all)
    layouts = list(found.layouts)
    flips: set[int] = set()
    for atom in found.all:
        name = _flag(atom)
        if not name or not any(_asks(other, name) for other in found.all if other.number != atom.number):
            continue
        if atom.how == "change":
            flips.add(atom.number)
            continue
        between = SWITCH.sub(r"\g<name>False\g<rest>", atom.texts[1], count=1)
        if between == atom.texts[1]:
            continue
        number = len(every)
        every.append(replace(atom, number=number, texts=("", between)))
        every[atom.number] = replace(atom, how="change", before=atom.after, lines=2, texts=(between, atom.texts[1]))
        for place, layout in enumerate(layouts):
            if atom.number in layout.atoms:
                layouts[place] = staged(layout, atom.number, between, number)
        flips.add(atom.number)
    return Atoms(tuple(every), tuple(layouts)), frozenset(flips)


def flag_links(atoms: tuple[Atom, ...], flips: frozenset[int]) -> Links:
    return links(link for number in sorted(flips) for link in _of(atoms[number], atoms))


def _of(flip: Atom, atoms: tuple[Atom, ...]) -> Iterator[Link]:
    name = _flag(flip)
    for atom in atoms:
        if atom.number != flip.number and atom.role != "test" and name and _asks(atom, name):
            yield Link(flip.number, atom.number, f"{name} is switched once all that asks it is there", clears=True)


def _flag(atom: Atom) -> str:
    """The constant that the atom alone sets."""
    names = atom.after.names or atom.after.members
    if atom.whole or atom.how == "remove" or atom.role not in ("code", "data") or len(names) != 1:
        return ""
    name = min(names)
    is_set = bool(re.search(rf"^[ \t]*{name}\b[^=\n]*=", atom.texts[1], re.MULTILINE))
    changes = atom.how == "add" or (atom.before.names or atom.before.members) == names
    return name if is_set and changes and CONSTANT.match(name) else ""


def _asks(atom: Atom, name: str) -> bool:
    """Newly: who asked it before asks what it was before."""
    return name in atom.after.asked and name not in atom.before.asked
