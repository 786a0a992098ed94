"""Proposals are told with what became of each and what they cost, or that it is not known, and as text alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from msgspec import structs

from outpace.app.proposal_ledger import Account, Entry, Ledger, Reserved, RungYield
from outpace.app.propose import Attempt, Proposed
from outpace.app.task_book import Way
from outpace.formats import proposals, propose
from outpace.model.proof import Check, Conclusion, Failed, Passed, Proof, Proved, Refuted, Undecided
from outpace.proving.proposing.ports import Spent
from outpace.proving.tasks import Task
from outpace.statistics.intervals import Estimate, proportion
from outpace.stories.kinds import ProposalJudged

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TASK = Task(goal="read() stays in its folder", editable=("a.py",))
PAID = Spent(seconds=61.2, tokens_in=1200, tokens_out=300, cost_usd=0.25)
BY_HAND = f"outpace task {TASK.id}, then outpace prove --task {TASK.id}"
FREE = Spent(tokens_in=0, tokens_out=0, cost_usd=0.0)
SHAPE = Check(name="shape", result=Passed())


def attempt(conclusion: Conclusion, *checks: Check, way: Way, diff: bytes = b"--- a\n") -> Attempt:
    proof = Proof(base="b", revision="diff-1", fixes=(), conclusion=conclusion, checks=checks)
    return Attempt(way=way, proof=proof, diff=diff)


TRIED = (
    Attempt(way=Way(proposer="recorded", origin="recorded", spent=PAID), why="no answer is on record"),
    attempt(
        Refuted("witness dead: still exploited"),
        SHAPE,
        Check(name="witness dead", result=Failed("still exploited")),
        way=Way(proposer="agent", by="tidy 1.0", spent=structs.replace(PAID, cost_usd=None)),
    ),
    Attempt(way=Way(proposer="agent", spent=PAID), why="status 3", said="one\ntwo\nthree\nfour\x1b[2J\n"),
    attempt(Proved(), SHAPE, SHAPE, way=Way(proposer="model", by="openai:m", origin="hand-written", spent=PAID)),
)


def test_each_attempt_is_a_line_with_who_made_it_and_what_became_of_it() -> None:
    assert propose.text(Proposed(task=TASK, attempts=TRIED), f"outpace/{TASK.id}").splitlines() == [
        f"proved: {TASK.id}: read() stays in its folder",
        "  1. recorded, recorded answer: nothing: no answer is on record",
        "  2. agent (tidy 1.0): refuted: witness dead: still exploited",
        "     1 check passed",
        "  3. agent: nothing: status 3",
        "     it said: two",
        "     it said: three",
        "     it said: four\\x1b[2J",
        "  4. model (openai:m), hand-written answer: proved",
        "     2 checks passed",
        "  spent: 245 s of proposers, 6,000 tokens, cost unknown",
        f"  the change is on the branch outpace/{TASK.id}; a person or your policy lands it",
    ]


def test_nothing_proved_says_that_nothing_was_applied_and_what_of_the_budget_is_spent() -> None:
    asked = Attempt(way=Way(proposer="model", spent=PAID), why="no")
    found = Proposed(task=TASK, attempts=(asked,), exceeded="1 attempt at this task, and no more")
    assert propose.text(found, "").splitlines() == [
        f"nothing is proved: {TASK.id}: read() stays in its folder",
        "  1. model: nothing: no",
        "  the budget is spent: 1 attempt at this task, and no more",
        "  spent: 61 s of proposers, 1,500 tokens, $0.25",
        "  nothing was applied",
    ]


def test_where_nobody_is_there_to_be_asked_that_is_said_with_what_to_do() -> None:
    lines = propose.text(Proposed(task=TASK), "").splitlines()
    assert lines[1:4] == [
        "  nobody was asked: kind code-fix has no template, and outpace.toml declares nobody else",
        f"  work from the brief yourself, or give it to an agent: {BY_HAND}",
        "  spent: 0 s of proposers, 0 tokens, $0.00",
    ]


def test_who_was_not_there_is_no_attempt_and_is_named_with_the_reason() -> None:
    absent = (
        Attempt(way=Way(proposer="recorded", spent=FREE), why="there is no recorded answer", absent="no answer"),
        Attempt(way=Way(proposer="template", spent=FREE), why="nothing could be generated"),
        Attempt(way=Way(proposer="model", spent=FREE), why="no server is reached\x1b", absent="unreachable"),
    )
    assert propose.text(Proposed(task=TASK, attempts=absent), "").splitlines() == [
        f"nothing is proved: {TASK.id}: read() stays in its folder",
        "  1. template: nothing: nothing could be generated",
        "  recorded: there is no recorded answer",
        "  model: was not asked: no server is reached\\x1b",
        "  spent: 0 s of proposers, 0 tokens, $0.00",
        "  nothing was applied",
    ]


def test_the_json_of_attempts_holds_each_with_its_diff_and_null_for_what_is_not_known() -> None:
    hostile = attempt(Undecided("x", "y"), SHAPE, way=Way(proposer="agent", spent=Spent(seconds=1.0)), diff=b"\xff+a\n")
    said = json.loads(propose.answer(Proposed(task=TASK, attempts=(hostile,)), ""))
    assert (said["command"], said["result"]) == (
        "propose",
        {
            "task": TASK.id,
            "attempts": [
                {
                    "proposer": "agent",
                    "by": "",
                    "origin": "live",
                    "state": "undecided",
                    "reason": "x",
                    "absent": None,
                    "passed": 1,
                    "spent": {"seconds": 1.0, "tokens_in": None, "tokens_out": None, "cost_usd": None},
                    "diff": "\ufffd+a\n",
                }
            ],
            "proved": False,
            "branch": "",
            "spent": {"seconds": 1.0, "tokens_in": None, "tokens_out": None, "cost_usd": None},
            "exceeded": "",
        },
    )


ACCOUNT = Account(
    proposer="model",
    kind="code-fix",
    attempts=6,
    reserved=Reserved(),
    repeated=0,
    judged=4,
    proved=2,
    refuted=1,
    undecided=1,
    hand_written=1,
    share=proportion(2, 4),
    rungs=(RungYield(name="shape", reached=4, passed=3), RungYield(name="base's tests", reached=0, passed=0)),
    cost_usd=2.0,
    cost_per_proved=1.0,
    seconds=90.4,
    landed=2,
    settled=1,
    standing=1,
    standing_share=proportion(1, 1),
)


def entry(conclusion: Conclusion, minutes: int = 0) -> Entry:
    body = ProposalJudged(
        task=TASK.id, task_kind="code-fix", proposer="model", origin="recorded", patch="p", conclusion=conclusion
    )
    return Entry(at=NOON.replace(minute=minutes), judged=body)


def test_an_account_says_its_shares_with_n_and_interval() -> None:
    told = Ledger(accounts=(ACCOUNT,), entries=(entry(Proved()), entry(Refuted("shape: \x1b[2Jno"), 1)))
    assert proposals.text(told).splitlines() == [
        "model, code-fix: 4 judged of 6 attempts",
        "  proved    2 of 4 (50%, 15% to 85%)",
        "  refuted   1, undecided 1",
        "  by rung   shape 3/4",
        "  hand-written answers, in no share: 1",
        "  cost      $2.00, $1.00 a proved change; 90 s",
        "  landed    2; standing after 30 days: 1 of 1 (100%, 21% to 100%)",
        "",
        "the last 2 of 2:",
        f"  2026-03-01 12:00  {TASK.id}  model (recorded)  proved",
        f"  2026-03-01 12:01  {TASK.id}  model (recorded)  refuted: shape: \\x1b[2Jno",
    ]


def test_what_is_not_known_is_said_to_be_unknown_and_what_is_too_young_to_be_young() -> None:
    young = structs.replace(
        ACCOUNT, cost_usd=None, cost_per_proved=None, settled=0, standing=0, standing_share=Estimate(value=None)
    )
    lines = proposals.text(Ledger(accounts=(young,), entries=(entry(Proved()),))).splitlines()
    assert "  cost      unknown; 90 s" in lines
    assert "  landed    2; standing after 30 days: none is 30 days old" in lines


def test_what_never_ended_or_was_judged_before_is_told_apart() -> None:
    died = Reserved(attempts=2, tokens=16_000, cost_usd=0.5, seconds=480.0)
    told = structs.replace(ACCOUNT, reserved=died, repeated=3, cost_usd=None, cost_per_proved=None)
    lines = proposals.text(Ledger(accounts=(told,), entries=())).splitlines()
    assert lines[5:8] == [
        "  recorded answers that were judged before, in no share: 3",
        "  never ended, or still asked: 2 attempts, reserved 16,000 tokens, $0.50, 480 s",
        "  cost      unknown; 90 s",
    ]
    assert lines[-1] == "nothing was judged yet"
    unpriced = structs.replace(told, reserved=structs.replace(died, cost_usd=None))
    assert "16,000 tokens, cost unknown, 480 s" in proposals.text(Ledger(accounts=(unpriced,), entries=()))


def test_an_empty_ledger_says_where_to_begin_and_a_long_one_shows_its_end() -> None:
    assert proposals.text(Ledger(accounts=(), entries=())) == (
        "no proposal was judged yet: outpace task, then outpace propose or outpace prove --task"
    )
    many = tuple(entry(Refuted(f"number {minute}"), minute) for minute in range(12))
    lines = proposals.text(Ledger(accounts=(ACCOUNT,), entries=many)).splitlines()
    assert (lines[-11], lines[-10].endswith("number 2")) == ("the last 10 of 12:", True)


def test_the_json_of_the_ledger_holds_every_share_and_every_proposal() -> None:
    said = json.loads(proposals.answer(Ledger(accounts=(ACCOUNT,), entries=(entry(Undecided("x")),))))["result"]
    (account,) = said["accounts"]
    shares = {name: account.pop(name) for name in ("proved", "standing")}
    assert account == {
        "proposer": "model",
        "kind": "code-fix",
        "attempts": 6,
        "reserved": {"attempts": 0, "tokens": 0, "cost_usd": 0.0, "seconds": 0.0},
        "repeated": 0,
        "hand_written": 1,
        "judged": 4,
        "refuted": 1,
        "undecided": 1,
        "rungs": [
            {"name": "shape", "reached": 4, "passed": 3},
            {"name": "base's tests", "reached": 0, "passed": 0},
        ],
        "seconds": 90.4,
        "cost_usd": 2.0,
        "cost_per_proved": 1.0,
        "landed": 2,
    }
    assert [(each["n"], each["value"]) for each in shares.values()] == [(4, 0.5), (1, 1.0)]
    assert said["proposals"] == [
        {
            "at": "2026-03-01T12:00:00Z",
            "task": TASK.id,
            "kind": "code-fix",
            "proposer": "model",
            "by": "",
            "origin": "recorded",
            "state": "undecided",
            "reason": "x",
            "patch": "p",
            "revision": "",
        }
    ]
