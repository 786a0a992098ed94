"""What planning found, in the words of the story."""

from __future__ import annotations

from datetime import UTC, datetime

from outpace.model.change import Change
from outpace.remediation.plan import Blocked as NotPossible
from outpace.remediation.plan import Exception_, Fixed, NoFix, Outcome, Plan, PrereleaseOnly
from outpace.stories.ports import Blocked, Exempted, Proposal


def proposal_of(changes: tuple[Change, ...], plans: tuple[Plan, ...], exceptions: tuple[Exception_, ...]) -> Proposal:
    return Proposal(
        changes=changes,
        blocked=tuple(_blocked(plan) for plan in plans if not isinstance(plan.outcome, Fixed)),
        exempted=tuple(map(_exempted, exceptions)),
    )


def _exempted(exception: Exception_) -> Exempted:
    return Exempted(
        package=exception.package,
        version=exception.version,
        vulnerabilities=exception.advisories,
        reason=exception.reason,
        expires=exception.expires or datetime.max.replace(tzinfo=UTC),
    )


def _blocked(plan: Plan) -> Blocked:
    package = plan.target.pin.package
    return Blocked(package=package, vulnerabilities=plan.target.ids, reason=_reason_of(plan.outcome))


def _reason_of(outcome: Outcome) -> str:
    match outcome:
        case NotPossible(blocker=blocker, offer=offer):
            return f"{blocker}{f'; possible: {offer}' if offer else ''}"
        case NoFix(why=why):
            return why
        case PrereleaseOnly(offer=offer):
            return f"only a pre-release fixes it: {offer}; taking it is your decision"
        case Fixed(version=version):
            return f"{version} fixes it"
