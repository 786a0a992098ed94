"""What a conclusion about a repository rests on, and what it asks."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Strength: TypeAlias = Literal["outcome", "practice", "ceremony"]
Path: TypeAlias = Literal["true", "watered-down", "stalled"]


class Where(Struct, frozen=True, kw_only=True):
    """One place to look: a file, a commit, an advisory."""

    kind: Literal["file", "commit", "advisory", "tag"]
    name: str
    line: int | None = None


class Count(Struct, frozen=True, kw_only=True):
    """A number of a sentence, and what it counts: `says` is those words of it. `more` are left out of `of`."""

    says: str
    of: tuple[Where, ...]
    more: int = 0


class Evidence(Struct, frozen=True, kw_only=True):
    """One signal. `speaks_for` None: it was seen and speaks for no path."""

    signal: str  # a slug: "latency", "immune-share", "bot-effect"
    says: str  # one sentence with its numbers
    speaks_for: Path | None
    strength: Strength
    misreading: str  # how it is typically misread
    where: tuple[Where, ...] = ()
    counts: tuple[Count, ...] = ()  # in the order in which `says` has them


class Question(Struct, frozen=True, kw_only=True):
    """What was not seen, and what would settle it."""

    what: str
    why: str
    would_settle: str
