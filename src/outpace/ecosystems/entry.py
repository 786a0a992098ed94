"""One entry of a bill of materials, whatever its form."""

from __future__ import annotations

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """Empty where the bill does not say it; `groups` is the scope, where it is not simply required."""

    purl: str
    version: str = ""
    groups: tuple[str, ...] = ()
