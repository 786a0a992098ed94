"""Which migrations there are in a tree, in which order they run, and which of them another tree does not have."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TypeAlias

from msgspec import Struct

from outpace.delivery.migrations import alembic_reading, django_reading, sql_files
from outpace.delivery.migrations.django_state import State
from outpace.delivery.migrations.ordering import by_dependency
from outpace.delivery.migrations.python_values import parsed
from outpace.delivery.migrations.road import Road, road
from outpace.delivery.migrations.sql_tokens import tokens
from outpace.delivery.migrations.steps import Migration
from outpace.model.unknown import Unknown

FOLDERS = ("migrations", "versions", "alembic", "migrate")
EDITED = "it was applied where the base runs, so that what it says now is not what ran"
UNEDIT = "leave it as it was, and write a new migration"


class Found(Struct, frozen=True, kw_only=True):
    """Of one tree, in the order in which they run. `unread` are files that look like migrations."""

    migrations: tuple[Migration, ...] = ()
    unread: tuple[tuple[str, Unknown], ...] = ()


def may_be_migration(path: str) -> bool:
    """By its name: whether its text is worth a look."""
    *folders, name = path.lower().split("/")
    if name.endswith(".py"):
        return name != "__init__.py" and any(part in FOLDERS for part in folders)
    return sql_files.is_sql(path)


Read: TypeAlias = Migration | django_reading.Unordered | Unknown | None


def found(files: Mapping[str, str], read: Callable[[str, str], Read] | None = None) -> Found:
    """Nothing is imported or run; each text is looked at by itself, by `read`, which may remember."""
    look = read or _python
    told = [(path, look(path, text)) for path, text in sorted(files.items()) if path.endswith(".py")]
    alembic = [one for _, one in told if isinstance(one, Migration)]
    django = [one for _, one in told if isinstance(one, django_reading.Unordered)]
    return Found(
        migrations=(*by_dependency(alembic), *_django(django), *_sql(files)),
        unread=tuple((path, one) for path, one in told if isinstance(one, Unknown)),
    )


def _python(path: str, text: str) -> Read:
    """None for what is no migration."""
    tree = parsed(text)
    if tree is None:
        return Unknown("it cannot be read as Python", "mend it, or move it out of the folder")
    if alembic_reading.is_alembic(tree):
        settles = "write it as a literal"
        return alembic_reading.read(path, tree) or Unknown("its revision is computed when it is loaded", settles)
    return django_reading.read(path, tree)


def _django(files: list[django_reading.Unordered]) -> list[Migration]:
    """A squashed migration stands for nothing while those that it replaces are there."""
    there = {one.id for one in files}
    kept = [one for one in files if not (one.replaces and there & set(one.replaces))]
    state = State()
    after = {one.id: [*one.after] for one in kept}
    for one in kept:
        for later in one.before:
            after.setdefault(later, []).append(one.id)
    bare = [Migration(tool="django", id=one.id, path=one.path, after=tuple(after[one.id])) for one in kept]
    by_id = {one.id: one for one in kept}
    return [django_reading.migration(by_id[one.id], state) for one in by_dependency(bare)]


def _sql(files: Mapping[str, str]) -> list[Migration]:
    paths = sorted(
        (path for path in files if sql_files.is_sql(path)), key=lambda path: (_folder(path), sql_files.key(path))
    )
    made: list[Migration] = []
    for path in paths:
        before = made[-1].path if made and _folder(made[-1].path) == _folder(path) else ""
        made.append(sql_files.read(path, files[path], before))
    return made


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def road_between(base: Mapping[str, str], head: Mapping[str, str]) -> Road:
    """Of what `head` has and `base` has not; both are path -> text of what `may_be_migration`."""
    read = cache(_python)
    before, after = found(base, read), found(head, read)
    old = {(one.tool, one.id): one for one in before.migrations}
    now = {(one.tool, one.id) for one in after.migrations}
    replaced = {(one.tool, name) for one in after.migrations for name in one.replaces}
    new = [
        one
        for one in after.migrations
        if (one.tool, one.id) not in old and not any((one.tool, name) in old for name in one.replaces)
    ]
    unsettled = list(after.unread) if after.unread else []
    unsettled = [(path, why) for path, why in unsettled if base.get(path) != head.get(path)]
    for one in after.migrations:
        known = old.get((one.tool, one.id))
        if known is not None and _edited(base.get(known.path, ""), head.get(one.path, "")):
            unsettled.append((one.id, Unknown(EDITED, UNEDIT)))
    for key in sorted(old.keys() - now - replaced):
        unsettled.append((key[1], Unknown("it was applied where the base runs, and is not here any more", UNEDIT)))
    said = tuple(_said(after.migrations, new))
    return road(before.migrations, new, unsettled=tuple(unsettled), said=said)


def _edited(before: str, after: str) -> bool:
    """Comments, blank lines and layout are no edits."""
    if before == after:
        return False
    trees = [parsed(text) for text in (before, after)]
    if trees[0] is not None and trees[1] is not None:
        return ast.dump(trees[0]) != ast.dump(trees[1])
    cut = [[(token.kind, token.text) for token in tokens(text)] for text in (before, after)]
    return cut[0] != cut[1]


def _said(there: Iterable[Migration], new: list[Migration]) -> Iterable[str]:
    """Several ends of a chain, ids that are there twice, and a chain that is broken."""
    every = list(there)
    referred = {name for one in every for name in one.after}
    known = {one.id for one in every}
    for tool in ("alembic", "django"):
        ends = [one for one in every if one.tool == tool and one.id not in referred]
        for place, count in Counter(one.place for one in ends).items():
            names = ", ".join(one.id for one in ends if one.place == place)
            if count > 1 and any(one.place == place for one in new):
                yield f"{place} has {count} heads ({names}): {tool} refuses to choose one; add a merge migration"
    for name, count in Counter(f"{one.tool} {one.id}" for one in every).items():
        if count > 1:
            yield f"{name} is there {count} times"
    for one in new:
        if one.tool == "alembic":
            missing = ", ".join(name for name in one.after if name not in known)
            if missing:
                yield f"{one.id} comes after {missing}, which was not found"
        if one.way_back == "missing":
            yield f"{one.id} has no way back: its downgrade() does nothing"
