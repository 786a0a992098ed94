"""What the real proxy counts of users' answers: each once, with its end and with its client."""

from __future__ import annotations

import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.delivery.rollout.counts import Arm, Tick
from outpace.engines.envoy.counting import CountersBeganAnew
from outpace.engines.envoy.watching import Watch
from outpace.model.edge import Signal
from outpace.model.release import Digest
from tests.edge.bare import A, B, Bare, bare_edge
from tests.edge.shop import PATIENCE, until


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Bare]:
    """Release B takes all users, as the candidate."""
    with bare_edge(tmp_path / "bare") as edge:
        edge.start(B)
        edge.runtime.route(Traffic(baseline=A, candidate=B, weight=WHOLE))
        yield edge


def asked(edge: Bare, path: str, *, client: str = "127.0.0.1") -> bytes:
    """All that came, until the connection was closed."""
    with closing(socket.create_connection(("localhost", edge.port), source_address=(client, 0))) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        found = b""
        while some := connection.recv(1 << 16):
            found += some
        return found


def totals(ticks: list[Tick], arm: str = "candidate") -> Counter[str]:
    names = ("requests", "errors", "resets", "started")
    return Counter({name: sum(getattr(getattr(tick, arm), name) for tick in ticks) for name in names})


def looked(watch: Watch, seen: list[Tick]) -> list[Tick]:
    seen += [tick for tick in watch.look(1.0) if tick.source == "users"]
    return seen


def test_an_answer_that_is_cut_off_in_its_body_is_a_reset_of_its_release_and_client(edge: Bare) -> None:
    watch, seen = edge.runtime.watch(A, B, "1"), list[Tick]()
    for path, many in (("/", 3), ("/cut", 4), ("/bad", 2)):
        for _ in range(many):
            assert asked(edge, path).startswith(b"HTTP/1.1 ")
            looked(watch, seen)
    expected = Counter(requests=9, errors=2, resets=4, started=9)
    until(lambda: totals(looked(watch, seen)) == expected, "each is counted once")
    clients = [client for tick in seen for client in tick.clients]
    assert len({client.key for client in clients}) == 1
    assert (sum(client.good for client in clients), sum(client.bad for client in clients)) == (3, 6)
    assert totals(seen, "baseline") == Counter()


def test_the_failures_of_a_look_are_told_with_their_clients(edge: Bare) -> None:
    """However fast they come: how much one client may count for holds by that."""
    edge.runtime.route(Traffic(baseline=A, candidate=B, weight=WHOLE // 2))
    watch, seen, is_over = edge.runtime.watch(A, B, "1"), list[Tick](), Event()

    def fail(client: str) -> None:
        while not is_over.is_set():
            asked(edge, "/bad", client=client)

    threads = [Thread(target=fail, args=(f"127.0.0.{number}",)) for number in range(2, 6)]
    for thread in threads:
        thread.start()
    until(lambda: totals(looked(watch, seen))["errors"] > 200, "many fail")
    is_over.set()
    for thread in threads:
        thread.join()
    told = [
        (
            failed(tick.baseline),
            failed(tick.candidate),
            sum(c.baseline_bad for c in tick.clients),
            sum(c.bad for c in tick.clients),
        )
        for tick in looked(watch, seen)
    ]
    unlike = sum(old != old_told or new != new_told for old, new, old_told, new_told in told)
    assert unlike <= 0.02 * len(told)


def failed(arm: Arm) -> int:
    return arm.errors + arm.resets


def test_what_is_sent_is_what_is_answered_and_what_is_still_under_way(edge: Bare) -> None:
    """However often Envoy tries a request, with a connection or without one, and whoever gives it up."""
    watch, seen = edge.runtime.watch(A, B, "1"), list[Tick]()

    def unanswered() -> int:
        counts = totals(looked(watch, seen))
        return counts["started"] - counts["requests"]

    with closing(socket.create_connection(("localhost", edge.port))) as hanging:
        hanging.sendall(b"GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: unanswered() == looked(watch, seen)[-1].candidate.waiting == 1, "it is under way")
        asked(edge, "/")
        until(lambda: totals(looked(watch, seen))["requests"] == 1, "another is answered")
        assert unanswered() == 1
    until(lambda: totals(looked(watch, seen))["resets"] == 1, "it was given up")
    assert (unanswered(), seen[-1].candidate.waiting) == (0, 0)

    kill(edge, B)
    refused = sum(b" 503 " in asked(edge, "/") for _ in range(5))
    until(lambda: totals(looked(watch, seen))["errors"] == refused, "nobody was there")
    edge.runtime.healthy(B, PATIENCE)
    until(lambda: b" 200 " in asked(edge, "/"), "its process is there again")
    until(lambda: unanswered() == 0, "each is sent once")


def kill(edge: Bare, release: Digest) -> None:
    for instance in edge.runtime.standing().instances:
        if instance.release == release:
            os.kill(instance.pid, signal.SIGKILL)


@pytest.fixture
def mirroring(edge: Bare) -> Bare:
    edge.runtime.route(Traffic(baseline=A, candidate=B, mirrored=1.0))
    return edge


def test_copies_that_are_not_answered_stand_beside_what_users_were_answered(mirroring: Bare) -> None:
    watch, seen = mirroring.runtime.watch(A, B, "1"), list[Tick]()

    def copies() -> list[Tick]:
        seen.extend(watch.look(0.0))
        return [tick for tick in seen if tick.source == "mirrored"]

    instance = next(each for each in mirroring.runtime.standing().instances if each.release == B)
    os.kill(instance.pid, signal.SIGSTOP)
    for _ in range(7):
        asked(mirroring, "/")
    until(lambda: totals(copies(), "baseline")["requests"] == 7, "users are answered")
    assert (totals(copies()), copies()[-1].candidate.waiting) == (Counter(started=7), 7)
    os.kill(instance.pid, signal.SIGCONT)
    until(lambda: totals(copies()) == Counter(requests=7, started=7), "copies are answered, too")
    assert copies()[-1].candidate.waiting == 0


def test_copies_whose_answers_are_cut_off_are_told_apart_from_failures(mirroring: Bare) -> None:
    """Where no look has both."""
    watch, seen = mirroring.runtime.watch(A, B, "1"), list[Tick]()

    def copies() -> list[Tick]:
        seen.extend(watch.look(0.0))
        return [tick for tick in seen if tick.source == "mirrored"]

    expected = Counter[str]()
    for path, ends in (("/", {}), ("/cut", {"resets": 4}), ("/bad", {"errors": 4})):
        for _ in range(4):
            asked(mirroring, path)
        expected.update(ends, requests=4, started=4)
        until(lambda: totals(copies()) == expected, "each copy is counted once")
    found = Counter(requests=12, errors=4, resets=4)
    assert (totals(copies()), totals(copies(), "baseline")) == (found + Counter(started=12), found)


@pytest.mark.parametrize(("path", "is_untold"), [("/", False), ("/bad", True)])
def test_it_is_said_where_the_signal_is_not(edge: Bare, path: str, is_untold: bool) -> None:
    wanted = Signal(path=path, bad="failed", total="tried")
    watch = Watch(edge.runtime.place, edge.runtime.admin, (A, B), "1", wanted)
    assert watch.look(1.0)[0].is_untold == is_untold


def test_what_is_sent_at_another_weight_is_counted_at_the_release_that_gets_it(mirroring: Bare) -> None:
    watch, seen = mirroring.runtime.watch(A, B, "1"), list[Tick]()
    for _ in range(5):
        asked(mirroring, "/")
    until(lambda: watch.look(0.0)[0].candidate.waiting == 0, "copies are answered")
    mirroring.runtime.route(Traffic(baseline=A, candidate=B, weight=WHOLE // 2))
    answered = Counter(asked(mirroring, "/")[-2:-1].decode() for _ in range(40))
    until(lambda: totals(looked(watch, seen))["requests"] == answered["b"], "the candidate's are counted")
    expected = [Counter(requests=answered[arm], started=answered[arm]) for arm in "ab"]
    assert [totals(seen, "baseline"), totals(seen)] == expected
    assert sum(tick.source == "mirrored" for tick in seen) == 0


def test_an_envoy_that_is_started_anew_counts_from_there(edge: Bare) -> None:
    watch, seen = edge.runtime.watch(A, B, "1"), list[Tick]()
    asked(edge, "/")
    until(lambda: totals(looked(watch, seen))["requests"] == 1, "it is counted")
    pid = edge.runtime.place.pid("envoy")
    os.kill(pid, signal.SIGKILL)
    until(lambda: edge.runtime.place.pid("envoy") not in (0, pid), "another is started")
    until(edge.runtime.admin.is_ready, "it serves")
    until(lambda: answered(edge), "it finds the release")
    for _ in range(3):
        asked(edge, "/")
    with pytest.raises(CountersBeganAnew):
        watch.look(0.5)
    fresh = looked(watch, [])
    assert totals(fresh)["started"] == totals(fresh)["requests"] >= 4


def answered(edge: Bare) -> bool:
    try:
        return b" 200 " in asked(edge, "/")
    except OSError:
        return False
