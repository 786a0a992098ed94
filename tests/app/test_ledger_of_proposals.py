"""The ledger counts what each proposer came to, by kind; what is hand-written or not known is in no share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import structs

from outpace.app.proposal_ledger import Account, Ledger, Reserved, RungYield, ledger
from outpace.app.task_book import Way, noted_proposal, noted_task
from outpace.model.proof import Check, CheckUndecided, Conclusion, Failed, Passed, Proof, Proved, Refuted, Skipped
from outpace.model.proof import Undecided as Open
from outpace.proving.proposing.budget import Booking, settle
from outpace.proving.proposing.ports import Origin, Spent
from outpace.proving.tasks import Kind, Task
from outpace.statistics.intervals import Estimate, proportion
from outpace.stories.history import History
from outpace.stories.keeping import Noted
from outpace.stories.kinds import AttemptBooked, Landed, ProposalJudged

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
TASK = Task(goal="a", editable=("a.py",))
PAID = Spent(seconds=10.0, tokens_in=1, tokens_out=2, cost_usd=0.5)
UNPRICED = Spent(seconds=5.0)
CLIMBED = (Check(name="shape", result=Passed()), Check(name="witness dead", result=Passed()))
FELL = (
    Check(name="shape", result=Passed()),
    Check(name="witness dead", result=Failed("still exploited")),
    Check(name="base's tests", result=Skipped("refuted already")),
)


class Told:
    """Proposals with their times, one after another."""

    def __init__(self) -> None:
        self.noted: list[tuple[Noted, datetime]] = []

    def judged(
        self,
        conclusion: Conclusion,
        checks: tuple[Check, ...] = (),
        *,
        by: str = "model",
        kind: Kind = "code-fix",
        spent: Spent = PAID,
        origin: Origin = "live",
        revision: str = "",
        days: int = 0,
        request: str = "",
        patch: str = "",
    ) -> None:
        number = len(self.noted)
        task = Task(kind=kind, goal="a", editable=("a.py",))
        proof = Proof(base="b", revision=f"diff-{number}", fixes=(), conclusion=conclusion, checks=checks)
        way = Way(proposer=by, origin=origin, spent=spent, request=request)
        noted = noted_proposal(task, proof, way, digest=patch or f"p{number}", revision=revision)
        self.noted.append((noted, NOW - timedelta(days=days)))

    def nothing(self, *, by: str = "model", spent: Spent = PAID) -> None:
        body = ProposalJudged(
            task=TASK.id, task_kind="code-fix", proposer=by, conclusion=Open("nothing was proposed: no"), spent=spent
        )
        self.noted.append((Noted(body, (len(self.noted),)), NOW))

    def booked(self, *bookings: Booking) -> None:
        for each in bookings:
            self.noted.append((Noted(AttemptBooked(booking=each), (each.task, each.number, each.settled)), each.at))

    def landed(self, revision: str, days: int) -> None:
        body = Landed(vulnerabilities=("PYSEC-2023-83",), branch="main", revision=revision)
        self.noted.append((Noted(body, (revision,)), NOW - timedelta(days=days)))

    def given(self) -> None:
        self.noted.append((noted_task(TASK), NOW))

    def ledger(self, stands: Mapping[str, bool] | None = None, task: str | None = None) -> Ledger:
        facts = [noted.fact("shop", at) for noted, at in self.noted]
        return ledger(History(facts), stands=(stands or {}).get, now=NOW, task=task)


def account(**changed: object) -> Account:
    """Of one proved proposal by a model."""
    fields: dict[str, object] = {
        "proposer": "model",
        "kind": "code-fix",
        "attempts": 1,
        "reserved": Reserved(),
        "repeated": 0,
        "judged": 1,
        "proved": 1,
        "refuted": 0,
        "undecided": 0,
        "hand_written": 0,
        "share": proportion(1, 1),
        "rungs": (
            RungYield(name="shape", reached=1, passed=1),
            RungYield(name="witness dead", reached=1, passed=1),
        ),
        "cost_usd": 0.5,
        "cost_per_proved": 0.5,
        "seconds": 10.0,
        "landed": 0,
        "settled": 0,
        "standing": 0,
        "standing_share": Estimate(value=None),
    }
    return Account(**{**fields, **changed})  # type: ignore[arg-type]


def test_yields_are_of_what_reached_a_rung_and_shares_of_what_was_judged() -> None:
    told = Told()
    told.judged(Proved(), CLIMBED)
    told.judged(Refuted("witness dead: still exploited"), FELL)
    told.judged(Open("x"), (Check(name="shape", result=CheckUndecided("x")),))
    told.nothing()
    assert told.ledger().accounts == (
        account(
            attempts=4,
            judged=3,
            refuted=1,
            undecided=1,
            share=proportion(1, 3),
            rungs=(
                RungYield(name="shape", reached=2, passed=2),
                RungYield(name="witness dead", reached=2, passed=1),
                RungYield(name="base's tests", reached=0, passed=0),
            ),
            cost_usd=2.0,
            cost_per_proved=2.0,
            seconds=40.0,
        ),
    )


def test_what_is_hand_written_is_counted_and_in_no_share_cost_or_yield() -> None:
    told = Told()
    told.judged(Proved(), CLIMBED)
    told.judged(Proved(), CLIMBED, origin="hand-written", revision="r")
    told.judged(Refuted("no"), FELL, origin="hand-written", spent=UNPRICED)
    assert told.ledger({"r": True}).accounts == (account(attempts=3, hand_written=2),)
    alone = Told()
    alone.judged(Proved(), CLIMBED, origin="hand-written")
    assert alone.ledger().accounts == (
        account(
            hand_written=1,
            judged=0,
            proved=0,
            share=Estimate(value=None),
            rungs=(),
            cost_usd=0,
            cost_per_proved=None,
            seconds=0,
        ),
    )


def test_a_cost_that_is_not_known_of_one_attempt_is_not_known_of_the_account() -> None:
    told = Told()
    told.judged(Proved(), CLIMBED)
    told.nothing(spent=UNPRICED)
    (found,) = told.ledger().accounts
    assert (found.cost_usd, found.cost_per_proved, found.seconds) == (None, None, 15.0)


def test_where_nothing_is_proved_a_proved_change_has_no_cost() -> None:
    told = Told()
    told.judged(Refuted("no"), FELL)
    (found,) = told.ledger().accounts
    assert (found.cost_usd, found.cost_per_proved) == (0.5, None)


def test_standing_is_of_what_landed_thirty_days_ago_or_more() -> None:
    told = Told()
    for revision, days in (("young", 29), ("old", 30), ("gone", 40), ("nowhere", 40)):
        told.judged(Proved(), CLIMBED, revision=revision, days=days)
    told.judged(Refuted("no"), FELL, revision="refuted", days=40)
    (found,) = told.ledger({"young": True, "old": True, "gone": False, "refuted": True}).accounts
    assert (found.landed, found.settled, found.standing, found.standing_share) == (3, 2, 1, proportion(1, 2))


def test_thirty_days_count_from_the_landing_where_that_is_on_record() -> None:
    told = Told()
    for revision in ("late", "early"):
        told.judged(Proved(), CLIMBED, revision=revision, days=40)
    told.landed("late", 29)
    told.landed("early", 30)
    (found,) = told.ledger({"late": True, "early": False}).accounts
    assert (found.landed, found.settled, found.standing) == (2, 1, 0)


def test_each_proposer_and_kind_has_an_account_and_one_task_can_be_asked_for() -> None:
    told = Told()
    told.judged(Proved(), CLIMBED, by="template", kind="test")
    told.judged(Proved(), CLIMBED, by="person")
    told.judged(Proved(), CLIMBED, by="person", kind="test")
    whole = told.ledger()
    assert [(each.proposer, each.kind) for each in whole.accounts] == [
        ("person", "code-fix"),
        ("person", "test"),
        ("template", "test"),
    ]
    assert len(whole.entries) == 3
    one = told.ledger(task=TASK.id)
    assert [each.judged.task for each in one.entries] == [TASK.id]
    assert one.accounts == (account(proposer="person"),)
    assert Told().ledger() == Ledger(accounts=(), entries=())


RESERVED = Booking(task=TASK.id, number=1, at=NOW, tokens=8000, cost_usd=0.25, seconds=240.0, proposer="model")


def test_an_attempt_that_was_booked_and_never_settled_is_counted_with_what_it_reserved() -> None:
    told = Told()
    told.given()
    told.judged(Proved(), CLIMBED)
    told.booked(RESERVED, structs.replace(RESERVED, number=2), settle(structs.replace(RESERVED, number=2), PAID))
    told.booked(structs.replace(RESERVED, number=3, proposer="agent", cost_usd=None, tokens=0))
    died = Reserved(attempts=1, tokens=8000, cost_usd=0.25, seconds=240.0)
    agent, model = told.ledger().accounts
    assert model == account(attempts=2, reserved=died, cost_usd=None, cost_per_proved=None)
    assert (agent.proposer, agent.kind, agent.attempts, agent.judged) == ("agent", "code-fix", 1, 0)
    assert agent.reserved == structs.replace(died, tokens=0, cost_usd=None)
    assert told.ledger(task="task-other") == Ledger(accounts=(), entries=())


def test_what_was_settled_is_not_counted_as_reserved() -> None:
    told = Told()
    told.given()
    told.booked(RESERVED, settle(RESERVED, PAID))
    assert told.ledger().accounts == ()


def test_a_recorded_answer_that_was_judged_before_is_an_attempt_and_in_no_share() -> None:
    told = Told()
    told.judged(Refuted("no"), FELL, request="r", patch="p")
    told.judged(Refuted("no"), FELL, by="recorded", origin="recorded", request="r", patch="p")
    told.judged(Proved(), CLIMBED, by="recorded", origin="recorded", request="r", patch="another")
    told.judged(Proved(), CLIMBED, by="recorded", origin="recorded", request="r", patch="another", revision="c")
    model, recorded = told.ledger({"c": True}).accounts
    assert (model.attempts, model.judged, model.repeated) == (1, 1, 0)
    assert recorded == account(proposer="recorded", attempts=3, repeated=2)


def test_two_live_answers_that_are_alike_are_two() -> None:
    told = Told()
    told.judged(Refuted("no"), FELL, request="r", patch="p")
    told.judged(Refuted("no"), FELL, request="r", patch="p", days=1, revision="another")
    (found,) = told.ledger().accounts
    assert (found.judged, found.repeated) == (2, 0)
