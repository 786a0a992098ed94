"""Where the time went between a fix and its arrival: the waterfall of one exposure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.milestone import OF_THE_EDGE, Kind, Milestone
from outpace.model.unknown import Unknown

ORDER = tuple(Kind)
Awaits: TypeAlias = Literal["what is ahead", "nothing"]

SEEN_BY: Mapping[Kind, Unknown] = MappingProxyType(
    {
        Kind.FIX_RELEASED: Unknown("no upload time is on record here", "an index that tells upload times"),
        Kind.ADVISORY_PUBLISHED: Unknown("the records give no date", "outpace advisories update"),
        Kind.KNOWN: Unknown("nobody recorded when it was known here", "outpace record known ADVISORY --at TIME"),
        Kind.MATCHED: Unknown("no match was recorded", "outpace respond, while it is exposed"),
        Kind.PROPOSED: Unknown("no change of Outpace's own is on record here"),
        Kind.PROVED: Unknown("no proof is on record here", "outpace prove, of a change that says what it fixes"),
        Kind.LANDED: Unknown("nobody saw it land", "outpace record landed ADVISORY --at TIME"),
        Kind.DEPLOYED: Unknown("nobody saw a deployment", "outpace record deployed ADVISORY --at TIME"),
        Kind.STAGED: Unknown("no candidate was healthy yet", "outpace respond"),
        Kind.FIRST_TRAFFIC: Unknown("no user was sent to a candidate yet", "outpace respond"),
        Kind.PROMOTED: Unknown("no candidate was promoted", "outpace respond"),
        Kind.VERIFIED: Unknown("nothing that runs was verified", "outpace respond"),
        Kind.SETTLED: Unknown("the soak is not over", "time; outpace edge status"),
    }
)


class Stage(Struct, frozen=True, kw_only=True):
    """From the milestone before, in time, until this one; the first milestone ends no stage."""

    kind: Kind
    at: datetime
    source: str
    detail: str = ""
    after: Kind | None = None
    took: timedelta | None = None


class Gap(Struct, frozen=True, kw_only=True):
    """Expected before a milestone that was seen, and not seen itself."""

    kind: Kind
    unknown: Unknown


class Waiting(Struct, frozen=True, kw_only=True):
    """The stage that still runs; `because` says what holds it up, where that is known."""

    awaiting: Kind
    after: Kind
    since: datetime
    so_far: timedelta
    because: Unknown | None = None


class Early(Struct, frozen=True, kw_only=True):
    """A milestone that came before the one that is expected before it."""

    kind: Kind
    before: Kind
    by: timedelta


class Finished(Struct, frozen=True, tag=True):
    stage: Stage


class StillRunning(Struct, frozen=True, tag=True):
    waiting: Waiting


Longest: TypeAlias = Finished | StillRunning


class Waterfall(Struct, frozen=True, kw_only=True):
    """`stages` are in the order of time, so that they do not overlap and sum up to `total`, last minus first."""

    stages: tuple[Stage, ...] = ()
    standing: tuple[Milestone, ...] = ()  # reached before it began, and not awaited again; no part of `total`
    gaps: tuple[Gap, ...] = ()
    ahead: tuple[Kind, ...] = ()  # expected after the furthest milestone
    early: tuple[Early, ...] = ()
    total: timedelta = timedelta()
    waiting: Waiting | None = None
    longest: Longest | None = None
    from_the_future: tuple[Kind, ...] = ()  # told for a time after now: somebody's clock is wrong


def waterfall(
    milestones: Sequence[Milestone],
    *,
    now: datetime,
    gaps: Mapping[Kind, Unknown] = MappingProxyType({}),
    standing: Sequence[Milestone] = (),
    awaits: Awaits = "what is ahead",
) -> Waterfall:
    """The earliest milestone of each kind counts. `gaps` says more of why one was not seen than `SEEN_BY` knows.

    Nothing is awaited of an exposure that was closed otherwise than by the last milestone.
    """
    seen = _earliest(milestones)
    if not seen:
        return Waterfall(ahead=_expected({}))
    settled = tuple(sorted((m for m in standing if m.kind not in seen), key=lambda m: ORDER.index(m.kind)))
    open_kinds = tuple(kind for kind in _expected(seen) if kind not in {*seen, *(m.kind for m in settled)})
    stages = _stages(tuple(sorted(seen.values(), key=lambda each: (each.at, ORDER.index(each.kind)))))
    furthest = max(ORDER.index(kind) for kind in seen)
    ahead = tuple(kind for kind in open_kinds if ORDER.index(kind) > furthest)
    waiting = _waiting(stages, ahead, now, gaps) if awaits == "what is ahead" else None
    return Waterfall(
        stages=stages,
        standing=settled,
        gaps=tuple(Gap(kind=k, unknown=gaps.get(k, SEEN_BY[k])) for k in open_kinds if k not in ahead),
        ahead=ahead,
        early=_early([seen[kind] for kind in ORDER if kind in seen]),
        total=stages[-1].at - stages[0].at,
        waiting=waiting,
        longest=_longest(stages, waiting),
        from_the_future=tuple(stage.kind for stage in stages if stage.at > now),
    )


def _expected(seen: Mapping[Kind, Milestone]) -> tuple[Kind, ...]:
    """One who deploys by the edge has its milestones, and not that of another pipeline."""
    by_edge = any(kind in seen for kind in OF_THE_EDGE)
    left_out = {Kind.DEPLOYED} if by_edge else set(OF_THE_EDGE)
    return tuple(kind for kind in ORDER if kind not in left_out or kind in seen)


def _earliest(milestones: Sequence[Milestone]) -> dict[Kind, Milestone]:
    seen: dict[Kind, Milestone] = {}
    for each in sorted(milestones, key=lambda m: (m.at, m.source, m.detail), reverse=True):
        seen[each.kind] = each
    return seen


def _stages(inorder: tuple[Milestone, ...]) -> tuple[Stage, ...]:
    first = inorder[0]
    opening = Stage(kind=first.kind, at=first.at, source=first.source, detail=first.detail)
    following = (
        Stage(kind=m.kind, at=m.at, source=m.source, detail=m.detail, after=before.kind, took=m.at - before.at)
        for before, m in pairwise(inorder)
    )
    return (opening, *following)


def _early(expected: Sequence[Milestone]) -> tuple[Early, ...]:
    return tuple(
        Early(kind=later.kind, before=sooner.kind, by=sooner.at - later.at)
        for sooner, later in pairwise(expected)
        if later.at < sooner.at
    )


def _waiting(
    stages: tuple[Stage, ...], ahead: tuple[Kind, ...], now: datetime, gaps: Mapping[Kind, Unknown]
) -> Waiting | None:
    if not ahead:
        return None
    last = stages[-1]
    so_far = max(now - last.at, timedelta())
    return Waiting(awaiting=ahead[0], after=last.kind, since=last.at, so_far=so_far, because=gaps.get(ahead[0]))


def _longest(stages: tuple[Stage, ...], waiting: Waiting | None) -> Longest | None:
    """Of equal waits the earliest."""
    ended = max((s for s in stages if s.took), key=lambda s: s.took or timedelta(), default=None)
    if waiting is not None and waiting.so_far > ((ended and ended.took) or timedelta()):
        return StillRunning(waiting)
    return None if ended is None else Finished(ended)
