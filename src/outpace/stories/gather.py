"""What is the case? The world and the facts, put together for every vulnerability of one application."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from outpace.delivery import land, landed
from outpace.model.advisory import Vulnerability
from outpace.model.application import Application, Environment, Observe
from outpace.model.change import Change
from outpace.model.exposure import Exposure, Matched
from outpace.model.fact import Fact
from outpace.model.inventory import Component, Inventory
from outpace.model.observation import Observation, Running, Told
from outpace.model.package import Package
from outpace.model.probe import Probe
from outpace.model.proof import Refuted
from outpace.model.stopgap import Stopgap
from outpace.model.unknown import Unknown
from outpace.remediation.commit import NAME
from outpace.stories import keeping, kinds
from outpace.stories.case import Case, Place, Shielding, Tried
from outpace.stories.history import History
from outpace.stories.keeping import OUTPACE, by_vulnerability
from outpace.stories.kinds import Body, fact_of
from outpace.stories.next_action import Policy, without_candidates
from outpace.stories.ports import World
from outpace.stories.sight import Looked, is_news, look, program_of

ALWAYS = datetime.min.replace(tzinfo=UTC)


class Scope(Struct, frozen=True, kw_only=True):
    """Which application, and since when this run lasts."""

    subject: str
    application: Application
    environments: tuple[Environment, ...]
    probes: tuple[Probe, ...]
    stopgaps: tuple[Stopgap, ...] = ()  # of an application whose requests pass Outpace's own edge
    began: datetime


class Glance(Struct, frozen=True, kw_only=True):
    """One look at the world, with the facts that it adds."""

    policy: Policy
    cases: tuple[Case, ...]
    facts: tuple[Fact, ...]
    matched: Matched


class Gathering:
    """One pass's look. Facts are collected, not written: the caller appends them.

    `observed` holds what was seen of an environment and still stands; what is missing is observed and put there.
    """

    def __init__(
        self, scope: Scope, world: World, history: History, at: datetime, observed: MutableMapping[str, Observation]
    ) -> None:
        self.scope = scope
        self.world = world
        self.history = history
        self.at = at
        self.observed = observed
        self.facts: list[Fact] = []
        self.known: set[tuple[str, ...]] = set()  # what this pass says is known
        self.tip = world.tip()
        self.locks = world.locks(self.tip)
        self.program: frozenset[Package] = frozenset()

    def glance(self) -> Glance:
        matched = self.world.matched(self.tip)
        self.program = program_of(matched.inventory)
        looked = tuple(self._looked(environment) for environment in self._environments())
        found = by_vulnerability(matched.exposures)
        for exposures in found.values():
            self._note_matched(exposures, matched)
        known = {ids: exposures[0].vulnerability for ids, exposures in found.items()}
        for each in looked:
            for vulnerability in self._running_exposures(each):
                known.setdefault(vulnerability.ids, vulnerability)
        for vulnerability in self._matched_before():
            known.setdefault(vulnerability.ids, vulnerability)
        cases = [self._case(known[ids], found.get(ids, ()), matched, looked) for ids in known]
        back = self.history.held_back(self.tip)
        policy = Policy(
            branch=self.scope.application.branch,
            tip=self.tip,
            deploys=bool(self.scope.application.deploys),
            held_back=back[0] if back else "",
            held_back_at=back[1] if back else None,
        )
        order = sorted(cases, key=lambda case: (case.vulnerability.package, case.vulnerability.id))
        return Glance(policy=policy, cases=tuple(order), facts=tuple(self.facts), matched=matched)

    def note(self, body: Body, *inputs: object, at: datetime | None = None, source: str = OUTPACE) -> None:
        self.facts.append(fact_of(self.scope.subject, body, at=at or self.at, source=source, inputs=inputs))

    def _environments(self) -> Iterator[Environment]:
        """The declared ones, and those that somebody told of."""
        declared = {environment.name for environment in self.scope.environments}
        yield from self.scope.environments
        for name in sorted(self.history.told_of().keys() - declared):
            yield Environment(name=name, observe=Observe(recorded=name))

    def _looked(self, environment: Environment) -> Looked:
        last = self.history.last_observation(environment.name)
        if environment.name not in self.observed:
            self.observed[environment.name] = self.world.observe(environment, last)
        looked = Looked(environment, self.observed[environment.name])
        if is_news(looked, last):
            self.note(kinds.Observed(observation=looked.observation), environment.name, looked.running, self.at)
        return looked

    def _running_exposures(self, looked: Looked) -> Iterator[Vulnerability]:
        for inventory in _inventories(looked.observation):
            matched = self.world.rematch(inventory)
            for exposures in by_vulnerability(matched.exposures).values():
                self._note_matched(exposures, matched, looked)
                yield exposures[0].vulnerability

    def _matched_before(self) -> Iterator[Vulnerability]:
        """What was matched once: the versions of then are matched again, since the records may have changed."""
        then = {
            Component(package=body.component, version=body.version): None
            for _, body in self.history.all(kinds.MatchedFact)
        }
        matched = self.world.rematch(Inventory(source="what was matched before", components=tuple(then)))
        once = self.history.open_ids()
        for ids, exposures in by_vulnerability(matched.exposures).items():
            if any(ids & group for group in once):
                yield exposures[0].vulnerability

    def _note_matched(self, exposures: tuple[Exposure, ...], matched: Matched, looked: Looked | None = None) -> None:
        environment = looked.environment.name if looked else ""
        rests_on = looked.rests_on(self.history) if looked else ()
        for noted in keeping.of_match(
            exposures, matched, self.history, environment=environment, rests_on=rests_on, now=self.at
        ):
            if isinstance(noted.body, kinds.Known) and noted.body.vulnerabilities in self.known:
                continue
            if isinstance(noted.body, kinds.Known):
                self.known.add(noted.body.vulnerabilities)
            self.facts.append(noted.fact(self.scope.subject, self.at))

    def _case(
        self,
        vulnerability: Vulnerability,
        exposures: tuple[Exposure, ...],
        matched: Matched,
        looked: tuple[Looked, ...],
    ) -> Case:
        doubt = "" if exposures else _doubt(vulnerability, matched)
        blocked = self.history.blocked(vulnerability.ids, self.locks, now=self.at)
        tried = tuple(self._tried(change) for change in self._live(vulnerability))
        if exposures:
            self._note_reopened(vulnerability)
        landed_at = None if exposures or doubt else self._landed(vulnerability)
        case = Case(
            vulnerability=vulnerability,
            exposures=exposures,
            tried=tried,
            blocked=blocked[0] if blocked else "",
            blocked_at=blocked[1] if blocked else None,
            doubt=doubt,
            settled_at=None if exposures else landed_at or min(self.world.committed(self.tip), self.at),
            withheld="" if exposures else self._withheld(vulnerability),
            places=tuple(self._place(vulnerability, each, landed_at, is_fixed=not exposures) for each in looked),
            shielding=self._shielding(vulnerability),
        )
        return self._stopped(case) if not case.blocked and without_candidates(case) else case

    def _shielding(self, vulnerability: Vulnerability) -> Shielding | None:
        found = next((each for each in self.scope.stopgaps if vulnerability.ids & set(each.advisories)), None)
        if found is None:
            return None
        told = self.history.shielded(vulnerability.ids)
        until = told.until if told is not None else None
        return Shielding(stopgap=found, stands=self.world.stands(found), spent=told is not None, until=until)

    def _stopped(self, case: Case) -> Case:
        """No further candidate is tried for these locks: said once, and not asked again."""
        ids, reason = case.vulnerability.ids, without_candidates(case)
        since = self.history.blocked_for(ids, self.locks, reason)
        if since is None:
            episode = self.history.reopened(ids)
            noted = keeping.of_blocker(case.vulnerability, reason, self.locks, episode=episode, now=self.at)
            self.facts.append(noted.fact(self.scope.subject, self.at))
        return msgspec.structs.replace(case, blocked=reason, blocked_at=since or self.at)

    def _live(self, vulnerability: Vulnerability) -> Iterator[Change]:
        """Changes made for the locks as they are; what was made for other locks no longer applies."""
        for change in self.history.changes(vulnerability.ids):
            if self._locks_of(change.base) == self.locks and self._can_land(change):
                yield change

    def _can_land(self, change: Change) -> bool:
        """Not where its commit is another clone's or was pruned: it is made again. Nor where it was merged, and the
        locks are those from before it: git merges it no second time. What was refuted stays so. A fact that somebody
        shared could name any branch."""
        if NAME.fullmatch(change.branch) is None:
            return False
        proof = self.history.proof(change, not_before=ALWAYS)
        if proof is not None and isinstance(proof.conclusion, Refuted):
            return True
        return self.world.has(change.revision) and not self.world.contains(self.tip, change)

    def _locks_of(self, revision: str) -> str | None:
        """None where the commit is not here."""
        return self.world.locks(revision) if self.world.has(revision) else None

    def _tried(self, change: Change) -> Tried:
        proof = self.history.proof(change, not_before=self.scope.began)
        if proof is None or isinstance(proof.conclusion, Refuted):
            return Tried(change=change, proof=proof)
        due = land.next_step(
            change,
            proof.conclusion,
            self.scope.application.land,
            self.world.refs(change),
            landed.NotLanded("the locks at the tip are exposed"),
        )
        return Tried(change=change, proof=proof, due=due, waits_since=proof.at)

    def _place(
        self, vulnerability: Vulnerability, looked: Looked, landed_at: datetime | None, *, is_fixed: bool
    ) -> Place:
        """What runs safely is kept as verified once the locks are fixed too: the next deploy brings what they say."""
        sight, noted = look(
            vulnerability,
            looked,
            self.world,
            self.history,
            probes=self.scope.probes,
            program=self.program,
            now=self.at,
        )
        for body, inputs in noted:
            if is_fixed or not isinstance(body, kinds.Verified):
                self.note(body, *inputs)
                self._note_deployed(body, looked, landed_at)
        deployed = self.history.deployed(looked.environment.name)
        relapsed = self.history.relapsed(vulnerability.ids, looked.environment.name)
        if any(isinstance(body, kinds.Reopened) for body, _ in noted):
            relapsed = self.at
        return Place(
            environment=looked.environment.name,
            sight=sight,
            deployed=deployed[0] if deployed else "",
            deployed_at=deployed[1] if deployed else None,
            relapsed_at=relapsed,
            rests_on=looked.rests_on(self.history),
        )

    def _note_deployed(self, body: Body, looked: Looked, landed_at: datetime | None) -> None:
        """A deployment that nobody told of, or whose teller was killed: it was there when the process started."""
        match body, looked.observation.seen:
            case kinds.Verified(vulnerabilities=ids, environment=name), Running(processes=processes) if processes:
                newest = max(processes, key=lambda one: one.started)
            case _:
                return
        told = self.history.deployed(name)
        if landed_at is None or newest.started < landed_at or (told is not None and told[1] >= landed_at):
            return
        by = f"seen: process {newest.pid}, which runs it, started then"
        deployed = kinds.Deployed(vulnerabilities=ids, environment=name, by=by)
        self.note(deployed, name, sorted(ids), newest.pid, newest.started, at=newest.started, source="process")

    def _ours(self, vulnerability: Vulnerability) -> Iterator[tuple[Change, landed.Landed]]:
        """Changes of ours that the tip holds, the latest first: by ancestry where what they moved is still where they
        brought it, or by the same locks after a squash or a rebase, which the proof tells of a commit that is gone."""
        for change in reversed(self.history.changes(vulnerability.ids)):
            locks = self.history.proved_locks(change) or self._locks_of(change.revision)
            same = self.tip if locks == self.locks else None
            tip = landed.Tip(
                branch=self.scope.application.branch,
                revision=self.tip,
                is_ancestor=self.world.contains(self.tip, change) and self._still_holds(change),
                same_patch=same,
            )
            match landed.landing(change.fixes, change.revision, tip):
                case landed.Landed() as found:
                    yield change, found
                case _:
                    continue

    def _answers(self, vulnerability: Vulnerability) -> Iterator[Change]:
        """Ours that the tip holds; where a later change of ours moved the same on, that one, made on top of it."""
        yield from (change for change, _ in self._ours(vulnerability))
        merged = [
            each for each in self.history.proposals() if self.world.contains(self.tip, each) and self._still_holds(each)
        ]
        for change in reversed(self.history.changes(vulnerability.ids)):
            for later in reversed(merged):
                if self.world.contains(later.base, change) and _places(change) <= _places(later):
                    yield later

    def _still_holds(self, change: Change) -> bool:
        """A merge may have been reverted since, or what it moved was moved again by somebody else."""
        return self._versions(self.tip, change) == self._versions(change.revision, change)

    def _versions(self, revision: str, change: Change) -> frozenset[tuple[str, Package, str | None]]:
        """Of what the change moves, in the files in which it moves it."""
        moved = _places(change)
        components = self.world.matched(revision).inventory.components
        return frozenset((c.file, c.package, c.version) for c in components if (c.file, c.package) in moved)

    def _note_reopened(self, vulnerability: Vulnerability) -> None:
        """The fix was reverted, or the lock was taken back: what runs may be safe for as long as nobody deploys."""
        if self.history.closed(vulnerability.ids) or self.history.has_landed(vulnerability.ids):
            why = f"the locks at {self.scope.application.branch} are exposed again"
            body = kinds.Reopened(vulnerabilities=(vulnerability.id, *vulnerability.aliases), why=why)
            self.note(body, vulnerability.id, self.tip, why, self.at)

    def _landed(self, vulnerability: Vulnerability) -> datetime | None:
        """When the fix landed; None where nothing at the deploy branch was ever seen exposed."""
        if not self.history.has(kinds.MatchedFact, vulnerability.ids):
            return None
        if not self.history.awaits_landing(vulnerability.ids):
            return self.history.landed(vulnerability.ids)
        ours, found = next(self._ours(vulnerability), (None, None))
        rests_on, back = self.history.matched_on(vulnerability.ids), self.history.taken_back(vulnerability.ids)
        at = max(filter(None, (self._landed_at(ours), back)))  # a commit may be older than the revert
        body = kinds.Landed(
            vulnerabilities=(vulnerability.id, *vulnerability.aliases),
            branch=self.scope.application.branch,
            revision=ours.revision if ours else self.tip,
            how=found.how if found else f"the locks at {self.scope.application.branch} no longer match",
            rests_on=rests_on,
        )
        self.note(body, vulnerability.id, self.tip, *rests_on, *filter(None, [back]), at=at, source="git")
        return at

    def _landed_at(self, ours: Change | None) -> datetime:
        """The commit's date, to the second; never before the change was proved, whose own commit is dated like base."""
        committed = self.world.committed(self.tip)
        if ours is None:
            return min(committed, self.at)
        if ours.revision == self.tip:
            return self.at
        return min(max(committed, self.history.proved_at(ours) or committed), self.at)

    def _withheld(self, vulnerability: Vulnerability) -> str:
        """Why the tip may not be deployed by itself."""
        for change in self._answers(vulnerability):
            proof = self.history.proof(change, not_before=ALWAYS)
            if proof is None:
                continue
            match land.may_deploy(proof.conclusion, accept_undecided=self.scope.application.accept_undecided):
                case land.Withhold(why):
                    return why
                case _:
                    return ""
        return "the fix on it is not one that Outpace proved"


def _places(change: Change) -> frozenset[tuple[str, Package]]:
    return frozenset((move.file, move.package) for move in change.moves)


def _doubt(vulnerability: Vulnerability, matched: Matched) -> str:
    """Why silence at the tip is no answer: the package is in doubt there, or is not seen and something was not read."""
    for doubt in matched.doubts:
        if doubt.component.package == vulnerability.package and doubt.vulnerability.ids & vulnerability.ids:
            return doubt.unknown.why
    inventory = matched.inventory
    seen = any(component.package == vulnerability.package for component in inventory.components)
    if not inventory.files:
        return "it holds no lock file"
    if inventory.unread and (inventory.silent or not seen):
        return f"{inventory.unread[0].file}: {inventory.unread[0].why}"
    return ""


def _inventories(observation: Observation) -> Iterator[Inventory]:
    match observation.seen:
        case Running(processes=processes):
            yield from (p.inventory for p in processes if not isinstance(p.inventory, Unknown))
        case Told(inventory=Inventory() as inventory):
            yield inventory
        case _:
            return
