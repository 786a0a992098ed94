"""A fake of the servers of language models on the loopback interface: no model is behind it, answers are a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

MODEL = "scripted-1"
OPENAI, ANTHROPIC = "/v1/chat/completions", "/v1/messages"


class Says(Struct, frozen=True, kw_only=True):
    """A whole answer; `finish` is stop or length, `usage` None leaves it out."""

    text: str
    finish: str = "stop"
    usage: tuple[int, int] | None = (120, 40)
    model: str = MODEL


class Busy(Struct, frozen=True, kw_only=True):
    """429, or another status, with what the header Retry-After says; empty: none."""

    status: int = 429
    retry_after: str = "0"
    says: str = "slow down"


class Slow(Struct, frozen=True, kw_only=True):
    """Nothing for so long."""

    seconds: float


class Drips(Struct, frozen=True, kw_only=True):
    """A byte at a time, so that no silence is ever long."""

    text: str
    pause: float


class Truncated(Struct, frozen=True, kw_only=True):
    """An answer whose connection ends in the middle."""

    text: str


class Malformed(Struct, frozen=True, kw_only=True):
    """200, and what is not the protocol."""

    body: bytes = b'{"choices": [{"mess'


class Oversized(Struct, frozen=True, kw_only=True):
    """So many bytes of text in a right answer."""

    size: int = 8 << 20


class Redirects(Struct, frozen=True, kw_only=True):
    to: str


Step: TypeAlias = Says | Busy | Slow | Drips | Truncated | Malformed | Oversized | Redirects


class Received(Struct, frozen=True, kw_only=True):
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def texts(self) -> tuple[str, ...]:
        """Of all messages in their order, the rules first, in either protocol."""
        document = msgspec.json.decode(self.body)
        system = document.get("system") or ()
        parts = [system] if isinstance(system, str) else [each["text"] for each in system]
        for message in document["messages"]:
            content = message["content"]
            parts += [content] if isinstance(content, str) else [each["text"] for each in content]
        return tuple(parts)


class ModelServer:
    """`script` is what the next requests get; the last step stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: list[Step] = []
        self.received: list[Received] = []
        self.over = threading.Event()

    @property
    def openai(self) -> str:
        return self.url + "/v1"

    def says(self, *steps: Step | str) -> None:
        self.script[:] = [Says(text=each) if isinstance(each, str) else each for each in steps]

    def next(self) -> Step:
        if not self.script:
            return Busy(status=404, retry_after="", says="the script is empty")
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def edits(*triples: tuple[str, str, str], why: str = "as asked") -> str:
    """The answer that is asked for, of path, old and new."""
    return json.dumps({"edits": [{"path": p, "old": o, "new": n} for p, o, n in triples], "why": why})


class _Script(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    here: ModelServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.here.received.append(Received(path=self.path, headers=headers, body=body))
        self.close_connection = True
        try:
            self._carry_out(self.here.next(), json.loads(body))
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _carry_out(self, step: Step, asked: dict[str, Any]) -> None:
        match step:
            case Says():
                self._send(200, *_body(self.path, step, streamed=bool(asked.get("stream"))))
            case Busy(status=status, retry_after=after, says=says):
                error = {"type": "error", "error": {"type": "error", "message": says}}
                self._send(status, json.dumps(error).encode(), more={"Retry-After": after} if after else {})
            case Slow(seconds=seconds):
                self.here.over.wait(seconds)
                self._send(200, *_body(self.path, Says(text="late"), streamed=False))
            case Drips(text=text, pause=pause):
                self._send(200, *_body(self.path, Says(text=text), streamed=False), pause=pause)
            case Truncated(text=text):
                body, kind = _body(self.path, Says(text=text), streamed=False)
                self._send(200, body[: len(body) // 2], kind, announced=len(body))
            case Malformed(body=body):
                self._send(200, body)
            case Oversized(size=size):
                self._send(200, *_body(self.path, Says(text="x" * size), streamed=False))
            case Redirects(to=to):
                self._send(307, b"", more={"Location": to})

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json",
        *,
        announced: int | None = None,
        more: dict[str, str] | None = None,
        pause: float = 0.0,
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(more or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if announced is None else announced))
        self.send_header("Connection", "close")  # else a client may ask again where nobody listens any more
        self.end_headers()
        for part in [body[n : n + 1] for n in range(len(body))] if pause else [body]:
            self.wfile.write(part)
            if pause and self.here.over.wait(pause):
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        pass


@contextmanager
def model_server() -> Generator[ModelServer]:
    class Script(_Script):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Script)
    server.daemon_threads = False
    here = Script.here = ModelServer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        here.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _body(path: str, says: Says, *, streamed: bool) -> tuple[bytes, str]:
    """The bytes, and their type."""
    if path.endswith("/messages"):
        whole = _events(_anthropic_events(says), named=True) if streamed else json.dumps(_anthropic(says)).encode()
    elif streamed:
        whole = _events(_openai_events(says), named=False) + b"data: [DONE]\n\n"
    else:
        whole = json.dumps(_openai(says)).encode()
    return whole, "text/event-stream" if streamed else "application/json"


def _events(events: Iterator[dict[str, Any]], *, named: bool) -> bytes:
    """Server-sent events; Anthropic's have names, OpenAI's have none."""
    return b"".join(
        (f"event: {each['type']}\n" if named else "").encode() + b"data: " + json.dumps(each).encode() + b"\n\n"
        for each in events
    )


def _openai(says: Says) -> dict[str, Any]:
    message = {"role": "assistant", "content": says.text, "refusal": None}
    whole = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_750_000_000,
        "model": says.model,
        "choices": [{"index": 0, "message": message, "finish_reason": says.finish, "logprobs": None}],
    }
    return whole | ({"usage": _openai_usage(says.usage)} if says.usage else {})


def _openai_usage(usage: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


def _openai_events(says: Says) -> Iterator[dict[str, Any]]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_750_000_000, "model": says.model}
        return {**head, "choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    for part in _pieces(says.text):
        yield chunk({"content": part})
    yield chunk({}, says.finish)
    if says.usage:
        yield {**chunk({}), "choices": [], "usage": _openai_usage(says.usage)}


def _anthropic(says: Says) -> dict[str, Any]:
    tokens_in, tokens_out = says.usage or (0, 0)
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": says.model,
        "content": [{"type": "text", "text": says.text}],
        "stop_reason": {"stop": "end_turn", "length": "max_tokens"}[says.finish],
        "stop_sequence": None,
        "usage": {"input_tokens": tokens_in, "output_tokens": tokens_out},
    }


def _anthropic_events(says: Says) -> Iterator[dict[str, Any]]:
    whole = _anthropic(says)
    yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for part in _pieces(says.text):
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
    yield {"type": "content_block_stop", "index": 0}
    stop = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": whole["usage"]["output_tokens"]}}
    yield {"type": "message_stop"}


def _pieces(text: str) -> list[str]:
    return [text[n : n + 7] for n in range(0, len(text), 7)]
