"""What the new migrations between two revisions are for the release that runs: classes, the road, and whether to go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.migrations.finding import Packages, beyond, may_be_migration, road_between
from outpace.delivery.migrations.road import Plan, Road, plan
from outpace.model.application import Application
from outpace.model.errors import NotFound, UsageError
from outpace.model.inventory import Inventory
from outpace.model.package import PYPI

MOST_FILES = 20_000
SHOWN = 8  # packages
UNREAD = b"\0"  # neither Python nor SQL


class Revisions(Protocol):
    """The part of a repository that is asked."""

    def resolve(self, name: str) -> str | None: ...
    def merge_base(self, one: str, other: str) -> str | None: ...


class Tree(Protocol):
    """The files of one revision."""

    def paths(self) -> tuple[str, ...]: ...
    def bring(self, paths: Sequence[str]) -> None: ...
    def look_up(self, path: str) -> bytes | None: ...


class View(Struct, frozen=True, kw_only=True):
    application: str
    base: str
    head: str
    road: Road
    plan: Plan


def span(told: str | None, application: Application, revisions: Revisions) -> tuple[str, str]:
    """BASE..HEAD as two commits. Without a word: from where the deploy branch was left. Raises NotFound, UsageError."""
    first, dots, last = (told or "").partition("..")
    if last.startswith("."):
        raise UsageError(f"{told} has three dots", hint="say BASE..HEAD")
    if told and not dots:
        first, last = told, "HEAD"
    head = _commit(last or "HEAD", revisions)
    if first:
        return _commit(first, revisions), head
    names = (f"{application.remote}/{application.branch}", application.branch)
    deployed = next((found for name in names if (found := revisions.resolve(name))), None)
    if deployed is None:
        hint = "say from where on: outpace migrations BASE..HEAD"
        raise NotFound(f"there is no branch {application.branch}, so it is not known what runs", hint=hint)
    return revisions.merge_base(deployed, head) or deployed, head


def _commit(name: str, revisions: Revisions) -> str:
    found = None if name.startswith("-") else revisions.resolve(name)
    if found is None:
        raise NotFound(f"there is no revision {name}", hint="name a branch, a tag or a commit: main..HEAD")
    return found


def migrations(
    application: Application,
    base: str,
    head: str,
    tree: Callable[[str], Tree],
    accepted: str | None = None,
    applied: str | None = None,
    packages: Packages | None = None,
    inventory: Callable[[str], Inventory] | None = None,
) -> View:
    """Reads texts alone: nothing of the repository is imported or run, and no database is asked. `applied` is the
    revision that last migrated it, where that is not the base; `packages` are those of both releases, and `inventory`
    tells of them what the locks do, where there are no releases."""
    place, declared = where(application)
    new = texts(tree(head), place, declared)
    road = road_between(texts(tree(base), place, declared), new, declared, packages)
    if applied is not None:
        same = None if packages is None else Packages(packages.after, packages.after)
        road = beyond(road, road_between(texts(tree(applied), place, declared), new, declared, same))
    if packages is None and inventory is not None:
        road = replace(road, said=(*road.said, *unseen(inventory(base), inventory(head))))
    return View(application=application.name, base=base, head=head, road=road, plan=plan(road, accepted))


def unseen(before: Inventory, after: Inventory) -> tuple[str, ...]:
    """Packages that moved may bring migrations of their own, which lie in no repository."""
    old, new = _versions(before), _versions(after)
    moved = [(name, versions) for name, versions in sorted(new.items()) if old.get(name) != versions]
    if "django" not in new or not moved:
        return ()
    told = [f"{name} {' to '.join(filter(None, (old.get(name), versions)))}" for name, versions in moved]
    more = f" and {len(told) - SHOWN} more" if told[SHOWN:] else ""
    where = "migrations that packages bring are read at the gate of a rollout, not here"
    return (f"{where}; these moved: {', '.join(told[:SHOWN])}{more}",)


def _versions(inventory: Inventory) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for one in inventory.components:
        if one.package.ecosystem == PYPI:
            found.setdefault(one.package.name, set()).add(one.version or "without a version")
    return {name: " and ".join(sorted(versions)) for name, versions in found.items()}


def where(application: Application) -> tuple[str, str]:
    """The folder in which they are looked for (empty: everywhere), and the same again where it is said to be theirs."""
    told = application.edge.migrations if application.edge is not None else ""
    parts = (application.path.strip("/"), told.strip("/"))
    place = "/".join(part for part in parts if part not in ("", "."))
    return place, place if told else ""


def sought(paths: Iterable[str], place: str, declared: str) -> list[str]:
    within = f"{place}/" if place else ""
    return [path for path in paths if path.startswith(within) and may_be_migration(path, declared)]


def texts(tree: Tree, place: str = "", declared: str = "") -> dict[str, str]:
    """Every file that may be a migration, by its path; `declared` holds nothing else. What is too
    large to be read is there, and reads as nothing."""
    paths = sought(tree.paths(), place, declared)
    if len(paths) > MOST_FILES:
        raise UsageError(
            f"{len(paths):,} files look like migrations", hint="say where they lie: migrations = in outpace.toml"
        )
    tree.bring(paths)
    read = ((path, tree.look_up(path)) for path in paths)
    return {path: (UNREAD if content is None else content).decode("utf-8", "replace") for path, content in read}
