"""A rollout's order of things, and where it ends when something else happens in between: on an edge in memory."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from outpace.app.rollout import Rolling
from outpace.app.rollout_parts import AlreadyGood, Candidate, Outcome, Pace, Promoted, RolledBack, Settled
from outpace.delivery.edge.standing import Good, Standing
from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.delivery.rollout.counts import Arm, Tick, Usage
from outpace.delivery.rollout.verdicts import Evidence, GoOn, Growth, Price, Promote, RollBack, Verdict
from outpace.model.errors import Refused, Unreachable
from tests.fakes.edge import NEW, NOON, OLD, FakeEdge, program
from tests.fakes.says import Says

EVIDENCE = Evidence(at=1.0, phase="users", compared=(), certain=())
GROWTH = Growth(metric="memory", blocks=9, per_hour=2.0**30, log_e=12.0, log_threshold=10.0)
EVIDENCE_OF_MEMORY = Evidence(at=1.0, phase="promoted", compared=(), certain=(), growth=(GROWTH,))
SETTLED = Promote(evidence=Evidence(at=2.0, phase="settled", compared=(), certain=()))
GO_ON = GoOn(price=Price(requests=10, seconds=1.0, sources=("users",)), weight=0.05, phase="users")


pytestmark = pytest.mark.usefixtures("in_no_time")


@pytest.fixture
def edge() -> FakeEdge:
    """The old release has all users."""
    made = FakeEdge()
    made.instances, made.known, made.working = {OLD: 1}, frozenset({OLD}), OLD
    made.traffic, made.good = Traffic(baseline=OLD), Good(release=OLD, revision="old", since=NOON)
    return made


def passes(*_: object) -> None:
    pass


def rolled(
    edge: FakeEdge, *verdicts: Verdict, soak: bool = False, gate: Callable[[Candidate, Standing], None] = passes
) -> Outcome:
    judges = Says(*(verdicts or (GO_ON,)))
    rolling = Rolling(edge, judges=judges, report=lambda _: None, now=lambda: NOON, gate=gate)
    outcome = rolling.to(Candidate(release=NEW, revision="new", program=program(NEW), drain_s=0.0))
    return rolling.soaked(outcome.rollout, 0.0) if soak and isinstance(outcome, Promoted) else outcome


def serving(edge: FakeEdge) -> tuple[object, object]:
    """Who has all users, and which release is good."""
    assert edge.traffic is not None
    everybody = edge.traffic.candidate if edge.traffic.weight == WHOLE else edge.traffic.baseline
    assert edge.traffic.weight in (0, WHOLE)
    return everybody, edge.good.release if edge.good else None


def test_a_release_that_is_promoted_has_all_users_and_the_old_one_stays_warm(edge: FakeEdge) -> None:
    outcome = rolled(edge, GO_ON, Promote(evidence=EVIDENCE))
    assert isinstance(outcome, Promoted)
    assert (serving(edge), set(edge.instances), edge.working) == ((NEW, NEW), {OLD, NEW}, NEW)
    assert (edge.rollout.stage, edge.rollout.armed) == ("promoted", False) if edge.rollout else False


def test_a_release_that_is_settled_leaves_nothing_of_the_old_one(edge: FakeEdge) -> None:
    outcome = rolled(edge, Promote(evidence=EVIDENCE), SETTLED, soak=True)
    assert isinstance(outcome, Settled)
    assert (serving(edge), set(edge.instances), edge.known) == ((NEW, NEW), {NEW}, {NEW})


def test_a_release_that_is_worse_leaves_nothing_of_itself(edge: FakeEdge) -> None:
    outcome = rolled(edge, GO_ON, RollBack(metric="memory", evidence=EVIDENCE_OF_MEMORY))
    assert isinstance(outcome, RolledBack)
    assert "memory grew" in outcome.why
    assert (serving(edge), set(edge.instances), edge.working) == ((OLD, OLD), {OLD}, OLD)


def test_what_never_becomes_healthy_gets_no_route(edge: FakeEdge) -> None:
    edge.ill = "it ended 3 times"
    outcome = rolled(edge)
    assert isinstance(outcome, RolledBack)
    assert outcome.why == "it never became healthy: it ended 3 times"
    assert (serving(edge), set(edge.instances)) == ((OLD, OLD), {OLD})


def test_what_the_gate_refuses_does_not_begin(edge: FakeEdge) -> None:
    def refuses(*_: object) -> None:
        raise Refused("no way back")

    with pytest.raises(Refused, match="no way back"):
        rolled(edge, gate=refuses)
    assert (edge.rollout, edge.did) == (None, ["up"])


@pytest.mark.parametrize("act", ["route 0", "route 500", f"route {WHOLE}", "admit"])
def test_what_the_watchdog_takes_back_at_any_moment_ends_on_the_old_release(edge: FakeEdge, act: str) -> None:
    """As if the engine had been stopped just then, for longer than its lease, and had woken up."""

    def meanwhile(did: str) -> None:
        if did == act and edge.rollout is not None and edge.rollout.armed:
            edge.taken_back("the engine's lease lapsed")
            edge.traffic = Traffic(baseline=OLD, candidate=NEW, weight=500)  # and then it goes on with its act

    edge.meanwhile = meanwhile
    outcome = rolled(edge, GO_ON, GO_ON, Promote(evidence=EVIDENCE))
    if act == "admit":  # nothing is armed yet
        assert isinstance(outcome, Promoted)
        return
    assert isinstance(outcome, RolledBack)
    assert "the engine's lease lapsed" in outcome.why
    assert (serving(edge), set(edge.instances)) == ((OLD, OLD), {OLD})


@pytest.mark.parametrize("act", ["admit", "route 0", "route 500", f"route {WHOLE}"])
def test_an_edge_that_fails_at_any_moment_ends_on_the_old_release(edge: FakeEdge, act: str) -> None:
    def meanwhile(did: str) -> None:
        if did == act and edge.rollout is not None and edge.rollout.stage != "reverted":
            raise Unreachable("Envoy does not answer")

    edge.meanwhile = meanwhile
    outcome = rolled(edge, GO_ON, GO_ON, Promote(evidence=EVIDENCE))
    assert isinstance(outcome, RolledBack)
    assert outcome.why == "Envoy does not answer"
    assert (serving(edge), set(edge.instances)) == ((OLD, OLD), {OLD})


@pytest.mark.parametrize("act", ["start bb", "admit", "route 0", "route 500", f"route {WHOLE}"])
def test_an_engine_that_dies_at_any_moment_is_tidied_up_by_the_next(edge: FakeEdge, act: str) -> None:
    class Died(BaseException):
        pass

    def dies(did: str) -> None:
        if did == act:
            raise Died

    edge.meanwhile = dies
    with pytest.raises(Died):
        rolled(edge, GO_ON, GO_ON, Promote(evidence=EVIDENCE))
    edge.meanwhile = lambda _: None
    if edge.rollout is not None and edge.rollout.armed:
        edge.taken_back("the engine's lease lapsed")
    outcome = rolled(edge, Promote(evidence=EVIDENCE), SETTLED, soak=True)
    assert isinstance(outcome, Settled)
    assert (serving(edge), set(edge.instances)) == ((NEW, NEW), {NEW})


def test_what_is_good_already_is_only_seen_to_run(edge: FakeEdge) -> None:
    edge.good = Good(release=NEW, since=NOON)
    edge.instances, edge.known = {}, frozenset()
    assert rolled(edge) == AlreadyGood(NEW)
    assert (serving(edge), set(edge.instances)) == ((NEW, NEW), {NEW})


def test_the_first_release_needs_no_judge(edge: FakeEdge) -> None:
    edge.good, edge.traffic, edge.instances, edge.known = None, None, {}, frozenset()
    outcome = rolled(edge, RollBack(metric="errors", evidence=EVIDENCE))
    assert isinstance(outcome, Settled)
    assert (serving(edge), set(edge.instances), edge.working) == ((NEW, NEW), {NEW}, NEW)


def test_a_night_without_a_request_leaves_a_short_trail() -> None:
    """A thousand looks, and not the fifty thousand that there were; an hour's soak still sees what is used."""
    pace, usage = Pace(), (Usage(arm="candidate", rss_bytes=1, descriptors=1),)
    looks = (Tick(at=n / 2, weight=1.0, usage=usage if n % 4 == 0 else ()) for n in range(2 * 12 * 3600))
    counted = [tick for tick in looks if pace.counts(tick)]
    assert len(counted) < 1000
    assert max(b.at - a.at for a, b in pairwise(counted)) < 63
    assert sum(bool(tick.usage) for tick in counted if tick.at < 3600) > 60
    busy = Tick(at=50_000.0, weight=1.0, candidate=Arm(requests=1))
    assert [pace.counts(tick) for tick in (busy, Tick(at=50_001.0, weight=1.0))] == [True, True]
