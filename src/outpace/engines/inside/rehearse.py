"""Starts an application and talks to it, in one sandbox call. Reads a plan from stdin, writes what came back to stdout.

Requests go out as they are written, byte for byte: no client library normalizes the path. Answers are read as those of
a live environment are, which takes `answered` from here.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import signal
import socket
import subprocess  # noqa: TID251  this script runs inside the sandbox, alone with the application that it starts
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

PAUSE = 0.05
ANSWER_SECONDS = 10.0
LONGEST_ANSWER = 2 << 20
LONGEST_LINE = 1 << 16
MOST_FIELDS = 1000
PIECE = 1 << 16
LONGEST_LOG = 4000


class Stopped(Exception):
    """The rehearsal cannot go on."""


def main() -> None:
    plan = json.load(sys.stdin)
    try:
        answer = rehearsed(plan)
    except Stopped as why:
        answer = {"why": str(why)}
    json.dump(answer, sys.stdout)


def rehearsed(plan: dict[str, Any]) -> dict[str, Any]:
    log = Path(plan["scratch"], "application.log")
    if plan["setup"]:
        prepare(plan, log)
    port = plan["port"]
    words = [word.replace("{port}", str(port)) for word in plan["run"]]
    with log.open("ab") as out:
        application = started(words, out)
    try:
        wait_until_ready(application, port, plan, log)
        return {
            name: exchange(port, plan[asked])
            for name, asked in (("before", "benign"), ("exploit", "exploit"), ("after", "benign"))
        }
    finally:
        end(application)


def prepare(plan: dict[str, Any], log: Path) -> None:
    with log.open("ab") as out:
        setup = started(plan["setup"], out)
    try:
        status = setup.wait(plan["seconds"])
    except subprocess.TimeoutExpired:
        raise Stopped(f"its set-up did not end in {plan['seconds']:g} s") from None
    finally:
        end(setup)
    if status:
        raise Stopped(f"its set-up ended with status {status}: {last_words(log)}")


def started(words: list[str], out: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    except OSError as error:
        raise Stopped(f"{words[0]} cannot be started: {error.strerror}") from None


def end(application: subprocess.Popen[bytes]) -> None:
    """The whole session; the sandbox ends whatever left it."""
    try:
        os.killpg(application.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    application.wait()


def wait_until_ready(application: subprocess.Popen[bytes], port: int, plan: dict[str, Any], log: Path) -> None:
    deadline = time.monotonic() + plan["seconds"]
    asked: dict[str, Any] = {"method": "GET", "path": plan["ready"], "headers": {}, "body": ""}
    told = "nothing listens on its port"
    while time.monotonic() < deadline:
        if application.poll() is not None:
            raise Stopped(f"the application ended with status {application.returncode}: {last_words(log)}")
        found = exchange(port, asked)
        status = found.get("status")
        if status is not None and status < 500:
            return
        told = f"{plan['ready']} answers {status}" if status else found["why"]
        time.sleep(PAUSE)
    raise Stopped(f"the application was not ready after {plan['seconds']:g} s: {told}; {last_words(log)}")


def exchange(port: int, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as line:
            line.sendall(written(asked, port))
            answer = answered(line, asked["method"], ANSWER_SECONDS)
    except Broken as why:
        return {"why": str(why)}
    except TimeoutError:
        return {"why": f"no answer in {ANSWER_SECONDS:g} s"}
    except OSError as error:
        return {"why": f"the connection failed: {error.strerror or error}"}
    return {"status": answer.status, "body": base64.b64encode(answer.body).decode(), "missing": answer.missing}


def written(asked: dict[str, Any], port: int) -> bytes:
    body = asked["body"].encode()
    headers = {name.lower(): (name, value) for name, value in asked["headers"].items()}
    headers.setdefault("host", ("Host", f"127.0.0.1:{port}"))
    headers["connection"] = ("Connection", "close")
    if body or asked["method"] in ("POST", "PUT", "PATCH"):
        headers.setdefault("content-length", ("Content-Length", str(len(body))))
    lines = [f"{asked['method']} {asked['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.values())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body


class Answered(NamedTuple):
    """`missing` says why there may be more of the body than this; empty where this is all of it."""

    status: int
    body: bytes
    missing: str


class Broken(Exception):
    """What came is no answer, or not all of one."""


class Line(io.RawIOBase):
    """What comes over a connection up to a moment, however slowly."""

    def __init__(self, line: socket.socket, ends: float) -> None:
        self._line = line
        self._ends = ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        return self._line.recv_into(buffer)


def answered(line: socket.socket, method: str, seconds: float) -> Answered:
    """The answer behind the interim ones. Raises OSError or Broken where not even its head is whole."""
    file = io.BufferedReader(Line(line, time.monotonic() + seconds))
    status, fields = head(file)
    while 100 <= status < 200:
        status, fields = head(file)
    body, missing = bytearray(), ""
    try:
        for piece in pieces(file, method, status, fields):
            body += piece
            if len(body) > LONGEST_ANSWER:
                missing = f"it is longer than {LONGEST_ANSWER >> 20} MiB"
                break
    except TimeoutError:
        missing = f"it did not end in {seconds:g} s"
    except OSError as error:
        missing = f"the connection failed: {error.strerror or error}"
    except Broken as why:
        missing = str(why)
    if body and fields.get("content-encoding", "identity").lower() != "identity":
        missing = "it is compressed"
    return Answered(status, bytes(body), missing)


def head(file: io.BufferedReader[Line]) -> tuple[int, dict[str, str]]:
    """Status and fields, whose names are in lower case."""
    if not file.peek(1):
        raise Broken("the connection was closed without an answer")
    words = text_line(file).split(" ")
    if len(words) < 2 or not words[0].startswith("HTTP/") or not re.fullmatch("[1-9][0-9]{2}", words[1]):
        raise Broken("the answer is not HTTP")
    fields: dict[str, str] = {}
    for _ in range(MOST_FIELDS):
        line = text_line(file)
        if not line:
            return int(words[1]), fields
        name, _, value = line.partition(":")
        name = name.strip().lower()
        fields[name] = f"{fields[name]}, {value.strip()}" if name in fields else value.strip()
    raise Broken(f"the answer has more than {MOST_FIELDS} header fields")


def text_line(file: io.BufferedReader[Line]) -> str:
    line = file.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise Broken("it breaks off" if len(line) < LONGEST_LINE else "a line of it is too long")
    return line.decode("latin-1").rstrip("\r\n")


def pieces(file: io.BufferedReader[Line], method: str, status: int, fields: dict[str, str]) -> Iterator[bytes]:
    """The body, as long as RFC 9112 (section 6.3) says that it is."""
    coding, length = fields.get("transfer-encoding", "").lower(), fields.get("content-length")
    if method == "HEAD" or status in (204, 304):
        return
    if coding == "chunked":
        yield from chunks(file)
    elif coding:
        raise Broken("it has a transfer coding that is not read")
    elif length is None:
        yield from iter(lambda: file.read1(PIECE), b"")
    elif not re.fullmatch("[0-9]{1,18}", length):
        raise Broken("its length cannot be told")
    else:
        yield from exactly(file, int(length))


def chunks(file: io.BufferedReader[Line]) -> Iterator[bytes]:
    while True:
        size = text_line(file).partition(";")[0].strip()
        if not re.fullmatch("[0-9a-fA-F]{1,15}", size):
            raise Broken("its chunks cannot be told apart")
        if not int(size, 16):
            return
        yield from exactly(file, int(size, 16))
        if text_line(file):
            raise Broken("its chunks cannot be told apart")


def exactly(file: io.BufferedReader[Line], length: int) -> Iterator[bytes]:
    while length:
        piece = file.read1(min(length, PIECE))
        if not piece:
            raise Broken(f"it breaks off {length} bytes before its end")
        length -= len(piece)
        yield piece


def last_words(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - LONGEST_LOG))
            lines = file.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return "it said nothing"
    return lines[-1][:300] if lines else "it said nothing"


if __name__ == "__main__":
    main()
