"""How a waterfall is drawn: bars on a broken axis, and durations in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import MappingProxyType

from outpace.assessment.clock import Finished, Gap, Longest, Stage, StillRunning, Waiting, Waterfall
from outpace.model.milestone import Kind, Milestone

NAME, TIME, TOOK, BAR = 18, 16, 14, 25
SHORTEST, LONGEST = 1.0, 90 * 86_400.0  # seconds: the ends of the logarithmic axis
TICKS = ((1.0, "1 s"), (60.0, "1 min"), (3_600.0, "1 h"), (86_400.0, "1 d"), (30 * 86_400.0, "30 d"))
UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))

NAMES = MappingProxyType(
    {
        Kind.FIX_RELEASED: "fix released",
        Kind.ADVISORY_PUBLISHED: "advisory published",
        Kind.KNOWN: "known to us",
        Kind.MATCHED: "matched",
        Kind.PROPOSED: "proposed",
        Kind.PROVED: "proved",
        Kind.LANDED: "landed",
        Kind.DEPLOYED: "deployed",
        Kind.STAGED: "staged",
        Kind.FIRST_TRAFFIC: "first traffic",
        Kind.PROMOTED: "promoted",
        Kind.VERIFIED: "verified",
        Kind.SETTLED: "settled",
    }
)


def wait_of(longest: Longest) -> tuple[Kind, Kind | None, timedelta]:
    match longest:
        case Finished(stage):
            return stage.kind, stage.after, stage.took or timedelta()
        case StillRunning(waiting):
            return waiting.awaiting, waiting.after, waiting.so_far


def bars(flow: Waterfall) -> Iterator[str]:
    longest = None if flow.longest is None else wait_of(flow.longest)[0]
    yield f"{'':<{NAME}}  {'UTC':<{TIME}}  {'took':>{TOOK}}  {_axis()}"
    for row in _rows(flow):
        match row:
            case Gap(kind=kind):
                yield f"{NAMES[kind]:<{NAME}}  unknown"
            case Milestone(kind=kind, at=at):
                yield f"{NAMES[kind]:<{NAME}}  {minute(at):<{TIME}}  {'before':>{TOOK}}"
            case Stage(kind=kind, at=at, took=took):
                said = "" if took is None else in_words(took)
                drawn = "" if took is None else bar(took, "█" if kind == longest else "▄")
                yield f"{NAMES[kind]:<{NAME}}  {minute(at):<{TIME}}  {said:>{TOOK}}  {drawn}".rstrip()
            case Waiting(awaiting=kind, so_far=so_far):
                drawn = bar(so_far, "█" if kind == longest else "▄")
                yield f"{NAMES[kind]:<{NAME}}  {'waiting':<{TIME}}  {in_words(so_far):>{TOOK}}  {drawn}…"
    for kind in flow.ahead[1:] if flow.waiting is not None else ():
        yield f"{NAMES[kind]:<{NAME}}  ahead"


def _rows(flow: Waterfall) -> Iterator[Gap | Milestone | Stage | Waiting]:
    """In the order of time; what has no time in it stands before the first milestone that should have followed it."""
    order = list(Kind)
    timeless = sorted((*flow.gaps, *flow.standing), key=lambda each: order.index(each.kind))
    for stage in flow.stages:
        while timeless and order.index(timeless[0].kind) < order.index(stage.kind):
            yield timeless.pop(0)
        yield stage
    yield from timeless
    if flow.waiting is not None:
        yield flow.waiting


def bar(took: timedelta, block: str) -> str:
    """On the logarithmic axis; what is shorter than its begin is one thin stroke."""
    length = _column(took.total_seconds())
    return block * length if length else "▏"


def _axis() -> str:
    axis = [" "] * (BAR + 5)
    for seconds, label in TICKS:
        start = max(_column(seconds) - 1, 0)
        axis[start : start + len(label)] = label
    return "".join(axis).rstrip()


def _column(seconds: float) -> int:
    if seconds < SHORTEST / 2:
        return 0
    share = math.log(max(seconds, SHORTEST) / SHORTEST) / math.log(LONGEST / SHORTEST)
    return max(1, min(BAR, round(share * BAR)))


def minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def in_words(duration: timedelta) -> str:
    """The two largest units: `2 d 1 h`, `3 min 5 s`, `28 s`, `3.2 s`."""
    if duration < timedelta():
        return f"-{in_words(-duration)}"
    if duration < timedelta(seconds=10):
        seconds = duration.total_seconds()
        return "under 0.1 s" if 0 < seconds < 0.1 else f"{seconds:.1f}".removesuffix(".0") + " s"
    rest = round(duration / timedelta(milliseconds=1))
    rest = round(rest, -3)
    parts: list[str] = []
    for size, unit in UNITS:
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount:,} {unit}")
        if len(parts) == 2 or (parts and not amount):
            break
    return " ".join(parts)
