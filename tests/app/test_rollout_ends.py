"""How rollouts end on an edge in memory: in somebody's soak, by a death between two files, and by hand."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta
from threading import Thread

import pytest
from msgspec.structs import replace

from outpace.app.rollback import roll_back
from outpace.app.rollout import Rolling
from outpace.app.rollout_parts import AlreadyGood, Candidate, Outcome, Promoted, RolledBack, Settled, Shown
from outpace.app.soaking import soaked
from outpace.delivery.edge.standing import Good, Rollout
from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.delivery.rollout.verdicts import Evidence, GoOn, Price, Promote, RollBack, Verdict
from outpace.model.errors import DiskFull, Error, Refused, ToolFailed, ToolTimedOut
from outpace.model.release import Digest
from tests.fakes.edge import NEW, NOON, OLD, FakeEdge, in_its_soak, program
from tests.fakes.says import Says

NEWER = Digest("c" * 64)
PROMOTED = Promote(evidence=Evidence(at=1.0, phase="users", compared=(), certain=()))
UNSEEN = Promote(evidence=Evidence(at=1.0, phase="quiet", compared=(), certain=()))
SETTLED = Promote(evidence=Evidence(at=2.0, phase="settled", compared=(), certain=()))
WORSE = RollBack(metric="health", evidence=Evidence(at=1.0, phase="users", compared=(), certain=()))
GO_ON = GoOn(price=Price(requests=10, seconds=1.0, sources=("users",)), weight=0.05, phase="users")
SOAKS = GoOn(price=Price(requests=10, seconds=1.0, sources=("users",)), weight=1.0, phase="promoted")
BEFORE = Good(release=OLD, revision="old", since=NOON - timedelta(days=3), before=Digest("9" * 64))
GOOD = Good(release=NEW, revision="new", since=NOON, before=OLD)
SOAK = Rollout(
    id="r", baseline=OLD, candidate=NEW, began=NOON, revision="new", stage="promoted", promoted=NOON, was=BEFORE
)


pytestmark = pytest.mark.usefixtures("in_no_time")


@pytest.fixture
def edge() -> FakeEdge:
    return in_its_soak(GOOD, SOAK)


def rolling(edge: FakeEdge, *verdicts: Verdict | Error) -> Rolling:
    return Rolling(edge, judges=Says(*(verdicts or (GO_ON,))), report=lambda _: None, now=lambda: NOON)


def rolled(edge: FakeEdge, *verdicts: Verdict | Error) -> Outcome:
    newer = program(NEWER)
    candidate = Candidate(release=NEWER, revision="newer", program=newer, migrate=newer, drain_s=0.0)
    return rolling(edge, *verdicts).to(candidate)


def judged(edge: FakeEdge, *verdicts: Verdict | Error) -> Outcome:
    assert edge.rollout is not None
    return soaked(edge, rolling(edge, *verdicts), edge.rollout, drain_s=0.0, report=lambda _: None)


def test_a_release_that_does_not_start_leaves_the_soak_before_it_as_it_was(edge: FakeEdge) -> None:
    edge.never = {NEWER: "it ended 3 times"}
    traffic = edge.traffic
    outcome = rolled(edge)
    assert isinstance(outcome, RolledBack)
    assert outcome.why == "it never became healthy: it ended 3 times"
    assert (edge.rollout, edge.good, edge.traffic) == (SOAK, GOOD, traffic)
    assert (set(edge.instances), edge.prepared) == ({OLD, NEW}, Traffic(baseline=OLD))


@pytest.mark.parametrize("act", ["start cc", "admit"])
def test_an_engine_that_dies_while_a_newer_release_starts_leaves_the_soak_before_it(edge: FakeEdge, act: str) -> None:
    class Died(BaseException):
        pass

    def dies(did: str) -> None:
        if did == act:
            raise Died

    edge.meanwhile = dies
    with pytest.raises(Died):
        rolled(edge)
    edge.meanwhile = lambda _: None
    rolling(edge).ends.tidied(edge.standing())
    assert (edge.rollout, edge.good, set(edge.instances)) == (SOAK, GOOD, {OLD, NEW})
    assert isinstance(judged(edge, SOAKS, SETTLED), Settled)


def taken_back_by_hand(edge: FakeEdge, alone: Callable[[], AbstractContextManager[None]] = nullcontext) -> RolledBack:
    return roll_back(
        edge,
        candidate=lambda release: Candidate(release=release, revision="", program=program(release)),
        why="orders are missing",
        alone=alone,
        report=lambda _: None,
        now=NOON,
    )


def test_what_users_are_sent_to_is_taken_back_though_a_newer_release_has_begun(edge: FakeEdge) -> None:
    """And nothing more of the newer one is started: it was to follow what is taken back."""

    def meanwhile(did: str) -> None:
        if did == "migrate":
            assert taken_back_by_hand(edge).rollout.id == SOAK.id
            assert edge.traffic == Traffic(baseline=OLD)

    edge.meanwhile = meanwhile
    outcome = rolled(edge, GO_ON, PROMOTED)
    assert isinstance(outcome, RolledBack)
    assert (outcome.rollout.candidate, outcome.why) == (NEWER, "orders are missing")
    assert edge.rollout == replace(SOAK, stage="reverted", by="a person", why="orders are missing", reverted=NOON)
    assert (edge.good, edge.traffic, set(edge.instances)) == (BEFORE, Traffic(baseline=OLD), {OLD})
    assert "start cc" not in edge.did


def test_what_users_are_sent_to_is_taken_back_while_a_newer_release_is_tidied_up(edge: FakeEdge) -> None:
    def meanwhile(did: str) -> None:
        if did == "stop cc":
            taken_back_by_hand(edge)

    edge.meanwhile = meanwhile
    edge.never = {NEWER: "it ended 3 times"}
    outcome = rolled(edge)
    assert isinstance(outcome, RolledBack)
    assert outcome.why == "it never became healthy: it ended 3 times"
    assert (edge.rollout and edge.rollout.why) == "orders are missing"
    assert (edge.good, edge.traffic, set(edge.instances)) == (BEFORE, Traffic(baseline=OLD), {OLD})


def test_a_soak_keeps_what_it_would_go_back_to_when_that_is_rolled_out_and_fails(edge: FakeEdge) -> None:
    says_no = Rolling(
        edge,
        judges=Says(GO_ON),
        report=lambda _: None,
        now=lambda: NOON,
        before=(lambda _candidate, _standing: Shown(why="the probe exploits it"),),
    )
    outcome = says_no.to(Candidate(release=OLD, revision="old", program=program(OLD), drain_s=0.0))
    assert isinstance(outcome, RolledBack)
    assert (edge.rollout, set(edge.instances)) == (SOAK, {OLD, NEW})


def test_what_is_taken_back_by_hand_before_a_newer_release_begins_stays_so(edge: FakeEdge) -> None:
    rolling_on = Rolling(
        edge,
        judges=Says(GO_ON, PROMOTED),
        report=lambda _: None,
        now=lambda: NOON,
        gate=lambda _candidate, _standing: taken_back_by_hand(edge) and None,
    )
    with pytest.raises(Refused, match="orders are missing"):
        rolling_on.to(Candidate(release=NEWER, revision="newer", program=program(NEWER), drain_s=0.0))
    assert (edge.traffic, edge.good) == (Traffic(baseline=OLD), BEFORE)


def test_what_was_gone_back_to_is_not_rolled_out_against_itself(edge: FakeEdge) -> None:
    edge.rollout = replace(SOAK, unmet=True)
    outcome = rolling(edge).to(Candidate(release=OLD, revision="old", program=program(OLD), drain_s=0.0))
    assert isinstance(outcome, AlreadyGood)
    assert (edge.good, edge.traffic, set(edge.instances)) == (BEFORE, Traffic(baseline=OLD), {OLD})


def test_a_watchdog_that_hangs_takes_no_release_back_in_its_soak(edge: FakeEdge) -> None:
    def hangs(did: str) -> None:
        if did == "renew":
            raise ToolTimedOut("the watchdog does not end", hint="look")

    edge.meanwhile = hangs
    assert isinstance(judged(edge, SOAKS, SETTLED), Settled)


def test_a_release_that_meets_users_ends_the_soak_before_it_and_is_compared_with_it(edge: FakeEdge) -> None:
    outcome = rolled(edge, GO_ON, PROMOTED)
    assert isinstance(outcome, Promoted)
    assert (edge.traffic, set(edge.instances)) == (
        Traffic(baseline=NEW, candidate=NEWER, weight=WHOLE),
        {NEW, NEWER},
    )


def test_what_hardly_anybody_has_met_is_no_measure_for_a_newer_release(edge: FakeEdge) -> None:
    edge.rollout = replace(SOAK, unmet=True)
    outcome = rolled(edge, GO_ON, PROMOTED)
    assert isinstance(outcome, Promoted)
    assert (edge.traffic, set(edge.instances)) == (
        Traffic(baseline=OLD, candidate=NEWER, weight=WHOLE),
        {OLD, NEWER},
    )
    assert outcome.rollout.was == BEFORE


@pytest.mark.parametrize(("verdict", "unmet"), [(PROMOTED, False), (UNSEEN, True)])
def test_a_promotion_says_whether_users_have_met_it(edge: FakeEdge, verdict: Verdict, unmet: bool) -> None:
    rolled(edge, verdict)
    assert edge.rollout
    assert edge.rollout.unmet is unmet


def test_users_who_come_in_a_soak_have_met_it(edge: FakeEdge) -> None:
    edge.rollout = replace(SOAK, unmet=True)
    judged(edge, SOAKS, SOAKS, SETTLED)
    assert edge.rollout.unmet is False


@pytest.mark.parametrize("ends", [judged, lambda edge, *_: rolling(edge).ends.tidied(edge.standing())])
def test_what_was_let_through_is_good_though_its_engine_died_before_it_said_so(
    edge: FakeEdge, ends: Callable[..., object]
) -> None:
    edge.good = BEFORE
    ends(edge, SOAKS, SETTLED)
    assert edge.good == GOOD


def test_a_way_back_that_nobody_wrote_down_is_gone_on_with(edge: FakeEdge) -> None:
    """Whoever renamed the routes died before the record said so."""
    edge.revert(OLD)
    outcome = judged(edge, SOAKS, SETTLED)
    assert isinstance(outcome, RolledBack)
    assert (edge.traffic, edge.good, set(edge.instances)) == (Traffic(baseline=OLD), BEFORE, {OLD})
    assert (edge.rollout and edge.rollout.why) == "it was being taken back when whoever did so died"


def test_who_takes_it_back_by_hand_is_named_though_its_engine_takes_it_back_too(edge: FakeEdge) -> None:
    def meanwhile(did: str) -> None:
        if did == "revert":
            edge.meanwhile = lambda _: None
            taken_back_by_hand(edge)

    edge.meanwhile = meanwhile
    outcome = judged(edge, SOAKS, WORSE)
    assert isinstance(outcome, RolledBack)
    assert (outcome.rollout.by, outcome.why) == ("a person", "orders are missing")
    assert edge.rollout == outcome.rollout


def test_who_takes_it_back_by_hand_is_named_though_its_engine_notices_the_rename(edge: FakeEdge) -> None:
    """It waits until that is written down."""
    engine, refusals = rolling(edge, SOAKS), list[str]()

    def notice() -> None:
        with pytest.raises(Refused) as refused:
            engine.ends.kept(SOAK, unmet=False)
        refusals.append(refused.value.message)

    notices = Thread(target=notice)
    edge.meanwhile = lambda did: notices.start() if did == "revert" else None
    taken_back_by_hand(edge)
    notices.join()
    assert refusals == ["a person took it back: orders are missing"]
    assert (edge.rollout and (edge.rollout.by, edge.rollout.why)) == ("a person", "orders are missing")


def test_a_rollback_by_hand_that_waited_in_vain_is_heard_by_whoever_was_slow(edge: FakeEdge) -> None:
    """It renamed nevertheless, and what it wrote was written over."""
    keep = edge.keep_rollout

    def slow(rollout: Rollout) -> None:
        edge.keep_rollout = keep
        edge.traffic, edge.prepared = Traffic(baseline=OLD), None
        keep(rollout)

    edge.keep_rollout = slow
    with pytest.raises(Refused, match="whoever did so died"):
        rolling(edge).ends.kept(SOAK, unmet=True)
    assert (edge.rollout and edge.rollout.stage) == "reverted"


def test_a_rollback_by_hand_of_what_is_being_settled_waits_for_it_and_starts_what_was_before(edge: FakeEdge) -> None:
    """By one rename it would lead to a release whose processes end."""
    engine = rolling(edge, SETTLED)

    @contextmanager
    def alone() -> Generator[None]:
        assert edge.did.count("revert") == 0
        yield

    assert isinstance(soaked(edge, engine, SOAK, drain_s=0.0, report=lambda _: None), Settled)
    edge.known |= {OLD}
    undone = taken_back_by_hand(edge, alone).rollout
    assert (undone.baseline, edge.traffic, OLD in edge.instances) == (OLD, Traffic(baseline=OLD), True)


def test_what_is_left_is_not_ended_where_the_release_before_is_not_there_any_more(edge: FakeEdge) -> None:
    """It is good again all the same, so that the next start brings it up."""
    del edge.instances[OLD]
    edge.rollout = replace(SOAK, stage="reverted", reverted=NOON)
    rolling(edge).ends.tidied(edge.standing())
    assert (set(edge.instances), edge.good) == ({NEW}, BEFORE)
    with pytest.raises(Refused, match="the good release has no process"):
        rolled(edge)


def test_a_rollback_by_hand_that_was_not_waited_for_says_it_again(edge: FakeEdge) -> None:
    """Whoever was slow wrote over it."""
    edge.is_slow, keep, kept = True, edge.keep_rollout, list[Rollout]()

    def slow(rollout: Rollout) -> None:
        kept.append(rollout)
        keep(rollout if len(kept) > 1 else SOAK)

    edge.keep_rollout = slow
    assert taken_back_by_hand(edge).why == "orders are missing"
    assert (edge.rollout and edge.rollout.why, edge.traffic) == ("orders are missing", Traffic(baseline=OLD))


@pytest.mark.parametrize("which", ["begun", "superseded"])
def test_a_newer_release_that_is_slow_to_begin_notices_that_the_soak_was_taken_back(edge: FakeEdge, which: str) -> None:
    keep, seen = edge.keep_rollout, list[Rollout]()

    def slow(rollout: Rollout) -> None:
        if rollout.candidate == NEWER and (rollout.soak is None) == (which == "superseded") and not seen:
            seen.append(rollout)
            edge.traffic, edge.prepared = Traffic(baseline=OLD), None
        keep(rollout)

    edge.keep_rollout = slow
    newer = Candidate(release=NEWER, revision="newer", program=program(NEWER), drain_s=0.0)
    with suppress(Refused):
        assert isinstance(rolling(edge, GO_ON, PROMOTED).to(newer), RolledBack)
    rolling(edge).ends.tidied(edge.standing())
    assert (edge.traffic, edge.good, OLD in edge.instances) == (Traffic(baseline=OLD), BEFORE, True)


def test_what_is_taken_back_while_it_is_promoted_is_not_said_to_be_promoted(edge: FakeEdge) -> None:
    edge.good, edge.rollout, edge.instances = BEFORE, None, {OLD: 1}
    edge.traffic, edge.prepared = Traffic(baseline=OLD), None
    keep = edge.keep_good

    def meanwhile(good: Good) -> None:
        edge.keep_good = keep
        keep(good)
        edge.taken_back("orders are missing")

    edge.keep_good = meanwhile
    assert isinstance(rolled(edge, GO_ON, PROMOTED), RolledBack)
    assert edge.good == BEFORE


def test_a_rollback_by_hand_on_a_full_disk_moves_users_and_says_what_is_not_written_down(edge: FakeEdge) -> None:
    edge.full_at, said = "keep good", list[str]()
    roll_back(
        edge,
        candidate=lambda release: Candidate(release=release, revision="", program=program(release)),
        why="orders are missing",
        alone=nullcontext,
        report=said.append,
        now=NOON,
    )
    assert edge.traffic == Traffic(baseline=OLD)
    assert len(said) == 1
    assert said[0].startswith("users are sent to the release before; that is not written down yet: good.json cannot")


def test_a_newer_release_is_not_begun_over_a_soak_that_is_taken_back_in_that_moment(edge: FakeEdge) -> None:
    engine = rolling(edge, GO_ON, PROMOTED)
    begun = engine.ends.begun

    def later(rollout: Rollout) -> None:
        taken_back_by_hand(edge)
        begun(rollout)

    engine.ends.begun = later
    with pytest.raises(Refused, match="orders are missing"):
        engine.to(Candidate(release=NEWER, revision="newer", program=program(NEWER), drain_s=0.0))
    assert (edge.traffic, edge.good) == (Traffic(baseline=OLD), BEFORE)


def test_what_is_taken_back_before_it_is_said_to_be_good_is_not_good(edge: FakeEdge) -> None:
    edge.good = BEFORE
    taken_back_by_hand(edge)
    rolling(edge).ends.let_through(SOAK)
    assert edge.good == BEFORE


def test_what_a_full_disk_keeps_from_being_written_down_is_told_and_written_once_there_is_room(edge: FakeEdge) -> None:
    keep, tries = edge.keep_rollout, list[Rollout]()

    def full(rollout: Rollout) -> None:
        tries.append(rollout)
        if len(tries) == 1:
            raise DiskFull("rollout.json cannot be written: the disk is full", hint="free some space")
        keep(rollout)

    engine = rolling(edge, SOAKS, WORSE)
    edge.keep_rollout = full
    outcome = soaked(edge, engine, SOAK, drain_s=0.0, report=lambda _: None)
    assert isinstance(outcome, RolledBack)
    assert (outcome.rollout.stage, outcome.rollout.cut_off, outcome.why) == ("reverted", False, tries[0].why)
    assert edge.rollout == outcome.rollout


def test_a_release_that_comes_back_is_good_as_it_was_before(edge: FakeEdge) -> None:
    judged(edge, SOAKS, WORSE)
    assert edge.good == BEFORE


def test_a_rollback_under_way_keeps_what_there_is_to_go_back_to_after_it(edge: FakeEdge) -> None:
    edge.good, edge.rollout = BEFORE, replace(SOAK, stage="users", promoted=None)
    taken_back_by_hand(edge)
    assert (edge.good, edge.traffic) == (BEFORE, Traffic(baseline=OLD))


@pytest.mark.parametrize("error", [ToolFailed("no"), ToolTimedOut("Envoy did not take it", hint="look")])
def test_whatever_keeps_a_soak_from_being_judged_takes_it_back(edge: FakeEdge, error: Error) -> None:
    assert isinstance(judged(edge, SOAKS, error), RolledBack)


def test_a_first_release_that_is_taken_back_leaves_no_workers_and_is_not_good(edge: FakeEdge) -> None:
    bare = FakeEdge()
    bare.full_at = "keep good"
    candidate = Candidate(release=NEW, revision="new", program=program(NEW), workers=(("mail", program(NEW)),))
    outcome = rolling(bare).to(replace(candidate, drain_s=0.0))
    assert isinstance(outcome, RolledBack)
    assert (bare.good, bare.workers, set(bare.instances)) == (None, (), set())
