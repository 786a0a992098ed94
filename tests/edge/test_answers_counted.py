"""What the real proxy counts of users' answers: each once, with its end and with its client."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.delivery.rollout.counts import Arm, Tick
from outpace.engines.envoy.watching import Watch
from tests.edge.bare import A, B, Bare, bare_edge
from tests.edge.shop import until


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
