"""How the clock is shown: a waterfall in text, and the public JSON of `outpace clock`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from types import MappingProxyType

from msgspec import Struct

from outpace.app.clock import HOW_TO_BEGIN, Clock, Past, Timed
from outpace.assessment.clock import Finished, Longest, Stage, StillRunning, Waiting
from outpace.formats.deadlines import DueV1, due_in_json
from outpace.formats.deadlines import lines as due_lines
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.waterfall import NAME, NAMES, bars, in_words, minute, wait_of
from outpace.model.milestone import Kind, Milestone
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.stories.case import out_of_sight
from outpace.stories.unmatched import NothingMatches

WIDTH = 79
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
        Kind.STAGED: "its release was healthy",
        Kind.FIRST_TRAFFIC: "the first users were sent to it",
        Kind.PROMOTED: "it was promoted",
        Kind.VERIFIED: "it was verified",
        Kind.SETTLED: "it was settled",
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
        Kind.STAGED: "a healthy release",
        Kind.FIRST_TRAFFIC: "its first users",
        Kind.PROMOTED: "its promotion",
        Kind.VERIFIED: "its verification",
        Kind.SETTLED: "the end of the soak",
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


class BeforeV1(Struct, frozen=True, kw_only=True):
    """Reached in an earlier episode, or before it; it holds, and is not awaited again."""

    milestone: Kind
    at: datetime
    source: str
    detail: str


class DoubtV1(Struct, frozen=True, kw_only=True):
    """What was verified there cannot be seen since then, which does not contradict it."""

    environment: str
    since: datetime
    why: str


class EpisodeV1(Struct, frozen=True, kw_only=True):
    """One that was over before it was exposed again; `closed` is null where it was verified and nothing was closed."""

    stages: tuple[StageV1, ...]
    total_s: float
    longest: LongestV1 | None
    closed: str | None


class ExposureV1(Struct, frozen=True, kw_only=True):
    id: str
    aliases: tuple[str, ...]
    components: tuple[ComponentV1, ...]
    stages: tuple[StageV1, ...]  # of the last episode, in the order of time
    before: tuple[BeforeV1, ...]
    ahead: tuple[Kind, ...]
    total_s: float
    waiting: WaitingV1 | None
    longest: LongestV1 | None
    out_of_order: tuple[EarlyV1, ...]
    earlier: tuple[EpisodeV1, ...]  # oldest first
    reopened: tuple[ReopenedV1, ...]
    closed: str | None
    due: DueV1 | None = None  # null: no deadline is declared
    doubted: tuple[DoubtV1, ...] = ()
    unmatched: str | None = None  # why no record matches it; null: one does, or it is over


class ClockV1(Struct, frozen=True, kw_only=True):
    application: str
    at: datetime
    exposures: tuple[ExposureV1, ...]
    others: int


def answer(clock: Clock) -> bytes:
    unknown = tuple(
        UnknownItem(what=what, why=unknown.why, would_settle=unknown.would_settle)
        for timed in clock.exposures
        for what, unknown in _unknown(timed)
    )
    result = ClockV1(
        application=clock.application,
        at=clock.at,
        exposures=tuple(_exposure(timed, clock.at) for timed in clock.exposures),
        others=clock.others,
    )
    return encoded("clock", result, unknown=unknown, warnings=tuple(_warnings(clock)))


def _unknown(timed: Timed) -> Iterator[tuple[str, Unknown]]:
    if isinstance(timed.unmatched, Unknown):
        yield timed.id, timed.unmatched
    for _, doubt in timed.doubted:
        yield f"{timed.id} in {doubt.environment}", Unknown(doubt.why, doubt.would_settle)
    for gap in timed.waterfall.gaps:
        yield f"{timed.id}: {gap.kind}", gap.unknown


def _exposure(timed: Timed, now: datetime) -> ExposureV1:
    flow = timed.waterfall
    return ExposureV1(
        id=timed.id,
        aliases=timed.aliases,
        components=tuple(ComponentV1(package=p.name, version=version) for p, version in timed.components),
        stages=tuple(map(_stage, flow.stages)),
        before=tuple(map(_before, flow.standing)),
        ahead=flow.ahead,
        total_s=flow.total.total_seconds(),
        waiting=None if flow.waiting is None else _waiting(flow.waiting),
        longest=None if flow.longest is None else _longest(flow.longest),
        out_of_order=tuple(
            EarlyV1(milestone=e.kind, expected_after=e.before, by_s=e.by.total_seconds()) for e in flow.early
        ),
        earlier=tuple(map(_episode, timed.earlier)),
        reopened=tuple(ReopenedV1(at=at, why=why) for at, why in timed.reopened),
        closed=timed.closed,
        due=due_in_json(timed.due, now),
        doubted=tuple(DoubtV1(environment=d.environment, since=at, why=d.why) for at, d in timed.doubted),
        unmatched=None if timed.unmatched is None else timed.unmatched.why,
    )


def _before(milestone: Milestone) -> BeforeV1:
    return BeforeV1(milestone=milestone.kind, at=milestone.at, source=milestone.source, detail=milestone.detail)


def _episode(past: Past) -> EpisodeV1:
    flow = past.waterfall
    return EpisodeV1(
        stages=tuple(map(_stage, flow.stages)),
        total_s=flow.total.total_seconds(),
        longest=None if flow.longest is None else _longest(flow.longest),
        closed=past.closed,
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
    for line in due_lines(timed.due, clock.at):
        yield from _wrapped(f"{line[0].upper()}{line[1:]}.")
    if timed.waterfall.longest is not None:
        yield from _wrapped(_longest_said(timed.waterfall.longest))
    names = ", ".join(f"{package.name} {version}" for package, version in timed.components)
    yield from _wrapped(" · ".join(filter(None, (names, ", ".join(timed.aliases)))))
    if timed.waterfall.stages:
        yield ""
        yield from bars(timed.waterfall)
    notes = list(_notes(timed))
    if notes:
        yield ""
        yield from chain.from_iterable(map(_wrapped, notes))
    yield ""
    for stage in timed.waterfall.stages:
        yield from _wrapped(_evidence(stage), first=f"{NAMES[stage.kind]:<{NAME}}  ", indent=NAME + 2)
    for number, past in enumerate(timed.earlier, start=1):
        yield ""
        yield from _wrapped(_past(number, past))
        yield ""
        yield from bars(past.waterfall)


def _headline(timed: Timed, application: str) -> str:
    flow = timed.waterfall
    where = f"{timed.id} in {application}"
    if said := _not_on_its_way(timed):
        return f"{where} {said}."
    if flow.waiting is not None:
        waiting = flow.waiting
        wanted = f"{AWAITED[waiting.awaiting]} since {minute(waiting.since)} UTC"
        return f"{where} is open: it waits for {wanted}, {in_words(waiting.so_far)} so far."
    if timed.closed is not None and flow.ahead:
        return f"{where} is closed: {timed.closed}."
    if not flow.stages:
        return f"Nothing is known of {where}."
    spent = f", {in_words(flow.total)} after {WHEN[flow.stages[0].kind]}" if flow.total else ""
    return f"{where} is verified{spent}."


def _not_on_its_way(timed: Timed) -> str:
    """Empty where its milestones say where it stands."""
    match timed.unmatched:
        case Unknown(why):
            return f"is unknown: {why}"
        case NothingMatches(why):
            return f"is not open: {why}"
        case None:
            pass
    if timed.waterfall.waiting is None and timed.doubted:
        since, first = timed.doubted[0]
        return f"waits since {minute(since)} UTC for {out_of_sight(first.environment, first.why)}"
    return ""


def _past(number: int, past: Past) -> str:
    flow = past.waterfall
    if not flow.stages:
        return f"Episode {number} before it: no milestone is on record."
    spent = f", {in_words(flow.total)} in all" if flow.total else ""
    over = f"; closed: {past.closed}" if past.closed else ""
    return f"Episode {number} before it, until {minute(flow.stages[-1].at)} UTC{spent}{over}."


def _longest_said(longest: Longest) -> str:
    kind, after, took = wait_of(longest)
    begun = f" from when {WHEN[after]}" if after else ""
    match longest:
        case Finished():
            return f"The longest wait: {in_words(took)}{begun} until {WHEN[kind]}."
        case StillRunning():
            return f"The longest wait is this one: {in_words(took)}{begun}, and still running."


def _notes(timed: Timed) -> Iterator[str]:
    if isinstance(timed.unmatched, Unknown):
        yield f"would settle it: {timed.unmatched.would_settle}"
    for since, doubt in timed.doubted:
        settle = f"; would settle it: {doubt.would_settle}" if doubt.would_settle else ""
        yield f"unknown: {doubt.environment} since {minute(since)} UTC: {doubt.why}{settle}"
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
        yield f"reopened {minute(at)} UTC: {why}"


def _evidence(stage: Stage | Milestone) -> str:
    return f"{stage.detail} ({stage.source})" if stage.detail else stage.source


def _footer(clock: Clock) -> Iterator[str]:
    told = [f"warning: {line}" for line in _warnings(clock)]
    if clock.others:
        told.append(f"{counted(clock.others, 'other exposure')} on record: outpace clock --all")
    if told:
        yield ""
        yield from chain.from_iterable(map(_wrapped, told))


def plain(line: str) -> str:
    """Without what would steer a terminal."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", line)


def _wrapped(line: str, *, first: str = "", indent: int = 2) -> list[str]:
    shown = first + plain(line)
    return textwrap.wrap(shown, WIDTH, subsequent_indent=" " * indent, break_long_words=True, break_on_hyphens=False)
