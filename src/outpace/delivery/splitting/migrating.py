"""Migrations among what is split: what each brings and takes away, and where it stands beside the code that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from outpace.delivery.migrations.finding import found
from outpace.delivery.migrations.road import road
from outpace.delivery.migrations.sql_files import is_down, key
from outpace.delivery.migrations.steps import (
    AddColumn,
    CreateTable,
    DropColumn,
    DropTable,
    Opaque,
    RenameColumn,
    RenameTable,
    Step,
)
from outpace.delivery.splitting.atoms import Atom
from outpace.delivery.splitting.links import Link, together

EXPANDS = re.compile(
    r"\b(?:add_column|create_table|AddField|CreateModel|create_index|AddIndex|ADD COLUMN|CREATE TABLE)\b", re.IGNORECASE
)
CONTRACTS = re.compile(r"\b(?:drop_column|drop_table|RemoveField|DeleteModel|DROP COLUMN|DROP TABLE)\b", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z_]\w+")
QUOTED = re.compile(r"['\"]([A-Za-z_][\w.]*)['\"]")
TOO_PLAIN = frozenset(["name", "id", "type", "null", "default", "default_factory", "unique"])


class Schemed(NamedTuple):
    """Tables and columns. `breaks`: the release that ran before it does not go on beside it."""

    adds: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # whatever it mentions
    breaks: bool = False


def breaks(atom: Atom) -> bool:
    return schemed(atom).breaks


def schemed(atom: Atom) -> Schemed:
    """Of a new file; nothing of any other."""
    new = atom.role == "migration" and atom.whole and atom.how == "add" and not is_down(atom.path)
    return _schemed(atom.path, atom.texts[1]) if new else Schemed()


@lru_cache(1024)
def _schemed(path: str, text: str) -> Schemed:
    mentioned = frozenset(QUOTED.findall(text)) - TOO_PLAIN
    migrations = found({path: text}).migrations
    steps = [placed.step for each in migrations for placed in each.steps]
    unread = [isinstance(step, Opaque) for step in steps]
    if all(unread) or (any(unread) and migrations[0].tool == "django"):  # what it changes is made in another file
        adds, drops = EXPANDS.search(text), CONTRACTS.search(text)
        nothing = frozenset[str]()
        return Schemed(mentioned if adds else nothing, mentioned if drops else nothing, mentioned, bool(drops))
    pairs = [_names(step) for step in steps]
    adds, drops = (frozenset(name.rpartition(".")[2] for pair in pairs for name in pair[at]) for at in (0, 1))
    told = road((), migrations)
    return Schemed(adds - TOO_PLAIN, drops - TOO_PLAIN, mentioned, bool(told.contract))


def _names(step: Step) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What comes, and what goes."""
    match step:
        case AddColumn(column=column):
            return (column.name,), ()
        case CreateTable(table=table, columns=columns):
            return (table, *(column.name for column in columns)), ()
        case DropColumn(column=name) | DropTable(table=name):
            return (), (name,)
        case RenameColumn(column=old, to=new) | RenameTable(table=old, to=new):
            return (new,), (old,)
        case _:
            return (), ()


def migration_links(atoms: tuple[Atom, ...]) -> Iterator[Link]:
    """A column comes before what uses it, and goes after; a model of Django's goes with its migration."""
    there = [atom for atom in atoms if atom.role == "migration" and atom.whole]
    for migration in there:
        says = schemed(migration)
        app = migration.path.rpartition("/migrations/")[0]
        for atom in atoms:
            if atom.role not in ("code", "test") or atom.number == migration.number:
                continue
            if _is_model_of(atom, app) and says.names & _words(atom):
                yield from together(migration.number, atom.number, "a migration goes with its model")
                continue
            near, far = (frozenset(WORD.findall(side)) for side in atom.texts)
            if says.adds & (far - near):
                yield Link(atom.number, migration.number, "the column comes before what uses it")
            if says.drops & (near - far):
                yield Link(migration.number, atom.number, "the column goes once nothing uses it", clears=True)
    yield from _in_order(there)


def _in_order(there: list[Atom]) -> Iterator[Link]:
    """By what one says of another, or by its number."""
    why = "migrations come in their order"
    for one, other in combinations(sorted(there, key=lambda atom: atom.path), 2):
        stem = one.path.rpartition("/")[2].rpartition(".")[0]
        if stem in other.texts[1] and one.how == "add":
            yield Link(other.number, one.number, why)
    files = [atom for atom in there if atom.path.endswith(".sql") and atom.how == "add" and key(atom.path)[0]]
    places = sorted((atom.path.rpartition("/")[0], key(atom.path)[0], atom.number, atom) for atom in files)
    for (folder, number, _, one), (beside, following, _, other) in pairwise(places):
        if folder == beside and number == following:
            yield from together(one.number, other.number, "the way there and the way back are one migration")
        elif folder == beside:
            yield Link(other.number, one.number, why)


def _is_model_of(atom: Atom, app: str) -> bool:
    return (bool(app) and atom.path == f"{app}/models.py") or atom.path.startswith(f"{app}/models/")


def _words(atom: Atom) -> frozenset[str]:
    """In any case, since a migration may name a model in small letters."""
    words = frozenset(WORD.findall("".join(atom.texts)))
    return words | frozenset(word.lower() for word in words)
