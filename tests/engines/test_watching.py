"""What is counted of two releases, from one look to the next and from one engine to the next."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from threading import Thread

import msgspec
import pytest

from outpace.delivery.edge.traffic import upstream_name
from outpace.delivery.rollout.counts import MOST_BUCKETS, Arm, Bucket
from outpace.engines.envoy.admin import SOCKET, Admin
from outpace.engines.envoy.counting import CountersBeganAnew
from outpace.engines.envoy.place import Place
from outpace.engines.envoy.watching import Watch
from outpace.model.release import Digest

OLD, NEW = Digest("a" * 64), Digest("b" * 64)


class Proxy(UnixStreamServer):
    """Answers at an admin socket as Envoy does, to one kind of question: what it counted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder / SOCKET), Answering)
        self.ended = 0  # requests of users to the new release
        self.took: list[float] = []  # milliseconds, of so many in turn


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Proxy)
        cluster = f"cluster.{upstream_name(NEW)}"
        counted = {"external.upstream_rq_completed": self.server.ended, "membership_healthy": 1}
        stats = [{"name": f"{cluster}.{name}", "value": value} for name, value in counted.items()]
        if "histogram" in self.path:
            totals = [{"lower_bound": 0.0, "width": upper, "count": 3} for upper in self.server.took]
            histogram = {"name": f"{cluster}.upstream_rq_time", "totals": totals}
            stats = [{"histograms": {"details": [histogram]}}]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(msgspec.json.encode({"stats": stats}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serving(folder: Path) -> Generator[Proxy]:
    (folder / SOCKET).unlink(missing_ok=True)
    with Proxy(folder) as made:
        thread = Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    with serving(tmp_path) as made:
        yield made


def watch(folder: Path) -> Watch:
    return Watch(Place(folder), Admin(folder), (OLD, NEW), "a rollout", None)


def test_what_was_looked_at_is_not_counted_again_by_another_engine(proxy: Proxy, tmp_path: Path) -> None:
    """However soon after a look the first engine is killed: it says nothing at its end."""
    killed = watch(tmp_path)
    proxy.ended = 7
    assert killed.look(0.1)[0].candidate == Arm(requests=7)
    proxy.ended = 9
    assert killed.look(0.1)[0].candidate == Arm(requests=2)
    proxy.ended = 10
    assert watch(tmp_path).look(0.1)[0].candidate == Arm(requests=1)


def test_another_proxy_is_known_though_it_counted_more_than_the_one_before(tmp_path: Path) -> None:
    """What it counted less what the other did is of neither."""
    with serving(tmp_path) as proxy:
        began = watch(tmp_path)
        proxy.ended = 7
        began.look(1.0)
    with serving(tmp_path) as proxy:
        proxy.ended = 20
        with pytest.raises(CountersBeganAnew):
            watch(tmp_path).look(0.5)
        assert watch(tmp_path).look(1.0)[0].candidate == Arm(requests=20)


def test_a_trail_holds_how_long_many_answers_took_and_none_of_them_is_lost(proxy: Proxy, tmp_path: Path) -> None:
    took = [float(digits * 10**zeros) for zeros in range(6) for digits in range(11, 101)]
    looking = watch(tmp_path)
    proxy.took = took[-MOST_BUCKETS:]
    assert [bucket.upper for bucket in looking.look(1.0)[0].candidate.latency] == took[-MOST_BUCKETS:]
    proxy.took = took
    found = looking.look(1.0)[0].candidate.latency
    assert sum(bucket.count for bucket in found) == 3 * (len(took) - MOST_BUCKETS)
    assert 100 < len(found) <= MOST_BUCKETS
    assert [bucket.upper for bucket in found] == sorted({bucket.upper for bucket in found})
    assert found[:2] == (Bucket(12.0, 6), Bucket(14.0, 6))
