"""Which lock files of a history count, under which names they went, and what became of each."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from outpace.assessment.chronicle import Landing
from outpace.assessment.episodes import Lock, Moved, Unread
from outpace.assessment.pool import Pool, key_of
from outpace.assessment.ports import LockChange, Move, Walk
from outpace.ecosystems.scan import Pin, is_for_development, kind_of

INCLUDED = "requirements"  # what an include names is in pip's format, whatever its name


def counted(walk: Walk, *, deployed: Collection[str], included: Collection[str]) -> dict[str, str]:
    """The kind of each path that counts: what is deployed, under any name that it had, and all that it includes; where
    nothing is said to be deployed, all but what is for development, and what it includes that is no lock by its name.
    """
    paths = dict.fromkeys(change.path for change in walk.changes)
    if deployed:
        chosen = _names_of(deployed, walk.renames) | set(included)
        return {path: kind_of(path) or INCLUDED for path in paths if path in chosen}
    return {path: kind_of(path) or INCLUDED for path in paths if not is_for_development(path)}


def _names_of(paths: Collection[str], renames: Iterable[tuple[int, str, str]]) -> set[str]:
    """Back through moves without a change, from the last to the first."""
    found = set(paths)
    for _, before, after in reversed(tuple(renames)):
        if after in found:
            found.add(before)
    return found


def included(changes: Iterable[LockChange], kinds: Mapping[str, str], pool: Pool) -> dict[str, set[str]]:
    """Each file that counts, and the files that a version of it ever included, by path."""
    found: dict[str, set[str]] = {}
    for change in changes:
        if change.blob and change.path in kinds:
            for name in pool.includes(key_of(kinds[change.path], change.blob)):
                if (path := _beside(change.path, name)) is not None:
                    found.setdefault(change.path, set()).add(path)
    return found


def _beside(path: str, name: str) -> str | None:
    """Where an include leads, relative to the file that holds it; None: out of the repository, or to an address."""
    if ":" in name or "\\" in name or name.startswith("/"):
        return None
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    return None if found.startswith("..") or found == "." else found


def cut_off(changes: Iterable[LockChange], kinds: Mapping[str, str], pool: Pool) -> dict[str, str]:
    """Versions whose last line ends early, by what stood there before, and how that is told."""
    whole: dict[str, str] = {}
    found: dict[str, str] = {}
    for change in changes:
        if not change.blob or change.path not in kinds:
            continue
        key = key_of(kinds[change.path], change.blob)
        before, last = whole.get(change.path), pool.unended(key)
        if (
            last is not None
            and before is not None
            and pool.unended(before) is None
            and _is_cut(last, before, key, pool)
        ):
            found[key] = f"its last line `{last.name}` does not end, as that of the version before does: it was cut off"
        elif not isinstance(pool.held(key), str):
            whole[change.path] = key
    return found


def _is_cut(last: Pin, before: str, key: str, pool: Pool) -> bool:
    """Something is gone that is written as the last line is, and goes on."""
    were, are = pool.held(before), pool.held(key)
    if isinstance(were, str) or isinstance(are, str):
        return False
    return any(_goes_on(pool.pins[at], last) for at in set(were) - set(are))


def _goes_on(gone: Pin, last: Pin) -> bool:
    if last.how == "pinned":
        return gone.name == last.name and gone.how == "pinned" and gone.version.startswith(last.version)
    return gone.name.startswith(last.name) and (gone.name, gone.how) != (last.name, "unpinned")


class Partial:
    """When which lock file needs not name all that is installed."""

    def __init__(self, changes: Iterable[LockChange], kinds: Mapping[str, str], pool: Pool) -> None:
        self._versions: dict[str, list[tuple[int, bool]]] = {}
        for change in changes:
            if change.blob and change.path in kinds:
                is_partial = pool.is_partial(key_of(kinds[change.path], change.blob))
                self._versions.setdefault(change.path, []).append((change.landing, is_partial))

    def at(self, path: str, landing: int) -> bool:
        """The version until that landing, or the one that it brought."""
        versions = self._versions.get(path, [])
        until = bisect_right(versions, landing, key=lambda version: version[0])
        came = until > 0 and versions[until - 1][0] == landing
        return any(is_partial for _, is_partial in versions[max(until - 1 - came, 0) : until])


def groups(includes: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Files that include one another, in any number of steps, have one number (union-find)."""
    parent: dict[str, str] = {}

    def root(path: str) -> str:
        while (above := parent.setdefault(path, path)) != path:
            parent[path] = parent[above]
            path = above
        return path

    for path, others in includes.items():
        for other in others:
            parent[root(other)] = root(path)
    numbers: dict[str, int] = {}
    return {path: numbers.setdefault(root(path), len(numbers)) for path in list(parent)}


def locks(walk: Walk, kinds: Mapping[str, str], pool: Pool, landings: Sequence[Landing]) -> tuple[Lock, ...]:
    """Every lock file there ever was, by when it came."""
    rows: dict[str, list[LockChange]] = {}
    for change in walk.changes:
        if change.landing < len(landings):
            rows.setdefault(change.path, []).append(change)
    moved = {after: before for _, before, after in walk.renames}
    return tuple(_lock(path, changes, kinds, pool, landings, moved.get(path, "")) for path, changes in rows.items())


def unread(walk: Walk, kinds: Mapping[str, str], pool: Pool, landings: Sequence[Landing]) -> tuple[Unread, ...]:
    """Of the files that count, those whose last version cannot be read, from when on; by path."""
    since: dict[str, tuple[datetime, str]] = {}
    gone: dict[str, datetime] = {}
    for change in walk.changes:
        if change.path not in kinds or change.landing >= len(landings):
            continue
        at = landings[change.landing].at
        if not change.blob:
            gone[change.path] = at
            continue
        gone.pop(change.path, None)
        held = pool.held(key_of(kinds[change.path], change.blob))
        if isinstance(held, str):
            since[change.path] = since.get(change.path, (at, held))[0], held
        else:
            since.pop(change.path, None)
    return tuple(
        Unread(path=path, since=at, until=gone.get(path), why=why) for path, (at, why) in sorted(since.items())
    )


def leaving(walk: Walk, kinds: Mapping[str, str]) -> dict[int, set[str]]:
    """By landing, the files that count and go without any that comes in their place."""
    there: set[str] = set()
    found: dict[int, set[str]] = {}
    for landing, rows in groupby(walk.changes, lambda change: change.landing):
        changes = [change for change in rows if change.path in kinds]
        gone = {change.path for change in changes if not change.blob and change.path in there}
        came = {change.path for change in changes if change.blob}
        if gone and came <= there:
            found[landing] = gone
        there = (there - gone) | came
    return found


def renamed(walk: Walk, kinds: Mapping[str, str], moves: Iterable[Move], pool: Pool) -> Iterator[str]:
    """The new names of requirements files that went on unchanged: pip alone reads a file of any name."""
    asked = {(landing, before): after for landing, before, after in moves}
    blobs: dict[str, str] = {}
    for change in walk.changes:
        after = asked.get((change.landing, change.path))
        if after is not None and not change.blob and kind_of(after) is None and not is_for_development(after):
            if kinds[change.path] == INCLUDED and _pinned(kinds[change.path], blobs[change.path], pool):
                yield after
        elif change.path in kinds:
            blobs[change.path] = change.blob


def _pinned(kind: str, blob: str, pool: Pool) -> bool:
    held = pool.held(key_of(kind, blob))
    return not isinstance(held, str) and len(held) > 0


def lost(
    kinds: Mapping[str, str], leave: Mapping[int, Collection[str]], moves: Iterable[Move]
) -> dict[int, dict[str, str]]:
    """Of those, where each goes on unchanged and does not count, and why it does not."""
    found: dict[int, dict[str, str]] = {}
    for landing, before, after in moves:
        if before in leave.get(landing, ()) and after not in kinds:
            found.setdefault(landing, {})[before] = f"{after}, which is {_no_lock(after)}"
    return found


def moved(
    walk: Walk, kinds: Mapping[str, str], pool: Pool, lost: Mapping[int, Mapping[str, str]], landings: Sequence[Landing]
) -> tuple[Moved, ...]:
    """Of those, the ones that pinned anything and did not come back, by path."""
    blobs: dict[str, str] = {}
    found: dict[str, Moved] = {}
    for change in walk.changes:
        if change.path not in kinds or change.landing >= len(landings):
            continue
        if change.blob:
            blobs[change.path] = change.blob
            found = {p: each for p, each in found.items() if p != change.path and blobs[p] != change.blob}
        elif (to := lost.get(change.landing, {}).get(change.path)) is not None:
            held = pool.held(key_of(kinds[change.path], blobs[change.path]))
            if isinstance(held, str) or len(held):
                found[change.path] = Moved(path=change.path, since=landings[change.landing].at, to=to)
    return tuple(found[path] for path in sorted(found))


def _no_lock(path: str) -> str:
    if is_for_development(path):
        return "for development, or left, by its name"
    return "no lock file by its name" if kind_of(path) is None else "not deployed by outpace.toml"


def _lock(
    path: str,
    changes: Sequence[LockChange],
    kinds: Mapping[str, str],
    pool: Pool,
    landings: Sequence[Landing],
    moved: str,
) -> Lock:
    versions = [change.blob for change in changes if change.blob]
    unreadable = 0
    if path in kinds:
        unreadable = sum(isinstance(pool.held(key_of(kinds[path], blob)), str) for blob in versions)
    return Lock(
        path=path,
        kind=kinds.get(path) or kind_of(path) or INCLUDED,
        first=landings[changes[0].landing].at,
        last=None if changes[-1].blob else landings[changes[-1].landing].at,
        versions=len(versions),
        unreadable=unreadable,
        counted=path in kinds,
        renamed_from=moved,
        changed=landings[changes[-1].landing].at,
    )
