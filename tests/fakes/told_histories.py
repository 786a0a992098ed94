"""A history in memory, told row by row; a real repository of the same rows gives the same answers (test_histories)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from outpace.assessment.chronicle import Chronicle, Horizon, Landing, Tag, Touch
from outpace.assessment.ports import BranchCommit, LockChange, Walk
from outpace.ecosystems.scan import asks, kind_of

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return BEGAN + timedelta(days=number)


def blob_of(content: str) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content.encode()) + content.encode()).hexdigest()


class Row(Struct, frozen=True, kw_only=True):
    """A landing: its id, its day, the files that it changed (None deletes), and the commits that a merge brought."""

    id: str
    day: float
    files: Mapping[str, str | None] = {}
    by_bot: bool = False
    branch: tuple[tuple[str, float, Mapping[str, str | None]], ...] = ()


class ToldHistories:
    """Implements `assessment.ports.Histories`."""

    def __init__(
        self, *rows: Row, shallow: bool = False, lacking: Collection[str] = (), tags: Sequence[Tag] = ()
    ) -> None:
        self._rows = rows
        self._horizon = Horizon(tip=rows[-1].id if rows else "", branch="main", shallow=shallow, landings=len(rows))
        self._lacking = {blob_of(content) for content in lacking}
        self._tags = tuple(tags)
        self.asked: list[str] = []

    def walk(self, also: Collection[str] = ()) -> Walk:
        landings = tuple(
            Landing(id=row.id, at=day(row.day), is_merge=bool(row.branch), by_bot=row.by_bot) for row in self._rows
        )
        changes: list[LockChange] = []
        renames: list[tuple[int, str, str]] = []
        tree: dict[str, str] = {}
        for at, row in enumerate(self._rows):
            locks = {path: content for path, content in row.files.items() if kind_of(path) or path in also}
            gone = {tree[path]: path for path, content in locks.items() if content is None and path in tree}
            for path, content in sorted(locks.items()):
                if content is not None and path not in tree and content in gone:
                    renames.append((at, gone[content], path))
                changes.append(LockChange(at, path, "" if content is None else blob_of(content)))
            tree.update({path: content for path, content in locks.items() if content is not None})
            for path in gone.values():
                del tree[path]
        chronicle = Chronicle(horizon=self._horizon, landings=landings, tags=self._tags, touches=self._touches())
        return Walk(chronicle=chronicle, changes=tuple(changes), renames=tuple(renames))

    def _touches(self) -> tuple[Touch, ...]:
        """Of files that ask for packages."""
        tree: dict[str, str] = {}
        found: list[Touch] = []
        for row in self._rows:
            for path, content in sorted(row.files.items()):
                before, after = tree.get(path, ""), "" if content is None else blob_of(content)
                if asks(path) and before != after:
                    kind = "added" if not before else "changed" if after else "deleted"
                    touch = Touch(landing=row.id, at=day(row.day), path=path, kind=kind, before=before, after=after)
                    found.append(touch)
                tree[path] = after
        return tuple(found)

    def moved(self, landings: Sequence[int]) -> tuple[tuple[int, str, str], ...]:
        tree: dict[str, str] = {}
        found: list[tuple[int, str, str]] = []
        for at, row in enumerate(self._rows):
            gone = {tree[path]: path for path, content in row.files.items() if content is None and path in tree}
            came = {path: text for path, text in row.files.items() if text is not None and path not in tree}
            found += [(at, gone[text], path) for path, text in sorted(came.items()) if text in gone]
            tree.update({path: text for path, text in row.files.items() if text is not None})
            for path in gone.values():
                del tree[path]
        return tuple(each for each in found if each[0] in landings)

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        contents = [content for _, files in self._commits() for content in files.values() if content is not None]
        found = {blob_of(content): content.encode() for content in contents}
        for blob in ids:
            self.asked.append(blob)
            if blob not in self._lacking:
                yield blob, found[blob]

    def brought(self, merges: Sequence[str]) -> dict[str, tuple[BranchCommit, ...]]:
        return {
            row.id: tuple(
                BranchCommit(
                    name,
                    int(day(at).timestamp()),
                    tuple((path, "" if text is None else blob_of(text)) for path, text in sorted(files.items())),
                )
                for name, at, files in row.branch
            )
            for row in self._rows
            if row.id in merges
        }

    def _commits(self) -> Iterator[tuple[str, Mapping[str, str | None]]]:
        for row in self._rows:
            yield row.id, row.files
            for name, _, files in row.branch:
                yield name, files


class Remembered:
    """Implements `app.lock_versions.Kept` in memory."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}

    def get(self, digest: str) -> bytes | None:
        return self.entries.get(digest)

    def put(self, digest: str, content: bytes) -> None:
        self.entries[digest] = content
