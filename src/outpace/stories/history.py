"""The facts of one application, folded into answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from itertools import takewhile
from typing import TypeVar

from outpace.delivery.probing import Probed
from outpace.delivery.verify import Verified as VerifiedHow
from outpace.model import times
from outpace.model.application import Environment
from outpace.model.change import Change
from outpace.model.fact import Fact, is_shared, key_of
from outpace.model.inventory import Inventory
from outpace.model.observation import Observation, Told
from outpace.model.package import Package
from outpace.model.proof import Proof, Undecided
from outpace.stories import kinds
from outpace.stories.kinds import Body

Kind = TypeVar("Kind", bound=Body)
Placed = TypeVar("Placed", bound=kinds.Verified | kinds.Reopened | kinds.Doubted | kinds.Closed)

OF_THE_LOCKS = ""  # the environment of what was reopened at the deploy branch
ASKED_AGAIN = timedelta(days=1)  # after which what could not be fixed is looked at anew
TRIES = 3
"""Rollouts of a revision that were cut off in a row, after which it is no chance: the next is a day later."""


class History:
    """Read-only; what came from elsewhere and may not be acted on is left out. `began`: the run; None: now."""

    def __init__(self, facts: Iterable[Fact], *, began: datetime | None = None) -> None:
        since = self._began = began or times.now()
        self._read: list[tuple[Fact, Body]] = []
        for fact in kinds.standing(facts):
            body = kinds.body_of(fact) if kinds.may_act_on(fact, began=since) else None
            if body is not None:
                self._read.append((fact, body))

    def all(self, kind: type[Kind]) -> Iterator[tuple[Fact, Kind]]:
        """In the order of their time."""
        return ((fact, body) for fact, body in self._read if isinstance(body, kind))

    def of(self, kind: type[Kind], ids: frozenset[str]) -> Iterator[tuple[Fact, Kind]]:
        """Those that speak of one of these ids."""
        return ((fact, body) for fact, body in self.all(kind) if ids & set(body.vulnerabilities))

    def open_ids(self) -> tuple[frozenset[str], ...]:
        """Every vulnerability that was once matched, as its group of ids, united over all facts."""
        return united(body.vulnerabilities for _, body in self.all(kinds.MatchedFact))

    def told_of(self) -> dict[str, datetime]:
        """Every environment that was seen or told of, whether or not it is declared, and since when."""
        return told_of(self._read)

    def changes(self, ids: frozenset[str]) -> tuple[Change, ...]:
        """Those proposed for it, oldest first, each revision once."""
        return tuple(body.change for body in self._proposals.values() if ids & set(body.vulnerabilities))

    def proposed(self, revision: str) -> Change | None:
        """The change that this commit is, where it was proposed."""
        body = self._proposals.get(revision)
        return None if body is None else body.change

    def proposals(self) -> tuple[Change, ...]:
        return tuple(body.change for body in self._proposals.values())

    @cached_property
    def _proposals(self) -> dict[str, kinds.Proposed]:
        """By commit. What this machine proposed itself is what it says, whatever else was shared of the same commit."""
        found = list(self.all(kinds.Proposed))
        ours = {body.change.revision: body for fact, body in found if not is_shared(fact)}
        return {body.change.revision: ours.get(body.change.revision, body) for _, body in found}

    def proof(self, change: Change, *, not_before: datetime) -> Proof | None:
        """The last one; an undecided one from before is asked again, since what was missing may be there now."""
        last = self._last_proof(change.base, change.revision)
        if last is None or (isinstance(last[1].proof.conclusion, Undecided) and last[0] < not_before):
            return None
        return last[1].proof

    def proved_at(self, change: Change) -> datetime | None:
        """When the last proof was kept, which is the time that the clock shows."""
        last = self._last_proof(change.base, change.revision)
        return None if last is None else last[0]

    def proved_locks(self, change: Change) -> str:
        """The digest of the locks that the last proof is about; empty where none is on record."""
        last = self._last_proof(change.base, change.revision)
        return "" if last is None else last[1].locks

    def last_proof(self, base: str, revision: str) -> Proof | None:
        """What was last said of this very question, whoever asked it and when."""
        last = self._last_proof(base, revision)
        return None if last is None else last[1].proof

    def _last_proof(self, base: str, revision: str) -> tuple[datetime, kinds.ProvedFact] | None:
        """Against another base it is another question."""
        asked = (base, revision)
        proofs = [(f.at, b) for f, b in self.all(kinds.ProvedFact) if (b.proof.base, b.proof.revision) == asked]
        return proofs[-1] if proofs else None

    def blocked(self, ids: frozenset[str], locks: str, *, now: datetime) -> tuple[str, datetime] | None:
        """Why nothing could be proposed for the locks as they are, and since when. Asked again after a day: a release
        may be there by then."""
        found = [(fact, body) for fact, body in self._blockers(ids) if body.locks == locks]
        if not found or found[-1][0].at < now - ASKED_AGAIN:
            return None
        return found[-1][1].reason, found[0][0].at

    def blocked_for(self, ids: frozenset[str], locks: str, reason: str) -> datetime | None:
        """Since when this very reason stands for the locks as they are, however long ago that was."""
        found = (fact.at for fact, b in self._blockers(ids) if (b.locks, b.reason) == (locks, reason))
        return next(found, None)

    def _blockers(self, ids: frozenset[str]) -> Iterator[tuple[Fact, kinds.TaskNeeded]]:
        """Of this episode."""
        begun = self.reopened(ids)
        return ((f, b) for f, b in self.of(kinds.TaskNeeded, ids) if begun is None or f.at >= begun)

    def landed(self, ids: frozenset[str]) -> datetime | None:
        """When a fix landed last."""
        return max((fact.at for fact, _ in self.of(kinds.Landed, ids)), default=None)

    def awaits_landing(self, ids: frozenset[str]) -> bool:
        """Whether no landing is on record, or none since the deploy branch was seen exposed again."""
        landed = self.landed(ids)
        if landed is None:
            return True
        begun = [(fact, body) for fact, body in self.of(kinds.Reopened, ids)]
        exposed = (*self.of(kinds.Proposed, ids), *self.of(kinds.TaskNeeded, ids))
        exposed = (*exposed, *(each for each in begun if not each[1].environment))
        return bool(begun) and any(fact.at > landed for fact, _ in exposed)

    def taken_back(self, ids: frozenset[str]) -> datetime | None:
        """When the deploy branch was last seen exposed again."""
        last = self._last((kinds.Reopened,), ids, OF_THE_LOCKS)
        return None if last is None else last[0]

    def has_landed(self, ids: frozenset[str]) -> bool:
        """Whether a fix is on record here as landed, and the branch was not seen exposed since. What another clone saw
        land may not have been fetched yet."""
        ours = [fact.at for fact, _ in self.of(kinds.Landed, ids) if not is_shared(fact)]
        back = self.taken_back(ids)
        return bool(ours) and (back is None or back <= max(ours))

    def deployed(self, environment: str) -> tuple[str, datetime] | None:
        """The revision that was last given to the environment, or told to be there."""
        told = [(b.revision, f.at) for f, b in self.all(kinds.Deployed) if b.environment in ("", environment)]
        return told[-1] if told else None

    def shielded(self, ids: frozenset[str]) -> kinds.Shielded | None:
        """The last that became of its stopgap since the last episode began."""
        since = self.reopened(ids)
        found = [body for fact, body in self.of(kinds.Shielded, ids) if since is None or fact.at >= since]
        return found[-1] if found else None

    def held_back(self, revision: str) -> tuple[str, datetime] | None:
        """What the edge did not do with the revision, why, and when, where that is the last that became of it. What was
        cut off is tried again by the next run, and a few times."""
        seen = [body for _, body in self.all(kinds.RolledOut) if body.revision == revision]
        if not seen or seen[-1].taken_back is None:
            return None
        last, at = seen[-1], seen[-1].taken_back
        ends: dict[str, kinds.RolledOut] = {}
        for body in reversed(seen):
            ends.setdefault(body.rollout, body)
        in_a_row = tuple(takewhile(lambda body: body.cut_off, ends.values()))
        again = at if len(in_a_row) < TRIES else at + ASKED_AGAIN
        if last.cut_off and again < self._began:
            return None
        often = f" {len(in_a_row)} times in a row, the last time" if len(in_a_row) >= TRIES else ""
        told = f"was rolled back{often}" if last.rollout else "is not rolled out"
        return f"{told}: {last.why}", at

    def last_observation(self, environment: str) -> Observation | None:
        """As this machine saw it: a version in doubt may rest on it, so that what others share does not count."""
        seen = [
            body.observation
            for fact, body in self.all(kinds.Observed)
            if body.observation.environment == environment and not is_shared(fact)
        ]
        return seen[-1] if seen else None

    def observations(self, environment: Environment) -> tuple[Observation, ...]:
        """Everything that was seen there or told of it, by whomever, oldest first."""
        names = _names(environment)
        return tuple(b.observation for _, b in self.all(kinds.Observed) if b.observation.environment in names)

    def told(self, environment: Environment, inventory: Inventory) -> str | None:
        """The key of the last fact that told this of the environment."""
        return next((key for key, held in self._told(environment) if held == inventory), None)

    def named(self, environment: Environment, source: str, package: Package) -> str | None:
        """The key of the last fact in which the same teller named the package."""
        for key, held in self._told(environment):
            if held.source == source and any(one.package == package for one in held.components):
                return key
        return None

    def _told(self, environment: Environment) -> Iterator[tuple[str, Inventory]]:
        """The last one first."""
        names = _names(environment)
        for fact, body in reversed(tuple(self.all(kinds.Observed))):
            if not kinds.is_told(fact) or body.observation.environment not in names:
                continue
            match body.observation.seen:
                case Told(inventory=Inventory() as inventory):
                    yield key_of(fact), inventory
                case _:
                    pass

    def reopened(self, ids: frozenset[str]) -> datetime | None:
        """When the last episode began, unless it is the first."""
        return max((fact.at for fact, _ in self.of(kinds.Reopened, ids)), default=None)

    def relapsed(self, ids: frozenset[str], environment: str) -> datetime | None:
        """Since when what had been verified there no longer holds; None where it was never verified, or is again."""
        if self._last((kinds.Verified,), ids, environment) is None:
            return None
        match self._last((kinds.Verified, kinds.Reopened), ids, environment):
            case (at, kinds.Reopened()):
                return at
            case _:
                return None

    def doubted(self, ids: frozenset[str], environment: str) -> datetime | None:
        """Since when what was verified there cannot be seen; None where it can."""
        match self._last((kinds.Verified, kinds.Reopened, kinds.Doubted), ids, environment):
            case (at, kinds.Doubted()):
                return at
            case _:
                return None

    def closed(self, ids: frozenset[str]) -> bool:
        """Whether it was closed, and not reopened since."""
        last = self._last((kinds.Closed, kinds.Reopened), ids)
        return last is not None and isinstance(last[1], kinds.Closed)

    def probed(self, environment: str, probe: str) -> tuple[tuple[Probed, str], ...]:
        """Results of one probe there, oldest first, each with the digest of what was running."""
        return tuple(
            (Probed(result=body.result, at=fact.at, probe=body.probe), body.running)
            for fact, body in self.all(kinds.ProbeSeen)
            if body.probe == probe and body.environment in ("", environment)
        )

    def verified(self, ids: frozenset[str], environment: str) -> VerifiedHow | None:
        """What was verified last, unless it was reopened since."""
        match self._last((kinds.Verified, kinds.Reopened), ids, environment, OF_THE_LOCKS):
            case (_, kinds.Verified(verified=verified)):
                return verified
            case _:
                return None

    def _last(
        self, of: tuple[type[Placed], ...], ids: frozenset[str], *environments: str
    ) -> tuple[datetime, Placed] | None:
        """The last word among these kinds, in one of the environments; none given: wherever."""
        told = ((fact.at, body) for fact, body in reversed(self._read) if isinstance(body, of))
        about = ((at, body) for at, body in told if ids & set(body.vulnerabilities))
        return next(((at, body) for at, body in about if not environments or body.environment in environments), None)

    def matched_on(self, ids: frozenset[str]) -> tuple[str, ...]:
        """Keys of what was told that every match of it rests on; none where Outpace saw it in a lock or a process."""
        rests = [body.rests_on for _, body in self.of(kinds.MatchedFact, ids)]
        return tuple(sorted({key for keys in rests for key in keys})) if all(rests) else ()

    def verified_on(self, ids: frozenset[str]) -> tuple[str, ...]:
        """Keys of what was told that its last verification rests on, in any environment."""
        last = {body.environment: body.rests_on for _, body in self.of(kinds.Verified, ids)}
        return tuple(sorted({key for keys in last.values() for key in keys}))

    def has(self, kind: type[Body], ids: frozenset[str]) -> bool:
        return any(True for _ in self.of(kind, ids))

    def knows(self, ids: frozenset[str]) -> bool:
        """Whether any fact speaks of one of these ids."""
        return any(ids & set(body.vulnerabilities) for _, body in self._read)


def united(groups: Iterable[Iterable[str]]) -> tuple[frozenset[str], ...]:
    """Ids that mean the same: groups that share one are one."""
    found: list[frozenset[str]] = []
    for each in groups:
        ids = frozenset(each)
        found, joined = [g for g in found if not g & ids], [g for g in found if g & ids]
        found.append(ids.union(*joined))
    return tuple(found)


def told_of(read: Iterable[tuple[Fact, Body]]) -> dict[str, datetime]:
    """Every environment that the facts speak of, and since when: the story waits for each, and so does the clock."""
    found: dict[str, datetime] = {}
    for fact, body in read:
        if isinstance(body, kinds.Observed):
            name = body.observation.environment
            found[name] = min(fact.at, found.get(name, fact.at))
    return found


def _names(environment: Environment) -> frozenset[str]:
    """Under which it is told of."""
    return frozenset({environment.name, environment.observe.recorded or environment.name})
