"""What one file gave: components, and what of it was not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from outpace.model.inventory import Component, Uncovered, Unread

if TYPE_CHECKING:
    from outpace.ecosystems.pypi.indexes import Declared

CONFLICT = re.compile(r"^(?:(?:<{7}|>{7}|\|{7})(?:\s|$)|={7}\s*$)", re.MULTILINE)


class Reading(Struct, frozen=True, kw_only=True):
    components: tuple[Component, ...] = ()
    unread: tuple[Unread, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()


def refused(file: str, why: str, line: int | None = None) -> Reading:
    """The file as a whole was not understood."""
    return Reading(unread=(Unread(file=file, why=why, line=line),))


ReadFile: TypeAlias = "Callable[[str, bytes, Declared], Reading | None]"
"""From the path, the content and the declared indexes; None where the file is of another kind than its name says."""


def together(readings: Iterable[Reading]) -> Reading:
    every = tuple(readings)
    return Reading(
        components=tuple(each for one in every for each in one.components),
        unread=tuple(each for one in every for each in one.unread),
        uncovered=tuple(each for one in every for each in one.uncovered),
    )


def conflict_in(text: str) -> int | None:
    """The line of the first merge conflict marker."""
    found = CONFLICT.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def conflicted(file: str, line: int) -> Reading:
    return refused(
        file,
        f"line {line} is a merge conflict marker (<<<<<<<, ======= or >>>>>>>): the file has no single meaning",
        line,
    )
