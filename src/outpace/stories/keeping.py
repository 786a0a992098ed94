"""What is kept of a match, a proposal and a proof: the same facts, whichever command made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from outpace.delivery import probing, verify
from outpace.model.advisory import Vulnerability
from outpace.model.change import Change
from outpace.model.exposure import Exposure, Matched
from outpace.model.fact import Fact
from outpace.model.probe import Exploited, Probe
from outpace.model.proof import Passed, Proof
from outpace.stories import kinds
from outpace.stories.history import History
from outpace.stories.kinds import Body, fact_of
from outpace.stories.ports import Blocked, Exempted
from outpace.stories.sight import probe_of

OUTPACE = "outpace"
NOTHING_FOUND = "no change was found that fixes it"


class Noted(NamedTuple):
    """A fact to be: what it holds and what that was derived from; `at` None: it is so now."""

    body: Body
    inputs: tuple[object, ...]
    at: datetime | None = None

    def fact(self, subject: str, now: datetime) -> Fact:
        return fact_of(subject, self.body, at=self.at or now, source=OUTPACE, inputs=self.inputs)


def ids_of(vulnerability: Vulnerability) -> tuple[str, ...]:
    """The one that is shown comes first."""
    return (vulnerability.id, *vulnerability.aliases)


def all_ids(named: tuple[str, ...], groups: Iterable[frozenset[str]]) -> tuple[str, ...]:
    """The ids that were named, with every alias that is known."""
    aliases = {identity for ids in groups if ids & set(named) for identity in ids}
    return (*named, *sorted(aliases - set(named)))


def by_vulnerability(exposures: Iterable[Exposure]) -> dict[frozenset[str], tuple[Exposure, ...]]:
    found: dict[frozenset[str], tuple[Exposure, ...]] = {}
    for exposure in exposures:
        ids = exposure.vulnerability.ids
        found[ids] = (*found.get(ids, ()), exposure)
    return found


def of_match(
    exposures: tuple[Exposure, ...],
    matched: Matched,
    history: History,
    *,
    environment: str,
    rests_on: tuple[str, ...] = (),
    now: datetime,
) -> Iterator[Noted]:
    """Of one vulnerability in the deployed locks, or in what runs in `environment`."""
    vulnerability = exposures[0].vulnerability
    ids = ids_of(vulnerability)
    if matched.coverage is not None and not history.has(kinds.Known, vulnerability.ids):
        how = f"in the advisory data from {matched.coverage.source}"
        known = kinds.Known(vulnerabilities=ids, how=how, rests_on=rests_on)
        yield Noted(known, (vulnerability.id, *rests_on), min(matched.coverage.fetched, now))
    record = verify.records_of(vulnerability)
    for exposure in exposures:
        component = exposure.component
        body = kinds.MatchedFact(
            vulnerabilities=ids,
            component=component.package,
            version=component.version or "",
            where="running" if environment else "lock",
            file=component.file if not environment else "",
            environment=environment,
            published=vulnerability.published,
            record=record,
            rests_on=rests_on,
        )
        inputs = (environment, component.file, component.package, component.version, vulnerability.id, record)
        yield Noted(body, (*inputs, *rests_on))  # told again after it was taken back, it is another match


def of_change(
    change: Change, vulnerabilities: Iterable[Vulnerability], *, named: tuple[str, ...] | None = None
) -> Noted:
    """`named` are those of its fixes that the fact speaks of; None: all."""
    ids = all_ids(change.fixes if named is None else named, (each.ids for each in vulnerabilities))
    return Noted(kinds.Proposed(vulnerabilities=ids, change=change), (change.revision,))


def reason_of(vulnerability: Vulnerability, blocked: Iterable[Blocked]) -> str:
    """Why nothing can be proposed for it; empty where that was not said."""
    reasons = {identity: each.reason for each in blocked for identity in each.vulnerabilities}
    return next((reasons[i] for i in sorted(vulnerability.ids) if i in reasons), "")


def of_blocker(
    vulnerability: Vulnerability, reason: str, locks: str, *, episode: datetime | None, now: datetime
) -> Noted:
    """`locks` is the digest of those that it holds for. One for each day on which it was found, in each episode;
    `episode` is when it was reopened."""
    ids = ids_of(vulnerability)
    inputs = (ids, locks, reason, now.date(), *(() if episode is None else (episode,)))
    return Noted(kinds.TaskNeeded(vulnerabilities=ids, reason=reason, locks=locks), inputs)


def of_exception(exempted: Exempted) -> Noted:
    body = kinds.ExceptionMade(
        vulnerabilities=exempted.vulnerabilities,
        package=exempted.package,
        version=exempted.version,
        reason=exempted.reason,
        expires=exempted.expires.date(),
    )
    return Noted(body, (exempted.package, exempted.version, exempted.vulnerabilities))


def of_proof(
    proof: Proof,
    ids: tuple[str, ...],
    vulnerabilities: Iterable[Vulnerability],
    *,
    locks: str,
    probes: tuple[Probe, ...],
    now: datetime,
) -> Iterator[Noted]:
    """Each proof is a fact of its own, by when it was made, since the last one counts; the same proof is the same
    fact. `ids` are those that it speaks of, `locks` the digest of those at the revision."""
    body = kinds.ProvedFact(vulnerabilities=ids, proof=proof, locks=locks)
    yield Noted(body, (proof.revision, proof.base, proof.digest, proof.conclusion, proof.at or now))
    if not any(check.name == "probe" and isinstance(check.result, Passed) for check in proof.checks):
        return
    for vulnerability in vulnerabilities:
        probe = probe_of(vulnerability, probes)
        if probe is not None:
            yield _rehearsed(proof, vulnerability, probing.digest(probe))


def _rehearsed(proof: Proof, vulnerability: Vulnerability, probe: str) -> Noted:
    """It exploited base and was held by the change, in the sandbox: `verified` needs to have seen it."""
    body = kinds.ProbeSeen(
        vulnerabilities=ids_of(vulnerability),
        probe=probe,
        running=proof.base,
        result=Exploited("in the sandbox, at base"),
    )
    return Noted(body, ("", probe, proof.base))


def of_rollout(subject: str, rollout: kinds.RolledOut, now: datetime) -> Fact:
    """Written anew when it has come further; the same stage again is the same fact."""
    inputs = (rollout.rollout, rollout.promoted, rollout.settled, rollout.taken_back, rollout.vulnerabilities)
    return fact_of(subject, rollout, at=now, source=OUTPACE, inputs=inputs)
