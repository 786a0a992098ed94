"""Go back by hand: to the release before, whatever is under way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from msgspec.structs import replace

from outpace.app.rollout_ends import restore_good
from outpace.app.rollout_parts import Candidate, RolledBack
from outpace.app.standing_up import stood_up
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import OVER, Good, Rollout
from outpace.model.errors import DiskFull, NotFound, ToolFailed
from outpace.model.release import SHORT, Digest

TRIES = 3
PERSON = "a person"


def roll_back(
    edge: Runtime,
    *,
    candidate: Callable[[Digest], Candidate],
    why: str,
    alone: Callable[[], AbstractContextManager[object]],
    report: Callable[[str], None],
    now: datetime,
) -> RolledBack:
    """A rollout that is judged right now is taken back under its judge, who notices: no engine is waited for. What was
    settled goes back to the release before it, which is started first where it is no longer warm: by the only engine,
    which the caller is while it is `alone`."""
    undone = _taken_back(edge, why, report, now)
    if undone is None:
        _before_what_is_good(edge)
        with alone():
            undone = _taken_back(edge, why, report, now) or _started_again(edge, candidate, why, report, now)
    return RolledBack(undone, undone.why)


def _taken_back(edge: Runtime, why: str, report: Callable[[str], None], now: datetime) -> Rollout | None:
    """What users are sent to by a rollout that is not over. Read, renamed and written at once: a judge that settles it
    comes before or after; where one writes so slowly that it was not waited for, once more. Whoever judges it tidies
    up; else the next that looks does."""
    undone = None
    for _ in range(TRIES):
        with edge.telling() as is_mine:
            undone = _renamed(edge, why, report, now) or undone
        if is_mine:
            break
    return undone


def _renamed(edge: Runtime, why: str, report: Callable[[str], None], now: datetime) -> Rollout | None:
    """Where a newer one has only begun, what it came into is taken back, and both are told to be."""
    rollout = edge.kept_rollout()
    if rollout is None:
        return None
    going_on = rollout if rollout.soak is None or rollout.soak.stage in OVER else rollout.soak
    if going_on.stage in OVER or going_on.baseline is None:
        return None
    kept = undone = going_on.taken_back(why, now, by=PERSON)
    if going_on is not rollout:
        newer = rollout if rollout.stage in OVER else rollout.taken_back(why, now, by=PERSON)
        kept = replace(newer, soak=undone)
    if going_on.has_moved:
        edge.revert(undone.baseline)
    try:
        edge.keep_rollout(kept)
        restore_good(edge, undone, now)
    except DiskFull as error:
        report(f"users are sent to the release before; that is not written down yet: {error.message}")
    return undone


def _before_what_is_good(edge: Runtime) -> tuple[Good, Digest]:
    good = edge.standing().good
    if good is None or good.before is None:
        raise NotFound("there is no release to go back to", hint="outpace edge status shows what runs")
    return good, good.before


def _started_again(
    edge: Runtime,
    candidate: Callable[[Digest], Candidate],
    why: str,
    report: Callable[[str], None],
    now: datetime,
) -> Rollout:
    good, before = _before_what_is_good(edge)
    report(f"starting {before[:SHORT]}")
    edge.up()
    ill = stood_up(edge, candidate(before))
    if ill:
        raise ToolFailed(f"{before[:SHORT]} does not run any more: {ill}", hint="outpace rollout REVISION")
    undone = Rollout(
        id=f"{now:%Y%m%dT%H%M%S}-back",
        baseline=before,
        candidate=good.release,
        began=good.since,
        revision=good.revision,
    ).taken_back(why, now, by=PERSON)
    with edge.telling():
        edge.keep_rollout(undone)
        restore_good(edge, undone, now)
    return undone
