"""Proposers are asked in order, told what was refuted, and held to what they may spend; the first proved ends it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from outpace.app.judge import Candidate
from outpace.app.propose import Attempt, Hands, Proposed, propose, total
from outpace.app.task_book import Way
from outpace.model.errors import BadInput
from outpace.model.proof import Conclusion, Proof, Proved, Refuted, Undecided
from outpace.model.proposers import ProposerBudget
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.proposing.budget import Booking
from outpace.proving.proposing.ports import NoProposal, Proposal, Spent
from outpace.proving.tasks import Task
from tests.fakes.proposers import Ledgers, Priced, Scripted

NOTHING = Spent()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TASK = Task(goal="a", editable=("a.py",), created=("test_a.py",), context=("b.py",))
BUDGET = ProposerBudget(attempts=3, tokens=1000, cost_usd=1.0, wall="10m", cost_usd_per_day=2.0)
RESERVED = Booking(task=TASK.id, number=1, at=NOON, tokens=300, cost_usd=0.25, seconds=60.0, proposer="model")
SAID: dict[bytes, Conclusion] = {
    b"right": Proved(),
    b"wrong": Refuted("witness dead: still exploited"),
    b"other": Refuted("parses: a.py cannot be read"),
    b"unsure": Undecided("benign identical: no benign call is given", "one"),
}


class Judging:
    """What is done with proposals, and what of it was kept."""

    def __init__(self, books: Ledgers) -> None:
        self.books = books
        self.judged: list[tuple[bytes, Way]] = []
        self.nothing: list[tuple[str, Way]] = []

    @property
    def hands(self) -> Hands:
        return Hands(
            patched=self._patched,
            judged=self._judged,
            nothing=lambda answer, way: self.nothing.append((answer.why, way)),
            books=self.books,
            now=lambda: NOON,
        )

    def _patched(self, diff: bytes) -> Patch:
        if diff not in SAID:
            raise BadInput("the diff does not apply")
        return Patch.of([PatchedFile(path="a.py", before=b"", after=diff)])

    def _judged(self, candidate: Candidate, way: Way) -> Proof:
        diff = candidate.patch.files[0].after or b""
        self.judged.append((diff, way))
        return Proof(base="b", revision=candidate.name, fixes=(), conclusion=SAID[diff], checks=())


def asking(
    *proposers: Scripted, budget: ProposerBudget = BUDGET, books: Ledgers | None = None
) -> tuple[Proposed, Judging]:
    judging = Judging(books or Ledgers())
    found = propose(
        TASK, proposers, tree=Path("/nowhere"), brief="# brief", brief_json=b"{}", budget=budget, hands=judging.hands
    )
    return found, judging


def proposal(diff: bytes, *, spent: Spent = NOTHING, by: str = "") -> Proposal:
    return Proposal(diff=diff, spent=spent, by=by)


def states(found: Proposed) -> list[tuple[str, str]]:
    return [
        (each.way.proposer, each.why if each.proof is None else type(each.proof.conclusion).__name__)
        for each in found.attempts
    ]


def test_the_first_that_is_proved_ends_it() -> None:
    agent = Scripted("agent", proposal(b"wrong"), proposal(b"right", by="tidy 1"))
    model = Scripted("model", proposal(b"right"))
    found, judging = asking(agent, model)
    assert states(found) == [("agent", "Refuted"), ("agent", "Proved")]
    assert (found.proved, found.exceeded, model.asked) == (found.attempts[1], "", [])
    assert judging.judged == [(b"wrong", Way(proposer="agent")), (b"right", Way(proposer="agent", by="tidy 1"))]


def test_the_task_is_asked_with_its_brief_and_what_may_be_edited() -> None:
    agent = Scripted("agent", proposal(b"right"))
    asking(agent)
    asked = agent.asked[0]
    assert (asked.task, asked.brief, asked.brief_json, asked.tree) == (TASK.id, "# brief", b"{}", Path("/nowhere"))
    assert (asked.editable, asked.created, asked.context, asked.refuted) == (("a.py",), ("test_a.py",), ("b.py",), ())


def test_sentences_of_refutations_reach_the_next_attempt_and_the_next_proposer() -> None:
    agent = Scripted("agent", proposal(b"wrong"), proposal(b"unsure"), NoProposal(why="I give up", final=True))
    model = Scripted("model", proposal(b"right"))
    asking(agent, model, budget=structs.replace(BUDGET, attempts=9))
    told = (
        "refuted at witness dead: still exploited",
        "undecided: benign identical: no benign call is given",
    )
    assert [each.refuted for each in agent.asked] == [(), told[:1], told]
    assert model.asked[0].refuted == told


def test_what_came_to_nothing_is_told_to_whom_it_happened_and_to_nobody_else() -> None:
    recorded = Scripted("recorded", NoProposal(why="no answer is on record", final=True))
    agent = Scripted("agent", NoProposal(why="status 3"), proposal(b"wrong"))
    model = Scripted("model", proposal(b"right"))
    asking(recorded, agent, model, budget=structs.replace(BUDGET, attempts=3))
    assert [each.refuted for each in agent.asked[:2]] == [(), ("there was nothing to judge: status 3",)]
    assert model.asked == []
    asking(recorded, model)
    assert model.asked[0].refuted == ()


@pytest.mark.parametrize("name", ["template", "recorded", "upgrade"])
def test_one_that_costs_nothing_is_asked_once_and_books_nothing(name: str) -> None:
    free = Scripted(name, proposal(b"wrong"))
    found, judging = asking(free)
    assert (states(found), len(free.asked), judging.books.kept) == ([(name, "Refuted")], 1, [])


def test_one_that_costs_nothing_is_asked_even_where_the_budget_is_spent() -> None:
    spent = [Booking(task=TASK.id, number=n, at=NOON, tokens=900, cost_usd=1.0, seconds=300.0) for n in (1, 2, 3)]
    template, agent = Scripted("template", proposal(b"wrong")), Scripted("agent", proposal(b"right"))
    found, _ = asking(template, agent, books=Ledgers(spent))
    assert (states(found), agent.asked) == ([("template", "Refuted")], [])
    assert found.exceeded == "3 attempts at this task, and no more"


def test_attempts_end_where_the_budget_does_and_what_was_tried_is_told() -> None:
    agent, model = Scripted("agent", proposal(b"wrong")), Scripted("model", proposal(b"right"))
    found, _ = asking(agent, model)
    assert states(found) == [("agent", "Refuted")] * 3
    assert (found.proved, found.exceeded, model.asked) == (None, "3 attempts at this task, and no more", [])


def test_a_booking_is_kept_before_the_call_and_settled_after_it() -> None:
    books = Ledgers()
    seen: list[list[Booking]] = []
    model = Priced("model", proposal(b"right", spent=Spent(seconds=3.0, tokens_in=50, tokens_out=20, cost_usd=0.02)))
    model.looks = lambda: seen.append(list(books.kept))
    asking(model, books=books)
    settled = structs.replace(RESERVED, tokens=70, cost_usd=0.02, seconds=3.0, settled=True)
    assert seen == [[RESERVED]]
    assert books.kept == [RESERVED, settled]


def test_a_proposer_that_breaks_leaves_its_booking_as_it_was_reserved() -> None:
    books = Ledgers()
    with pytest.raises(OSError, match="gone"):
        asking(Priced("model", OSError("gone")), books=books)
    assert books.booked() == (RESERVED,)


def test_an_attempt_may_take_what_is_left_its_own_reservation_included() -> None:
    earlier = Booking(task=TASK.id, number=1, at=NOON, tokens=500, cost_usd=0.5, seconds=240.0, settled=True)
    model = Priced("model", proposal(b"right"))
    asking(model, books=Ledgers([earlier]))
    assert model.within == [(360.0, 500, 0.5)]


def test_an_attempt_that_may_take_more_than_is_left_is_not_made() -> None:
    earlier = Booking(task=TASK.id, number=1, at=NOON, tokens=800, cost_usd=0.5, seconds=1.0, settled=True)
    model = Priced("model", proposal(b"right"))
    found, judging = asking(model, books=Ledgers([earlier]))
    assert (found.attempts, model.asked, judging.books.kept) == ((), [], [earlier])
    assert found.exceeded == "the next call may take 300 tokens, and 200 is left for this task"


def test_who_has_nothing_more_to_propose_is_asked_no_more_and_it_is_kept() -> None:
    agent = Scripted("agent", NoProposal(why="it is right as it is", final=True, by="tidy 1"))
    model = Scripted("model", proposal(b"right"))
    found, judging = asking(agent, model)
    assert states(found) == [("agent", "it is right as it is"), ("model", "Proved")]
    assert judging.nothing == [("it is right as it is", Way(proposer="agent", by="tidy 1"))]


AWAY = NoProposal(
    why="no server is reached", absent="unreachable", spent=Spent(seconds=1.0, tokens_in=0, tokens_out=0, cost_usd=0.0)
)


def test_who_was_not_there_made_no_attempt_and_is_asked_no_more() -> None:
    books = Ledgers()
    model = Priced("model", AWAY)
    found, judging = asking(model, books=books)
    assert [(each.why, each.absent) for each in found.attempts] == [("no server is reached", "unreachable")]
    assert (found.asked, judging.nothing, len(model.asked)) == ((), [], 1)
    settled = structs.replace(RESERVED, tokens=0, cost_usd=0.0, seconds=1.0, settled=True, made=False)
    assert books.kept == [RESERVED, settled]


def test_a_server_that_is_away_uses_up_no_attempts() -> None:
    books = Ledgers()
    for _ in range(BUDGET.attempts + 1):
        asking(Priced("model", AWAY), books=books)
    found, _ = asking(Priced("model", proposal(b"right")), books=books)
    assert (states(found), found.exceeded) == ([("model", "Proved")], "")


def test_nothing_on_record_is_no_attempt_of_the_record() -> None:
    recorded = Scripted("recorded", NoProposal(why="there is no recorded answer", final=True, absent="no answer"))
    found, judging = asking(recorded, Scripted("model", proposal(b"right")))
    assert ([each.way.proposer for each in found.asked], judging.nothing) == (["model"], [])


def test_a_diff_that_does_not_apply_is_nothing_to_judge_and_may_be_tried_again() -> None:
    spent = Spent(seconds=2.0)
    agent = Scripted("agent", proposal(b"torn", spent=spent), proposal(b"right"))
    found, judging = asking(agent)
    assert states(found) == [("agent", "the diff does not apply"), ("agent", "Proved")]
    assert judging.nothing == [("the diff does not apply", Way(proposer="agent", spent=spent))]


def test_a_cost_that_is_not_known_of_one_is_not_known_of_all_and_of_none_it_is_nothing() -> None:
    known = Attempt(way=Way(spent=Spent(seconds=1.0, tokens_in=1, tokens_out=2, cost_usd=0.5)))
    unknown = Attempt(way=Way(spent=Spent(seconds=2.0, tokens_in=3)))
    assert total([known, known]) == Spent(seconds=2.0, tokens_in=2, tokens_out=4, cost_usd=1.0)
    assert total([]) == Spent(tokens_in=0, tokens_out=0, cost_usd=0.0)
    assert total([known, unknown]) == Spent(seconds=3.0, tokens_in=4)
