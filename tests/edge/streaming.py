"""For uvicorn: streams at /events and /chat, 500 at /bad, half an answer at /cut, none at /hang, else its version."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

VERSION = os.environ.get("VERSION", "")


async def app(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    match scope["type"], scope.get("path"):
        case "websocket", _:
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": f"{VERSION} {message['text']}"})
        case "http", "/hang":
            await asyncio.sleep(3600)
        case "http", "/bad":
            await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})
        case "http", "/cut":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        case "http", "/events":
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
            )
            while True:
                await send({"type": "http.response.body", "body": f"data: {VERSION}\n\n".encode(), "more_body": True})
                await asyncio.sleep(0.05)
        case "http", _:
            headers = [(b"x-release", VERSION.encode()), (b"content-length", b"2")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": f"{VERSION}\n".encode()})
        case _:
            pass
