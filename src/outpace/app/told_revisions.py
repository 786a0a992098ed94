"""What is told of a revision, held against git: it exists, and the deploy branch holds it."""

from __future__ import annotations

import re
from typing import Protocol, TypeAlias

from msgspec import Struct

from outpace.model.application import Application
from outpace.model.errors import UsageError

LIKE_AN_ID = re.compile(r"(CVE|GHSA|PYSEC|OSV|MAL)-", re.IGNORECASE)


class Repository(Protocol):
    """The part of a git repository that this needs."""

    def resolve(self, name: str) -> str | None: ...
    def is_ancestor(self, ancestor: str, descendant: str) -> bool: ...
    def shallow(self) -> bool: ...


class OnBranch(Struct, frozen=True, tag=True):
    """The deploy branch holds it, here or at the remote as it was last fetched."""


class OffBranch(Struct, frozen=True, tag=True):
    """The deploy branch does not hold it."""


class NotChecked(Struct, frozen=True, tag=True):
    """It could not be held against the branch."""

    why: str


Seen: TypeAlias = OnBranch | OffBranch | NotChecked


def seen(application: Application, repository: Repository, revision: str) -> Seen:
    branch = application.branch
    named = (f"refs/heads/{branch}", f"refs/remotes/{application.remote}/{branch}")
    tips = [tip for tip in map(repository.resolve, named) if tip is not None]
    if not tips:
        return NotChecked(f"there is no branch {branch} in this clone")
    if any(repository.is_ancestor(revision, tip) for tip in tips):
        return OnBranch()
    if repository.shallow():
        return NotChecked(f"this clone is shallow, so that {branch} cannot be followed back")
    return OffBranch()


def check_is_no_revision(advisory: str | None, repository: Repository) -> None:
    """A revision in an advisory's place is a slip: raises UsageError."""
    if advisory is None or LIKE_AN_ID.match(advisory) or repository.resolve(advisory) is None:
        return
    raise UsageError(f"{advisory} is a revision here, not an advisory", hint=f"add it as --revision {advisory}")
