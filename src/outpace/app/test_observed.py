"""What a project's own tests call its functions with: seeds for a search, nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.ports import Inside
from outpace.testing.told import rows_of

SECONDS = 600.0
Call: TypeAlias = tuple[str, tuple[object, ...]]
"""The name of what is called, and the program that does it, packed."""


class Row(Struct, frozen=True, kw_only=True):
    """One line of what `inside.probing.recorded` tells."""

    path: str = ""
    name: str = ""
    program: tuple[object, ...] = ()
    lost: str = ""


def observed(inside: Inside, paths: Iterable[str], words: Sequence[str]) -> Mapping[str, tuple[Call, ...]]:
    """By path. Empty where the suite comes to no end or cannot be read: a search without seeds is a search too."""
    request = {"paths": tuple(paths), "words": words, "seconds": SECONDS}
    rows = rows_of(inside.ask("probing.recorded", request, seconds=2 * SECONDS + 60), Row)
    found: dict[str, list[Call]] = {}
    for row in () if isinstance(rows, Unknown) else rows:
        if row.path:
            found.setdefault(row.path, []).append((row.name, row.program))
    return {path: tuple(calls) for path, calls in found.items()}
