"""What an assessment needs of a repository's history."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from outpace.assessment.chronicle import Chronicle
from outpace.model.package import Package


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


Move: TypeAlias = tuple[int, str, str]  # the landing, from, to


class Walk(Struct, frozen=True, kw_only=True):
    """`changes` by landing. `renames` are (landing, from, to) of lock files moved without a change."""

    chronicle: Chronicle
    changes: tuple[LockChange, ...] = ()
    renames: tuple[Move, ...] = ()


class Histories(Protocol):
    """One clone. Raises NotARepository, ToolFailed; a blob that a partial clone lacks is left out of `blobs`."""

    def walk(self, also: Collection[str] = ()) -> Walk:
        """`also` are files that are no lock by their name, and count as one: a requirements file includes them."""
        ...

    def moved(self, landings: Sequence[int]) -> tuple[Move, ...]:
        """The files, whatever they are, that these landings moved without a change."""
        ...

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """In the order asked."""
        ...

    def brought(self, merges: Sequence[str]) -> dict[str, tuple[BranchCommit, ...]]:
        """By merge: the commits of its branch that the default branch did not have."""
        ...


class Upload(NamedTuple):
    """A release that can be installed and is not yanked; `at` is when the first of its files was uploaded."""

    version: str
    at: datetime
    is_prerelease: bool = False


class Listing(Struct, frozen=True, kw_only=True):
    """The releases of one package, by version. `why`: what is not known of them, and then what would settle it."""

    uploads: tuple[Upload, ...] = ()
    why: str = ""
    would_settle: str = ""
    will_last: bool = True  # False: who asks once more today may be told more


Enough: TypeAlias = Callable[[Sequence[Upload]], bool]


class ReleaseDates(Protocol):
    """When releases were uploaded. What cannot be told is said in the listing, and nothing is raised for it."""

    @property
    def name(self) -> str:
        """Of whom it asks, without credentials; the same name gives the same answers. Empty: nobody is asked."""
        ...

    def listings(self, wanted: Mapping[Package, Enough], until: datetime) -> Mapping[Package, Listing]:
        """One for each package. What is known of earlier days is taken where it tells all until then, or is enough."""
        ...
