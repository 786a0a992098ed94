"""A release that hangs once everybody is sent to it, and what its clients give up, with the real proxy."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from websockets.sync.client import connect

from outpace.delivery.rollout.counts import Arm
from tests.edge.bare import A, B, Bare, bare_edge
from tests.edge.shop import Shop, opened, until

LONG = 'mirror = 0.0\nsoak = "1h"'
URGENT = ("rollout", "--urgency", "exploited", "--format", "json")


@pytest.fixture
def soaking(tmp_path: Path) -> Iterator[Shop]:
    """Release 1 takes requests, and soaks are long."""
    with opened(tmp_path / "edge", more=LONG) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        yield shop


def test_a_release_whose_requests_hang_after_its_promotion_is_taken_back(soaking: Shop) -> None:
    soaking.commit("2", turns_at=700, hangs=1.0)
    with soaking.load(120) as load:
        assert soaking.outpace(*URGENT).answer["outcome"] == "promoted"
        until(lambda: soaking.stage() == "reverted", "it is taken back")
        until(lambda: soaking.takes_all("1"), "the old release is back")
        counts = load.end()
    assert "requests without an answer" in soaking.ends_on("1", "reverted").why
    assert counts.by["2"] >= 700


def test_a_candidate_that_hangs_for_its_first_users_comes_back_before_they_give_up(soaking: Shop) -> None:
    soaking.commit("2", hangs=1.0)
    with soaking.load(120):
        assert "requests without an answer" in soaking.rolled_back()
        until(lambda: soaking.takes_all("1"), "the old release has everybody")


def test_a_release_whose_processes_stand_still_is_taken_back_for_its_health(soaking: Shop) -> None:
    soaking.commit("2")
    with soaking.load(120):
        assert soaking.outpace(*URGENT).answer["outcome"] == "promoted"
    instance = next(each for each in soaking.standing.instances if each.release == soaking.rollout.candidate)
    os.kill(instance.pid, signal.SIGSTOP)
    until(lambda: soaking.stage() == "reverted", "it is taken back")
    assert soaking.rollout.why.startswith("none of its processes was healthy for 5 s")
    assert soaking.takes_all("1")


def ended(edge: Bare, path: str, *, answered: bool) -> None:
    """By its client."""
    with closing(socket.create_connection(("localhost", edge.port))) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        if answered:
            assert client.recv(1)
        else:
            until(lambda: watched(edge).waiting, "it is under way")


def watched(edge: Bare) -> Arm:
    """What one more look sees of release A."""
    return edge.runtime.watch(A, B, "1").look(1)[0].baseline


def test_what_a_client_gives_up_has_failed_and_a_stream_that_it_closes_has_not(tmp_path: Path) -> None:
    with bare_edge(tmp_path / "bare") as edge:
        watch = edge.runtime.watch(A, B, "1")
        seen: list[Arm] = []

        def looked(requests: int, resets: int) -> bool:
            seen.append(watch.look(1)[0].baseline)
            counts = (sum(arm.requests for arm in seen), sum(arm.resets for arm in seen), seen[-1].waiting)
            return counts == (requests, resets, 0)

        ended(edge, "/events", answered=True)
        until(lambda: looked(1, 0), "a stream is closed")
        with connect(f"ws://localhost:{edge.port}/chat") as chatting:
            chatting.send("hello")
            assert chatting.recv() == "a hello"
        with closing(connect(f"ws://localhost:{edge.port}/chat").socket):
            pass
        until(lambda: looked(3, 0), "WebSockets are closed")
        ended(edge, "/hang", answered=False)
        until(lambda: looked(4, 1), "a request is given up")
        assert sum(arm.started for arm in seen) == 4
