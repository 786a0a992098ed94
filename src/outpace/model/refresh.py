"""What became of bringing advisory data."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.model.inventory import Unread


class Brought(Struct, frozen=True, kw_only=True, tag=True):
    """New data is in use. `unread` names the first of the `bad` records that were left out."""

    source: str  # a URL or a path, masked
    records: int
    bad: int = 0
    unread: tuple[Unread, ...] = ()
    caveats: tuple[str, ...] = ()


class AlreadyCurrent(Struct, frozen=True, kw_only=True, tag=True):
    """The source holds nothing newer than what is here."""

    source: str
    checked: datetime


class NotAsked(Struct, frozen=True, tag=True):
    """This part was not to be brought."""


class NotBrought(Struct, frozen=True, kw_only=True, tag=True):
    """What was here before stays in use."""

    source: str
    why: str
    hint: str = ""


Part: TypeAlias = Brought | AlreadyCurrent | NotAsked | NotBrought


class OfEcosystem(Struct, frozen=True, kw_only=True):
    """What became of the records of one ecosystem."""

    ecosystem: str
    part: Part


class Refresh(Struct, frozen=True, kw_only=True):
    """One update: OSV's records for PyPI and for others, and CISA's catalog of what is exploited."""

    advisories: Part
    kev: Part
    others: tuple[OfEcosystem, ...] = ()
