"""A diff that an agent hands in is judged in the sandbox, once, a few times for each task, and applied nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.app.judged_before import handle_of
from outpace.app.task_book import Way, found, noted_proposal
from outpace.bootstrap.judging import judge_place
from outpace.bootstrap.testing import Asked
from outpace.mcp.desk import Desk
from outpace.model.fact import digest_of
from outpace.model.proof import Proof, Refuted
from outpace.model.times import now
from outpace.proving.tasks import PROOFS
from outpace.sandbox import NoSandbox, strongest
from outpace.stories.kinds import ProposalJudged
from tests.fakes.asking import Asking
from tests.fakes.notes_project import RIGHT, WITNESS_ALONE
from tests.needs import missing

REFUTED = Proof(base="b", revision="r", fixes=(), conclusion=Refuted("no"), checks=(), tier="full", digest="d")
REASON = "variants dead: still exploited by a variant of the witness, held out: the same as another type"
NO_UTF_8 = '--- /dev/null\n+++ "b/src/\\351.py"\n@@ -0,0 +1 @@\n+import os\n'
OUTSIDE = "--- /dev/null\n+++ b/conftest.py\n@@ -0,0 +1 @@\n+import os\n"


def judged_often(agent: Asking, task: str, times: int) -> None:
    """As if so many others had been refuted before."""

    with judge_place(agent.root, Asked(), report=agent.reports.append) as here:
        for number in range(times):
            proof = Proof(
                base="b", revision="r", fixes=(), conclusion=Refuted("no"), checks=(), tier="full", digest="d"
            )
            noted = noted_proposal(found(here.history, task), proof, Way(), digest=f"{number}")
            here.facts.add([noted.fact(here.subject, now())])


@pytest.fixture
def task(agent: Asking) -> str:
    return str(agent.told("task", {"id": "fix.toml"})["id"])


def test_a_diff_is_judged_once_and_every_check_is_told_by_its_handle(agent: Asking, task: str) -> None:
    if isinstance(strongest(), NoSandbox):
        missing("no tier of the sandbox can be formed")
    first = agent.told("prove_change", {"task_id": task, "diff": WITNESS_ALONE})
    assert {name: first[name] for name in ("state", "reason", "tries_left", "applied")} == {
        "state": "refuted",
        "reason": REASON,
        "tries_left": PROOFS - 1,
        "applied": False,
    }
    trials = len(agent.reports)
    assert agent.told("prove_change", {"task_id": task, "diff": WITNESS_ALONE}) == first
    assert agent.told("prove_change", {"task_id": task, "diff": WITNESS_ALONE.rstrip("\n")}) == first
    assert len(agent.reports) == trials > 0
    checks = agent.told("explain", {"id": first["handle"]})["checks"]
    assert [row["name"] for row in checks if row["result"] == "failed"] == ["variants dead"]
    assert "canary" not in json.dumps(checks)
    right = agent.told("prove_change", {"task_id": task, "diff": RIGHT})
    assert (right["state"], right["tries_left"], right["handle"] == first["handle"]) == ("proved", PROOFS - 2, False)
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=agent.root, capture_output=True, text=True, check=True
    )
    branches = subprocess.run(["git", "branch", "--list"], cwd=agent.root, capture_output=True, text=True, check=True)
    assert (status.stdout, branches.stdout) == ("", "* main\n")


def test_after_so_many_proposals_of_a_task_the_next_is_refused_in_words(agent: Asking, task: str) -> None:
    judged_often(agent, task, PROOFS)
    told = agent.told("prove_change", {"task_id": task, "diff": RIGHT}, fails=True)
    assert (told["kind"], told["error"]) == (
        "Refused",
        f"{PROOFS} proposals for {task} were judged already, and {PROOFS} is the most",
    )


def test_who_judged_is_kept_with_what_was_judged(agent: Asking, task: str) -> None:

    told = agent.told("prove_change", {"task_id": task, "diff": OUTSIDE})
    assert (told["state"], told["reason"].partition(":")[0]) == ("refuted", "shape")
    elsewhere = RIGHT.replace("notes.py", "test_notes.py")
    assert agent.told("prove_change", {"task_id": task, "diff": elsewhere}, fails=True)["kind"] == "BadInput"
    with judge_place(agent.root, Asked(), report=agent.reports.append) as here:
        kept = [(body.proposer, body.by) for _, body in here.history.all(ProposalJudged)]
    assert kept == [("agent", "an agent 1.0")]


def test_a_name_that_is_no_utf_8_is_refuted_and_told_in_words_that_any_client_can_read(
    agent: Asking, task: str
) -> None:
    told = agent.told("prove_change", {"task_id": task, "diff": NO_UTF_8})
    assert (told["state"], told["reason"]) == ("refuted", "shape: 'src/\\udce9.py' is a name that is not in UTF-8")
    assert agent.told("explain", {"id": told["handle"]})["reason"] == told["reason"]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"task_id": "task-0000000000", "diff": RIGHT}, "NotFound"),
        ({"task_id": "task-0000000000"}, "BadInput"),
        ({"diff": RIGHT}, "BadInput"),
        ({"handle": "run-0000"}, "NotFound"),
        ({"handle": "proof-0000"}, "NotFound"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told(agent: Asking, given: dict[str, str], kind: str) -> None:
    assert agent.told("prove_change", given, fails=True)["kind"] == kind


def test_a_proof_that_takes_longer_is_running_and_its_handle_gives_the_answer(agent: Asking, task: str) -> None:

    agent.desk = Desk(
        agent.root,
        Asked(python=Path(sys.executable)),
        report=agent.reports.append,
        bug=agent.bugs.append,
        patience=0.0,
    )
    told = agent.told("prove_change", {"task_id": task, "diff": OUTSIDE})
    assert (told["state"], agent.desk.busy) == ("running", True)
    while told["state"] == "running":
        told = agent.told("prove_change", {"handle": told["handle"]})
    assert (told["state"], told["task"], agent.desk.busy) == ("refuted", task, False)


def test_the_handle_of_a_proof_does_not_tell_its_change(agent: Asking) -> None:

    assert handle_of("task-1", "patch") == f"proof-{digest_of('task-1', 'patch')[:12]}"
