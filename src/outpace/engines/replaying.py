"""Replays recorded exchanges against an old and a new release, and compares what they answer.

Nothing but the two addresses is ever spoken to: no redirect is followed, no proxy asked. A client's requests keep their
order; placeholders become what the release itself gave in their place: its cookies, its tokens.
"""

from __future__ import annotations

import io
import queue
import re
import socket
import ssl
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

from outpace.delivery.exchanges.answers import Answer, Answered, Different, NoAnswer, NotComparable, Result
from outpace.delivery.exchanges.comparing import Comparer
from outpace.delivery.exchanges.comparison import Comparison, Replayed, judged
from outpace.delivery.exchanges.exchange import Client, Exchange, Fields, Recording, Request
from outpace.delivery.exchanges.expected import Acceptance, DifferenceClass, class_of
from outpace.delivery.exchanges.routes import route
from outpace.delivery.exchanges.sessions import Session
from outpace.engines.http import masked
from outpace.engines.inside.rehearse import Broken, Line, pieces, text_line
from outpace.model.errors import BadInput
from outpace.model.probe import SAFE_METHODS, Probe
from outpace.model.times import now
from outpace.model.words import counted

SideName: TypeAlias = Literal["old", "beside", "new"]
"""`beside` is another process of the old release."""
Sessions: TypeAlias = dict[SideName, Session]
LONGEST_BODY = 4 * 2**20
MOST_FIELDS = 200
TIMEOUT = 10.0
RATE = 50.0
SEVERAL = 4
ASKED_AGAIN = 4
"""How often both are asked again where they seem to differ: what does not last is noise."""
SHOWN_ENOUGH = 3
"""So many exchanges of a route have a difference that lasts: the next one that has no other is not asked again."""
LATE_ENOUGH = 3
"""So many exchanges of a route are not answered in time: the rest of that route is not asked."""


def replay(
    recording: Recording,
    old_url: str,
    new_url: str,
    *,
    beside: str = "",
    ignore: tuple[str, ...] = (),
    unordered: tuple[str, ...] = (),
    expected: tuple[Probe, ...] = (),
    accepted: tuple[Acceptance, ...] = (),
    releases: tuple[str, str] = ("", ""),
    unsafe_methods: bool = False,
    rate: float = RATE,
    several: int = SEVERAL,
    timeout: float = TIMEOUT,
    report: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Each request is sent to old, new and old again, `rate` a second in all, `several` clients at a time.

    Again to `beside` where that is an address, of another process of the old release: what each process draws for
    itself is noise then, too.
    `unsafe_methods` sends POST and the like too, once to each, all in the order in which they were recorded: for two
    environments that are thrown away, never for what others use. Raises BadInput for an address that is none.
    """
    began = time.monotonic()
    urls: dict[SideName, str] = {"old": old_url, "new": new_url}
    if beside:
        urls["beside"] = beside
    sides = _Sides(urls, rate=rate, timeout=timeout)
    comparer = Comparer(ignore=ignore, unordered=unordered)
    for exchange in recording.exchanges:
        comparer.remember(Answered(exchange.response.status, body=exchange.response.body.encode("utf-8", "replace")))
    chosen, skipped = _chosen(recording.exchanges, unsafe_methods=unsafe_methods)
    report(f"replaying {counted(len(chosen), 'exchange')} against {masked(old_url)} and {masked(new_url)}")
    work = _Work(sides, comparer, chosen, report, one_after_another=unsafe_methods)
    rows = work.done(1 if unsafe_methods else max(1, several))
    return judged(
        rows,
        probes=expected,
        accepted=accepted,
        releases=releases,
        skipped=dict(skipped),
        not_asked=dict(work.not_asked),
        seconds=time.monotonic() - began,
    )


def _chosen(exchanges: Iterable[Exchange], *, unsafe_methods: bool) -> tuple[list[tuple[int, Exchange]], Counter[str]]:
    chosen: list[tuple[int, Exchange]] = []
    skipped = Counter[str]()
    for number, each in enumerate(exchanges):
        if not _can_be_sent(each.request):
            skipped["HTTP cannot carry it"] += 1
        elif each.request.method in SAFE_METHODS or unsafe_methods:
            chosen.append((number, each))
        else:
            skipped[f"{each.request.method} may change something"] += 1
    return chosen, skipped


def _can_be_sent(request: Request) -> bool:
    """A recording may have been written by anybody."""
    lines = [request.target, request.authority, *(part for pair in request.fields for part in pair)]
    return (
        re.fullmatch(r"[A-Z]{1,20}", request.method) is not None
        and request.method != "CONNECT"
        and re.fullmatch(r"/[!-~]*", request.target) is not None
        and all(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) for name, _ in request.fields)
        and not any(character in line for line in lines for character in "\r\n\0")
    )


class _Work:
    """Clients are handed out whole, so that each one's requests keep their order."""

    def __init__(
        self,
        sides: _Sides,
        comparer: Comparer,
        chosen: list[tuple[int, Exchange]],
        report: Callable[[str], None],
        *,
        one_after_another: bool,
    ) -> None:
        self._sides = sides
        self._comparer = comparer
        self._report = report
        self._total = len(chosen)
        self._clients: queue.SimpleQueue[list[tuple[int, Exchange]]] = queue.SimpleQueue()
        grouped: dict[Client, list[tuple[int, Exchange]]] = defaultdict(list)
        for number, each in sorted(chosen, key=lambda row: (row[1].at, row[0])):
            grouped[Client("") if one_after_another else each.client].append((number, each))
        for rows in sorted(grouped.values(), key=len, reverse=True):
            self._clients.put(rows)
        self._rows: dict[int, Replayed] = {}
        self._shown = Counter[DifferenceClass]()
        self._late = Counter[str]()
        self.not_asked = Counter[str]()  # by route
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def done(self, several: int) -> list[Replayed]:
        """Raises what a thread of it raised: of what was not compared nothing may be said."""
        with ThreadPoolExecutor(several, thread_name_prefix="replay") as threads:
            taken = [threads.submit(self._take) for _ in range(several)]
            try:
                for each in as_completed(taken):
                    each.result()
            finally:
                self._stopped.set()
        return [self._settled(row) for _, row in sorted(self._rows.items())]

    def _settled(self, row: Replayed) -> Replayed:
        result = self._comparer.settled(row.result, route(row.request.method, row.request.target))
        return Replayed(request=row.request, result=result, old=row.old, new=row.new)

    def _take(self) -> None:
        while not self._stopped.is_set():
            try:
                rows = self._clients.get_nowait()
            except queue.Empty:
                return
            sessions: dict[Client, Sessions] = defaultdict(lambda: defaultdict(Session))
            for number, exchange in rows:
                if self._stopped.is_set():
                    return
                about = route(exchange.request.method, exchange.request.target)
                if self._late[about] >= LATE_ENOUGH:
                    with self._lock:
                        self.not_asked[about] += 1
                    continue
                row = self._one(exchange, sessions[exchange.client], about)
                with self._lock:
                    self._rows[number] = row
                    if len(self._rows) % 100 == 0:
                        self._report(f"replayed {len(self._rows)} of {counted(self._total, 'exchange')}")

    def _one(self, exchange: Exchange, sessions: Sessions, about: str) -> Replayed:
        """The old release is asked before and after the new one: what a clock changed meanwhile differs there, too."""
        asked = now()
        olds = [self._sides.ask("old", exchange, sessions)]
        news = [self._sides.ask("new", exchange, sessions)]
        result = self._compared(olds, news, asked, about)
        if exchange.request.method in SAFE_METHODS and isinstance(olds[0], Answered):
            for again in range(1 + ASKED_AGAIN):
                if self._is_known(exchange.request, result) or (again and not _in_doubt(result, news)):
                    break
                if again:
                    news.append(self._sides.ask("new", exchange, sessions))
                olds.append(self._sides.ask(self._sides.olds[len(olds) % len(self._sides.olds)], exchange, sessions))
                result = self._compared(olds, news, asked, about)
            self._learn(exchange.request, result)
        self._late[about] += any(isinstance(each, NoAnswer) and each.late for each in (*olds, *news))
        return Replayed(request=exchange.request, result=result, old=_without_body(olds[0]), new=_without_body(news[0]))

    def _is_known(self, request: Request, result: Result) -> bool:
        """It differs, as others of its route do: whether that lasts is known, and there is nothing else."""
        if not isinstance(result, Different) or not result.has_each_place:
            return False
        return all(self._shown[class_of(request, each)] >= SHOWN_ENOUGH for each in result.differences)

    def _learn(self, request: Request, result: Result) -> None:
        if isinstance(result, Different):
            with self._lock:
                self._shown.update({class_of(request, each) for each in result.differences})

    def _compared(self, olds: list[Answer], news: list[Answer], asked: datetime, about: str) -> Result:
        """The last of `olds` is new."""
        with self._lock:
            self._comparer.remember(olds[-1])
            return self._comparer.compared(tuple(olds), tuple(news), asked=asked, about=about)


def _in_doubt(result: Result, news: list[Answer]) -> bool:
    """Whoever did not answer in time is given one more chance."""
    late = sum(isinstance(each, NoAnswer) and each.late for each in news)
    return isinstance(result, (Different, NotComparable)) and late < 2


def _without_body(answer: Answer) -> Answer:
    return Answered(answer.status) if isinstance(answer, Answered) else answer


class _Sides:
    """The addresses, and the rate that all share."""

    def __init__(self, urls: dict[SideName, str], *, rate: float, timeout: float) -> None:
        self._targets = {side: _target(url) for side, url in urls.items()}
        self.olds: tuple[SideName, ...] = ("old", "beside") if "beside" in urls else ("old",)
        self._between = 1.0 / rate
        self._timeout = timeout
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def ask(self, side: SideName, exchange: Exchange, sessions: Sessions) -> Answer:
        self._wait()
        session = sessions[side]
        answer = _sent(self._targets[side], session.dressed(exchange.request), self._timeout)
        if isinstance(answer, Answered):
            session.learn(exchange, answer)
        return answer

    def _wait(self) -> None:
        with self._lock:
            at = max(self._next, time.monotonic())
            self._next = at + self._between
        time.sleep(max(0.0, at - time.monotonic()))


def _target(url: str) -> SplitResult:
    try:
        target = urlsplit(url)
        valid = (
            target.scheme in {"http", "https"} and bool(target.hostname) and (target.port is None or target.port > 0)
        )
    except ValueError:
        target, valid = urlsplit(""), False
    if not valid:
        raise BadInput(
            f"cannot replay against {masked(url)}: not an http or https address", hint="http://127.0.0.1:8000"
        )
    return target


def _sent(target: SplitResult, request: Request, seconds: float) -> Answer:
    ends = time.monotonic() + seconds
    try:
        with _connected(target, seconds) as line:
            line.sendall(_spelled(target, request))
            return _answered(line, request.method, max(0.01, ends - time.monotonic()))
    except TimeoutError:
        return NoAnswer(f"none within {seconds:g} s", late=True)
    except (OSError, Broken, ValueError) as error:
        return NoAnswer(f"{type(error).__name__}: {error}")


def _connected(target: SplitResult, seconds: float) -> socket.socket:
    assert target.hostname is not None
    port = target.port or (443 if target.scheme == "https" else 80)
    line = socket.create_connection((target.hostname, port), timeout=seconds)
    if target.scheme == "http":
        return line
    return ssl.create_default_context().wrap_socket(line, server_hostname=target.hostname)


def _spelled(target: SplitResult, request: Request) -> bytes:
    """The recorded host is kept: an application may answer to its own name only."""
    host = request.authority or target.netloc.rpartition("@")[2]
    lines = [f"{request.method} {target.path.rstrip('/')}{request.target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in request.fields if name not in {"host", "connection"}]
    lines += ["Accept-Encoding: identity", "Connection: close"]
    body = request.body.encode("utf-8", "surrogatepass")
    if body or request.method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + body


def _answered(line: socket.socket, method: str, seconds: float) -> Answer:
    file = io.BufferedReader(Line(line, time.monotonic() + seconds))
    status, fields = _head(file)
    while status < 200:
        status, fields = _head(file)
    body = bytearray()
    for piece in pieces(file, method, status, dict(fields)):
        body += piece
        if len(body) > LONGEST_BODY:
            return NoAnswer(f"its body is longer than {LONGEST_BODY >> 20} MiB")
    return Answered(status, fields, bytes(body))


def _head(file: io.BufferedReader[Line]) -> tuple[int, Fields]:
    told = text_line(file) if file.peek(1) else ""
    found = re.fullmatch(r"HTTP/\d\.\d ([1-9]\d{2})(?: .*)?", told)
    if found is None:
        raise Broken("the answer is not HTTP" if told else "the connection was closed without an answer")
    fields: list[tuple[str, str]] = []
    while text := text_line(file):
        name, _, value = text.partition(":")
        fields.append((name.strip().lower(), value.strip()))
        if len(fields) > MOST_FIELDS:
            raise Broken(f"the answer has more than {MOST_FIELDS} header fields")
    return int(found[1]), tuple(fields)
