"""Links between files that go together without an import: locks, templates and data, migrations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, combinations

from outpace.delivery.splitting.atoms import Atom
from outpace.delivery.splitting.links import Link, Links, links, together

EXPANDS = re.compile(
    r"\b(?:add_column|create_table|AddField|CreateModel|create_index|AddIndex|ADD COLUMN|CREATE TABLE)\b"
)
CONTRACTS = re.compile(r"\b(?:drop_column|drop_table|RemoveField|DeleteModel|DROP COLUMN|DROP TABLE)\b")
WORD = re.compile(r"[A-Za-z_]\w+")
FILE_NAME = re.compile(r"[\w-]+(?:[.-][\w-]+)*")
SHORTEST = 3
QUOTED = re.compile(r"['\"]([A-Za-z_][\w.]*)['\"]")
TOO_PLAIN = frozenset(["name", "id", "type", "null", "default", "default_factory", "unique"])


def companion_links(atoms: tuple[Atom, ...]) -> Links:
    return links(chain(_places(atoms), _locks(atoms), _named_files(atoms), _migrations(atoms)))


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


def _migrations(atoms: tuple[Atom, ...]) -> Iterator[Link]:
    """A column comes before what uses it, and goes after; a model of Django's goes with its migration."""
    for migration in atoms:
        if migration.role != "migration" or not migration.whole:
            continue
        text = "".join(migration.texts)
        names = frozenset(QUOTED.findall(text)) - TOO_PLAIN
        app = migration.path.rpartition("/migrations/")[0]
        for atom in atoms:
            if atom.role not in ("code", "test") or atom.number == migration.number:
                continue
            if _is_model_of(atom, app) and names & _words(atom):
                yield from together(migration.number, atom.number, "a migration goes with its model")
                continue
            near, far = (frozenset(WORD.findall(side)) for side in atom.texts)
            if EXPANDS.search(text) and names & (far - near):
                yield Link(atom.number, migration.number, "the column comes before what uses it")
            if CONTRACTS.search(text) and names & (near - far):
                yield Link(migration.number, atom.number, "the column goes once nothing uses it", clears=True)
    numbered = sorted((atom for atom in atoms if atom.role == "migration"), key=lambda atom: atom.path)
    for one, other in combinations(numbered, 2):
        stem = one.path.rpartition("/")[2].rpartition(".")[0]
        if stem in other.texts[1] and one.how == "add":
            yield Link(other.number, one.number, "migrations come in their order")


def _is_model_of(atom: Atom, app: str) -> bool:
    return (bool(app) and atom.path == f"{app}/models.py") or atom.path.startswith(f"{app}/models/")


def _words(atom: Atom) -> frozenset[str]:
    """In any case, since a migration may name a model in small letters."""
    found = frozenset(WORD.findall("".join(atom.texts)))
    return found | frozenset(word.lower() for word in found)
