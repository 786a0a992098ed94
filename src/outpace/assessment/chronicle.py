"""What git tells of the default branch, without anybody's name: landings, tags, and files of interest as they came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.episodes import Told

Said: TypeAlias = Literal["revert", "hotfix", "release", ""]


class Landing(Struct, frozen=True, kw_only=True):
    """One commit of the default branch's own line. `at` never lies before that of the landing it stands on."""

    id: str
    at: datetime
    told: Told = "commit"
    is_merge: bool = False
    by_bot: bool = False  # of a merge: its branch was a program's
    said: Said = ""  # by its subject
    files: int = 0  # changed, lock files left out
    branch_commits: int = 0  # of a merge: how many it brought
    branch_began: datetime | None = None  # of a merge: its first own commit


class Touch(Struct, frozen=True, kw_only=True):
    """A file of interest that a landing added, changed or deleted; blobs are empty where there is none."""

    landing: str
    at: datetime
    path: str
    kind: Literal["added", "changed", "deleted"]
    before: str = ""
    after: str = ""


class Tag(Struct, frozen=True, kw_only=True):
    """`first` is how many landings it is the first to contain."""

    name: str
    at: datetime
    commit: str
    first: int = 0


class Horizon(Struct, frozen=True, kw_only=True):
    """How far the clone sees."""

    tip: str
    branch: str
    shallow: bool = False
    partial: bool = False  # a clone without all blobs
    landings: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    local_merges: int = 0  # the default branch was merged into somebody's local one: the other parent was followed
    out_of_order: int = 0  # dates that lay before those of their parents
    in_future: int = 0  # dates after the day of the assessment
    goes_on: bool = False  # more landed after that day


class Chronicle(Struct, frozen=True, kw_only=True):
    """`landings` from the first to the tip; `touches` of CI, bots, scanners, gates and documents, in their order."""

    horizon: Horizon
    landings: tuple[Landing, ...] = ()
    touches: tuple[Touch, ...] = ()
    tags: tuple[Tag, ...] = ()


def first_tags(chronicle: Chronicle) -> Mapping[str, Tag]:
    """By landing: the earliest tag that contains it. What no tag contains is left out."""
    firsts = (tag for tag in chronicle.tags for _ in range(tag.first))
    return {landing.id: tag for landing, tag in zip(chronicle.landings, firsts, strict=False)}
