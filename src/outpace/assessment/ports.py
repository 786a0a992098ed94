"""What an assessment needs of a repository's history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from outpace.assessment.chronicle import Chronicle


class LockChange(NamedTuple):
    """A landing (by its index in the chronicle) changed a lock file. `blob` is empty where it was deleted."""

    landing: int
    path: str
    blob: str


class BranchCommit(NamedTuple):
    """A commit that a merge brought, oldest first, with the lock files that it changed."""

    id: str
    at: int  # seconds since the epoch, the committer's
    changes: tuple[tuple[str, str], ...]  # path, blob


class Walk(Struct, frozen=True, kw_only=True):
    """`changes` by landing. `renames` are (landing, from, to) of lock files moved without a change."""

    chronicle: Chronicle
    changes: tuple[LockChange, ...] = ()
    renames: tuple[tuple[int, str, str], ...] = ()


class Histories(Protocol):
    """One clone. Raises NotARepository, ToolFailed; a blob that a partial clone lacks is left out of `blobs`."""

    def walk(self, also: Collection[str] = ()) -> Walk:
        """`also` are files that are no lock by their name, and count as one: a requirements file includes them."""
        ...

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """In the order asked."""
        ...

    def brought(self, merges: Sequence[str]) -> dict[str, tuple[BranchCommit, ...]]:
        """By merge: the commits of its branch that the default branch did not have."""
        ...
