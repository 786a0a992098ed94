"""Kinds of facts of Outpace's own edge."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from outpace.model.times import Aware


class RolledOut(Struct, frozen=True, kw_only=True):
    """How far a release came at the edge; `taken_back` and `why` where it came back. No `rollout`: it never began."""

    KIND: ClassVar[str] = "rolled_out"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    revision: str
    release: str  # its digest
    rollout: str
    environment: str = ""
    staged: Aware | None = None
    first_traffic: Aware | None = None
    promoted: Aware | None = None
    settled: Aware | None = None
    taken_back: Aware | None = None
    cut_off: bool = False  # taken back for no fault of its own
    why: str = ""


class Shielded(Struct, frozen=True, kw_only=True):
    """A declared stopgap was put up; without `until`, it was taken away since the fix is verified."""

    KIND: ClassVar[str] = "shielded"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    what: str
    until: Aware | None = None
