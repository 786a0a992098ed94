"""The attackers' curve: by when what is exploited was exploited, as published; every number with source and caveat."""

from __future__ import annotations

from msgspec import Struct


class Mark(Struct, frozen=True, kw_only=True):
    """By `days` after the CVE was published `exploited` of those that were ever exploited were; one publication."""

    days: float
    exploited: float
    source: str
    url: str
    caveat: str


class AttackCurve(Struct, frozen=True, kw_only=True):
    """`marks` by days; a step curve of the share that is not yet exploited is one minus theirs."""

    marks: tuple[Mark, ...]
    caveat: str
