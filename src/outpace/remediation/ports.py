"""What remediation needs from the world: somebody who resolves, and a repository that takes one commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from outpace.model.package import Package


class Pin(Struct, frozen=True, kw_only=True, order=True):
    """One version of one package in one file; `line` and `marker` where the file has several of them."""

    package: Package
    version: str
    file: str
    line: int | None = None
    marker: str = ""


class Step(Struct, frozen=True, kw_only=True, order=True):
    """A pin, and the version that it shall have. `released` is set where a cool-down must let this version through."""

    pin: Pin
    version: str
    released: datetime | None = None


class Available(Struct, frozen=True, tag=True):
    """The lowest release that meets the demand, and when it was uploaded, where the index tells."""

    version: str
    released: datetime | None = None


class OnlyPrereleases(Struct, frozen=True, tag=True):
    """Only pre-releases meet the demand."""


class NeedsPython(Struct, frozen=True, tag=True):
    """A release meets the demand, but not on every Python of the project."""

    version: str
    needs: str
    have: str


class TooNew(Struct, frozen=True, tag=True):
    """The user's own cool-down hides what would meet the demand."""

    said: str


class Nothing(Struct, frozen=True, tag=True):
    """No release meets the demand."""


class MustBuild(Struct, frozen=True, tag=True):
    """The answer is in a source archive that only a build would give, and builds are forbidden here."""

    said: str


class NotRun(Struct, frozen=True, tag=True):
    """The program that alone writes this file is not here, or fails on the file as it is. `offer` is what to do first;
    empty: the step itself, by hand."""

    said: str
    offer: str = ""


Found: TypeAlias = Available | OnlyPrereleases | NeedsPython | TooNew | Nothing | MustBuild | NotRun


class LetThrough(Struct, frozen=True, kw_only=True):
    """A release that a cool-down of the user's was told to let pass; `expires` is None where it is a fixed date."""

    package: Package
    version: str
    reason: str
    expires: datetime | None


class Resolved(Struct, frozen=True, tag=True, kw_only=True):
    """Files with their new content. `notes` are worth a reader's attention."""

    files: tuple[tuple[str, bytes], ...]
    notes: tuple[str, ...] = ()
    let_through: tuple[LetThrough, ...] = ()
    released: tuple[tuple[str, datetime], ...] = ()  # ("name==version", upload time)


class Unsolvable(Struct, frozen=True, tag=True, kw_only=True):
    """No solution; `blocker` names the pin that stands in the way, `names` the packages that were spoken of."""

    blocker: str
    names: tuple[str, ...] = ()
    python: NeedsPython | None = None


Resolution: TypeAlias = Resolved | Unsolvable


class Resolver(Protocol):
    """One component set that can be resolved again. Nothing is written outside of what is returned."""

    @property
    def files(self) -> frozenset[str]:
        """The files whose pins it can move."""
        ...

    def lowest(self, pin: Pin, demand: str, *, prereleases: bool, hidden: bool) -> Found:
        """The lowest release under a PEP 440 demand; `hidden` looks behind the user's cool-down."""
        ...

    def resolve(self, steps: tuple[Step, ...]) -> Resolution: ...

    def smallest(
        self, steps: tuple[Step, ...], along: tuple[tuple[Pin, str], ...], *, hidden: bool
    ) -> tuple[Step, ...]:
        """The lowest versions, each under a PEP 440 demand, of packages that must move along with the steps; empty
        where there are none. `hidden` looks for them behind the user's cool-down."""
        ...


class Repository(Protocol):
    """The part of a git repository that a change needs."""

    def head(self) -> str: ...
    def resolve(self, name: str) -> str | None: ...
    def read(self, revision: str, path: str) -> bytes | None: ...
    def paths(self, revision: str) -> tuple[str, ...]: ...
    def dirty(self) -> tuple[str, ...]: ...
    def changed(self, base: str, revision: str) -> tuple[tuple[str, str], ...]: ...
    def is_ancestor(self, ancestor: str, descendant: str) -> bool: ...
    def branches(self, prefix: str, remote: str | None = None) -> tuple[str, ...]: ...
    def parents(self, revision: str) -> tuple[str, ...]: ...
    def commit_time(self, revision: str) -> datetime: ...
    def commit(self, base: str, changes: Mapping[str, bytes], message: str) -> str: ...
    def create_branch(self, name: str, revision: str, expected_old: str | None = None) -> None: ...
