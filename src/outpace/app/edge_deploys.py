"""Deploys by the edge: the release of the tip is built and rolled out, until it is promoted or back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from outpace.app.rollout_parts import AlreadyGood, Outcome, Promoted, RolledBack, Settled
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import Rollout
from outpace.model.release import Digest
from outpace.model.times import now
from outpace.store.facts import Facts
from outpace.stories import keeping
from outpace.stories.history import History
from outpace.stories.kinds import Deployed, RolledOut
from outpace.stories.ports import Delivered, TakenBack


class EdgeDeploys:
    """Implements `attached_hands.Deploys`."""

    def __init__(
        self,
        runtime: Runtime,
        environment: str,
        roll: Callable[[str], Outcome],
        refused: Callable[[str], tuple[Digest, str]],
    ) -> None:
        """`refused` gives the release of a revision, and why it may not even begin; empty: it may."""
        self._refused = refused
        self._runtime = runtime
        self._environment = environment
        self._roll = roll

    def deploy(self, tip: str) -> Delivered | TakenBack:
        release, why = self._refused(tip)
        if why:
            return TakenBack(rollout=_not_begun(tip, release, self._environment, why))
        match self._roll(tip):
            case AlreadyGood():
                return Delivered(at=self.ended(tip) or now())
            case Promoted(rollout) | Settled(rollout):
                return Delivered(at=rollout.promoted or now(), rollout=rolled_out(rollout, self._environment))
            case RolledBack(rollout):
                return TakenBack(rollout=rolled_out(rollout, self._environment))

    def ended(self, tip: str) -> datetime | None:
        good = self._runtime.standing().good
        return good.since if good is not None and good.revision == tip else None


def keep(facts: Facts, subject: str, rollout: Rollout, environment: str) -> None:
    """How far a release came, whoever rolled it out or took it back: it speaks of what the same revision fixed."""
    found = rolled_out(rollout, environment)
    history = History(facts.of(subject))
    told = [body for kind in (Deployed, RolledOut) for _, body in history.all(kind) if body.revision == found.revision]
    ids = next((body.vulnerabilities for body in reversed(told) if body.vulnerabilities), ())
    facts.add([keeping.of_rollout(subject, replace(found, vulnerabilities=ids), now())])


def _not_begun(revision: str, release: Digest, environment: str, why: str) -> RolledOut:
    return RolledOut(
        vulnerabilities=(),
        revision=revision,
        release=release,
        rollout="",
        environment=environment,
        taken_back=now(),
        why=why,
    )


def rolled_out(rollout: Rollout, environment: str) -> RolledOut:
    return RolledOut(
        vulnerabilities=(),
        revision=rollout.revision,
        release=rollout.candidate,
        rollout=rollout.id,
        environment=environment,
        staged=rollout.staged,
        first_traffic=rollout.first_traffic,
        promoted=rollout.promoted,
        settled=rollout.settled,
        taken_back=rollout.reverted,
        cut_off=rollout.cut_off,
        why=rollout.why if rollout.reverted else "",
    )
