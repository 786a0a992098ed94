"""Go back by hand: to the release before, whatever is under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from outpace.app.rollout_ends import restore_good
from outpace.app.rollout_parts import Candidate, RolledBack
from outpace.app.standing_up import stood_up
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import Rollout
from outpace.model.errors import NotFound, ToolFailed
from outpace.model.release import SHORT, Digest


def roll_back(
    edge: Runtime,
    *,
    candidate: Callable[[Digest], Candidate],
    why: str,
    report: Callable[[str], None],
    now: datetime,
) -> RolledBack:
    """A rollout that is judged right now is taken back under its judge, who notices: no lock is waited for. What was
    settled goes back to the release before it, which is started first where it is no longer warm."""
    standing = edge.standing()
    rollout = standing.rollout
    if rollout is not None and standing.under_way and rollout.baseline is not None:
        if rollout.has_moved:
            edge.revert(rollout.baseline)
        return _told(edge, rollout, why, now)
    good = standing.good
    if good is None or good.before is None:
        raise NotFound("there is no release to go back to", hint="outpace edge status shows what runs")
    report(f"starting {good.before[:SHORT]}")
    before = candidate(good.before)
    edge.up()
    ill = stood_up(edge, before)
    if ill:
        raise ToolFailed(f"{good.before[:SHORT]} does not run any more: {ill}", hint="outpace rollout REVISION")
    undone = Rollout(
        id=f"{now:%Y%m%dT%H%M%S}-back",
        baseline=good.before,
        candidate=good.release,
        began=good.since,
        revision=good.revision,
    )
    return _told(edge, undone, why, now)


def _told(edge: Runtime, rollout: Rollout, why: str, now: datetime) -> RolledBack:
    """Whoever judges it sees what was said here, and tidies up; else the next that looks does."""
    with edge.telling():
        undone = replace(rollout, stage="reverted", armed=False, by="a person", why=why, reverted=now)
        edge.keep_rollout(undone)
    restore_good(edge, edge.standing(), undone, now)
    return RolledBack(undone, why)
