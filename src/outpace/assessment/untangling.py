"""Untangling the past: which tools and practices came, changed and went, and what outcomes were before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from outpace.assessment.attempts import Attempt, Outcome, Untangled
from outpace.assessment.chronicle import Chronicle, Landing, Touch
from outpace.assessment.episodes import Episode, History
from outpace.assessment.evidence import Where
from outpace.assessment.interest import Told, sorts_of
from outpace.assessment.latency import HORIZON, since_published
from outpace.assessment.tool_names import UPDATERS
from outpace.assessment.upheavals import upheavals
from outpace.statistics.survival import survival

BACK_SOON = timedelta(days=30)  # a tool that comes back within this was moved or its removal reverted, it was not gone
REPLACES = timedelta(days=180)  # before the old one goes: both run side by side for a while
SILENT = timedelta(days=365)
WENT_ON = 20  # people's landings in a bot's silence: fewer, and there was nothing for it to do either
FEWEST = 5
SHOWN = 5


class Presence(Struct, frozen=True, kw_only=True):
    """A tool's files were there from `began` until `ended`; None: they still are."""

    told: Told
    began: datetime
    ended: datetime | None
    last_changed: datetime
    landings: tuple[str, ...]
    where: tuple[Where, ...]


def attempts(chronicle: Chronicle, history: History, *, at: datetime) -> Untangled:
    """Every attempt by the day it came. Who made it is no question here, and no cause is claimed."""
    began = chronicle.landings[0].at if chronicle.landings else None
    found = (*_attempts(chronicle), *_locks(history))
    cut = began if chronicle.horizon.shallow else None
    told = (_judged(each, history, began, at, cut) for each in _replaced(found))
    events, fear = upheavals(chronicle)
    inorder = sorted(told, key=lambda a: (a.introduced, a.sort, a.name))
    return Untangled(attempts=tuple(inorder), upheavals=events, fear=fear)


def _attempts(chronicle: Chronicle) -> Iterator[Attempt]:
    for presence in presences(chronicle.touches):
        attempt = Attempt(
            sort=presence.told.sort,
            name=presence.told.name,
            introduced=presence.began,
            last_changed=presence.last_changed,
            abandoned=presence.ended,
            how="in use" if presence.ended is None else "removed",
            changes=len(presence.landings),
            landings=presence.landings,
            where=presence.where,
        )
        yield _silenced(attempt, chronicle.landings) if presence.told.name in UPDATERS else attempt


def presences(touches: Sequence[Touch]) -> tuple[Presence, ...]:
    """All files of a tool are taken together, and all that one landing did: a moved file is no end."""
    by_tool: dict[Told, list[Touch]] = {}
    for touch in touches:
        for told in sorts_of(touch.path):
            by_tool.setdefault(told, []).append(touch)
    return tuple(each for told, own in by_tool.items() for each in _presences(told, own))


def _presences(told: Told, touches: list[Touch]) -> Iterator[Presence]:
    there: set[str] = set()
    span: list[Touch] = []
    for _, group in groupby(touches, key=lambda t: t.landing):
        step = list(group)
        if span and not there and step[0].at - span[-1].at > BACK_SOON:
            yield _presence(told, span, ended=span[-1].at)
            span = []
        span += step
        there |= {t.path for t in step if t.kind != "deleted"}
        there -= {t.path for t in step if t.kind == "deleted"} - {t.path for t in step if t.kind == "added"}
    if span:
        yield _presence(told, span, ended=None if there else span[-1].at)


def _presence(told: Told, span: list[Touch], *, ended: datetime | None) -> Presence:
    landings = list(dict.fromkeys(t.landing for t in span))
    commits = (landings[0], landings[-1])
    files = dict.fromkeys(t.path for t in reversed(span))
    where = (Where(kind="commit", name=c) for c in dict.fromkeys(commits))
    return Presence(
        told=told,
        began=span[0].at,
        ended=ended,
        last_changed=span[-1].at,
        landings=tuple(landings),
        where=(*where, *(Where(kind="file", name=f) for f in files))[:SHOWN],
    )


def _silenced(attempt: Attempt, landings: Sequence[Landing]) -> Attempt:
    """A bot that is configured and lands nothing for a year, while people do."""
    if attempt.abandoned is not None or not landings:
        return attempt
    own = [each.at for each in landings if each.by_bot and each.at >= attempt.introduced]
    last = own[-1] if own else attempt.introduced
    since = sum(not each.by_bot and each.at > last for each in landings)
    if landings[-1].at - last <= SILENT or since < WENT_ON:
        return attempt
    return replace(attempt, abandoned=last, how="silent")


def _locks(history: History) -> Iterator[Attempt]:
    """A kind of lock file, over all files of it: one that moved is no end of it."""
    for kind in dict.fromkeys(lock.kind for lock in history.locks):
        own = sorted((lock for lock in history.locks if lock.kind == kind), key=lambda lock: (lock.first, lock.path))
        ends = [lock.last for lock in own if lock.last is not None]
        ended = max(ends) if len(ends) == len(own) else None
        yield Attempt(
            sort="lock",
            name=kind,
            introduced=own[0].first,
            last_changed=max(lock.changed or lock.last or lock.first for lock in own),
            abandoned=ended,
            how="in use" if ended is None else "removed",
            changes=sum(lock.versions for lock in own),
            where=tuple(Where(kind="file", name=lock.path) for lock in own)[:SHOWN],
        )


def _replaced(found: Sequence[Attempt]) -> Iterator[Attempt]:
    """What was removed while another of its sort was new, or came soon."""
    for each in found:
        match each.how, each.abandoned:
            case "removed", datetime() as gone if _successor(each, gone, found):
                yield replace(each, how="replaced")
            case _:
                yield each


def _successor(old: Attempt, gone: datetime, found: Sequence[Attempt]) -> bool:
    return any(
        each.sort == old.sort
        and each.name != old.name
        and -REPLACES <= each.introduced - gone <= BACK_SOON
        and (each.abandoned is None or each.abandoned > gone)
        for each in found
    )


def _judged(attempt: Attempt, history: History, began: datetime | None, at: datetime, cut: datetime | None) -> Attempt:
    """With its outcomes, of reactive episodes by the day that they opened.

    What was there from the first landing on has no before; where a shallow clone begins, it may be older.
    """
    if history.since is None:
        return replace(attempt, began=_began(attempt, cut))
    episodes = [each for each in history.episodes if each.entry == "reactive"]
    before = None
    if attempt.introduced != began and attempt.introduced > history.since:
        before = outcome(episodes, since=history.since, until=attempt.introduced)
    after = outcome(episodes, since=attempt.introduced, until=attempt.abandoned or at)
    return replace(attempt, began=_began(attempt, cut), before=before, after=after)


def _began(attempt: Attempt, cut: datetime | None) -> Literal["seen", "before"]:
    return "before" if attempt.introduced == cut else "seen"


def outcome(episodes: Iterable[Episode], *, since: datetime, until: datetime) -> Outcome:
    own = [e for e in episodes if since <= e.opened < until]
    spans = [since_published(e) for e in own]
    median = survival(spans, horizon=HORIZON).median if len(own) >= FEWEST else None
    return Outcome(since=since, until=until, episodes=len(own), median=median)
