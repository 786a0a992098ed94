"""How the clock is shown: a waterfall in text, and the public JSON of `outpace clock`."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from types import MappingProxyType

from msgspec import Struct

from outpace.app.clock import HOW_TO_BEGIN, Clock, Timed
from outpace.assessment.clock import Finished, Gap, Longest, Stage, StillRunning, Waiting, Waterfall
from outpace.formats.envelope import UnknownItem, encoded
from outpace.model.milestone import Kind

WIDTH = 79
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
        Kind.VERIFIED: "verified",
    }
)

WHEN = MappingProxyType(
    {
        Kind.FIX_RELEASED: "the fix was released",
        Kind.ADVISORY_PUBLISHED: "the advisory was published",
        Kind.KNOWN: "it was known here",
        Kind.MATCHED: "it was matched",
        Kind.PROPOSED: "a change was proposed",
        Kind.PROVED: "the change was proved",
        Kind.LANDED: "the change landed",
        Kind.DEPLOYED: "it was deployed",
        Kind.VERIFIED: "it was verified",
    }
)
AWAITED = MappingProxyType(
    {
        Kind.FIX_RELEASED: "a fix",
        Kind.ADVISORY_PUBLISHED: "an advisory",
        Kind.KNOWN: "somebody here to know of it",
        Kind.MATCHED: "a match",
        Kind.PROPOSED: "a change",
        Kind.PROVED: "a proof",
        Kind.LANDED: "the change to land",
        Kind.DEPLOYED: "a deployment",
        Kind.VERIFIED: "its verification",
    }
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # facts may come from a stranger


class ComponentV1(Struct, frozen=True, kw_only=True):
    package: str
    version: str


class StageV1(Struct, frozen=True, kw_only=True):
    """`took_s` is the time since the milestone before; null for the first one."""

    milestone: Kind
    at: datetime
    source: str
    detail: str
    after: Kind | None
    took_s: float | None


class WaitingV1(Struct, frozen=True, kw_only=True):
    awaiting: Kind
    after: Kind
    since: datetime
    so_far_s: float
    because: str | None


class LongestV1(Struct, frozen=True, kw_only=True):
    """`milestone` is what the wait ended with, or will."""

    milestone: Kind
    after: Kind | None
    seconds: float
    still_running: bool


class EarlyV1(Struct, frozen=True, kw_only=True):
    """`milestone` came `by_s` before the one that is expected before it."""

    milestone: Kind
    expected_after: Kind
    by_s: float


class ReopenedV1(Struct, frozen=True, kw_only=True):
    at: datetime
    why: str


class ExposureV1(Struct, frozen=True, kw_only=True):
    id: str
    aliases: tuple[str, ...]
    components: tuple[ComponentV1, ...]
    stages: tuple[StageV1, ...]  # in the order of time
    ahead: tuple[Kind, ...]
    total_s: float
    waiting: WaitingV1 | None
    longest: LongestV1 | None
    out_of_order: tuple[EarlyV1, ...]
    reopened: tuple[ReopenedV1, ...]
    closed: str | None


class ClockV1(Struct, frozen=True, kw_only=True):
    application: str
    at: datetime
    exposures: tuple[ExposureV1, ...]
    others: int


def answer(clock: Clock) -> bytes:
    unknown = tuple(
        UnknownItem(what=f"{timed.id}: {gap.kind}", why=gap.unknown.why, would_settle=gap.unknown.would_settle)
        for timed in clock.exposures
        for gap in timed.waterfall.gaps
    )
    result = ClockV1(
        application=clock.application,
        at=clock.at,
        exposures=tuple(map(_exposure, clock.exposures)),
        others=clock.others,
    )
    return encoded("clock", result, unknown=unknown, warnings=tuple(_warnings(clock)))


def _exposure(timed: Timed) -> ExposureV1:
    flow = timed.waterfall
    return ExposureV1(
        id=timed.id,
        aliases=timed.aliases,
        components=tuple(ComponentV1(package=p.name, version=version) for p, version in timed.components),
        stages=tuple(map(_stage, flow.stages)),
        ahead=flow.ahead,
        total_s=flow.total.total_seconds(),
        waiting=None if flow.waiting is None else _waiting(flow.waiting),
        longest=None if flow.longest is None else _longest(flow.longest),
        out_of_order=tuple(
            EarlyV1(milestone=e.kind, expected_after=e.before, by_s=e.by.total_seconds()) for e in flow.early
        ),
        reopened=tuple(ReopenedV1(at=at, why=why) for at, why in timed.reopened),
        closed=timed.closed,
    )


def _stage(stage: Stage) -> StageV1:
    return StageV1(
        milestone=stage.kind,
        at=stage.at,
        source=stage.source,
        detail=stage.detail,
        after=stage.after,
        took_s=None if stage.took is None else stage.took.total_seconds(),
    )


def _waiting(waiting: Waiting) -> WaitingV1:
    return WaitingV1(
        awaiting=waiting.awaiting,
        after=waiting.after,
        since=waiting.since,
        so_far_s=waiting.so_far.total_seconds(),
        because=None if waiting.because is None else waiting.because.why,
    )


def _longest(longest: Longest) -> LongestV1:
    kind, after, took = wait_of(longest)
    return LongestV1(
        milestone=kind, after=after, seconds=took.total_seconds(), still_running=isinstance(longest, StillRunning)
    )


def wait_of(longest: Longest) -> tuple[Kind, Kind | None, timedelta]:
    match longest:
        case Finished(stage):
            return stage.kind, stage.after, stage.took or timedelta()
        case StillRunning(waiting):
            return waiting.awaiting, waiting.after, waiting.so_far


def _warnings(clock: Clock) -> Iterator[str]:
    if clock.unread:
        yield f"{counted(clock.unread, 'fact')} left out: written by a newer Outpace, or damaged"
    for timed in clock.exposures:
        for kind in timed.waterfall.from_the_future:
            yield f"{timed.id}: {NAMES[kind]} is told for a time that has not come yet; a clock is wrong somewhere"


def text(clock: Clock) -> str:
    if not clock.exposures:
        lines = [
            f"No exposure of {clock.application} is on record.",
            "",
            f"{HOW_TO_BEGIN}.",
        ]
        return "\n".join([*lines, *_footer(clock)])
    pages = ("\n".join(_page(timed, clock)) for timed in clock.exposures)
    return "\n\n\n".join(pages) + "\n".join(("", *_footer(clock)))


def _page(timed: Timed, clock: Clock) -> Iterator[str]:
    yield from _wrapped(_headline(timed, clock.application))
    if timed.waterfall.longest is not None:
        yield from _wrapped(_longest_said(timed.waterfall.longest))
    names = ", ".join(f"{package.name} {version}" for package, version in timed.components)
    yield from _wrapped(" · ".join(filter(None, (names, ", ".join(timed.aliases)))))
    if timed.waterfall.stages:
        yield ""
        yield from _bars(timed.waterfall)
    notes = list(_notes(timed))
    if notes:
        yield ""
        yield from chain.from_iterable(map(_wrapped, notes))
    yield ""
    for stage in timed.waterfall.stages:
        yield from _wrapped(_evidence(stage), first=f"{NAMES[stage.kind]:<{NAME}}  ", indent=NAME + 2)


def _headline(timed: Timed, application: str) -> str:
    flow = timed.waterfall
    where = f"{timed.id} in {application}"
    if flow.waiting is not None:
        waiting = flow.waiting
        wanted = f"{AWAITED[waiting.awaiting]} since {_minute(waiting.since)} UTC"
        return f"{where} is open: it waits for {wanted}, {in_words(waiting.so_far)} so far."
    if timed.closed is not None and flow.ahead:
        return f"{where} is closed: {timed.closed}."
    if not flow.stages:
        return f"Nothing is known of {where}."
    spent = f", {in_words(flow.total)} after {WHEN[flow.stages[0].kind]}" if flow.total else ""
    return f"{where} is verified{spent}."


def _longest_said(longest: Longest) -> str:
    kind, after, took = wait_of(longest)
    begun = f" from when {WHEN[after]}" if after else ""
    match longest:
        case Finished():
            return f"The longest wait: {in_words(took)}{begun} until {WHEN[kind]}."
        case StillRunning():
            return f"The longest wait is this one: {in_words(took)}{begun}, and still running."


def _bars(flow: Waterfall) -> Iterator[str]:
    longest = None if flow.longest is None else wait_of(flow.longest)[0]
    yield f"{'':<{NAME}}  {'UTC':<{TIME}}  {'took':>{TOOK}}  {_axis()}"
    for row in _rows(flow):
        match row:
            case Gap(kind=kind):
                yield f"{NAMES[kind]:<{NAME}}  unknown"
            case Stage(kind=kind, at=at, took=took):
                said = "" if took is None else in_words(took)
                drawn = "" if took is None else bar(took, "█" if kind == longest else "▄")
                yield f"{NAMES[kind]:<{NAME}}  {_minute(at):<{TIME}}  {said:>{TOOK}}  {drawn}".rstrip()
            case Waiting(awaiting=kind, so_far=so_far):
                drawn = bar(so_far, "█" if kind == longest else "▄")
                yield f"{NAMES[kind]:<{NAME}}  {'waiting':<{TIME}}  {in_words(so_far):>{TOOK}}  {drawn}…"
    for kind in flow.ahead[1:] if flow.waiting is not None else ():
        yield f"{NAMES[kind]:<{NAME}}  ahead"


def _rows(flow: Waterfall) -> Iterator[Gap | Stage | Waiting]:
    """In the order of time; a gap stands before the first milestone that should have followed it."""
    order = list(Kind)
    gaps = list(flow.gaps)
    for stage in flow.stages:
        while gaps and order.index(gaps[0].kind) < order.index(stage.kind):
            yield gaps.pop(0)
        yield stage
    yield from gaps
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


def _notes(timed: Timed) -> Iterator[str]:
    for gap in timed.waterfall.gaps:
        settle = f"; would settle it: {gap.unknown.would_settle}" if gap.unknown.would_settle else ""
        yield f"unknown: {NAMES[gap.kind]}: {gap.unknown.why}{settle}"
    waiting = timed.waterfall.waiting
    if waiting is not None and waiting.because is not None:
        settle = f"; would settle it: {waiting.because.would_settle}" if waiting.because.would_settle else ""
        yield f"waiting: {waiting.because.why}{settle}"
    for early in timed.waterfall.early:
        yield f"out of order: {NAMES[early.kind]} came {in_words(early.by)} before {NAMES[early.before]}"
    for at, why in timed.reopened:
        yield f"reopened {_minute(at)} UTC: {why}"


def _evidence(stage: Stage) -> str:
    return f"{stage.detail} ({stage.source})" if stage.detail else stage.source


def _footer(clock: Clock) -> Iterator[str]:
    told = [f"warning: {line}" for line in _warnings(clock)]
    if clock.others:
        told.append(f"{counted(clock.others, 'other exposure')} on record: outpace clock --all")
    if told:
        yield ""
        yield from chain.from_iterable(map(_wrapped, told))


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def plain(line: str) -> str:
    """Without what would steer a terminal."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", line)


def _wrapped(line: str, *, first: str = "", indent: int = 2) -> list[str]:
    shown = first + plain(line)
    return textwrap.wrap(shown, WIDTH, subsequent_indent=" " * indent, break_long_words=True, break_on_hyphens=False)


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
