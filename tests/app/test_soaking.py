"""The judge that stands through a soak, and what else happens meanwhile: on an edge in memory."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from outpace.app.rollout import Rolling
from outpace.app.soaking import soaked
from outpace.delivery.edge.standing import Good, Rollout, Stage
from outpace.delivery.edge.traffic import Traffic
from outpace.delivery.rollout.verdicts import Evidence, GoOn, Growth, Phase, Price, Promote, RollBack, Verdict
from outpace.model.errors import DamagedData, DiskFull, Error, ToolFailed, Unreachable
from tests.fakes.edge import NEW, NOON, OLD, FakeEdge, in_its_soak
from tests.fakes.says import Says

GROWTH = Growth(metric="memory", blocks=9, per_hour=2.0**30, log_e=12.0, log_threshold=10.0)
EVIDENCE = Evidence(at=1.0, phase="promoted", compared=(), certain=(), growth=(GROWTH,))
SETTLED = Promote(evidence=Evidence(at=2.0, phase="settled", compared=(), certain=()))
BEGAN_ANEW = ToolFailed("Envoy was started again, and what it counted is lost", hint="outpace edge status")
NO_ROOM = DiskFull("the trail cannot be written", hint="free some space")


def go_on(phase: Phase, weight: float = 1.0) -> GoOn:
    return GoOn(price=Price(requests=10, seconds=1.0, sources=("users",)), weight=weight, phase=phase)


pytestmark = pytest.mark.usefixtures("in_no_time")


@pytest.fixture
def edge() -> FakeEdge:
    good = Good(release=NEW, revision="new", since=NOON, before=OLD)
    kept = Rollout(id="r", baseline=OLD, candidate=NEW, began=NOON, stage="promoted", promoted=NOON)
    return in_its_soak(good, kept)


def stands(edge: FakeEdge, *verdicts: Verdict | Error, asked_after: int = 1_000_000) -> tuple[Stage, object, object]:
    """How far the rollout is, which release is good, and which run, when the judge has ended."""
    looks = iter(range(asked_after))
    rolling = Rolling(edge, judges=Says(*verdicts), report=lambda _: None, now=lambda: NOON)
    assert edge.rollout is not None
    assert edge.good is not None
    soaked(
        edge,
        rolling,
        edge.rollout,
        drain_s=0.0,
        report=lambda _: None,
        is_asked=lambda: next(looks, None) is None,
    )
    return edge.rollout.stage, edge.good.release, set(edge.instances)


def test_what_is_settled_leaves_nothing_of_the_old_release(edge: FakeEdge) -> None:
    assert stands(edge, go_on("promoted"), SETTLED) == ("settled", NEW, {NEW})


def test_what_turns_bad_late_leaves_nothing_of_itself(edge: FakeEdge) -> None:
    worse = RollBack(metric="memory", evidence=EVIDENCE)
    assert stands(edge, go_on("promoted"), go_on("doubted", 0.1), worse) == ("reverted", OLD, {OLD})


@pytest.mark.parametrize("phase", ["promoted", "quiet"])
def test_a_judge_that_is_asked_leaves_while_nothing_is_compared(edge: FakeEdge, phase: Phase) -> None:
    assert stands(edge, go_on(phase), asked_after=3) == ("promoted", NEW, {OLD, NEW})


def test_a_judge_that_compares_decides_before_it_leaves(edge: FakeEdge) -> None:
    doubts = [go_on("doubted", 0.1)] * 5
    assert stands(edge, *doubts, RollBack(metric="memory", evidence=EVIDENCE), asked_after=1) == (
        "reverted",
        OLD,
        {OLD},
    )


def test_a_proxy_that_is_away_for_a_moment_takes_nothing_back(edge: FakeEdge) -> None:
    away = Unreachable("Envoy does not answer")
    assert stands(edge, away, away, SETTLED) == ("settled", NEW, {NEW})


@pytest.mark.parametrize("error", [NO_ROOM, BEGAN_ANEW], ids=["a full disk", "a proxy that was started again"])
def test_what_keeps_a_doubt_from_being_decided_goes_back_and_is_the_reason(edge: FakeEdge, error: Error) -> None:
    assert stands(edge, go_on("promoted"), go_on("doubted", 0.1), error) == ("reverted", OLD, {OLD})
    assert edge.rollout
    assert edge.rollout.why == error.message


@pytest.mark.parametrize("act", ["route 0", "admit"])
def test_what_fails_behind_the_settling_leaves_it_settled_and_is_gone_on_with(edge: FakeEdge, act: str) -> None:
    def meanwhile(did: str) -> None:
        if did == act:
            edge.meanwhile = lambda _did: None
            raise ToolFailed("Envoy does not take it", hint="outpace edge status")

    edge.meanwhile = meanwhile
    stage, good, _ = stands(edge, go_on("promoted"), SETTLED)
    assert (stage, good) == ("settled", NEW)
    Rolling(edge, judges=Says(SETTLED), report=lambda _: None, now=lambda: NOON).ends.tidied(edge.standing())
    assert set(edge.instances) == {NEW}
    assert edge.traffic == Traffic(baseline=NEW)


def test_a_doubt_whose_judge_died_goes_back_before_anything_else_begins(edge: FakeEdge) -> None:
    assert edge.rollout
    edge.rollout = replace(edge.rollout, armed=True)
    edge.traffic = Traffic(baseline=OLD, candidate=NEW, weight=1000)
    Rolling(edge, judges=Says(SETTLED), report=lambda _: None, now=lambda: NOON).ends.tidied(edge.standing())
    assert (edge.rollout.stage, edge.rollout.cut_off, set(edge.instances)) == ("reverted", True, {OLD})


def test_a_promotion_said_again_since_the_trail_is_lost_settles_nothing(edge: FakeEdge) -> None:
    again = Promote(evidence=Evidence(at=1.0, phase="users", compared=(), certain=()))
    assert stands(edge, again, go_on("promoted"), asked_after=1) == ("promoted", NEW, {OLD, NEW})


def test_a_judge_that_is_asked_while_the_proxy_is_away_leaves_no_doubt_behind(edge: FakeEdge) -> None:
    away = Unreachable("Envoy does not answer")
    worse = RollBack(metric="memory", evidence=EVIDENCE)
    doubts = (go_on("promoted"), go_on("doubted", 0.1), away, go_on("doubted", 0.1), worse)
    assert stands(edge, *doubts, asked_after=2) == ("reverted", OLD, {OLD})


def test_a_worker_that_ends_as_soon_as_it_is_started_goes_back(edge: FakeEdge) -> None:
    edge.workers, edge.ill = ("mails",), "ended 5 times: no cart"
    assert stands(edge, go_on("promoted")) == ("reverted", OLD, {OLD})
    assert edge.rollout
    assert edge.rollout.why == "mails ended 5 times: no cart"


def test_what_a_person_took_back_is_tidied_up(edge: FakeEdge) -> None:
    def meanwhile(did: str) -> None:
        if did == "route 1000" and edge.rollout is not None:
            edge.taken_back("orders look odd")

    edge.meanwhile = meanwhile
    assert stands(edge, go_on("promoted"), go_on("doubted", 0.1)) == ("reverted", OLD, {OLD})


def test_a_trail_that_cannot_be_read_moves_nothing_and_is_said(edge: FakeEdge) -> None:
    with pytest.raises(DamagedData):
        stands(edge, DamagedData("line 3 is none of a trail", hint="look at it"))
    assert (edge.rollout and edge.rollout.stage, set(edge.instances)) == ("promoted", {OLD, NEW})
