"""The exam of `methods`: run in a changed tree; exits with 0 where it is right, with 1 and a sentence where it is not."""

import json
import os
import secrets
import subprocess
import sys
import tempfile

TREE = os.getcwd()

RUNNER = r"""
import json, sys
sys.path.insert(0, sys.argv[1])
nonce, calls = json.loads(sys.stdin.read())
from connection import HTTPConnection
from connectionpool import HTTPConnectionPool


def by_hand(method, url, **more):
    connection = HTTPConnection("localhost")
    try:
        connection.putrequest(method, url)
    except Exception:
        pass
    connection.endheaders()
    return connection.sock.sent()


def plain(method, url, host="localhost", strict=None, **more):
    connection = HTTPConnection(host) if strict is None else HTTPConnection(host, strict=strict)
    try:
        connection.request(method, url, **more)
    finally:
        sent = connection.sock.sent() if connection.sock else b""
    return sent


def chunked(method, url, **more):
    connection = HTTPConnection("localhost")
    connection.request_chunked(method, url, **more)
    return connection.sock.sent()


def pool(method, url, name="request", **more):
    return getattr(HTTPConnectionPool("localhost"), name)(method, url, **more)


answers = []
for way, method, url, more in calls:
    try:
        sent = globals()[way](method, url, **more)
        answers.append(["value", sent.decode("latin-1") if type(sent) is bytes else repr(sent)])
    except Exception as raised:
        answers.append(["raised", type(raised).__name__])
print(nonce + json.dumps(answers))
"""

WAYS = [
    ("plain", {}), ("plain", {"strict": False}), ("plain", {"strict": True}), ("plain", {"body": "a", "headers": {"Host": "x"}}),
    ("plain", {"host": "127.0.0.1"}), ("plain", {"headers": {"X-Raw": "1", "Connection": "close", "User-Agent": "x"}}),
    ("chunked", {}), ("chunked", {"body": ["a"]}), ("chunked", {"headers": {"Host": "x", "Transfer-Encoding": "chunked"}}),
    ("by_hand", {}), ("pool", {}), ("pool", {"fields": {"a": "b"}}), ("pool", {"name": "urlopen"}),
    ("pool", {"name": "urlopen", "chunked": True}), ("pool", {"name": "request_encode_url", "fields": {"a": "b"}}),
    ("pool", {"name": "request_encode_body", "fields": {"a": "b"}}),
]
BREAKS = ["\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\r\r\n\n", "\n\r", "\r\n ", " \n", "\n\t", "\x0b\n", "\x00\r\n"]
METHODS = [form.replace("|", line) for line in BREAKS for form in (
    "GET / HTTP/1.1|X-Injected: yes|A:", "|", "GET|", "|GET", "POST| ", "G|ET", "|X:", "M-SEARCH|", "GET / HTTP/1.1|Host: a||DELETE / HTTP/1.1|A:",
    "A" * 70 + "|X: y|", "A" * 3000 + "|X: y|", "get|x", "PUT|Z: 1")]
ENCODED = ["GET%0D%0AX-Injected: yes", "GET%0aX:", "GET%0D", "GET\\r\\nX:", "GET\\x0aX:", "GET=0AX:", "GET&#10;X:", "GET+0A-X", "GET%250aX"]
TOKENS = ["GET", "get", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "M-SEARCH", "purge_all",
          "VERSION-CONTROL", "X!#$%&'*+-.^_`|~9", "A" * 100, "x", "9", "Foo.Bar", "%41", "GET%0DX", "CRLF", "rnrn"]


def ask(calls):
    nonce = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as folder:
        clean = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run([sys.executable, "-c", RUNNER, TREE], input=json.dumps([nonce, calls]), cwd=folder, env=clean,
                                  capture_output=True, text=True, timeout=150)
        except subprocess.TimeoutExpired:
            fail("the calls take too long")
        if os.listdir(folder):
            fail("it leaves files in its folder")
    lines = [line for line in done.stdout.splitlines() if line.startswith(nonce)]
    if len(lines) != 1:
        fail("the calls do not come to an end: " + done.stderr[-200:])
    return json.loads(lines[0][len(nonce):])


def fail(sentence):
    print(sentence)
    sys.exit(1)


def short(text):
    return repr(text if len(text) < 60 else text[:57] + "...")


def main():
    usual = ask([(way, "POST", "/", more) for way, more in WAYS] + [(way, "GET", "/", more) for way, more in WAYS])
    most = {}
    for number, (how, sent) in enumerate(usual):
        if how != "value":
            fail(f"a usual request ends in {sent}")
        number %= len(WAYS)
        most[number] = tuple(max(a, b) for a, b in zip(most.get(number, (0, 0)), (sent.count("\r"), sent.count("\n"))))
    urls = ["/"]
    calls = [(way, method, url, more) for method in METHODS + ENCODED for url in urls for way, more in WAYS]
    answers = ask(calls)
    for number, ((way, method, _, more), (how, sent)) in enumerate(zip(calls, answers)):
        if how == "value":
            returns, feeds = most[number % len(WAYS)]
            if sent.count("\r") > returns or sent.count("\n") > feeds:
                fail(f"{short(method)} makes lines by {way} with {more}")
    tokens = [(method, way, more) for method in TOKENS for way, more in (
        ("plain", {}), ("chunked", {"body": ["abc", "", "d"]}), ("by_hand", {}), ("pool", {"name": "urlopen"}), ("pool", {}))]
    for (method, way, more), (how, sent) in zip(tokens, ask([(way, method, "/x?y", more) for method, way, more in tokens])):
        sent_as = method.upper() if way == "pool" and not more else method
        wanted = f"{sent_as} /x?y HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: identity\r\n"
        if way == "chunked":
            wanted += "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
        else:
            wanted += ("Content-Length: 0\r\n" if way != "by_hand" and method.upper() in ("PATCH", "POST", "PUT") else "") + "\r\n"
        if (how, sent) != ("value", wanted):
            fail(f"{short(method)} by {way} is {how} {short(sent)}")
    for bad in (("plain", "GET", "/\r\nX: y", {}), ("plain", "GET", "/a b", {}), ("plain", "GET", "/", {"headers": {"A": "b\r\nX: y"}}),
                ("chunked", "GET", "/", {"headers": {"A\r\nX": "b"}}), ("chunked", "GET", "/\n", {}),
                ("plain", "GET", "/", {"headers": {"A": "b\nX: y"}})):
        if ask([bad])[0][0] != "raised":
            fail(f"{bad} is sent")


main()
