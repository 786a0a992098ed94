"""A look at two releases, where what they or their users tell is more than a trail holds, or no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from outpace.delivery.edge.standing import Instance
from outpace.delivery.edge.traffic import upstream_name
from outpace.delivery.rollout.counts import MOST_CLIENTS, MOST_COUNTED, Arm, Tick
from outpace.delivery.rollout.trail import Header, Writing, resume
from outpace.engines.envoy.admin import Admin
from outpace.engines.envoy.counting import signal
from outpace.engines.envoy.place import Place
from outpace.engines.envoy.watching import Watch, _with_signal
from outpace.model.edge import Signal
from outpace.model.release import Digest
from tests.fakes.rollout_traffic import made

OLD, NEW = Digest("a" * 64), Digest("b" * 64)
METRICS = Signal(path="/metrics", bad="bad_total", total="all_total")


class Counting(Admin):
    """Counts what it is told to."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def began(self) -> str:
        return "once"

    def counters(self, pattern: str) -> dict[str, int]:
        return self.counts

    def latencies(self, pattern: str) -> dict[str, tuple[()]]:
        return {}


def looked(place: Place, lines: list[str], requests: int, errors: int) -> Tick:
    admin = Counting()
    watch = Watch(place, admin, (OLD, NEW), "a rollout", None)
    prefix = f"cluster.{upstream_name(NEW)}.external"
    admin.counts = {f"{prefix}.upstream_rq_completed": requests, f"{prefix}.upstream_rq_5xx": errors}
    (place.folder / "arms.log").write_text("".join(f"{line}\n" for line in lines))
    (tick,) = watch.look(1.0)
    return tick


def line(client: int, status: int) -> str:
    return f"candidate {status} - 3 {upstream_name(NEW)} 10.{client >> 16}.{client >> 8 & 255}.{client & 255}"


def test_a_look_at_more_clients_than_a_trail_holds_tells_of_those_with_the_most_failures_and_counts_all(
    tmp_path: Path,
) -> None:
    """The trail of it is read by the next judge."""
    place = Place(tmp_path)
    place.make()
    failing = range(MOST_CLIENTS + 5, MOST_CLIENTS + 25)
    lines = [line(each, 200) for each in range(MOST_CLIENTS + 5)] + [line(each, 500) for each in failing]
    lines += [line(7, 200)]
    tick = looked(place, lines, requests=len(lines), errors=len(failing))
    assert (tick.candidate.requests, tick.candidate.errors) == (len(lines), len(failing))
    told = Counter((each.good, each.bad) for each in tick.clients)
    assert told == {(0, 1): len(failing), (2, 0): 1, (1, 0): MOST_CLIENTS - len(failing) - 1}
    writing, header = Writing(), Header(budget=made())
    begun = writing.begin(header)
    judge = resume([begun]).judge
    written = writing.add(tick, judge.see(tick))
    assert resume([begun, *written.splitlines(keepends=True)]).length == len(begun) + len(written)


@contextmanager
def told(text: str) -> Generator[Instance]:
    """A process that says it at /metrics."""

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *words: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Says) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Instance(name="a-0", release=NEW, port=server.server_port)
        server.shutdown()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('bad_total{a="1"} 2\nbad_total{a="2"} 1\nall_total 5\n', (3, 5)),
        ("bad_total NaN\nall_total 5\n", None),
        ("bad_total 1\nall_total +Inf\n", None),
        ("bad_total 1\nall_total -Inf\n", None),
        ("bad_total none\nall_total 5\n", (0, 5)),
    ],
)
def test_a_metric_that_is_no_number_is_one_that_says_nothing(text: str, found: tuple[int, int] | None) -> None:
    with told(text) as instance:
        assert signal([instance], METRICS) == found


def test_a_metric_beyond_all_measure_leaves_a_trail_that_can_be_read() -> None:
    arm = _with_signal(Arm(), (10**15, 10**15), (0, 0))
    assert (arm.signal_bad, arm.signal_total) == (MOST_COUNTED, MOST_COUNTED)
