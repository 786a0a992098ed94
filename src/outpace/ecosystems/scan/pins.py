"""What one version of one lock file pins, or why it cannot be told."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

How: TypeAlias = Literal["pinned", "unpinned", "elsewhere"]


class Pin(NamedTuple):
    """One package in one lock file. A tuple of interned strings, because a history holds millions.

    `elsewhere` is what no registry tells of: a fork, a git revision, a URL, a path.
    """

    ecosystem: str  # OSV's spelling: "PyPI", "npm", "crates.io", "Go", "RubyGems"
    name: str  # normalized by the ecosystem's rule
    version: str  # as written; of "unpinned" the specifier as written, empty for a bare name
    how: How


class Scanned(Struct, frozen=True):
    """`pins` sorted and distinct; `includes` are other files it names, as written and relative to itself.

    `is_partial`: it need not name all that is installed. `unended` is of its last line, where nothing ends that.
    """

    pins: tuple[Pin, ...] = ()
    includes: tuple[str, ...] = ()
    is_partial: bool = False
    unended: Pin | None = None


class Unscannable(Struct, frozen=True):
    """The content has no single meaning that is known here: never taken for a file without pins."""

    why: str
