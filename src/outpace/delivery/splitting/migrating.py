"""Migrations among what is split: what each brings and takes away, and where it stands beside the code that uses it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.migrations.finding import between
from outpace.delivery.migrations.judged import Contract, Standing
from outpace.delivery.migrations.road import judged
from outpace.delivery.migrations.sql_files import is_down, key
from outpace.delivery.migrations.steps import (
    AddColumn,
    CreateTable,
    DropColumn,
    DropTable,
    Migration,
    Opaque,
    RenameColumn,
    RenameTable,
    Step,
)
from outpace.delivery.splitting.atoms import Atom, Atoms, Schemed
from outpace.delivery.splitting.links import Link, together
from outpace.delivery.splitting.roles import role_of
from outpace.model.unknown import Unknown

EXPANDS = re.compile(
    r"\b(?:add_column|create_table|AddField|CreateModel|create_index|AddIndex|ADD COLUMN|CREATE TABLE)\b", re.IGNORECASE
)
CONTRACTS = re.compile(r"\b(?:drop_column|drop_table|RemoveField|DeleteModel|DROP COLUMN|DROP TABLE)\b", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z_]\w+")
QUOTED = re.compile(r"['\"]([A-Za-z_][\w.]*)['\"]")
TOO_PLAIN = frozenset(["name", "id", "type", "null", "default", "default_factory", "unique"])


class Trees(Struct, frozen=True):
    """Path -> text of all that may be a migration, on base and on the branch; `declared` is the folder for them."""

    base: Mapping[str, str] = {}
    head: Mapping[str, str] = {}
    declared: str = ""


NOTHING_KNOWN = Trees()


def read(found: Atoms, trees: Trees) -> Atoms:
    """With what each migration does; a new one that stands in no tree is read by itself."""
    new = {atom.path: atom for atom in found.all if atom.whole and atom.how == "add" and not is_down(atom.path)}
    told = _schemed(trees, frozenset(new.keys() & trees.head.keys()))
    for path, atom in new.items():
        if path not in trees.head and atom.role == "migration":
            told |= _schemed(Trees(head={path: atom.texts[1]}), frozenset([path]))
    return found._replace(all=tuple(_read(atom, told.get(atom.path)) for atom in found.all))


def _read(atom: Atom, told: Schemed | None) -> Atom:
    """A folder that is declared has migrations, whatever it is called."""
    if told is None or atom.role not in ("migration", "code", "data"):
        return atom
    return replace(atom, role="migration", schemed=told)


def _schemed(trees: Trees, new: frozenset[str]) -> dict[str, Schemed]:
    """Each beside all that comes before it, since each may be a step of its own. What is no migration is not there."""
    there = between(trees.base, trees.head, trees.declared)
    standing: dict[str, list[Standing]] = defaultdict(list)
    for one in judged(there.before.migrations, ([each] for each in there.new)):
        standing[one.path].append(one.standing)
    told = {one.path: _told(one, trees.head[one.path], standing[one.path]) for one in there.new}
    unread = {path for path, _ in there.after.unread}
    settled = {one.path for one in (*there.after.migrations, *there.after.beside)}  # some stand for what ran
    for path in new:
        if path not in settled and (role_of(path) == "migration" or (trees.declared and path in unread)):
            told[path] = _by_words(trees.head[path], unknown=path in unread)
    told = {path: told[path] for path in new & told.keys()}
    return {**told, **{one.path: Schemed(unknown=True) for one in (*there.edited, *there.gone)}}


def _told(migration: Migration, text: str, standing: list[Standing]) -> Schemed:
    unread = [isinstance(placed.step, Opaque) for placed in migration.steps]
    breaks = any(isinstance(one, Contract) for one in standing)
    unknown = any(isinstance(one, Unknown) for one in standing)
    if all(unread) or (any(unread) and migration.tool == "django"):  # what it changes is made in another file
        found = _by_words(text, unknown=unknown)
        return found._replace(breaks=breaks or found.breaks)
    pairs = [_names(placed.step) for placed in migration.steps]
    adds, drops = (frozenset(name.rpartition(".")[2] for pair in pairs for name in pair[at]) for at in (0, 1))
    return Schemed(adds - TOO_PLAIN, drops - TOO_PLAIN, _mentioned(text), breaks, unknown)


def _by_words(text: str, *, unknown: bool) -> Schemed:
    mentioned, nothing = _mentioned(text), frozenset[str]()
    adds, drops = EXPANDS.search(text), CONTRACTS.search(text)
    return Schemed(mentioned if adds else nothing, mentioned if drops else nothing, mentioned, bool(drops), unknown)


def _mentioned(text: str) -> frozenset[str]:
    return frozenset(QUOTED.findall(text)) - TOO_PLAIN


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
        says = migration.schemed
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
