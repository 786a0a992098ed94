"""What a rollout needs of an edge: the real one, with Envoy and its watchdog, and the one in memory."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from threading import Thread

import pytest
from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import Good, Program, Rollout
from outpace.delivery.edge.traffic import WHOLE, Block, BlockPath, Traffic
from outpace.engines.envoy.runtime import Runtime as Envoy
from outpace.model import times
from outpace.model.edge import Check
from outpace.model.errors import DamagedData
from outpace.model.probe import Request, Sign
from outpace.model.release import Digest
from tests.edge.bare import HERE, A, B, bare_edge
from tests.edge.shop import PATIENCE, until
from tests.fakes.edge import FakeEdge

ALL_TO_A = Traffic(baseline=A)
HALF = Traffic(baseline=A, candidate=B, weight=WHOLE // 2)
BLOCK = Block(what=BlockPath(path="/admin"), until=times.now() + timedelta(hours=1), why="CVE-2026-1")
SERVES = (sys.executable, "-m", "uvicorn", "--log-level", "warning", "--port", "{port}", "streaming:app")
ENDS = (sys.executable, "-c", "raise SystemExit('no cart')")


class Ground(Struct, frozen=True):
    """Release A has all users, with one process; nothing else is there."""

    edge: Runtime

    def program(self, release: Digest, argv: tuple[str, ...] = SERVES) -> Program:
        variables = {"VERSION": release[0]}
        return Program(release=release, argv=argv, cwd=str(HERE), variables=variables, stop_s=1.0, ready="/healthz")

    def failing(self, release: Digest) -> Program:
        """Of a release that cannot run."""
        if isinstance(self.edge, FakeEdge):
            self.edge.ill = self.edge.migration = "it ended 2 times: no cart"
        return self.program(release, ENDS)

    def started(self, release: Digest, count: int = 1) -> None:
        self.edge.start(self.program(release), count)
        assert self.edge.healthy(release, PATIENCE) == ""
        self.edge.admit()

    def running(self) -> dict[Digest, int]:
        found = [each.release for each in self.edge.standing().instances]
        return {release: found.count(release) for release in found}

    def without_routes(self) -> None:
        """Nothing says any more where users are sent."""
        if isinstance(self.edge, FakeEdge):
            self.edge.traffic = None
        elif isinstance(self.edge, Envoy):
            (self.edge.place.xds / "rds.json").unlink()

    def emptied(self) -> None:
        """As it was."""
        if isinstance(self.edge, FakeEdge):
            self.edge.ill = self.edge.migration = ""
        self.edge.reblock(lambda _: ())
        self.edge.prepare_revert(ALL_TO_A)
        self.edge.revert(A)
        self.edge.work(A, ())
        self.edge.route(ALL_TO_A)
        self.edge.stop(B)
        self.edge.admit()
        assert self.edge.stopped(B, PATIENCE)


@pytest.fixture(scope="module", params=["Envoy", "fake"])
def only(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    if request.param == "Envoy":
        with bare_edge(tmp_path_factory.mktemp("edge") / "bare") as bare:
            yield Ground(bare.runtime)
    else:
        ground = Ground(FakeEdge())
        ground.edge.up()
        ground.started(A)
        ground.edge.route(ALL_TO_A)
        yield ground


@pytest.fixture
def ground(only: Ground) -> Iterator[Ground]:
    yield only
    only.emptied()


def test_what_is_started_is_there_once_and_goes_when_it_is_stopped(ground: Ground) -> None:
    edge = ground.edge
    first = edge.start(ground.program(B), 2)
    again = edge.start(ground.program(B), 2)
    assert [(each.release, each.port) for each in again] == [(B, each.port) for each in first]
    assert len({each.port for each in first}) == 2
    assert ground.running() == {A: 1, B: 2}
    edge.stop(B)
    assert (edge.stopped(B, PATIENCE), ground.running()) == (True, {A: 1})
    edge.stop(B)
    assert (edge.stopped(B, PATIENCE), ground.running()) == (True, {A: 1})


def test_fewer_processes_are_left_once_those_are_healthy(ground: Ground) -> None:
    ground.started(B, 2)
    ground.started(B, 1)
    assert ground.running() == {A: 1, B: 1}


def test_what_cannot_run_or_was_never_started_is_not_healthy_and_says_why(ground: Ground) -> None:
    assert ground.edge.healthy(B, 0.1) == "nothing of it was started"
    ground.edge.start(ground.failing(B), 1)
    assert "no cart" in ground.edge.healthy(B, PATIENCE)


def test_a_program_that_is_run_to_its_end_says_why_it_failed(ground: Ground) -> None:
    done = (sys.executable, "-c", "")
    assert ground.edge.finish(ground.program(B, done), PATIENCE) == ""
    assert "no cart" in ground.edge.finish(ground.failing(B), PATIENCE)


def test_traffic_is_what_was_routed_last_and_names_who_serves(ground: Ground) -> None:
    ground.started(B)
    seen: list[tuple[Traffic | None, list[Digest]]] = []
    routed = (HALF, replace(HALF, weight=WHOLE), Traffic(baseline=A, candidate=B, mirrored=0.5), ALL_TO_A)
    for traffic in routed:
        ground.edge.route(traffic)
        ground.edge.route(traffic)
        standing = ground.edge.standing()
        seen.append((standing.traffic, sorted(standing.serving.values())))
    assert seen == list(zip(routed, ([A, B], [B], [A], [A]), strict=True))


def test_a_rename_brings_back_routes_and_workers_and_without_one_prepared_users_go_to_the_baseline(
    ground: Ground,
) -> None:
    edge = ground.edge
    edge.work(A, [("queue", ground.program(A))])
    before = edge.standing().workers
    ground.started(B)
    edge.prepare_revert(ALL_TO_A)
    edge.work(B, [("queue", ground.program(B)), ("mail", ground.program(B))])
    edge.route(HALF)
    assert (len(before), len(edge.standing().workers)) == (1, 2)
    edge.revert(A)
    assert (edge.standing().traffic, edge.standing().workers) == (ALL_TO_A, before)
    edge.route(HALF)
    edge.revert(A)
    assert edge.standing().traffic == ALL_TO_A


def test_what_is_blocked_during_a_rollout_stays_blocked_when_it_is_taken_back(ground: Ground) -> None:
    ground.started(B)
    ground.edge.prepare_revert(ALL_TO_A)
    ground.edge.route(HALF)
    ground.edge.reblock(lambda blocks: (*blocks, BLOCK))
    ground.edge.revert(A)
    assert ground.edge.standing().traffic == replace(ALL_TO_A, blocks=(BLOCK,))


def test_routes_that_are_gone_are_laid_anew_with_the_blocks_that_stood(ground: Ground) -> None:
    ground.started(B)
    ground.edge.prepare_revert(ALL_TO_A)
    ground.edge.route(HALF)
    ground.edge.reblock(lambda blocks: (*blocks, BLOCK))
    assert ground.edge.ensure_routed(ALL_TO_A) == ""
    ground.without_routes()
    assert ground.edge.ensure_routed(HALF) != ""
    assert ground.edge.standing().traffic == replace(HALF, blocks=(BLOCK,))


def test_a_block_where_nothing_says_where_users_are_sent_is_refused(ground: Ground) -> None:
    """It would send them nowhere."""
    ground.edge.keep_good(Good(release=A, since=times.now()))
    ground.without_routes()
    with pytest.raises(DamagedData):
        ground.edge.reblock(lambda blocks: (*blocks, BLOCK))
    ground.edge.route(ALL_TO_A)


def test_blocks_that_two_put_up_at_once_stand_both(ground: Ground) -> None:
    what = [BlockPath(path=f"/{number}") for number in range(8)]
    add = [Thread(target=ground.edge.reblock, args=(partial(_with, each),)) for each in what]
    for each in add:
        each.start()
    for each in add:
        each.join()
    traffic = ground.edge.standing().traffic
    assert traffic is not None
    assert sorted((each.what for each in traffic.blocks), key=str) == what


def _with(what: BlockPath, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return (*blocks, replace(BLOCK, what=what))


def test_nothing_is_under_way_where_nobody_asks(ground: Ground) -> None:
    ground.started(B)
    ground.edge.route(HALF)
    assert (ground.edge.drained(B, PATIENCE), ground.edge.drained(Digest("c" * 64), PATIENCE)) == (True, True)


def test_what_was_kept_is_what_stands(ground: Ground) -> None:
    rollout = Rollout(id="one", baseline=A, candidate=B, began=times.now(), stage="users")
    good = Good(release=A, revision="old", since=times.now())
    ground.edge.keep_rollout(rollout)
    ground.edge.keep_good(good)
    standing = ground.edge.standing()
    assert (standing.rollout, standing.good, standing.under_way) == (rollout, good, True)
    ground.edge.keep_rollout(replace(rollout, stage="reverted"))
    ground.edge.renew("one")
    assert not ground.edge.standing().under_way
    assert ground.edge.kept_rollout() == ground.edge.standing().rollout
    assert ground.edge.migrated() == ""
    ground.edge.keep_migrated("5f7d0ffe")
    assert ground.edge.migrated() == "5f7d0ffe"


def test_one_at_a_time_reads_and_changes_what_is_kept_of_a_rollout(ground: Ground) -> None:
    rollout = Rollout(id="one", baseline=A, candidate=B, began=times.now(), stage="users")
    ground.edge.keep_rollout(rollout)

    def counted() -> None:
        for _ in range(10):
            with ground.edge.telling():
                found = ground.edge.kept_rollout()
                assert found is not None
                time.sleep(0.001)
                ground.edge.keep_rollout(replace(found, why=found.why + "+"))

    both = [Thread(target=counted) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    found = ground.edge.kept_rollout()
    assert found is not None
    assert found.why == "+" * 20


def test_a_worker_that_ends_at_once_is_told_of(ground: Ground) -> None:
    assert ground.edge.restless() == ()
    ground.edge.work(A, [("mails", ground.failing(A))])
    (told,) = until(ground.edge.restless, "it is told of")
    assert re.search(r"mails.* ended \d+ times: no cart", told)


def test_an_edge_that_is_up_stays_as_it_is(ground: Ground) -> None:
    before = ground.edge.standing()
    ground.edge.up()
    after = ground.edge.standing()
    assert (after.traffic, after.serving, ground.running()) == (before.traffic, before.serving, {A: 1})
    assert (bool(after.watchdog), bool(after.envoy), ground.edge.mended()) == (True, True, ())


def test_a_look_counts_nothing_where_nobody_asked_and_a_check_counts_for_the_candidate_alone(ground: Ground) -> None:
    ground.started(B)
    watch = ground.edge.watch(A, B, "two")
    looked = watch.look(0.0)
    counted, wrong = watch.check([Check(name="any", request=Request(path="/"), success=Sign(status=200))])
    assert [(tick.baseline.requests, tick.candidate.requests) for tick in looked if tick.source == "users"] in (
        [],
        [(0, 0)],
    )
    assert (counted.source, counted.baseline.requests, counted.candidate.requests, wrong) == ("checks", 0, 1, ())
