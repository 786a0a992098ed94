"""Recorded exchanges against two real servers: order, sessions, limits, and what is never done."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from random import Random
from urllib.parse import parse_qs

import pytest

from outpace.delivery.exchanges.answers import Different, NotComparable, Same
from outpace.delivery.exchanges.comparing import Comparer
from outpace.delivery.exchanges.comparison import Comparison, Side
from outpace.delivery.exchanges.exchange import (
    Client,
    Exchange,
    Fields,
    Recording,
    Request,
    Response,
    UnredactedExchange,
    UnredactedMessage,
)
from outpace.delivery.exchanges.expected import Acceptance
from outpace.delivery.exchanges.redaction import Redactor
from outpace.engines.replaying import replay
from outpace.model.edge import Redact
from outpace.model.errors import BadInput
from outpace.model.probe import Probe, Sign
from outpace.model.probe import Request as ProbeRequest

BEGAN = datetime(2026, 11, 27, tzinfo=UTC)
DEAD = "http://127.0.0.1:9"


class Asked:
    """What a server was asked, for it to answer: status, body, further fields."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.method = handler.command
        self.target = handler.path
        self.fields = {name.lower(): value for name, value in handler.headers.items()}
        self.body = handler.rfile.read(int(handler.headers.get("content-length") or 0)).decode()


def answered(asked: Asked) -> tuple[int, object, Fields]:
    return 200, {"target": asked.target, "method": asked.method}, ()


class Server:
    def __init__(self, answer: Callable[[Asked], tuple[int, object, Fields]]) -> None:
        self.asked: list[Asked] = []
        asked_here = self.asked

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                asked = Asked(self)
                asked_here.append(asked)
                status, body, fields = answer(asked)
                content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                kind = "text/html" if isinstance(body, str) else "application/json"
                for name, value in (("content-type", kind), ("content-length", str(len(content))), *fields):
                    self.send_header(name, value)
                self.end_headers()
                if asked.method != "HEAD":
                    self.wfile.write(content)

            do_GET = do_POST = do_HEAD = answer  # noqa: N815

            def log_message(self, format: str, *_: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(
    old: Callable[[Asked], tuple[int, object, Fields]], new: Callable[[Asked], tuple[int, object, Fields]] | None = None
) -> Generator[tuple[Server, Server]]:
    servers = Server(old), Server(new or old)
    try:
        yield servers
    finally:
        for each in servers:
            each.close()


def recorded(*targets: str, client: str = "one", method: str = "GET") -> Recording:
    return Recording(
        exchanges=tuple(
            Exchange(
                request=Request(method=method, target=target, authority="shop.example"),
                response=Response(status=200),
                at=BEGAN + timedelta(seconds=number),
                client=Client(client),
            )
            for number, target in enumerate(targets)
        )
    )


def replayed(recording: Recording, servers: tuple[Server, Server], **known: object) -> Comparison:
    return replay(recording, servers[0].url, servers[1].url, **{"rate": 2000.0, **known})  # pyright: ignore[reportArgumentType]


def test_an_unchanged_release_answers_alike() -> None:
    with serving(answered) as servers:
        found = replayed(recorded("/a", "/b?x=%20"), servers)
    assert found.same
    assert (found.old, found.new) == (Side(requests=2, bad=0), Side(requests=2, bad=0))
    assert found.sentence == "2 replayed exchanges are answered alike"
    assert [each.target for each in servers[0].asked] == ["/a", "/a", "/b?x=%20", "/b?x=%20"]
    assert [each.target for each in servers[1].asked] == ["/a", "/b?x=%20"]
    assert {each.fields["host"] for each in servers[1].asked} == {"shop.example"}


def test_a_wrong_answer_with_status_200_is_found_and_its_class_can_be_accepted_once() -> None:
    def old(asked: Asked) -> tuple[int, object, Fields]:
        return 200, {"price": 5, "id": int(asked.target.rpartition("/")[2])}, ()

    def new(asked: Asked) -> tuple[int, object, Fields]:
        return 200, {"price": 6, "id": int(asked.target.rpartition("/")[2])}, ()

    with serving(old, new) as servers:
        found = replayed(recorded("/orders/1", "/orders/2"), servers, releases=("a", "b"))
        assert found.sentence == "2 of 2 replayed exchanges differ: GET /orders/1: $.price: 5 -> 6"
        (only,) = found.found
        assert (only.count, only.of.route, only.of.place) == (2, "GET /orders/{n}", "$.price")
        word = Acceptance(digest=only.digest, reason="prices rise today", by="ada", at=BEGAN)
        accepted = replayed(recorded("/orders/1", "/orders/2"), servers, releases=("a", "b"), accepted=(word,))
        assert accepted.same
        assert accepted.sentence.endswith("1 difference is accepted: prices rise today")
        another = replayed(recorded("/orders/1"), servers, releases=("a", "c"), accepted=(word,))
        assert not another.same


def test_an_exploits_class_may_differ_and_nothing_else() -> None:
    probe = Probe(
        advisories=("X-1",),
        request=ProbeRequest(path="/static/../orders.csv"),
        exploited=Sign(status=200),
        benign=ProbeRequest(path="/static/shop.css"),
        success=Sign(status=200),
    )

    def new(asked: Asked) -> tuple[int, object, Fields]:
        refused = "/static/" in asked.target and ".css" not in asked.target
        return (404, {}, ()) if refused else answered(asked)

    targets = ("/static/../orders.csv", "/static/%2e%2e/orders.csv", "/static/%252e%252e/users.csv", "/static/shop.css")
    with serving(answered, new) as servers:
        found = replayed(recorded(*targets), servers, expected=(probe,))
        assert found.same
        assert found.sentence == "1 replayed exchange is answered alike, 3 differ as the fix is meant to"
        beside = replayed(recorded(*targets, "/static/logo.svg"), servers, expected=(probe,))
    assert {each.request.target for each in beside.found} == {"/static/logo.svg"}


def test_a_candidate_that_fails_is_counted_for_the_judge() -> None:
    def new(asked: Asked) -> tuple[int, object, Fields]:
        return 500 if asked.target == "/b" else 200, {"target": asked.target, "method": "GET"}, ()

    with serving(answered, new) as servers:
        found = replayed(recorded("/a", "/b", "/c"), servers)
        gone = replay(recorded("/a"), servers[0].url, DEAD)
        none = replay(recorded("/a"), DEAD, servers[0].url)
    assert found.new == Side(requests=3, bad=1)
    assert gone.new == Side(requests=1, bad=1)
    assert isinstance(gone.replayed[0].result, Different)
    assert isinstance(none.replayed[0].result, NotComparable)
    assert not none.same
    assert none.sentence.startswith("none of 1 replayed exchange could be compared: the old release gives no answer")


def test_clocks_counters_ids_and_random_order_are_no_difference() -> None:
    numbers, drawn = count(), Random(8)

    def noisy(asked: Asked) -> tuple[int, object, Fields]:
        number = next(numbers)
        body = {
            "at": time.time(),
            "minute": f"{time.time() % 60:.1f}",
            "n": number,
            "id": f"{number:032x}",
            "coin": drawn.random() < 0.3,
            "rows": [{"id": each, "price": each * 2} for each in drawn.sample(range(5), 5)],
        }
        return 200, body, (("x-request-id", str(number)), ("x-coin", str(drawn.random() < 0.5)))

    with serving(noisy) as servers:
        found = replayed(recorded(*(f"/{each}" for each in range(30))), servers)
    assert [each.result for each in found.replayed if not isinstance(each.result, Same)] == []
    assert "GET /{n} $.n" in found.noise or any("$.n" in each for each in found.noise)


def test_no_redirect_is_followed_and_nobody_else_is_asked() -> None:
    with serving(answered) as (elsewhere, _):

        def redirecting(asked: Asked) -> tuple[int, object, Fields]:
            return 302, {}, (("location", f"{elsewhere.url}/x"),)

        with serving(redirecting) as servers:
            found = replayed(recorded("/a", "//127.0.0.1:1/x"), servers)
            assert found.same
        assert elsewhere.asked == []
        assert [each.target for each in servers[1].asked] == ["/a", "/127.0.0.1:1/x"]  # as http.server has it


@pytest.mark.parametrize("target", ["http://other.example/", "/a b", "/a\r\nX: y", "*", ""])
def test_what_http_cannot_carry_is_skipped_and_said(target: str) -> None:
    found = replay(recorded(target), DEAD, DEAD)
    assert found.skipped == {"HTTP cannot carry it": 1}
    assert found.sentence == "no recorded exchange was replayed, so nothing is shown"


def test_only_safe_methods_are_replayed_unless_the_environments_are_thrown_away() -> None:
    with serving(answered) as servers:
        found = replayed(recorded("/a", method="POST"), servers)
        assert found.skipped == {"POST may change something": 1}
        assert servers[0].asked == []
        thrown_away = replayed(recorded("/a", method="POST"), servers, unsafe_methods=True)
    assert thrown_away.same
    assert [len(each.asked) for each in servers] == [1, 1]


def test_a_clients_requests_keep_their_order_and_several_clients_go_at_once() -> None:
    def slow(asked: Asked) -> tuple[int, object, Fields]:
        time.sleep(0.02)
        return answered(asked)

    clients = [recorded(*(f"/{name}/{each}" for each in range(5)), client=name) for name in "abcd"]
    together = Recording(
        exchanges=tuple(each for one in zip(*(one.exchanges for one in clients), strict=True) for each in one)
    )
    with serving(slow) as servers:
        found = replayed(together, servers, several=4)
    assert found.same
    for name in "abcd":
        assert [each.target for each in servers[1].asked if name in each.target] == [f"/{name}/{n}" for n in range(5)]
    assert [each.target[1] for each in servers[1].asked] != sorted(each.target[1] for each in servers[1].asked)
    assert [each.request.target for each in found.replayed] == [each.request.target for each in together.exchanges]


def test_what_differs_everywhere_is_asked_once_more_each_and_another_difference_is_found_among_it() -> None:
    odd = "/orders/37"

    def old(asked: Asked) -> tuple[int, object, Fields]:
        return 200, {"price": 5, "stock": 9}, ()

    def new(asked: Asked) -> tuple[int, object, Fields]:
        return 200, {"price": 6, "stock": 8 if asked.target == odd else 9}, ()

    with serving(old, new) as servers:
        found = replayed(recorded(*(f"/orders/{number}" for number in range(50))), servers)
    assert [(each.of.place, each.count) for each in found.found] == [("$.price", 50), ("$.stock", 1)]
    assert sum(each.target == odd for each in servers[1].asked) == 5
    assert len(servers[1].asked) == 3 * 5 + 46 + 5
    assert (len(found.replayed), found.not_asked) == (50, {})


def test_a_route_that_is_not_answered_in_time_is_not_asked_to_the_end_and_that_is_said() -> None:
    def new(asked: Asked) -> tuple[int, object, Fields]:
        time.sleep(0.3 if asked.target.startswith("/slow/") else 0.0)
        return answered(asked)

    targets = [f"/slow/{number}" for number in range(20)] + ["/quick"]
    with serving(answered, new) as servers:
        found = replayed(recorded(*targets), servers, timeout=0.1)
    assert not found.same
    assert (len(found.replayed), found.not_asked) == (4, {"GET /slow/{n}": 17})
    assert found.sentence == (
        "3 of 4 replayed exchanges differ: GET /slow/0: answer: status 200 -> no answer: none within 0.1 s"
        "; 17 more were not asked, since GET /slow/{n} is not answered in time"
    )


def test_what_differs_between_two_processes_of_the_old_release_is_noise_and_what_both_have_is_not() -> None:
    def process(number: int, price: int = 5) -> Server:
        tags, salt = Random(number).sample("abcdefghij", 10), f"drawn {number}"

        def answer(_: Asked) -> tuple[int, object, Fields]:
            return 200, {"tags": tags, "salt": salt, "price": price}, ()

        return Server(answer)

    old, beside, same, dearer = processes = process(1), process(2), process(3), process(4, price=6)
    try:
        alone = replay(recorded("/a"), old.url, same.url, rate=2000.0)
        together = replay(recorded("/a", "/b"), old.url, same.url, beside=beside.url, rate=2000.0)
        wrong = replay(recorded("/a"), old.url, dearer.url, beside=beside.url, rate=2000.0)
    finally:
        for each in processes:
            each.close()
    assert {(each.of.place, each.of.kind) for each in alone.found} == {("$.tags", "order"), ("$.salt", "changed")}
    told = {f"GET /{path} $.{name}": 1 for path in "ab" for name in ("salt", "tags")}
    assert (together.same, together.noise) == (True, told)
    assert [each.of.place for each in wrong.found] == ["$.price"]
    assert [each.target for each in beside.asked[:2]] == ["/a", "/b"]


def test_another_process_has_a_session_of_its_own() -> None:
    def process(name: str) -> Server:
        def answer(asked: Asked) -> tuple[int, object, Fields]:
            if asked.target == "/form":
                return 200, {"n": 1}, (("Set-Cookie", f"sid={name}"),)
            return 200 if asked.fields.get("cookie") == f"sid={name}" else 403, {"n": 2}, ()

        return Server(answer)

    old, beside, new = processes = [process(name) for name in ("old", "beside", "new")]
    first, second = recorded("/form", "/orders").exchanges
    cookie = Request(method="GET", target="/orders", fields=(("cookie", "sid=redacted-0000000000000000"),))
    second = Exchange(request=cookie, response=second.response, at=second.at, client=second.client)
    try:
        recording = Recording(exchanges=(first, second))
        found = replay(recording, old.url, new.url, beside=beside.url, rate=2000.0)
    finally:
        for each in processes:
            each.close()
    assert found.sentence == "2 replayed exchanges are answered alike"


def test_the_rate_is_kept() -> None:
    with serving(answered) as servers:
        found = replayed(recorded(*"////////"), servers, rate=60.0)
    assert len(servers[0].asked) + len(servers[1].asked) == 24
    assert found.seconds >= 23 / 60


def test_an_answer_that_drips_or_never_ends_is_cut_off() -> None:
    release = threading.Event()

    def stuck(asked: Asked) -> tuple[int, object, Fields]:
        release.wait(20)
        return answered(asked)

    with serving(answered, stuck) as servers:
        before = time.monotonic()
        found = replayed(recorded("/a"), servers, timeout=0.3)
        assert time.monotonic() - before < 15
        release.set()
    assert found.replayed[0].result == Different(
        found.replayed[0].result.differences  # pyright: ignore[reportAttributeAccessIssue]
    )
    assert found.sentence.endswith("answer: status 200 -> no answer: none within 0.3 s")


@pytest.mark.parametrize("url", ["ftp://a", "http://", "x", "http://a:99999999", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="not an http or https address"):
        replay(recorded("/"), url, DEAD)


class Shop:
    """Logs people in with a form's token, and gives each a session and an API token: all drawn at random."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.numbers = count()
        self.csrf: set[str] = set()
        self.sessions: set[str] = set()

    def answer(self, asked: Asked) -> tuple[int, object, Fields]:
        fresh = f"{self.name}{next(self.numbers):04d}abcdef"
        held = asked.fields.get("cookie", "").removeprefix("sid=")
        match asked.method, asked.target:
            case "GET", "/login":
                self.csrf.add(fresh)
                return 200, f'<form><input type="hidden" name="csrf" value="{fresh}"></form>', ()
            case "POST", "/login":
                if parse_qs(asked.body)["csrf"][0] not in self.csrf:
                    return 403, {"error": "forged"}, ()
                self.sessions.add(fresh)
                return 200, {"api_token": f"token-{fresh}"}, (("Set-Cookie", f"sid={fresh}; HttpOnly"),)
            case "GET", "/account":
                return (200, {"orders": [1, 2]}, ()) if held in self.sessions else (401, {}, ())
            case _:
                told = asked.fields.get("authorization", "").removeprefix("Bearer token-")
                return (200, {"api": True}, ()) if told in self.sessions else (401, {}, ())


def test_a_session_of_the_recording_becomes_one_of_each_release() -> None:
    live, redactor = Shop("live"), Redactor(Redact())
    exchanges: list[Exchange] = []

    def visit(method: str, target: str, body: str = "", **fields: str) -> tuple[object, Fields]:
        asked = Asked.__new__(Asked)
        asked.method, asked.target, asked.body, asked.fields = method, target, body, fields
        status, told, answered_fields = live.answer(asked)
        text, kind = (told, "text/html") if isinstance(told, str) else (json.dumps(told), "application/json")
        sent: Fields = (("content-type", "application/x-www-form-urlencoded"),) if body else ()
        seen = UnredactedExchange(
            method=method,
            target=target,
            authority="shop.example",
            status=status,
            request=UnredactedMessage(fields=(*sent, *fields.items()), body=body.encode()),
            response=UnredactedMessage(fields=(*answered_fields, ("content-type", kind)), body=text.encode()),
            at=BEGAN + timedelta(seconds=len(exchanges)),
            address="192.0.2.1",
        )
        kept = redactor.kept(seen)
        assert isinstance(kept, Exchange)
        exchanges.append(kept)
        return told, answered_fields

    form, _ = visit("GET", "/login")
    csrf = str(form).split('value="')[1].split('"')[0]
    token, fields = visit("POST", "/login", f"user=ada&password=geheim77&csrf={csrf}")
    assert isinstance(token, dict)
    visit("GET", "/account", cookie=fields[0][1].split(";")[0])
    visit("GET", "/api", authorization=f"Bearer {token['api_token']}")
    assert "live0" not in json.dumps([repr(each) for each in exchanges])
    with serving(Shop("old").answer, Shop("new").answer) as servers:
        found = replayed(Recording(exchanges=tuple(exchanges)), servers, unsafe_methods=True)
    statuses = [(getattr(each.old, "status", None), getattr(each.new, "status", None)) for each in found.replayed]
    assert statuses == [(200, 200)] * 4
    assert found.same, found.sentence


def test_what_fails_within_a_comparison_is_raised_and_never_called_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **_known: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(Comparer, "compared", fails)
    with serving(answered) as servers, pytest.raises(RecursionError):
        replayed(recorded("/a", "/b"), servers)
