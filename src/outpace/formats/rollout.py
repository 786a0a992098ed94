"""How the end of a rollout is shown: text, and its public JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from outpace.app.rollout_parts import AlreadyGood, Outcome, Promoted, RolledBack, Settled
from outpace.delivery.edge.standing import Rollout
from outpace.delivery.rollout.verdicts import spoken
from outpace.formats.envelope import encoded
from outpace.formats.plain import page
from outpace.model.release import SHORT


class RolloutV1(Struct, frozen=True, kw_only=True):
    """`why` is one sentence. Times are null where the rollout did not come so far."""

    application: str
    outcome: Literal["running already", "promoted", "settled", "rolled back"]
    release: str
    baseline: str | None = None
    why: str = ""
    rollout: str = ""
    staged: datetime | None = None
    first_traffic: datetime | None = None
    promoted: datetime | None = None
    settled: datetime | None = None
    reverted: datetime | None = None


def answer(application: str, outcome: Outcome, *, command: str = "rollout") -> bytes:
    match outcome:
        case AlreadyGood(release):
            result = RolloutV1(application=application, outcome="running already", release=release)
        case Promoted(rollout, why):
            result = _of(application, "promoted", rollout, why)
        case Settled(rollout, why):
            result = _of(application, "settled", rollout, why)
        case RolledBack(rollout, why):
            result = _of(application, "rolled back", rollout, why)
    return encoded(command, result)


def _of(
    application: str, outcome: Literal["promoted", "settled", "rolled back"], rollout: Rollout, why: str
) -> RolloutV1:
    return RolloutV1(
        application=application,
        outcome=outcome,
        release=rollout.candidate,
        baseline=rollout.baseline,
        why=why,
        rollout=rollout.id,
        staged=rollout.staged,
        first_traffic=rollout.first_traffic,
        promoted=rollout.promoted,
        settled=rollout.settled,
        reverted=rollout.reverted,
    )


def text(application: str, outcome: Outcome) -> str:
    match outcome:
        case AlreadyGood(release):
            said, why, more = f"{release[:SHORT]} runs already", "", ""
        case Promoted(rollout, why):
            said = f"{rollout.candidate[:SHORT]} is promoted: all users are sent to it"
            more = "its soak is judged by a process of its own, and the old release stays warm: outpace edge status"
        case Settled(rollout, why):
            said, more = f"{rollout.candidate[:SHORT]} is settled", ""
        case RolledBack(rollout, why):
            runs = f"{rollout.baseline[:SHORT]} runs" if rollout.baseline else "nothing runs"
            said, more = f"{rollout.candidate[:SHORT]} was rolled back, {runs}", _met(rollout)
    return page([f"{application}: {said}", *(f"  {each}" for each in (*why.split("; "), more) if each)])


def _met(rollout: Rollout) -> str:
    """What was taken back by hand long after its rollout has met everybody."""
    if rollout.first_traffic is None:
        return "no user was sent to it" if rollout.by == "engine" else ""
    seconds = ((rollout.reverted or rollout.first_traffic) - rollout.first_traffic).total_seconds()
    return f"some users were sent to it, for {spoken(max(seconds, 0.0))}"
