"""git: the history of one clone, read once and then only what is new."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from outpace.assessment.ports import BranchCommit, Walk
from outpace.engines.history import record as records
from outpace.engines.history.blobs import blobs
from outpace.engines.history.branches import brought
from outpace.engines.history.clone import Clone
from outpace.engines.history.differences import Interests
from outpace.engines.history.graph import Graph
from outpace.engines.history.included import with_included
from outpace.engines.history.moves import moved
from outpace.engines.history.record import Record
from outpace.engines.history.telling import Day, Seen, told
from outpace.engines.history.walking import Asked, read_graph, walked
from outpace.model.times import now
from outpace.proving.ports import Results


class GitHistory:
    """Implements `assessment.ports.Histories`. Nothing is fetched, nothing of it runs, and nobody's name is read.

    `reads` names the version of the two predicates: what was kept of a walk by another is not used. A commit dated
    after `today` (the clock's) has a wrong date; what lies between `at` and `today` has not landed yet.
    """

    def __init__(
        self,
        root: Path,
        *,
        at: datetime,
        is_lock: Callable[[str], bool],
        is_interesting: Callable[[str], bool],
        environ: Mapping[str, str],
        cached: Results,
        report: Callable[[str], None],
        branch: str | None = None,
        reads: str = "",
        today: datetime | None = None,
        tag_name: Callable[[str], str] = str,
    ) -> None:
        self._clone = Clone(root, environ)
        self._tip = self._clone.tip(branch)
        self._is_lock, self._is_interesting = is_lock, is_interesting
        self._cached, self._report = cached, report
        self._at, self._today = at, today or now()
        self._tag_name = tag_name
        self._key = (str(self._clone.directory), self._tip.branch, reads)
        self._records: dict[tuple[str, ...], Record] = {}
        self._also: tuple[str, ...] = ()
        self._graph: Graph | None = None

    def walk(self, also: Collection[str] = ()) -> Walk:
        """What `also` names counts as a lock from now on."""
        self._also = tuple(sorted(set(also)))
        record = self._walked()
        at = int(self._at.timestamp())
        seen = Seen(self._tip.branch, bool(self._clone.cut), self._lacks_blobs(record))
        walk = told(record, Day(at, max(at, int(self._today.timestamp()))), seen)
        tags = tuple(replace(tag, name=self._tag_name(tag.name)) for tag in walk.chronicle.tags)
        return replace(walk, chronicle=replace(walk.chronicle, tags=tags))

    def moved(self, landings: Sequence[int]) -> tuple[tuple[int, str, str], ...]:
        return moved(self._clone, [row.id for row in self._walked().rows], landings)

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        return blobs(self._clone, ids, self._report)

    def brought(self, merges: Sequence[str]) -> dict[str, tuple[BranchCommit, ...]]:
        """What is no merge of the line brought nothing."""
        record = self._walked()
        names = {row.id: f"{row.id}{'~' * row.pulled}" for row in record.rows if row.is_merge}
        key = self._digest("brought", self._also, self._state())
        known = _branches(self._cached.get(key))
        if new := {merge for merge in merges if merge in names and names[merge] not in known}:
            found = brought(self._clone, record, self._read_graph(), new, self._interests(self._also))
            known |= {names[merge]: commits for merge, commits in found.items()}
            self._cached.put(key, msgspec.msgpack.encode(_written(known)))
        return {merge: known.get(names.get(merge, merge), ()) for merge in merges}

    def _walked(self) -> Record:
        plain = self._records.get(()) or self._kept("walk", (), self._anew)
        self._records[()] = plain
        if self._also and self._also not in self._records:
            self._records[self._also] = self._kept(
                "included", self._also, lambda known: self._with_included(plain, known)
            )
        return self._records[self._also]

    def _kept(self, what: str, also: tuple[str, ...], made: Callable[[Record | None], Record]) -> Record:
        key = self._digest(what, also)
        known = records.decoded(self._cached.get(key))
        record = made(known)
        if record is not known:
            self._cached.put(key, records.encoded(record))
        return record

    def _anew(self, known: Record | None) -> Record:
        interests = self._interests(())
        asked = Asked(self._clone, self._tip.branch, self._tip.commit, self._state(), interests, self._report)
        record, self._graph = walked(asked, known)
        return record

    def _with_included(self, plain: Record, known: Record | None) -> Record:
        if known is not None and (known.state, known.tags_listed) == (plain.state, plain.tags_listed):
            return known
        return with_included(self._clone, plain, self._also)

    def _interests(self, also: Collection[str]) -> Interests:
        return Interests(lambda path: path in also or self._is_lock(path), self._is_interesting)

    def _digest(self, what: str, also: tuple[str, ...], *more: str) -> str:
        return records.digest(what, *self._key, *more, *also)

    def _state(self) -> str:
        return records.digest(self._clone.cut, *sorted(self._clone.owners))

    def _read_graph(self) -> Graph:
        if self._graph is None:
            self._graph, _ = read_graph(self._clone, self._tip.branch, self._tip.commit)
        return self._graph

    def _lacks_blobs(self, record: Record) -> bool:
        if not self._clone.lacks_objects:
            return False
        wanted = {blob for row in (*record.locks, *record.touches) for blob in (row.before, row.after) if blob}
        return len(self._clone.present(wanted)) < len(wanted)


def _branches(content: bytes | None) -> dict[str, tuple[BranchCommit, ...]]:
    try:
        kept = msgspec.msgpack.decode(
            content or b"\x80", type=dict[str, list[tuple[str, int, list[tuple[bytes, str]]]]]
        )
    except msgspec.DecodeError:
        return {}
    return {
        merge: tuple(
            BranchCommit(commit, at, tuple((path.decode("utf-8", "surrogateescape"), blob) for path, blob in changes))
            for commit, at, changes in commits
        )
        for merge, commits in kept.items()
    }


def _written(
    branches: Mapping[str, tuple[BranchCommit, ...]],
) -> dict[str, list[tuple[str, int, list[tuple[bytes, str]]]]]:
    """Paths as bytes, since they need not be text."""
    return {
        merge: [
            (one.id, one.at, [(path.encode("utf-8", "surrogateescape"), blob) for path, blob in one.changes])
            for one in commits
        ]
        for merge, commits in branches.items()
    }
