"""What `fix` and `prove` keep as facts where they run alone, so that the clock and the story know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from outpace.app.fix import FixView
from outpace.app.proposals import proposal_of
from outpace.model.advisory import Vulnerability
from outpace.model.errors import Error
from outpace.model.exposure import Matched
from outpace.model.probe import Probe
from outpace.model.proof import Proof
from outpace.proving.purpose import Purpose, Unstated
from outpace.store.facts import Facts
from outpace.stories import keeping
from outpace.stories.history import History
from outpace.stories.keeping import Noted, by_vulnerability
from outpace.stories.ports import World

Report = Callable[[str], None]


def known(store: Callable[[], Facts], subject: str) -> History:
    """Nothing, where the facts cannot be read: a proof does without, and `keep` says so."""
    try:
        return History(store().of(subject))
    except Error:
        return History(())


def keep(
    store: Callable[[], Facts],
    subject: str,
    found: Callable[[History], Iterable[Noted]],
    *,
    now: datetime,
    warn: Report,
) -> int:
    """How many facts were new. The answer stands also where they cannot be kept; then it is told where and why."""
    try:
        facts = store()
        return facts.add([noted.fact(subject, now) for noted in found(History(facts.of(subject)))])
    except Error as error:
        because = "; ".join(filter(None, (error.message, error.hint)))
        warn(f"warning: outpace clock and respond will not know of this: {because}")
        return 0


def of_fix(view: FixView, world: World, history: History, *, now: datetime, report: Report) -> Iterator[Noted]:
    """Facts speak of what is deployed: what HEAD alone holds is shown, and not on any clock. Not for a dry run."""
    proposal = proposal_of(tuple(landed.change for landed in view.landed), view.plans, view.exceptions)
    yield from map(keeping.of_exception, proposal.exempted)
    locks = world.locks(view.base)
    if locks != world.locks(world.tip()):
        if view.plans:
            report("not on the clock: the locks at HEAD are not those of the deploy branch")
        return
    deployed = frozenset(world.matched(view.base).inventory.files)
    here = tuple(exposure for exposure in view.matched.exposures if exposure.component.file in deployed)
    for exposures in by_vulnerability(here).values():
        yield from keeping.of_match(exposures, view.matched, history, environment="", now=now)
    planned = (exposure for plan in view.plans for exposure in plan.target.exposures)
    asked = _vulnerabilities(each.vulnerability for each in planned if each.component.file in deployed)
    if view.plans and not asked:
        report("not on the clock: what is exposed stands in no lock that is deployed")
    for change in proposal.changes:
        if named := tuple(i for i in change.fixes if any(i in each.ids for each in asked)):
            yield keeping.of_change(change, asked, named=named)
    covered = {identity for change in proposal.changes for identity in change.fixes}
    for vulnerability in asked:
        if not covered & vulnerability.ids:
            reason = keeping.reason_of(vulnerability, proposal.blocked)
            episode = history.reopened(vulnerability.ids)
            yield keeping.of_blocker(vulnerability, reason or keeping.NOTHING_FOUND, locks, episode=episode, now=now)


def of_prove(
    proof: Proof,
    purpose: Purpose,
    world: World,
    history: History,
    *,
    merge_base: Callable[[str, str], str | None],
    probes: tuple[Probe, ...],
    now: datetime,
    report: Report,
) -> Iterator[Noted]:
    """A change that says what it is for, from what is or was deployed, about what is known here or deployed."""
    tip = world.tip()
    deployed = world.matched(tip)
    was_deployed = merge_base(proof.base, tip) == proof.base
    if why := _not_of_the_clock(proof, purpose, was_deployed=was_deployed):
        report(f"not on the clock: {why}")
        return
    concerned = _concerned(deployed, proof.fixes)
    found = _vulnerabilities((*concerned, *_concerned(world.matched(proof.base), proof.fixes)))
    groups = (*(each.ids for each in found), *history.open_ids())
    here = frozenset[str]().union(*(each.ids for each in concerned))
    named = tuple(i for i in proof.fixes if i in here or history.knows(_group(i, groups)))
    if not named:
        report(f"not on the clock: nothing here was ever exposed to {', '.join(proof.fixes)}")
        return
    for exposures in by_vulnerability(deployed.exposures).values():
        if exposures[0].vulnerability.ids & here:
            yield from keeping.of_match(exposures, deployed, history, environment="", now=now)
    last = history.last_proof(proof.base, proof.revision)
    if last is None or (last.digest, last.conclusion) != (proof.digest, proof.conclusion):
        locks, ids = world.locks(proof.revision), keeping.all_ids(named, groups)
        yield from keeping.of_proof(proof, ids, found, locks=locks, probes=probes, now=now)


def _not_of_the_clock(proof: Proof, purpose: Purpose, *, was_deployed: bool) -> str:
    if isinstance(purpose, Unstated) and not purpose.fixes:
        return "the change does not say what it is for"
    if not proof.fixes:
        return "the change fixes no known vulnerability"
    if not was_deployed:
        return f"{proof.base[:10]} was never on the deploy branch"
    return ""


def _concerned(matched: Matched, fixes: tuple[str, ...]) -> tuple[Vulnerability, ...]:
    found = _vulnerabilities(exposure.vulnerability for exposure in matched.exposures)
    return tuple(vulnerability for vulnerability in found if vulnerability.ids & set(fixes))


def _vulnerabilities(found: Iterable[Vulnerability]) -> tuple[Vulnerability, ...]:
    return tuple({vulnerability.ids: vulnerability for vulnerability in found}.values())


def _group(identity: str, groups: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset({identity}).union(*(ids for ids in groups if identity in ids))
