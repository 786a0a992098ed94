"""An open-loop load on an edge, as a process of its own: `python edge_load.py 127.0.0.1:8080 --rps 200 --seconds 10`.

Requests are due by Poisson's clock whether or not earlier ones were answered; a part of them are POSTs that create
orders with numbers of their own. Connections are kept, and come from several loopback addresses, as users do: the edge
tells clients apart by address. With --log FILE each answer is a line: when it was sent and answered (monotonic
seconds, the same for all processes of the machine), status (0: failed), P or G, and the release that answered.

How many requests a second it can do is measured and not assumed: `late_ms` says how long after its moment a request was
really sent. On two cores with a load average of 10 it sent 1,000 a second to the bench's application with 120 us of CPU
for each, and 3,000 no more. It ends at SIGTERM, or after --seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import signal
import sys
import time
from collections import Counter, deque
from pathlib import Path
from typing import NamedTuple

SECONDS = 10.0
"""After which a request that was not answered has failed."""
STOPPED = 2.0
"""Seconds after which what was due is not sent any more: the machine was stopped, and nobody can have asked then."""
MOST_CONNECTIONS = 2000
POSTS = 0.3
CLIENTS = 20
FIRST_BAD, PAST_GOOD = 400, 300


class Answered(NamedTuple):
    """Monotonic seconds; `status` 0: there was no answer. `order`: a number, or -1."""

    sent: float
    at: float
    status: int
    release: str
    order: int

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < PAST_GOOD


def read(log: Path) -> list[Answered]:
    rows = (line.split("\t") for line in log.read_text().splitlines())
    return [
        Answered(float(sent), float(at), int(status), release, int(order)) for sent, at, status, release, order in rows
    ]


class Connection(asyncio.Protocol):
    """One request at a time; answers must say how long they are."""

    def __init__(self, load: Load, client: str) -> None:
        self.load, self.client = load, client
        self.transport: asyncio.Transport | None = None
        self.got = b""
        self.sent, self.order, self.is_busy = 0.0, -1, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, sent: float, order: int) -> None:
        assert self.transport is not None
        self.sent, self.order, self.is_busy, self.got = sent, order, True, b""
        self.transport.write(self.load.request(order))

    def data_received(self, data: bytes) -> None:
        self.got += data
        end = self.got.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.got[:end].lower()
        length = head.find(b"content-length:")
        if length < 0:
            self.load.failed(self, "an answer without its length")
            return
        size = int(head[length + 15 :].split(b"\r\n", 1)[0])
        if len(self.got) - end - 4 < size:
            return
        mark = head.find(b"x-release:")
        release = head[mark + 10 :].split(b"\r\n", 1)[0].strip().decode() if mark >= 0 else "-"
        self.load.answered(self, int(head[9:12]), release, keep=b"connection: close" not in head)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.is_busy:
            self.load.failed(self, type(exc).__name__ if exc else "closed before it answered")
        self.load.gone(self)


class Load:
    def __init__(self, address: str, args: argparse.Namespace) -> None:
        host, _, port = address.rpartition(":")
        self.host, self.port, self.args = host, int(port), args
        self.random = random.Random(args.seed)
        self.idle: dict[str, deque[Connection]] = {f"127.0.1.{n + 1}": deque() for n in range(args.clients)}
        self.clients = list(self.idle)
        self.open = 0
        self.rows: list[Answered] = []
        self.late: list[float] = []
        self.stops, self.stopped = 0, 0.0
        self.why: Counter[str] = Counter()
        self.orders = args.first_order
        self.under_way: set[Connection] = set()
        self.ends = asyncio.Event()

    def request(self, order: int) -> bytes:
        if order < 0:
            return b"GET /shop HTTP/1.1\r\nHost: shop\r\n\r\n"
        body = b'{"order":%d}' % order
        return b"POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ends.set)
        due = began = time.monotonic()
        tasks: set[asyncio.Task[None]] = set()
        while not self.ends.is_set() and (now := time.monotonic()) - began < self.args.seconds:
            if now - due > STOPPED:
                self.stops += 1
                self.stopped += now - due
                due = now
            while due <= now:
                self.late.append(now - due)
                self._begin(tasks)
                due += self.random.expovariate(self.args.rps)
            self._time_out(now)
            try:
                await asyncio.wait_for(self.ends.wait(), max(due - time.monotonic(), 0.0005))
            except TimeoutError:
                pass
        until = time.monotonic() + SECONDS
        while (self.under_way or tasks) and time.monotonic() < until:
            await asyncio.sleep(0.01)
        for each in list(self.under_way):
            self.failed(each, "no answer at the end")

    def _begin(self, tasks: set[asyncio.Task[None]]) -> None:
        order = -1
        if self.random.random() < self.args.posts:
            order, self.orders = self.orders, self.orders + 1
        client = self.clients[int(self.random.random() * len(self.clients))]
        idle = self.idle[client]
        if idle:
            one = idle.pop()
            self.under_way.add(one)
            one.send(time.monotonic(), order)
        elif self.open >= MOST_CONNECTIONS:
            self._note(time.monotonic(), 0, "-", order, "too many connections of the load's own")
        else:
            self.open += 1
            task = asyncio.create_task(self._connected(client, order))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _connected(self, client: str, order: int) -> None:
        sent = time.monotonic()
        try:
            make = asyncio.get_running_loop().create_connection(
                lambda: Connection(self, client), self.host, self.port, local_addr=(client, 0)
            )
            _, one = await asyncio.wait_for(make, SECONDS)
        except (OSError, TimeoutError) as error:
            self.open -= 1
            self._note(sent, 0, "-", order, type(error).__name__)
            return
        self.under_way.add(one)
        one.send(sent, order)

    def answered(self, one: Connection, status: int, release: str, *, keep: bool) -> None:
        one.is_busy = False
        self.under_way.discard(one)
        self._note(one.sent, status, release, one.order, "")
        if keep:
            self.idle[one.client].append(one)
        elif one.transport is not None:
            one.transport.close()

    def failed(self, one: Connection, why: str) -> None:
        one.is_busy = False
        self.under_way.discard(one)
        self._note(one.sent, 0, "-", one.order, why)
        if one.transport is not None:
            one.transport.abort()

    def gone(self, one: Connection) -> None:
        self.open -= 1
        self.under_way.discard(one)
        try:
            self.idle[one.client].remove(one)
        except ValueError:
            pass

    def _time_out(self, now: float) -> None:
        for one in [each for each in self.under_way if now - each.sent > SECONDS]:
            self.failed(one, f"no answer within {SECONDS:g} s")

    def _note(self, sent: float, status: int, release: str, order: int, why: str) -> None:
        self.rows.append(Answered(sent, time.monotonic(), status, release, order))
        if why:
            self.why[why] += 1

    def summary(self) -> dict[str, object]:
        bad = [row.at for row in self.rows if not row.is_good]
        times = sorted(row.at - row.sent for row in self.rows if row.status) or [0.0]
        late = sorted(self.late) or [0.0]
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "sent": len(self.rows),
            "acknowledged": sum(row.is_good for row in self.rows),
            "orders": sum(row.is_good and row.order >= 0 for row in self.rows),
            "bad": sum(row.status > 0 and not row.is_good for row in self.rows),
            "failed": sum(row.status == 0 for row in self.rows),
            "why": dict(self.why),
            "by_release": {name: dict(count) for name, count in sorted(self._by_release().items())},
            "first_bad": min(bad, default=None),
            "last_bad": max(bad, default=None),
            "p50_ms": 1000 * times[len(times) // 2],
            "p99_ms": 1000 * times[int(0.99 * (len(times) - 1))],
            "late_p99_ms": 1000 * late[int(0.99 * (len(late) - 1))],
            "late_ms": 1000 * late[-1],
            "stopped": f"{self.stops} times, {self.stopped:.1f} s in all" if self.stops else "",
            "cpu_us": 1e6 * (used.ru_utime + used.ru_stime) / max(len(self.rows), 1),
        }

    def _by_release(self) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {}
        for row in self.rows:
            found.setdefault(row.release, Counter())[str(row.status)] += 1
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="HOST:PORT")
    parser.add_argument("--rps", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--posts", type=float, default=POSTS, help="share of requests that create an order")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="addresses that requests come from")
    parser.add_argument("--first-order", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path, metavar="FILE")
    args = parser.parse_args()

    async def whole() -> Load:
        load = Load(args.address, args)
        await load.run()
        return load

    load = asyncio.run(whole())
    if args.log:
        args.log.write_text(
            "".join(f"{r.sent:.6f}\t{r.at:.6f}\t{r.status}\t{r.release}\t{r.order}\n" for r in load.rows)
        )
    print(json.dumps(load.summary()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
