"""Files that are no lock by their name, added to a record because one that counts includes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from outpace.engines.history.clone import Clone
from outpace.engines.history.differences import LOCK, Changed, Interests, differences
from outpace.engines.history.record import LockRow, Record, RenameRow, Row
from outpace.engines.history.walking import renamed

LONGEST_ARGUMENTS = 100_000


def with_included(clone: Clone, record: Record, also: Collection[str]) -> Record:
    """As if they had counted as locks from the first: git looks at their paths alone."""
    pairs = zip((row.id for row in record.rows), (None, *(row.id for row in record.rows)), strict=False)
    interests = Interests(lambda path: path in also, lambda _: False)
    paths = {path: number for number, path in enumerate(record.paths)}
    files: dict[int, tuple[Changed, ...]] = {
        landing: difference.files
        for landing, difference in enumerate(differences(clone, pairs, interests, within=_within(also)))
        if difference.files
    }
    new = [
        LockRow(landing, paths.setdefault(changed.path, len(paths)), changed.before, changed.after)
        for landing, changes in files.items()
        for changed in changes
    ]
    known = tuple(paths)
    locks = sorted((*record.locks, *new), key=lambda lock: (lock.landing, known[lock.path]))
    return replace(
        record,
        rows=tuple(_row(row, len(files.get(landing, ()))) for landing, row in enumerate(record.rows)),
        paths=known,
        locks=tuple(locks),
        renames=_renames(record, locks, files, paths),
    )


def _within(also: Collection[str]) -> tuple[str, ...]:
    """Empty where git would not take so many: then it looks at everything."""
    length = sum(len(path.encode("utf-8", "surrogateescape")) for path in also)
    return tuple(sorted(also)) if length < LONGEST_ARGUMENTS else ()


def _row(row: Row, fewer: int) -> Row:
    return replace(row, files=row.files - fewer) if fewer else row


def _renames(
    record: Record, locks: Collection[LockRow], files: Mapping[int, tuple[Changed, ...]], paths: Mapping[bytes, int]
) -> tuple[RenameRow, ...]:
    """Anew for the landings that have more lock files now."""
    names = tuple(paths)
    again: dict[int, list[Changed]] = {landing: [] for landing in files}
    for lock in locks:
        if lock.landing in again:
            again[lock.landing].append(Changed(names[lock.path], lock.before, lock.after, LOCK))
    kept = [rename for rename in record.renames if rename.landing not in again]
    more = [
        RenameRow(landing, paths[source], paths[target])
        for landing, changes in again.items()
        for source, target in renamed(changes)
    ]
    return tuple(sorted((*kept, *more), key=lambda rename: (rename.landing, names[rename.target])))
