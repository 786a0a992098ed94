"""What a change says it is for: a recorded change, its commit's trailers, or the words of the bots of the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from outpace.model.change import Change

if TYPE_CHECKING:
    from outpace.proving.sentences import Said

LONGEST_MESSAGE = 64 << 10
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
VERSION = r"[0-9A-Za-z][0-9A-Za-z.!+_-]*"
FIXES = re.compile(r"^Fixes:[ \t]*(\S[^\n]*)$", re.MULTILINE | re.IGNORECASE)
IDENTIFIER = re.compile(r"(?<![A-Za-z0-9-])[A-Z][A-Z0-9]*-[A-Za-z0-9-]+")
MOVES = re.compile(
    rf"^Moves:[ \t]*({NAME})[ \t]+({VERSION}|\(none\)|none|-)[ \t]*->[ \t]*({VERSION}|\(none\)|none|-)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
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
    """Trailers state everything; a sentence names what it meant; anything else states nothing. The messages of
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
    from outpace.proving import sentences

    named = list(sentences.said(text))
    return Named(moves=joined(_continued(named)), fixes=fixes) if named else Unstated(fixes=fixes)


def _continued(named: Iterable[Said]) -> Iterator[StatedMove]:
    """Where a sentence does not say from where, it goes on from what was said of the package before."""
    reached: dict[str, str] = {}
    for one in named:
        name = normalized(one.name)
        yield StatedMove(name=name, before=one.before or reached.get(name), after=one.after)
        reached[name] = one.after


def joined(moves: Iterable[StatedMove]) -> tuple[StatedMove, ...]:
    """Oldest first: what goes on from where an earlier one ended is one move, and what comes back is none."""
    found: dict[tuple[str, str | None], dict[str | None, None]] = {}  # (name, after) -> every before
    for move in moves:
        if move.before == move.after:
            continue
        ended = found.pop((move.name, move.before), None)
        begun = ended or {move.before: None}
        found.setdefault((move.name, move.after), {}).update({before: None for before in begun if before != move.after})
    united = (StatedMove(name=name, before=old, after=new) for (name, new), olds in found.items() for old in olds)
    return tuple(sorted(united, key=str))


def normalized(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(text: str) -> str | None:
    return None if text.lower() in ABSENT else text
