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
POINTER = re.compile(r"version https?://(?:git-lfs|hawser)\.github\.com/spec/")
PAGE = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)


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


def spoiled(file: str, text: str) -> Reading | None:
    """Refused for what no format is: a merge that is not done, or something else in the file's place."""
    if (found := CONFLICT.search(text)) is not None:
        line = text.count("\n", 0, found.start()) + 1
        marker = f"line {line} is a merge conflict marker (<<<<<<<, ======= or >>>>>>>)"
        return refused(file, f"{marker}: the file has no single meaning; finish the merge", line)
    if POINTER.match(text):
        return refused(file, "it is a pointer of Git LFS, and not the file itself, which `git lfs pull` brings", 1)
    if PAGE.match(text):
        return refused(file, "it is a web page, such as a server gives that asks to sign in: fetch the file again", 1)
    return None
