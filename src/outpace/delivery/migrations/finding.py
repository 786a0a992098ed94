"""Which migrations there are in a tree, in which order they run, and which of them another tree does not have."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.migrations import alembic_reading, django_reading, sql_files
from outpace.delivery.migrations.bystanders import (
    OTHER_TOOL,
    PYTHONS,
    RUNS,
    Bystander,
    bystander,
    is_foreign,
    is_of_tests,
)
from outpace.delivery.migrations.django_state import State
from outpace.delivery.migrations.ordering import by_dependency
from outpace.delivery.migrations.python_values import parsed
from outpace.delivery.migrations.road import Road, road
from outpace.delivery.migrations.sql_tokens import tokens
from outpace.delivery.migrations.steps import Migration
from outpace.model.unknown import Unknown

EDITED = "it was applied where the base runs, so that what it says now is not what ran"
SQUASHED = "whether Django runs it, or those that it replaces, is decided by what was applied"
GONE = "it was applied where the base runs, and is not here any more"
OTHER = "a release that was taken back applied it, so that what it says now is not what ran"
LEFT = "a release that was taken back applied it, and it is not here: the database has more than this release knows"
UNEDIT = "leave it as it was, and write a new migration"


class Found(Struct, frozen=True, kw_only=True):
    """Of one tree, in the order in which they run. `unread` are files that look like migrations, or run with them;
    `beside` are squashed ones that stand beside what they replace."""

    migrations: tuple[Migration, ...] = ()
    unread: tuple[tuple[str, Unknown], ...] = ()
    beside: tuple[django_reading.Unordered, ...] = ()


def may_be_migration(path: str, declared: str = "") -> bool:
    """By its name: whether its text is worth a look. `declared` is the folder that is said to have migrations."""
    *folders, name = path.lower().split("/")
    if name.endswith(".py"):
        return any(part in PYTHONS for part in folders) or _is_within(path, declared)
    return sql_files.is_sql(path) or _is_foreign(path, declared)


def _is_foreign(path: str, declared: str) -> bool:
    return is_foreign(f"migrations/{path}" if _is_within(path, declared) else path)


def _is_declared_sql(path: str, declared: str) -> bool:
    return _is_within(path, declared) and bool(sql_files.key(path)[0]) and not sql_files.is_down(path)


def _is_within(path: str, declared: str) -> bool:
    return bool(declared) and path.startswith(f"{declared}/")


Read: TypeAlias = Migration | django_reading.Unordered | Bystander | Unknown


def found(files: Mapping[str, str], read: Callable[[str, str], Read] | None = None, declared: str = "") -> Found:
    """Nothing is imported or run; each text is looked at by itself, by `read`, which may remember."""
    look = read or _python
    told = [(path, look(path, text)) for path, text in sorted(files.items()) if path.endswith(".py")]
    alembic = [one for _, one in told if isinstance(one, Migration)]
    django = _labeled([one for _, one in told if isinstance(one, django_reading.Unordered)])
    there = {one.id for one in django}
    beside = tuple(one for one in django if there & set(one.replaces))
    sql = [path for path in files if sql_files.is_sql(path) or _is_declared_sql(path, declared)]
    known = {_folder(one.path) for one in (*alembic, *django)}
    others = [path for path in sorted(files) if path not in sql and _is_foreign(path, declared)]
    return Found(
        migrations=(*by_dependency(alembic), *_django([one for one in django if one not in beside]), *_sql(files, sql)),
        unread=(
            *((path, one) for path, one in told if isinstance(one, Unknown)),
            *((path, RUNS) for path, one in told if isinstance(one, Bystander) and _acts(path, one, known)),
            *((path, OTHER_TOOL) for path in others if not sql_files.is_down(path)),
            *_twice([*alembic, *django]),
        ),
        beside=beside,
    )


def _acts(path: str, seen: Bystander, known: set[str]) -> bool:
    return not is_of_tests(path) and seen.runs and (seen.uses or _folder(path) in known)


def _twice(read: Iterable[Migration | django_reading.Unordered]) -> Iterable[tuple[str, Unknown]]:
    paths: dict[str, list[str]] = {}
    for one in read:
        paths.setdefault(one.id, []).append(one.path)
    for name, places in paths.items():
        for path in places if len(places) > 1 else []:
            yield path, Unknown(f"{len(places)} files are called {name}, and one of them runs", "give each its own")


def _python(path: str, text: str) -> Read:
    tree = parsed(text)
    if tree is None:
        return Unknown("it cannot be read as Python", "mend it, or move it out of the folder")
    if alembic_reading.is_alembic(tree):
        settles = "write it as a literal"
        return alembic_reading.read(path, tree) or Unknown("its revision is computed when it is loaded", settles)
    return django_reading.read(path, tree) or bystander(tree)


def _labeled(found: list[django_reading.Unordered]) -> list[django_reading.Unordered]:
    """By what those of one folder call each other, where none of them calls it by the folder's name."""
    beside: dict[str, dict[str, django_reading.Unordered]] = {}
    for one in found:
        beside.setdefault(_folder(one.path), {})[one.id.partition(".")[2]] = one
    labels: dict[str, str] = {}
    for folder, files in beside.items():
        named = ((name, *told.partition(".")) for name, one in files.items() for told in (*one.after, *one.replaces))
        count = Counter(app for own, app, _, name in named if name != own and name in files)
        (label, most), (_, others) = (*count.most_common(2), ("", 0), ("", 0))[:2]
        app = next(iter(files.values())).app
        if most > others and app not in count:
            labels[folder] = label
    return [
        replace(one, app=label, id=f"{label}.{one.id.partition('.')[2]}")
        if (label := labels.get(_folder(one.path)))
        else one
        for one in found
    ]


def _django(kept: list[django_reading.Unordered]) -> list[Migration]:
    state = State()
    after = {one.id: [*one.after] for one in kept}
    for one in kept:
        for later in one.before:
            after.setdefault(later, []).append(one.id)
    bare = [Migration(tool="django", id=one.id, path=one.path, after=tuple(after[one.id])) for one in kept]
    by_id = {one.id: one for one in kept}
    return [django_reading.migration(by_id[one.id], state) for one in by_dependency(bare)]


def _sql(files: Mapping[str, str], found: Iterable[str]) -> list[Migration]:
    paths = sorted(found, key=lambda path: (_folder(path), sql_files.key(path)))
    made: list[Migration] = []
    for path in paths:
        before = made[-1].path if made and _folder(made[-1].path) == _folder(path) else ""
        made.append(sql_files.read(path, files[path], before))
    return made


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


class Between(Struct, frozen=True, kw_only=True):
    """`new` is what `after` has and `before` has not, nor what it stands for; what was applied where `before` runs may
    be `edited`, as it is told now, or `gone`."""

    before: Found
    after: Found
    new: tuple[Migration, ...]
    edited: tuple[Migration, ...]
    gone: tuple[Migration, ...]


class Packages(Struct, frozen=True):
    """Migrations in the environments of both: path -> text. Who applied one runs it no more, whatever it says now, and
    a package may leave."""

    before: Mapping[str, str] = {}
    after: Mapping[str, str] = {}


def between(
    base: Mapping[str, str], head: Mapping[str, str], declared: str = "", own: Callable[[str], bool] = lambda _: True
) -> Between:
    """Both are path -> text of what `may_be_migration`; those that are not the project's `own` may be edited."""
    read = cache(_python)
    before, after = found(base, read, declared), found(head, read, declared)
    old = {(one.tool, one.id): one for one in before.migrations}
    now = {(one.tool, name) for one in after.migrations for name in (one.id, *one.replaces)}
    new = (one for one in after.migrations if not any((one.tool, name) in old for name in (one.id, *one.replaces)))
    kept = ((old[one.tool, one.id], one) for one in after.migrations if (one.tool, one.id) in old)
    return Between(
        before=before,
        after=after,
        new=tuple(new),
        edited=tuple(
            one for was, one in kept if own(was.path) and _edited(base.get(was.path, ""), head.get(one.path, ""))
        ),
        gone=tuple(old[name] for name in sorted(old.keys() - now) if own(old[name].path)),
    )


def road_between(
    base: Mapping[str, str], head: Mapping[str, str], declared: str = "", packages: Packages | None = None
) -> Road:
    """Of what is new, with what stands in its way."""
    own, is_empty = {*base, *head}, not head
    if packages is not None:
        base, head = {**packages.before, **base}, {**packages.after, **head}
    read = between(base, head, declared, own.__contains__)
    before, after, new = read.before, read.after, read.new
    unsettled = [(path, why) for path, why in after.unread if base.get(path) != head.get(path)]
    applied = {one.id for one in (*before.migrations, *before.beside)}
    squashed = [(one.id, one.replaces) for one in after.beside]
    squashed += [(one.id, one.replaces) for one in after.migrations if set(one.replaces) & applied]
    for name, replaces in squashed:
        if name not in applied and not set(replaces) <= applied:
            unsettled.append((name, Unknown(SQUASHED, "squash what was applied everywhere, and that alone")))
    if declared and is_empty:
        unsettled.append((declared, Unknown("no migration lies there", "say where they lie: migrations =")))
    unsettled += [(one.id, Unknown(EDITED, UNEDIT)) for one in read.edited]
    unsettled += [(one.id, Unknown(GONE, UNEDIT)) for one in read.gone]
    said = tuple(_said(after.migrations, new))
    return road(before.migrations, new, unsettled=tuple(unsettled), said=said)


def beyond(road: Road, applied: Road) -> Road:
    """`applied`: from what the database has, which is more than what runs: a release was taken back, and its migrations
    were not. What it left may stand there unused; what says something else now is not what ran."""
    left = tuple(f"{name}: {LEFT}" for name, why in applied.unsettled if why.why == GONE)
    known = dict(road.unsettled)
    changed = ((name, why) for name, why in applied.unsettled if why.why != GONE and name not in known)
    other = tuple((name, Unknown(OTHER, UNEDIT) if why.why == EDITED else why) for name, why in changed)
    return replace(road, unsettled=(*road.unsettled, *other), left=left)


def _edited(before: str, after: str) -> bool:
    """Comments, blank lines and layout are no edits."""
    if before == after:
        return False
    trees = [parsed(text) for text in (before, after)]
    if trees[0] is not None and trees[1] is not None:
        return ast.dump(trees[0]) != ast.dump(trees[1])
    cut = [[(token.kind, token.text) for token in tokens(text)] for text in (before, after)]
    return cut[0] != cut[1]


def _said(there: Iterable[Migration], new: Iterable[Migration]) -> Iterable[str]:
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
        if not one.atomic:
            yield f"{one.id} runs outside of one transaction: where a step of it fails, those before it stay"
        if one.way_back == "missing":
            yield f"{one.id} has no way back: its downgrade() does nothing"
