"""What a change says it is for: a recorded change, its commit's trailers, or the words of the bots of the field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from outpace.model.change import Change

LONGEST_MESSAGE = 64 << 10
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
VERSION = r"[0-9A-Za-z][0-9A-Za-z.!+_-]*"
FIXES = re.compile(r"^Fixes:[ \t]*(\S[^\n]*)$", re.MULTILINE | re.IGNORECASE)
IDENTIFIER = re.compile(r"[A-Z][A-Z0-9]*-[A-Za-z0-9-]+")
MOVES = re.compile(
    rf"^Moves:[ \t]*({NAME})[ \t]+({VERSION}|\(none\)|none|-)[ \t]*->[ \t]*({VERSION}|\(none\)|none|-)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
BUMPED = re.compile(
    rf"\b(?:bumps?|updates?|upgrades?)[ \t]+\[?`?({NAME})`?\]?(?:\([^)\s]*\))?(?:[ \t]+requirement)?"
    rf"[ \t]+from[ \t]+`?v?({VERSION})`?[ \t]+to[ \t]+`?v?({VERSION})",
    re.IGNORECASE,
)
UPDATED = re.compile(rf"\bupdate dependency[ \t]+`?({NAME})`?[ \t]+to[ \t]+`?v?(\d[0-9A-Za-z.!+_-]*)", re.IGNORECASE)
ABSENT = frozenset({"(none)", "none", "-"})


class StatedMove(Struct, frozen=True, kw_only=True, order=True):
    name: str  # normalized
    before: str | None = None
    after: str | None = None


class Stated(Struct, frozen=True, tag=True, kw_only=True):
    """Every move is stated, those that come along too; `by` names who states it."""

    moves: tuple[StatedMove, ...]
    fixes: tuple[str, ...] = ()
    by: str = "the change"


class Named(Struct, frozen=True, tag=True, kw_only=True):
    """What was meant to move is named; nothing is said of what moves along."""

    moves: tuple[StatedMove, ...]
    fixes: tuple[str, ...] = ()
    by: str = "the commit's message"


class Unstated(Struct, frozen=True, tag=True, kw_only=True):
    fixes: tuple[str, ...] = ()


Purpose: TypeAlias = Stated | Named | Unstated


def of_change(change: Change) -> Purpose:
    moves = {
        StatedMove(name=normalized(move.package.name), before=move.before, after=move.after) for move in change.moves
    }
    return Stated(moves=tuple(sorted(moves, key=str)), fixes=change.fixes, by="the recorded change")


def of_message(message: str) -> Purpose:
    """Trailers state everything; a bot's sentence names what it meant; anything else states nothing. The messages of
    several commits stand oldest first.
    """
    text = message[:LONGEST_MESSAGE]
    fixes = tuple(dict.fromkeys(found for line in FIXES.findall(text) for found in IDENTIFIER.findall(line)))
    trailers = [
        StatedMove(name=normalized(name), before=_version(old), after=_version(new))
        for name, old, new in MOVES.findall(text)
    ]
    if trailers:
        return Stated(moves=joined(trailers), fixes=fixes, by="the commit's trailers")
    bumped = [
        StatedMove(name=normalized(name), before=old, after=_bare(new)) for name, old, new in BUMPED.findall(text)
    ]
    updated = [StatedMove(name=normalized(name), after=_bare(new)) for name, new in UPDATED.findall(text)]
    if bumped or updated:
        return Named(moves=joined(bumped or updated), fixes=fixes)
    return Unstated(fixes=fixes)


def joined(moves: Iterable[StatedMove]) -> tuple[StatedMove, ...]:
    """Oldest first: what goes on from where an earlier one ended is one move, and what comes back is none."""
    found: list[StatedMove] = []
    for move in moves:
        earlier = next((one for one in found if (one.name, one.after) == (move.name, move.before)), None)
        if earlier is not None:
            found.remove(earlier)
            move = StatedMove(name=move.name, before=earlier.before, after=move.after)  # noqa: PLW2901  it goes on
        if move not in found and move.before != move.after:
            found.append(move)
    return tuple(sorted(found, key=str))


def normalized(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(text: str) -> str | None:
    return None if text.lower() in ABSENT else text


def _bare(version: str) -> str:
    """Without the full stop that ends the sentence."""
    return version.rstrip(".")
