"""What a case needs now: one pure function, asked again after every change in the world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.delivery import land
from outpace.model.change import Change
from outpace.model.exposure import Exposure
from outpace.model.stopgap import Stopgap
from outpace.stories.case import Absent, Case, OutOfSight, Place, Present, Tried, Unseen, out_of_sight
from outpace.stories.ports import LandingStep

CANDIDATES = 5
CODE_IS_NEEDED = "a change of code is needed"


class Propose(Struct, frozen=True, tag=True):
    """Find a change for these exposures, other than those that were refuted."""

    exposures: tuple[Exposure, ...]
    excluding: tuple[Change, ...] = ()


class Prove(Struct, frozen=True, tag=True):
    """`first` are tests that refuted a candidate before this one."""

    change: Change
    first: tuple[str, ...] = ()


class Land(Struct, frozen=True, tag=True):
    change: Change
    step: LandingStep


class Deploy(Struct, frozen=True, tag=True):
    """Give the tip of the deploy branch to the user's own command."""

    tip: str


class Shield(Struct, frozen=True, tag=True):
    """Put the declared stopgap up, until the fix is live."""

    stopgap: Stopgap


class Unshield(Struct, frozen=True, tag=True):
    """The fix is verified: the stopgap is gone."""

    stopgap: Stopgap


class Close(Struct, frozen=True, tag=True):
    how: str


class WaitFor(Struct, frozen=True, tag=True):
    """Somebody else must act."""

    who: str
    since: datetime | None = None


class Stop(Struct, frozen=True, tag=True):
    """Nothing more can be done by machine; `why` names the blocker."""

    why: str
    since: datetime | None = None


Action: TypeAlias = Shield | Propose | Prove | Land | Deploy | Unshield | Close | WaitFor | Stop
Rest: TypeAlias = Close | WaitFor | Stop


class Policy(Struct, frozen=True, kw_only=True):
    """What the configuration lets the loop do by itself."""

    branch: str
    tip: str
    deploys: bool
    held_back: str = ""  # that the edge took the tip back or refused it, and why; empty: it did not
    held_back_at: datetime | None = None


def next_action(case: Case, policy: Policy) -> Action:
    """The one thing that brings this case further, or why it rests."""
    stopgap = _by_stopgap(case)
    if stopgap is not None:
        return stopgap
    if case.exposures:
        return _towards_the_branch(case)
    if case.doubt:
        return WaitFor(f"you to give {policy.branch} a lock that says what is deployed: {case.doubt}", case.settled_at)
    return _towards_the_environments(case, policy)


def _by_stopgap(case: Case) -> Shield | Unshield | None:
    """A step before the fix, and one when what runs is verified everywhere."""
    held = case.shielding
    if held is None:
        return None
    runs = any(isinstance(place.sight, Present) for place in case.places)
    if runs and not held.stands and not held.spent:
        return Shield(held.stopgap)
    is_over = case.places and all(isinstance(place.sight, Absent) for place in case.places)
    return Unshield(held.stopgap) if held.stands and is_over else None


def _towards_the_branch(case: Case) -> Action:
    match case.current:
        case None:
            return _first_or_next_candidate(case)
        case Tried(proof=None, change=change):
            return Prove(change, _suspects(case))
        case Tried(due=land.CreateBranch() | land.Push() | land.OpenPullRequest() as step, change=change):
            return Land(change, step)
        case Tried(due=land.Withhold(why), waits_since=since):
            return Stop(why, since)
        case Tried(due=land.WaitFor(who, to), waits_since=since):
            return WaitFor(f"{who} to {to}", since)
        case Tried(change=change, waits_since=since):
            return WaitFor(f"you to look at the locks: the deploy branch holds {change.branch}, and is exposed", since)


def _suspects(case: Case) -> tuple[str, ...]:
    """The first test that refuted each candidate so far."""
    proofs = [tried.proof for tried in case.tried if tried.refuted and tried.proof]
    return tuple(dict.fromkeys(check.red[0] for proof in proofs for check in proof.checks if check.red))


def _first_or_next_candidate(case: Case) -> Action:
    if case.blocked:
        return Stop(case.blocked, case.blocked_at)
    if exhausted := without_candidates(case):
        return Stop(exhausted)
    return Propose(case.exposures, tuple(tried.change for tried in case.tried))


def without_candidates(case: Case) -> str:
    """The blocker where as many candidates were refuted as are tried; empty where a further one is looked for."""
    alone = [tried for tried in case.tried if _is_alone(tried.change, case)]
    if not case.exposures or case.current is not None or len(alone) < CANDIDATES:
        return ""
    return every_candidate(case)


def _is_alone(change: Change, case: Case) -> bool:
    """What fixed several packages at once and was refuted is split before it counts."""
    return all(package == case.vulnerability.package for package in change.purpose)


def every_candidate(case: Case) -> str:
    """The blocker of a case whose candidates were refuted."""
    refuted = [tried.refuted.reason for tried in case.tried if tried.refuted and _is_alone(tried.change, case)]
    if not refuted:
        return case.blocked or "no candidate is left"
    count = "the one candidate is" if len(refuted) == 1 else f"all {len(refuted)} candidates are"
    return f"{CODE_IS_NEEDED}: {count} refuted by {refuted[-1]}"


def _towards_the_environments(case: Case, policy: Policy) -> Action:
    if not case.places:
        return WaitFor(
            f"you to say what runs, since {policy.branch} is not exposed: declare [[environments]] in outpace.toml, "
            "or tell it with outpace record observed --inventory FILE",
            case.settled_at,
        )
    for place in case.places:
        match place.sight:
            case Absent():
                continue
            case Present(found):
                return _towards(place, case, policy, f"the fix in {place.environment}: {found}", _missed(place, found))
            case OutOfSight(why, settle, since):
                return WaitFor(f"{out_of_sight(place.environment, why)}{_bracketed(settle)}", since)
            case Unseen(why, settle):
                evidence = f"evidence from {place.environment}: {why}{_bracketed(settle)}"
                return _towards(place, case, policy, evidence, WaitFor(f"you to see to {evidence}", place.deployed_at))
    return Close("; ".join(f"{p.environment}: {p.sight.how}" for p in case.places if isinstance(p.sight, Absent)))


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


def _missed(place: Place, found: str) -> WaitFor:
    """What was deployed is not what runs. To deploy it once more is not for the loop to decide."""
    if place.relapsed_at is not None:
        return WaitFor(f"you to bring the fix back to {place.environment}, where it was: {found}", place.relapsed_at)
    what = f"{place.deployed[:10]} was deployed and did not bring the fix" if place.deployed else "it was deployed"
    return WaitFor(f"you to deploy to {place.environment} again: {what}; {found}", place.deployed_at)


def _towards(place: Place, case: Case, policy: Policy, waiting: str, again: WaitFor) -> Action:
    """`again` where the tip was deployed already, and that is not seen."""
    if policy.deploys and policy.held_back:
        return Stop(f"the release of {policy.tip[:10]} {policy.held_back}", policy.held_back_at)
    if place.deployed == policy.tip or _was_there(place, case):
        return again
    if not policy.deploys:
        return WaitFor(f"your pipeline to deploy {policy.branch} at {policy.tip[:10]}; then {waiting}", case.settled_at)
    if case.withheld:
        return WaitFor(f"you to deploy {policy.branch}: {case.withheld}", case.settled_at)
    return Deploy(policy.tip)


def _was_there(place: Place, case: Case) -> bool:
    """A deployment of a revision that nobody told, which brought this fix."""
    since = case.settled_at
    return not place.deployed and place.deployed_at is not None and since is not None and place.deployed_at >= since


def first_work(cases: Iterable[Case], policy: Policy) -> tuple[Action, tuple[Case, ...]] | None:
    """The first action that is not a rest, with the cases that share it; None when everything rests.

    Exposures without any candidate so far are proposed together: what one lock update fixes is one change.
    """
    asked = [(case, next_action(case, policy)) for case in cases]
    shields = [action for _, action in asked if isinstance(action, Shield)]
    if shields:
        return shields[0], tuple(case for case, action in asked if action == shields[0])
    fresh = [case for case, action in asked if isinstance(action, Propose) and not action.excluding]
    if fresh:
        return Propose(tuple(exposure for case in fresh for exposure in case.exposures)), tuple(fresh)
    for case, action in asked:
        if not isinstance(action, Close | WaitFor | Stop):
            return action, _sharing(case, action, asked)
    return None


def _sharing(case: Case, action: Action, asked: Sequence[tuple[Case, Action]]) -> tuple[Case, ...]:
    """Exposures of one package are proposed together, what has the same change goes together."""
    if isinstance(action, Propose):
        package = case.vulnerability.package
        return tuple(c for c, a in asked if isinstance(a, Propose) and c.vulnerability.package == package)
    return tuple(c for c, a in asked if a == action)
