"""Which lines of a file a change touches, and which of its places are therefore in the diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from outpace.inside.units import REMAINDER, units_of
from outpace.testing.mutants.targets import product
from outpace.testing.result.records import Diff, Taken, Untaken
from outpace.testing.sources import source_of

FUNCTION = "function"
NO_DATA = re.compile(
    r"(^|/)(docs?|examples?|tests?|testing|changes|bench|\.[^/]+)/|(^|/)\.[^/]*$|\.(md|rst|lock|cfg|in|pyi?|pyc|adoc)$|"
    r"(^|/)(LICEN[CS]E|COPYING|NOTICE|CHANGELOG|CHANGES|README|AUTHORS|Makefile|Dockerfile|Containerfile)[^/]*$|"
    r"(^|/)(pyproject|outpace|pytest|tox|hatch|pylock[^/]*)\.(toml|ini)$|(^|/)([^/]*(requirements|constraints)[^/]*|requirements/[^/]+)\.txt$"
)
"""Changed files that a running program does not read."""


class Place(Struct, frozen=True, array_like=True):
    """As `outpace.inside.running.taking` tells it."""

    path: str
    line: int
    kind: str
    function: str
    lines: tuple[int, int, int]
    taken: bool


def changed_lines(before: str, after: str) -> frozenset[int]:
    """Of the new text. Where lines were only taken away, the one that followed them."""
    old, new = before.splitlines(), after.splitlines()
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    matcher = difflib.SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    found: set[int] = set()
    for kind, _, _, first, last in matcher.get_opcodes():
        if kind != "equal":
            found.update(range(start + first + 1, start + max(last, first + 1) + 1))
    return frozenset(min(line, len(new)) for line in found if new)


def _alike(one: list[str], other: list[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def to_trace(paths: Iterable[str], below: str) -> tuple[str, ...]:
    """Of the changed files those that hold the product's own code."""
    return product(paths, below)


def data_in(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(path for path in paths if not NO_DATA.search(path)))


class Changed(Struct, frozen=True, kw_only=True):
    """One file: its changed lines, and the functions whose code is what it was, whatever its layout and comments."""

    lines: frozenset[int]
    same: frozenset[str]


def changed_file(before: bytes | None, after: bytes) -> Changed:
    old, new = source_of(before or b""), source_of(after)
    units, now = units_of(old), units_of(new)
    same = units.keys() & now.keys() if units.get(REMAINDER) == now.get(REMAINDER) else frozenset[str]()
    return Changed(
        lines=changed_lines(old, new),
        same=frozenset(name for name in same if name != REMAINDER and units[name] == now[name]),
    )


def diff_of(
    base: str, places: Iterable[Place], changed: dict[str, Changed], read: dict[str, bool], unparsed: tuple[str, ...]
) -> Diff:
    """A function that is not entered stands for all that is in it."""
    within = [place for place in places if place.path in changed and _in_diff(place, changed[place.path])]
    return Diff(
        base=base,
        places=len(within),
        untaken=tuple(_untaken(within)),
        unread=tuple(path for path, opened in sorted(read.items()) if not opened),
        unparsed=unparsed,
    )


def _in_diff(place: Place, changed: Changed) -> bool:
    if any(place.function == name or place.function.startswith(f"{name}.") for name in changed.same):
        return False
    first, last, body = place.lines
    return body in changed.lines or any(first <= line <= last for line in changed.lines)


def _untaken(places: list[Place]) -> Iterator[Untaken]:
    never = {(each.path, each.function) for each in places if each.kind == FUNCTION and not each.taken}
    for place in sorted(places, key=lambda each: (each.path, each.line)):
        above = [name for path, name in never if path == place.path]
        hidden = any(place.function.startswith(f"{name}.") for name in above)
        inside = place.kind != FUNCTION and (place.path, place.function) in never
        if not place.taken and not hidden and not inside:
            yield Untaken(path=place.path, line=place.line, kind=_kind(place.kind), function=place.function)


def _kind(kind: str) -> Taken:
    match kind:
        case "true" | "false" | "handler" | "case" | "item":
            return kind
        case _:
            return "function"
