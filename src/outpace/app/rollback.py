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
from outpace.model.errors import NotFound, ToolFailed
from outpace.model.release import SHORT, Digest


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
    undone = _taken_back(edge, why, now)
    if undone is None:
        _before_what_is_good(edge)
        with alone():
            undone = _taken_back(edge, why, now) or _started_again(edge, candidate, why, report, now)
    return RolledBack(undone, undone.why)


def _taken_back(edge: Runtime, why: str, now: datetime) -> Rollout | None:
    """What users are sent to by a rollout that is not over. Where a newer one has only begun, that is what it came
    into, and both are. Read, renamed and written at once: a judge that settles it comes before or after. Whoever judges
    it tidies up; else the next that looks does."""
    told = {"stage": "reverted", "armed": False, "by": "a person", "why": why, "reverted": now}
    with edge.telling():
        rollout = edge.kept_rollout()
        if rollout is None:
            return None
        soak = rollout.soak
        if soak is not None and soak.stage not in OVER:
            edge.revert(soak.baseline)
            undone = replace(soak, **told)
            edge.keep_rollout(replace(rollout, **(told if rollout.stage not in OVER else {}), soak=undone))
        elif rollout.stage not in OVER and rollout.baseline is not None:
            if rollout.has_moved:
                edge.revert(rollout.baseline)
            undone = replace(rollout, **told)
            edge.keep_rollout(undone)
        else:
            return None
        restore_good(edge, edge.standing(), undone, now)
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
        stage="reverted",
        by="a person",
        why=why,
        reverted=now,
    )
    with edge.telling():
        edge.keep_rollout(undone)
        restore_good(edge, edge.standing(), undone, now)
    return undone
