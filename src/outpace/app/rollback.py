"""Go back by hand: to the release before, whatever is under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from outpace.app.rollout_parts import RolledBack
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import Good, Program, Rollout, Standing
from outpace.delivery.edge.traffic import Traffic
from outpace.model.errors import NotFound, ToolFailed
from outpace.model.release import SHORT, Digest


def roll_back(
    edge: Runtime,
    *,
    program: Callable[[Digest], tuple[Program, int]],
    why: str,
    start_s: float,
    report: Callable[[str], None],
    now: datetime,
) -> RolledBack:
    """A rollout that is judged right now is taken back under its judge, who notices: no lock is waited for. What was
    settled goes back to the release before it, which is started first where it is no longer warm."""
    standing = edge.standing()
    rollout = standing.rollout
    if rollout is not None and standing.under_way and rollout.baseline is not None:
        return _taken_back(edge, standing, rollout, rollout.baseline, why, now)
    good = standing.good
    if good is None or good.before is None:
        raise NotFound("there is no release to go back to", hint="outpace edge status shows what runs")
    report(f"starting {good.before[:SHORT]}")
    edge.up()
    edge.start(*program(good.before))
    ill = edge.healthy(good.before, start_s)
    if ill:
        raise ToolFailed(f"{good.before[:SHORT]} does not run any more: {ill}", hint="outpace rollout REVISION")
    edge.admit()
    undone = Rollout(
        id=f"{now:%Y%m%dT%H%M%S}-back",
        baseline=good.before,
        candidate=good.release,
        began=good.since,
        revision=good.revision,
    )
    return _taken_back(edge, standing, undone, good.before, why, now)


def _taken_back(
    edge: Runtime, standing: Standing, rollout: Rollout, baseline: Digest, why: str, now: datetime
) -> RolledBack:
    """Routes first. Whoever judges it sees what was said here, and tidies up; else the next that looks does."""
    blocks = standing.traffic.blocks if standing.traffic is not None else ()
    edge.prepare_revert(Traffic(baseline=baseline, blocks=tuple(each for each in blocks if each.until > now)))
    edge.revert()
    undone = replace(rollout, stage="reverted", armed=False, by="a person", why=why, reverted=now)
    edge.keep_rollout(undone)
    edge.keep_good(Good(release=baseline, since=now))
    return RolledBack(undone, why)
