"""An application and whoever talks to it, in one sandbox call."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines.rehearsal import Rehearsal
from outpace.model.application import Application
from outpace.model.probe import NoResponse, Partial, Request, Response
from outpace.model.unknown import Unknown
from outpace.proving.ports import Exchange, Rehearsed
from tests.fakes.here import HERE, confined, written

SERVER = """
import http.server, pathlib, sys
class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path == "/cut":
            return self.close()
        if self.path == "/half":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\\r\\n\\r\\n")
            self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nfirst")
            return self.close()
        status, body = (200, b"you asked for " + self.path.encode()) if self.path != "/broken" else (500, b"")
        if self.path == "/data":
            body = pathlib.Path("data").read_bytes()
        self.send_response(status)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = [piece for piece in (body[:4], body[4:]) if piece]
        for piece in (*pieces, b""):
            self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece))
    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])) + self.headers["X-Token"].encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def close(self):
        self.close_connection = True
    def log_message(self, *words): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
"""
SHOP = Application(
    name="shop",
    run=("python", "server.py", "{port}"),
    run_setup=("python", "-c", "open('data', 'w').write('prepared')"),
)
TREE = {
    "server.py": SERVER,
    "dies.py": "raise SystemExit('no database')\n",
    "sleeps.py": "import time; time.sleep(99)\n",
}


def rehearse(tree: Path, application: Application, exploit: Request, benign: Request, ready: float = 15) -> Rehearsed:
    return Rehearsal(confined(), ready_seconds=ready).run(HERE, written(tree, TREE), application, exploit, benign)


def test_the_path_goes_out_as_it_is_written_and_the_answers_come_back_whole(tmp_path: Path) -> None:
    exploit = Request(path="/static/..%2f/../../etc/passwd")
    assert rehearse(tmp_path, SHOP, exploit, Request(path="/data")) == Exchange(
        before=Response(status=200, body=b"prepared"),
        exploit=Response(status=200, body=b"you asked for /static/..%2f/../../etc/passwd"),
        after=Response(status=200, body=b"prepared"),
    )


def test_headers_and_bodies_are_sent_and_a_closed_connection_is_no_response(tmp_path: Path) -> None:
    post = Request(method="POST", path="/", headers={"X-Token": "t"}, body="{}")
    found = rehearse(tmp_path, SHOP, Request(path="/cut"), post)
    assert found == Exchange(
        before=Response(status=201, body=b"{}t"),
        exploit=NoResponse("the connection was closed without an answer"),
        after=Response(status=201, body=b"{}t"),
    )


def test_half_an_answer_is_not_taken_for_the_whole_and_an_interim_one_for_none(tmp_path: Path) -> None:
    found = rehearse(tmp_path, SHOP, Request(path="/half"), Request(method="HEAD", path="/head"))
    assert found == Exchange(
        before=Response(status=200),
        exploit=Partial(status=200, body=b"first", why="it breaks off 4 bytes before its end"),
        after=Response(status=200),
    )


FAILING = {
    "dies": (("python", "dies.py"), (), "the application ended with status 1: no database"),
    "is not there": (("nowhere",), (), "nowhere cannot be started: No such file or directory"),
    "never listens": (("python", "sleeps.py"), (), "the application was not ready after 1 s: the connection failed"),
    "set-up fails": (SHOP.run, ("python", "dies.py"), "its set-up ended with status 1: no database"),
}


@pytest.mark.parametrize(("run", "setup", "why"), FAILING.values(), ids=FAILING.keys())
def test_an_application_that_does_not_serve_is_unknown_with_its_last_words(
    run: tuple[str, ...], setup: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    application = Application(name="shop", run=run, run_setup=setup)
    seconds = 1 if "not ready" in why else 15
    found = rehearse(tmp_path, application, Request(path="/"), Request(path="/"), ready=seconds)
    assert isinstance(found, Unknown)
    assert found.why.startswith(why), found.why


def test_one_that_answers_only_server_errors_is_never_ready(tmp_path: Path) -> None:
    application = Application(name="shop", run=SHOP.run, ready="/broken")
    found = rehearse(tmp_path, application, Request(path="/"), Request(path="/"), ready=1)
    assert isinstance(found, Unknown)
    assert "/broken answers 500" in found.why


def test_a_request_of_several_lines_is_not_sent(tmp_path: Path) -> None:
    smuggled = Request(path="/ HTTP/1.1\r\nX: y")
    assert isinstance(rehearse(tmp_path, SHOP, smuggled, Request(path="/")), Unknown)
