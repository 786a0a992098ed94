"""Starts an application and talks to it, in one sandbox call. Reads a plan from stdin, writes what came back to stdout.

Requests go out as they are written, byte for byte: no client library normalizes the path.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess  # noqa: TID251  this script runs inside the sandbox, alone with the application that it starts
import sys
import time
from pathlib import Path
from typing import IO, Any

PAUSE = 0.05
ANSWER_SECONDS = 10.0
LONGEST_ANSWER = 2 << 20
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
            return understood(received(line))
    except TimeoutError:
        return {"why": f"no answer in {ANSWER_SECONDS:g} s"}
    except OSError as error:
        return {"why": f"the connection failed: {error.strerror or error}"}


def written(asked: dict[str, Any], port: int) -> bytes:
    body = asked["body"].encode()
    headers = {name.lower(): (name, value) for name, value in asked["headers"].items()}
    headers.setdefault("host", ("Host", f"127.0.0.1:{port}"))
    headers["connection"] = ("Connection", "close")
    if body or asked["method"] in ("POST", "PUT", "PATCH"):
        headers.setdefault("content-length", ("Content-Length", str(len(body))))
    lines = [f"{asked['method']} {asked['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.values())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body


def received(line: socket.socket) -> bytes:
    """Until the other side closes, the declared length is there, or the limit is reached."""
    deadline = time.monotonic() + ANSWER_SECONDS
    content = b""
    while len(content) < LONGEST_ANSWER and not complete(content):
        line.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            piece = line.recv(1 << 16)
        except ConnectionResetError:
            break
        if not piece:
            break
        content += piece
    return content


def complete(content: bytes) -> bool:
    head, _, body = content.partition(b"\r\n\r\n")
    for name, value in fields(head):
        if name == b"content-length" and value.isdigit():
            return len(body) >= int(value)
        if name == b"transfer-encoding" and value.lower() == b"chunked":
            return body.endswith(b"0\r\n\r\n")
    return False


def fields(head: bytes) -> list[tuple[bytes, bytes]]:
    pairs = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return [(name.strip().lower(), value.strip()) for name, _, value in pairs]


def understood(content: bytes) -> dict[str, Any]:
    head, _, body = content.partition(b"\r\n\r\n")
    first = head.split(b"\r\n")[0].split(b" ")
    if len(first) < 2 or not first[0].startswith(b"HTTP/") or not first[1].isdigit():
        return {"why": "the connection was closed without an answer" if not content else "the answer is not HTTP"}
    if any(name == b"transfer-encoding" and b"chunked" in value.lower() for name, value in fields(head)):
        body = dechunked(body)
    return {"status": int(first[1]), "body": base64.b64encode(body).decode()}


def dechunked(body: bytes) -> bytes:
    pieces: list[bytes] = []
    while body:
        size, _, body = body.partition(b"\r\n")
        try:
            length = int(size.split(b";")[0], 16)
        except ValueError:
            break
        if length <= 0:
            break
        pieces.append(body[:length])
        body = body[length + 2 :]
    return b"".join(pieces)


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
