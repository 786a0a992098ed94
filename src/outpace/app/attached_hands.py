"""The hands of the loop in an attached pipeline: propose by resolving, prove in the sandbox, land by git, deploy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from outpace.app.attached import Repository as Looked
from outpace.app.attached import tip_of
from outpace.app.proposals import proposal_of
from outpace.app.stopgaps import Stopgaps
from outpace.delivery.land import CreateBranch, OpenPullRequest, Push
from outpace.model.application import Application
from outpace.model.change import Change
from outpace.model.errors import Refused
from outpace.model.exposure import Exposure
from outpace.model.probe import Probe
from outpace.model.proof import Proof
from outpace.model.stopgap import Stopgap
from outpace.remediation.commit import candidate_of
from outpace.stories.ports import Delivered, LandingStep, Proposal, TakenBack

if TYPE_CHECKING:
    from outpace.app import fix, prove


class Repository(Looked, Protocol):
    """What is looked at, and what writes."""

    def create_branch(self, name: str, revision: str, expected_old: str | None = None) -> None: ...
    def push(self, remote: str, branch: str) -> None: ...


class Deploys(Protocol):
    """The user's own deploy command, which ends at a time; or the edge, which says how far a release came."""

    def deploy(self, tip: str) -> datetime | Delivered | TakenBack: ...
    def ended(self, tip: str) -> datetime | None: ...


class AttachedHands:
    """Implements `stories.ports.Hands`. Most runs neither propose nor prove: what that needs is made on first use."""

    def __init__(
        self,
        application: Application,
        *,
        repository: Repository,
        fixing: Callable[[], fix.Tools],
        proving: Callable[[], prove.Tools],
        probes: tuple[Probe, ...],
        deploys: Deploys,
        stopgaps: Stopgaps | None = None,
    ) -> None:
        self.stopgaps = stopgaps
        self.application = application
        self.repository = repository
        self.fixing = fixing
        self.proving = proving
        self.probes = probes
        self.deploys = deploys

    def propose(self, exposures: tuple[Exposure, ...], excluding: tuple[Change, ...]) -> Proposal:
        from outpace.app import fix

        base = self._tip()
        refuted = frozenset(candidate_of(change) for change in excluding)
        found = fix.propose(self.application, exposures, tools=self.fixing(), base=base, excluding=refuted)
        return proposal_of(found.changes, found.plans, found.exceptions)

    def prove(self, change: Change, first: tuple[str, ...]) -> Proof:
        from outpace.app import prove

        return prove.prove(
            self.application,
            change.base,
            change.revision,
            purpose=change,
            tools=self.proving(),
            probes=self.probes,
            first=first,
        )

    def land(self, step: LandingStep) -> None:
        match step:
            case CreateBranch(branch, revision):
                self.repository.create_branch(branch, revision)
            case Push(remote, branch):
                self.repository.push(remote, branch)
            case OpenPullRequest(branch):
                raise Refused(f"no code host is configured to open a pull request of {branch}", hint="open it by hand")

    def shield(self, stopgap: Stopgap, why: str) -> datetime:
        assert self.stopgaps is not None
        return self.stopgaps.put_up(stopgap, why)

    def unshield(self, stopgap: Stopgap) -> None:
        assert self.stopgaps is not None
        self.stopgaps.take_away(stopgap)

    def deployed(self, tip: str) -> datetime | None:
        return self.deploys.ended(tip)

    def deploy(self, tip: str) -> Delivered | TakenBack:
        if self._tip() != tip:
            raise Refused(
                f"{self.application.branch} moved while this was decided", hint="run the command again to look anew"
            )
        if self.repository.resolve(f"refs/heads/{self.application.branch}") not in (None, tip):
            raise Refused(
                f"{self.application.branch} here is behind {self.application.remote}, and your deploy command takes it",
                hint=f"git switch {self.application.branch} && git pull, then run the command again",
            )
        came = self.deploys.deploy(tip)
        return Delivered(at=came) if isinstance(came, datetime) else came

    def _tip(self) -> str:
        return tip_of(self.application, self.repository)
