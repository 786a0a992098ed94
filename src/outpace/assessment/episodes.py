"""The patch-latency history of a repository: what each vulnerability did in its lock files, told by time."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.package import Package

Entry: TypeAlias = Literal["immune", "reactive", "adopted", "unknown"]  # unknown: how it was at publication
State: TypeAlias = Literal["immune", "fixed", "removed", "open", "unpinned", "unknown"]
Told: TypeAlias = Literal["commit", "merge", "later parent", "other parent", "before history"]


class Window(Struct, frozen=True, kw_only=True):
    """A time in which the default branch was affected. `closed` None: it still is, or what came after is unknown."""

    opened: datetime
    closed: datetime | None = None
    opening_commit: str = ""  # empty: the advisory came while the version was there
    closing_commit: str = ""


class Gap(Struct, frozen=True, kw_only=True):
    """A time of which it cannot be said: a lock that cannot be read, a pin that became a range, a fork, a URL."""

    since: datetime
    until: datetime | None
    why: str
    kind: Literal["unreadable", "unpinned", "elsewhere", "undecided", "no lock", "cut off"]
    commit: str = ""


class Stages(Struct, frozen=True, kw_only=True):
    """When what happened; None: not seen. `first_commit` is of a branch that a merge commit kept."""

    fix_released: datetime | None = None
    published: datetime | None = None
    first_commit: datetime | None = None
    first_commit_id: str = ""
    landed: datetime | None = None
    tagged: datetime | None = None
    tag: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """One vulnerability of one package, as the lock files of the default branch met it."""

    package: Package
    id: str
    aliases: tuple[str, ...] = ()
    published: datetime | None = None
    score: float | None = None
    exploited: bool | None = None  # in CISA's catalog; None: there is no catalog here
    files: tuple[str, ...] = ()  # where it stood, affected
    entry: Entry
    state: State
    why: str = ""  # of a state that is not known, and what "removed" does not exclude
    opened: datetime | None = None  # of the first window; None: there is none, or its beginning was not seen
    closed: datetime | None = None  # of the last one: the lasting fix
    commit: str = ""  # that closed it
    told: Told = "commit"  # how the closing date was told
    windows: tuple[Window, ...] = ()
    gaps: tuple[Gap, ...] = ()
    before: tuple[str, ...] = ()  # versions that were affected; of a bare name `*`: every one is
    after: tuple[str, ...] = ()  # versions there since the lasting fix
    days: float | None = None  # of all its waits: what was gone and came back waited for no time in between
    stages: Stages = Stages()

    @property
    def reopened(self) -> int:
        return max(len(self.windows) - 1, 0)


class Episode(Struct, frozen=True, kw_only=True):
    """What one change of one package ended, or what is still open of it: many advisories, one wait."""

    package: Package
    ids: tuple[str, ...]
    state: Literal["fixed", "removed", "open", "unpinned", "unknown"]
    why: str = ""  # as of its items
    entry: Entry
    opened: datetime  # the earliest of its items
    began: Literal["seen", "before"] = "seen"  # before: `opened` is where the history begins, and `days` a lower bound
    closed: datetime | None = None
    commit: str = ""
    told: Told = "commit"
    days: float  # until it closed, could no longer be followed, or the day of the assessment
    exposed_days: float  # without the time in between, where it was closed and opened again
    reopened: int = 0
    jump: Literal["patch", "minor", "major", "other", ""] = ""  # what was taken at last
    needed: Literal["patch", "minor", "major", "other", ""] = ""  # by the nearest versions that the advisories name
    before: str = ""
    after: str = ""
    by_bot: bool | None = None  # whether a program wrote the change; None: not told
    score: float | None = None  # the highest
    exploited: bool | None = None
    stages: Stages = Stages()


class Lock(Struct, frozen=True, kw_only=True):
    """One lock file of the history."""

    path: str
    kind: str
    first: datetime
    last: datetime | None = None  # when it was removed; None: it is still there
    versions: int = 0
    unreadable: int = 0
    counted: bool = True  # False: for development only, by its name, or not deployed by outpace.toml
    renamed_from: str = ""
    changed: datetime | None = None  # last


class Unread(Struct, frozen=True, kw_only=True):
    """A lock file that counts, of which the last version cannot be read, or none: what it pins is not known."""

    path: str
    since: datetime
    until: datetime | None = None  # when it was removed; None: it is still there
    why: str


class Moved(Struct, frozen=True, kw_only=True):
    """A lock file that counted and goes on, unchanged, where it does not: `to` says where, and why it does not."""

    path: str
    since: datetime
    to: str


class Undated(Struct, frozen=True, kw_only=True):
    """Packages of which it is not known when their releases came out."""

    packages: tuple[Package, ...]
    why: str
    would_settle: str
    will_last: bool = True  # False: who asks once more today may be told more


class History(Struct, frozen=True, kw_only=True):
    """`items` by date of opening; `since` is how far the lock files reach back."""

    items: tuple[Item, ...] = ()
    episodes: tuple[Episode, ...] = ()
    locks: tuple[Lock, ...] = ()
    since: datetime | None = None
    advisories: int = 0  # that ever named a package of the lock files
    uncovered: tuple[tuple[str, int], ...] = ()  # ecosystems without advisory data here, and their packages
    undated: tuple[Undated, ...] = ()  # of the packages that were affected
    unread: tuple[Unread, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def blind_since(self) -> datetime | None:
        """From when on no lock file that is there could be read: then nothing is known of today. None: one can be."""
        there = sum(lock.counted and lock.last is None for lock in self.locks)
        unread = [each.since for each in self.unread if each.until is None]
        return max(unread) if there and there == len(unread) else None
