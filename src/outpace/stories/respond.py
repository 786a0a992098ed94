"""Respond: match, propose, prove, land, deploy, observe, verify, close; one pass after another until all rests."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from outpace.model.advisory import Vulnerability
from outpace.model.change import Change
from outpace.model.exposure import Matched
from outpace.model.fact import Fact
from outpace.model.observation import Observation
from outpace.model.proof import Proved, Refuted, Undecided
from outpace.model.stopgap import Stopgap
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.store.facts import Facts
from outpace.stories import keeping, kinds
from outpace.stories.case import Absent, Case, OutOfSight, Place, Present, Unseen
from outpace.stories.gather import OUTPACE, Gathering, Glance, Scope
from outpace.stories.history import History
from outpace.stories.kinds import Body, fact_of
from outpace.stories.milestones import chronicles
from outpace.stories.next_action import (
    Action,
    Close,
    Deploy,
    Land,
    Propose,
    Prove,
    Rest,
    Shield,
    Stop,
    Unshield,
    WaitFor,
    every_candidate,
    first_work,
    next_action,
)
from outpace.stories.ports import Delivered, Hands, Proposal, TakenBack, World
from outpace.stories.unmatched import unmatched

PASSES = 200  # far more than a story needs; a loop that does not rest is a bug, and must end
PATIENCE = timedelta(seconds=15)  # for a process that has just been deployed
PAUSE = 0.5
STANDS = 5.0  # seconds for which an observation is not made again, unless something was deployed

Report = Callable[[str], None]


class Rested(Struct, frozen=True, kw_only=True):
    """A case, and why it rests."""

    case: Case
    rest: Rest


class Outcome(Struct, frozen=True, kw_only=True):
    """Where the story stands; `closed_now` are the ids that this run closed."""

    rested: tuple[Rested, ...]
    matched: Matched
    branch: str
    did: int  # how many actions this run took
    unknown: tuple[tuple[str, Unknown], ...] = ()  # ids that somebody told of, and that no record here has

    @property
    def done(self) -> bool:
        """Everything is closed, nothing is unknown, and there are deployed locks, all of which could be read."""
        read = bool(self.matched.inventory.files) and not self.matched.inventory.silent
        return read and not self.unknown and all(isinstance(each.rest, Close) for each in self.rested)


class Respond:
    """The story of one application. Killed anywhere, it goes on when it is run again."""

    def __init__(self, scope: Scope, *, world: World, hands: Hands, facts: Facts, report: Report) -> None:
        self.scope = scope
        self.world = world
        self.hands = hands
        self.facts = facts
        self.report = report
        self.deployed_at: datetime | None = None
        self._observed: dict[str, Observation] = {}
        self._observed_at = -math.inf

    def run(self, only: Callable[[frozenset[str]], bool]) -> Outcome:
        """Pass after pass, until everything is closed, stopped or waiting for somebody else."""
        done: list[Action] = []
        for _ in range(PASSES):
            glance = self._look()
            cases = tuple(case for case in glance.cases if only(case.vulnerability.ids))
            work = first_work(cases, glance.policy)
            if work is None and self._may_settle(cases):
                self._observed.clear()
                time.sleep(PAUSE)
                continue
            if work is None:
                return self._outcome(glance, cases, len(done), self._unknown(only))
            if work[0] in done:
                raise AssertionError(f"{work[0]} was done, and is asked for again")
            done.append(work[0])
            self._act(*work)
        raise AssertionError(f"no rest after {PASSES} passes")

    def _history(self) -> History:
        return History(self.facts.of(self.scope.subject), began=self.scope.began)

    def _look(self) -> Glance:
        history = self._history()
        if time.monotonic() - self._observed_at > STANDS:
            self._observed.clear()
        if not self._observed:
            self._observed_at = time.monotonic()
        glance = Gathering(self.scope, self.world, history, now(), self._observed).glance()
        self.facts.add(glance.facts)
        return glance

    def _may_settle(self, cases: Iterable[Case]) -> bool:
        """What was deployed in this run is given a moment to come up."""
        if self.deployed_at is None or now() - self.deployed_at > PATIENCE:
            return False
        return any(not isinstance(place.sight, Absent) for case in cases if not case.exposures for place in case.places)

    def _outcome(
        self, glance: Glance, cases: tuple[Case, ...], did: int, unknown: tuple[tuple[str, Unknown], ...]
    ) -> Outcome:
        rested: list[Rested] = []
        history = self._history()
        for case in cases:
            rest = next_action(case, glance.policy)
            assert isinstance(rest, Close | WaitFor | Stop)
            if isinstance(rest, Close) and not history.closed(case.vulnerability.ids):
                ids = (case.vulnerability.id, *case.vulnerability.aliases)
                rests_on = history.verified_on(case.vulnerability.ids)
                body = kinds.Closed(vulnerabilities=ids, how=rest.how, rests_on=rests_on)
                self._keep(body, case.vulnerability.id, rest.how, now())
            self._keep_doubts(case, history)
            rested.append(Rested(case=case, rest=rest))
        return Outcome(
            rested=tuple(rested), matched=glance.matched, branch=glance.policy.branch, did=did, unknown=unknown
        )

    def _keep_doubts(self, case: Case, history: History) -> None:
        """Kept where the run rests, since a process that has just started is in doubt for a moment."""
        for place in case.places:
            match place.sight:
                case OutOfSight(why, settle) if history.doubted(case.vulnerability.ids, place.environment) is None:
                    body = kinds.Doubted(
                        vulnerabilities=keeping.ids_of(case.vulnerability),
                        environment=place.environment,
                        why=why,
                        would_settle=settle,
                        rests_on=place.rests_on,
                    )
                    self._keep(body, case.vulnerability.id, place.environment, now())
                case Present(why) | Unseen(why) if history.closed(case.vulnerability.ids):
                    self._keep_not_looked_at(case, place, why)
                case _:
                    pass

    def _keep_not_looked_at(self, case: Case, place: Place, why: str) -> None:
        """An environment that was declared or told of only since it was closed: that spoke of the others."""
        body = kinds.Reopened(
            vulnerabilities=keeping.ids_of(case.vulnerability),
            environment=place.environment,
            why=f"{place.environment} was not looked at when it was closed: {why}",
            rests_on=place.rests_on,
        )
        self._keep(body, case.vulnerability.id, place.environment, now())

    def _unknown(self, only: Callable[[frozenset[str]], bool]) -> tuple[tuple[str, Unknown], ...]:
        facts = self.facts.of(self.scope.subject)
        told = chronicles(facts, {each.name for each in self.scope.environments})
        asked = tuple(each for each in told if only(each.ids))
        found = unmatched(asked, facts, self.world.rematch, self.world.has_record)
        return tuple((name, why) for name, why in found.items() if isinstance(why, Unknown))

    def _keep(self, body: Body, *inputs: object) -> None:
        self.facts.add([self._fact(body, *inputs)])

    def _noted(self, noted: keeping.Noted) -> Fact:
        return noted.fact(self.scope.subject, now())

    def _fact(self, body: Body, *inputs: object) -> Fact:
        return fact_of(self.scope.subject, body, at=now(), source=OUTPACE, inputs=inputs)

    def _act(self, action: Action, cases: tuple[Case, ...]) -> None:
        match action:
            case Propose():
                self._propose(action, cases)
            case Prove(change, first):
                self._prove(change, first, cases)
            case Land(change, step):
                self.report(f"landing {change.branch}")
                self.hands.land(step)
            case Deploy(tip):
                self._deploy(tip, cases)
            case Shield(stopgap) | Unshield(stopgap):
                self._shield(stopgap, cases, up=isinstance(action, Shield))
            case Close() | WaitFor() | Stop():
                raise AssertionError("a rest is not an action")

    def _propose(self, action: Propose, cases: tuple[Case, ...]) -> None:
        names = ", ".join(sorted({exposure.component.package.name for exposure in action.exposures}))
        self.report(f"looking for {'the next' if action.excluding else 'the smallest'} safe step for {names}")
        proposal = self.hands.propose(action.exposures, action.excluding)
        refuted = {change.revision for change in action.excluding}
        covered: set[str] = set()
        kept: list[Fact] = []
        for change in proposal.changes:
            if change.revision in refuted:
                continue
            covered.update(change.fixes)
            moves = ", ".join(f"{m.package.name} {m.before or 'new'} -> {m.after or 'gone'}" for m in change.moves)
            self.report(f"proposed {moves}")
            kept.append(self._noted(keeping.of_change(change, _vulnerabilities(cases))))
        kept += [self._blocked(case, proposal) for case in cases if not covered & case.vulnerability.ids]
        kept += [self._noted(keeping.of_exception(exempted)) for exempted in proposal.exempted]
        self.facts.add(kept)

    def _blocked(self, case: Case, proposal: Proposal) -> Fact:
        told = keeping.reason_of(case.vulnerability, proposal.blocked)
        refuted = every_candidate(case) if any(tried.refuted for tried in case.tried) else ""
        reason = refuted or told or keeping.NOTHING_FOUND
        self.report(f"{case.vulnerability.id}: {reason}")
        locks = self.world.locks(self.world.tip())
        episode = self._history().reopened(case.vulnerability.ids)
        return self._noted(keeping.of_blocker(case.vulnerability, reason, locks, episode=episode, now=now()))

    def _prove(self, change: Change, first: tuple[str, ...], cases: tuple[Case, ...]) -> None:
        self.report(f"proving {change.branch}")
        proof = self.hands.prove(change, first)
        match proof.conclusion:
            case Proved():
                self.report("proved")
            case Refuted(reason):
                self.report(f"refuted: {reason}")
            case Undecided(missing):
                self.report(f"undecided: {missing}")
        found = _vulnerabilities(cases)
        ids = keeping.all_ids(change.fixes, (each.ids for each in found))
        locks = self.world.locks(change.revision)
        kept = keeping.of_proof(proof, ids, found, locks=locks, probes=self.scope.probes, now=now())
        self.facts.add([self._noted(noted) for noted in kept])

    def _deploy(self, tip: str, cases: tuple[Case, ...]) -> None:
        by = self.scope.application.deploys
        ids = tuple(sorted({identity for case in cases for identity in case.vulnerability.ids}))
        ended = self.hands.deployed(tip)
        self._observed.clear()
        if ended is None or ended in {fact.at for fact, _ in self._history().all(kinds.Deployed)}:
            self.report(f"deploying {tip[:10]}: {by}")
            match self.hands.deploy(tip):
                case TakenBack(rollout=rollout):
                    self._keep_rollout(rollout, ids)
                    return
                case Delivered(at=ended, rollout=rollout):
                    if rollout is not None:
                        self._keep_rollout(rollout, ids)
        else:
            self.report(f"{tip[:10]} was deployed by a run that was ended before it could say so: {by}")
        self.deployed_at = ended
        body = kinds.Deployed(vulnerabilities=ids, revision=tip, by=by)
        self.facts.add([fact_of(self.scope.subject, body, at=ended, source=OUTPACE, inputs=(tip, by, ended))])

    def _shield(self, stopgap: Stopgap, cases: tuple[Case, ...], *, up: bool) -> None:
        ids = tuple(sorted({identity for case in cases for identity in case.vulnerability.ids}))
        until = None
        if up:
            until = self.hands.shield(stopgap, f"the fix of {cases[0].vulnerability.id} is on its way")
            self.report(f"blocked {stopgap.spoken} until {until:%Y-%m-%d %H:%M}")
        else:
            self.hands.unshield(stopgap)
            self.report(f"blocked no more, since the fix is verified: {stopgap.spoken}")
        self._keep(kinds.Shielded(vulnerabilities=ids, what=stopgap.spoken, until=until), stopgap, until, now())

    def _keep_rollout(self, rollout: kinds.RolledOut, ids: tuple[str, ...]) -> None:
        self.facts.add([keeping.of_rollout(self.scope.subject, replace(rollout, vulnerabilities=ids), now())])


def _vulnerabilities(cases: Iterable[Case]) -> tuple[Vulnerability, ...]:
    return tuple(case.vulnerability for case in cases)
