"""The component sets of an application that are deployed, as a revision holds them."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from outpace.ecosystems.read import is_lock, is_read, read
from outpace.model.application import Application
from outpace.model.fact import digest_of
from outpace.model.inventory import Inventory


class Revisions(Protocol):
    def paths(self, revision: str) -> tuple[str, ...]: ...
    def read(self, revision: str, path: str) -> bytes | None: ...


class Changes(Revisions, Protocol):
    def changed(self, base: str, revision: str) -> tuple[tuple[str, str], ...]: ...


def deployed_locks(application: Application, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those declared, else every lock under the application's path."""
    if application.locks:
        return application.locks
    return tuple(path for path in _below(application, paths) if is_lock(path))


def matched_files(application: Application, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those declared, else all that `match` reads under the application's path: what is asked for without a lock too,
    and what others tell.
    """
    if application.locks:
        return application.locks
    return tuple(path for path in _below(application, paths) if is_read(path))


def _below(application: Application, paths: tuple[str, ...]) -> tuple[str, ...]:
    inside = "" if application.path in ("", ".") else application.path.rstrip("/") + "/"
    return tuple(path for path in paths if path.startswith(inside))


def touched_locks(revisions: Changes, base: str, revision: str) -> frozenset[str]:
    """What a change touches of all that holds pins: by its name, or since another file there names it."""
    changed = {path for _, path in revisions.changed(base, revision)}
    named = {path for path in changed if is_lock(path)}
    others = {path for path in changed - named if path.endswith(".txt")}
    for at in (base, revision) if others else ():
        every = tuple(path for path in revisions.paths(at) if is_read(path))
        named |= others.intersection(read(every, partial(revisions.read, at)).files)
    return frozenset(named)


def inventory_at(
    revisions: Revisions, application: Application, revision: str, also: frozenset[str] = frozenset()
) -> Inventory:
    """What is deployed, and `also` of those files what that revision has."""
    paths = revisions.paths(revision)
    locks = dict.fromkeys((*deployed_locks(application, paths), *sorted(also.intersection(paths))))
    return read(tuple(locks), lambda path: revisions.read(revision, path), source=f"files at {revision[:10]}")


def pinned(inventory: Inventory) -> str:
    """A digest of what its locks say; equal digests: the same change still applies."""
    return digest_of([(c.file, c.package, c.version, c.marker, c.origin) for c in inventory.components])
