"""How a change gets to where the pipeline takes over: a branch, a push, a pull request."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.delivery.landed import Landed, Landing
from outpace.model.application import Land
from outpace.model.change import Change
from outpace.model.proof import Conclusion, Proved, Refuted, Undecided

Holds: TypeAlias = Literal["the same change", "another that fixes the same", "something else"]


class Refs(Struct, frozen=True, kw_only=True):
    """Where the change's branch stands, here and there; None where there is none."""

    local: str | None
    local_holds: Holds = "something else"  # where it is at another commit than the change's
    remote: str | None = None  # on `remote_name`
    remote_holds: Holds = "something else"
    remote_name: str = "origin"
    remote_url: str | None = None  # masked; None: no such remote
    deploy_branch: str = "main"
    pull_request: str | None = None  # the URL of one that is open
    can_open: bool = False  # a code host's token is at hand


class CreateBranch(Struct, frozen=True, tag=True):
    branch: str
    revision: str
    caveat: str = ""


class Push(Struct, frozen=True, tag=True):
    """Never forced: `expected` is what the remote branch must be, None where it must not exist."""

    remote: str
    branch: str
    revision: str
    expected: str | None = None


class OpenPullRequest(Struct, frozen=True, tag=True):
    branch: str
    into: str


class AlreadyThere(Struct, frozen=True, tag=True):
    how: str


class WaitFor(Struct, frozen=True, tag=True):
    who: str
    to: str  # do what


class Withhold(Struct, frozen=True, tag=True):
    """The change goes no further."""

    why: str


LandAction: TypeAlias = CreateBranch | Push | OpenPullRequest | AlreadyThere | WaitFor | Withhold


def next_step(change: Change, conclusion: Conclusion, land: Land, refs: Refs, landed: Landing) -> LandAction:
    """The one thing that is due now; asked again after it was done."""
    if isinstance(landed, Landed):
        return AlreadyThere(landed.how)
    match conclusion:
        case Refuted(reason):
            return Withhold(f"it is refuted: {reason}")
        case Undecided(missing):
            caveat = f"undecided: {missing}"
        case Proved():
            caveat = ""
    if refs.local is None:
        return CreateBranch(change.branch, change.revision, caveat)
    if refs.local != change.revision and refs.local_holds != "the same change":
        return Withhold(f"{change.branch} is at {refs.local[:12]}, not at {change.revision[:12]}: somebody moved it")
    if land == "branch":
        return WaitFor("somebody", f"merge {change.branch} into {refs.deploy_branch}{_noted(caveat)}")
    return _beyond(change, land, refs, caveat)


def _beyond(change: Change, land: Land, refs: Refs, caveat: str) -> LandAction:
    merge = f"merge {refs.pull_request or change.branch} into {refs.deploy_branch}{_noted(caveat)}"
    if refs.remote_url is None:
        return WaitFor("you", f'add the remote {refs.remote_name}, or set `land = "branch"`')
    if refs.remote is None:
        return Push(refs.remote_name, change.branch, change.revision)
    if refs.remote != change.revision and refs.remote_holds != "the same change":
        return _others(change, f"{refs.remote_name}/{change.branch}", refs.remote, refs)
    if land == "push" or refs.pull_request:
        return WaitFor("somebody", merge)
    if refs.can_open:
        return OpenPullRequest(change.branch, refs.deploy_branch)
    into = f"{change.branch} into {refs.deploy_branch} at {refs.remote_url}"
    return WaitFor("you", f"open a pull request of {into}, if there is none, and merge it{_noted(caveat)}")


def _others(change: Change, name: str, there: str, refs: Refs) -> LandAction:
    """Another clone was first with a change of its own, or somebody changed ours there."""
    if refs.remote_holds == "another that fixes the same":
        fixes = f"which is another change that fixes {', '.join(change.fixes)} (outpace prove {name} says more of it)"
        return WaitFor("somebody", f"merge {name} into {refs.deploy_branch}, {fixes}")
    return Withhold(f"{name} is at {there[:12]}: somebody moved it")


def may_deploy(conclusion: Conclusion, *, accept_undecided: str) -> AlreadyThere | Withhold:
    """Deploying and merging take proved changes only, unless undecided ones are accepted with a reason."""
    match conclusion:
        case Proved():
            return AlreadyThere("it is proved")
        case Undecided() if accept_undecided:
            return AlreadyThere(f"undecided, accepted: {accept_undecided}")
        case Undecided(missing):
            return Withhold(f"it is undecided ({missing}), and `accept_undecided` gives no reason to deploy it")
        case Refuted(reason):
            return Withhold(f"it is refuted: {reason}")


def _noted(caveat: str) -> str:
    return f" ({caveat})" if caveat else ""
