"""How a change gets to where the pipeline takes over, and when it has arrived."""

from __future__ import annotations

import pytest

from outpace.delivery.land import (
    AlreadyThere,
    CreateBranch,
    LandAction,
    OpenPullRequest,
    Push,
    Refs,
    WaitFor,
    Withhold,
    may_deploy,
    next_step,
)
from outpace.delivery.landed import Landed, Landing, NotLanded, Tip, landing
from outpace.model.application import Land
from outpace.model.change import Change
from outpace.model.proof import Conclusion, Proved, Refuted, Undecided
from outpace.model.unknown import Unknown

FIX = "f" * 40
CHANGE = Change(branch="outpace/kit-1.1", base="b" * 40, revision=FIX, fixes=("PYSEC-1",), moves=())
OPEN = NotLanded("not yet")
REMOTE = "ssh://host/shop"


@pytest.mark.parametrize(
    ("conclusion", "land", "refs", "expected"),
    [
        (Proved(), "branch", Refs(local=None), CreateBranch(CHANGE.branch, FIX)),
        (Undecided("no suite"), "branch", Refs(local=None), CreateBranch(CHANGE.branch, FIX, "undecided: no suite")),
        (Refuted("a test fails"), "branch", Refs(local=None), Withhold("it is refuted: a test fails")),
        (
            Proved(),
            "branch",
            Refs(local=FIX),
            WaitFor("somebody", "merge outpace/kit-1.1 into main"),
        ),
        (
            Undecided("no suite"),
            "branch",
            Refs(local=FIX),
            WaitFor("somebody", "merge outpace/kit-1.1 into main (undecided: no suite)"),
        ),
        (
            Proved(),
            "branch",
            Refs(local="a" * 40),
            Withhold("outpace/kit-1.1 is at aaaaaaaaaaaa, not at ffffffffffff: somebody moved it"),
        ),
        (
            Proved(),
            "push",
            Refs(local=FIX),
            WaitFor("you", 'add the remote origin, or set `land = "branch"`'),
        ),
        (Proved(), "push", Refs(local=FIX, remote_url=REMOTE), Push("origin", CHANGE.branch, FIX)),
        (
            Proved(),
            "push",
            Refs(local=FIX, remote_url=REMOTE, remote="a" * 40),
            Withhold("origin/outpace/kit-1.1 is at aaaaaaaaaaaa: somebody moved it"),
        ),
        (
            Proved(),
            "push",
            Refs(local=FIX, remote_url=REMOTE, remote="a" * 40, remote_holds="the same change"),
            WaitFor("somebody", "merge outpace/kit-1.1 into main"),
        ),
        (
            Proved(),
            "push",
            Refs(
                local="a" * 40,
                local_holds="the same change",
                remote_url=REMOTE,
                remote="a" * 40,
                remote_holds="the same change",
            ),
            WaitFor("somebody", "merge outpace/kit-1.1 into main"),
        ),
        (
            Proved(),
            "push",
            Refs(local=FIX, remote_url=REMOTE, remote="a" * 40, remote_holds="another that fixes the same"),
            WaitFor(
                "somebody",
                "merge origin/outpace/kit-1.1 into main, which is another change that fixes PYSEC-1 "
                "(outpace prove origin/outpace/kit-1.1 says more of it)",
            ),
        ),
        (
            Proved(),
            "branch",
            Refs(local="a" * 40, local_holds="another that fixes the same"),
            Withhold("outpace/kit-1.1 is at aaaaaaaaaaaa, not at ffffffffffff: somebody moved it"),
        ),
        (
            Proved(),
            "push",
            Refs(local=FIX, remote_url=REMOTE, remote=FIX),
            WaitFor("somebody", "merge outpace/kit-1.1 into main"),
        ),
        (
            Proved(),
            "pull-request",
            Refs(local=FIX, remote_url=REMOTE, remote=FIX, can_open=True),
            OpenPullRequest(CHANGE.branch, "main"),
        ),
        (
            Proved(),
            "pull-request",
            Refs(local=FIX, remote_url=REMOTE, remote=FIX),
            WaitFor(
                "you",
                "open a pull request of outpace/kit-1.1 into main at ssh://host/shop, if there is none, and merge it",
            ),
        ),
        (
            Proved(),
            "pull-request",
            Refs(local=FIX, remote_url=REMOTE, remote=FIX, can_open=True, pull_request="https://host/1"),
            WaitFor("somebody", "merge https://host/1 into main"),
        ),
    ],
)
def test_one_step_at_a_time_is_due_and_nobodys_branch_is_overwritten(
    conclusion: Conclusion, land: Land, refs: Refs, expected: LandAction
) -> None:
    assert next_step(CHANGE, conclusion, land, refs, OPEN) == expected


def test_nothing_is_due_once_it_has_landed() -> None:
    landed = Landed(FIX, "main contains it")
    assert next_step(CHANGE, Proved(), "push", Refs(local=None), landed) == AlreadyThere("main contains it")


@pytest.mark.parametrize(
    ("conclusion", "accepted", "expected"),
    [
        (Proved(), "", AlreadyThere("it is proved")),
        (Undecided("no suite"), "we have none", AlreadyThere("undecided, accepted: we have none")),
        (
            Undecided("no suite"),
            "",
            Withhold("it is undecided (no suite), and `accept_undecided` gives no reason to deploy it"),
        ),
        (Refuted("a test fails"), "we have none", Withhold("it is refuted: a test fails")),
    ],
)
def test_only_what_is_proved_or_accepted_with_a_reason_is_deployed(
    conclusion: Conclusion, accepted: str, expected: AlreadyThere | Withhold
) -> None:
    assert may_deploy(conclusion, accept_undecided=accepted) == expected


TIP = "c" * 40


@pytest.mark.parametrize(
    ("tip", "expected"),
    [
        (Tip(branch="main", revision=None), NotLanded("there is no branch main")),
        (Tip(branch="main", revision=TIP, is_ancestor=True, rematch=()), Landed(FIX, "main contains it")),
        (
            Tip(branch="main", revision=TIP, is_ancestor=False, same_patch="d" * 40, rematch=()),
            Landed("d" * 40, "main contains the same patch as dddddddddddd"),
        ),
        (
            Tip(branch="main", revision=TIP, is_ancestor=False, rematch=()),
            Landed(TIP, "the locks at main no longer match"),
        ),
        (
            Tip(branch="main", revision=TIP, is_ancestor=False, rematch=("PYSEC-1",)),
            NotLanded("the locks at main are still exposed to PYSEC-1"),
        ),
        (
            Tip(branch="main", revision=TIP, is_ancestor=True, rematch=("PYSEC-1",)),
            NotLanded("the locks at main are still exposed to PYSEC-1"),
        ),
        (
            Tip(branch="main", revision=TIP, is_ancestor=False, rematch=("PYSEC-2",)),
            Landed(TIP, "the locks at main no longer match"),
        ),
        (
            Tip(branch="main", revision=TIP, is_ancestor=False, rematch=Unknown("unread")),
            Unknown("unread"),
        ),
    ],
)
def test_a_squashed_change_has_landed_and_a_reverted_one_has_not(tip: Tip, expected: Landing) -> None:
    assert landing(("PYSEC-1",), FIX, tip) == expected
