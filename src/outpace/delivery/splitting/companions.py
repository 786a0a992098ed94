"""Links between files that go together without an import: locks, templates and data, migrations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, combinations

from outpace.delivery.splitting.atoms import Atom
from outpace.delivery.splitting.links import Link, Links, links, together
from outpace.delivery.splitting.migrating import migration_links

FILE_NAME = re.compile(r"[\w-]+(?:[.-][\w-]+)*")
SHORTEST = 3


def companion_links(atoms: tuple[Atom, ...]) -> Links:
    return links(chain(_places(atoms), _locks(atoms), _named_files(atoms), migration_links(atoms)))


def _places(atoms: tuple[Atom, ...]) -> Iterator[Link]:
    """No tree has a file and a folder of one name."""
    gone = {atom.path: atom.number for atom in atoms if atom.whole and atom.how == "remove"}
    come = [atom for atom in atoms if atom.whole and atom.how == "add"]
    for atom in come:
        folders = atom.path.split("/")
        for length in range(1, len(folders)):
            if (other := gone.get("/".join(folders[:length]))) is not None:
                yield Link(atom.number, other, "a folder takes the place of a file")
        for path, other in gone.items():
            if path.startswith(f"{atom.path}/"):
                yield Link(atom.number, other, "a file takes the place of a folder")


def _locks(atoms: tuple[Atom, ...]) -> Iterator[Link]:
    """A lock goes with the manifest of its folder, or of the nearest one above."""
    kept = [atom for atom in atoms if atom.role in ("lock", "manifest")]
    for one, other in combinations(kept, 2):
        near, far = (atom.path.rpartition("/")[0].removesuffix("requirements").rstrip("/") for atom in (one, other))
        if near == far:
            yield from together(one.number, other.number, "a lock goes with what it locks")


def _named_files(atoms: tuple[Atom, ...]) -> Iterator[Link]:
    """A template or a file of data, and what reads it by name."""
    data: dict[str, list[Atom]] = defaultdict(list)
    for atom in atoms:
        name = atom.path.rpartition("/")[2]
        if atom.whole and atom.role == "data" and len(name) > SHORTEST:
            data[name].append(atom)
    for atom in atoms:
        if atom.role == "documentation":
            continue
        before, after = (frozenset(FILE_NAME.findall(text)) & data.keys() for text in atom.texts)
        for name in sorted(before | after):
            for other in data[name]:
                if atom.number != other.number:
                    yield from _reads(atom, other, before=name in before, after=name in after)


def _reads(atom: Atom, other: Atom, *, before: bool, after: bool) -> Iterator[Link]:
    why = f"{other.path.rpartition('/')[2]} is read by name"
    if other.how == "add" and after:
        yield Link(atom.number, other.number, why)
    elif other.how == "remove" and before:
        yield Link(other.number, atom.number, why, clears=True)
    elif other.how == "change" and (before or after):
        yield from together(atom.number, other.number, why)
