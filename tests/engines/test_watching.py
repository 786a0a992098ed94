"""What is counted of two releases, from one look to the next and from one engine to the next."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from threading import Thread

import msgspec
import pytest

from outpace.delivery.edge.traffic import upstream_name
from outpace.delivery.rollout.counts import Arm
from outpace.engines.envoy.admin import SOCKET, Admin
from outpace.engines.envoy.place import Place
from outpace.engines.envoy.watching import Watch
from outpace.model.release import Digest

OLD, NEW = Digest("a" * 64), Digest("b" * 64)


class Proxy(UnixStreamServer):
    """Answers at an admin socket as Envoy does, to one kind of question: what it counted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder / SOCKET), Answering)
        self.ended = 0  # requests of users to the new release


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Proxy)
        name = f"cluster.{upstream_name(NEW)}.external.upstream_rq_completed"
        stats = [] if "histogram" in self.path else [{"name": name, "value": self.server.ended}]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(msgspec.json.encode({"stats": stats}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    with Proxy(tmp_path) as made:
        thread = Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


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
