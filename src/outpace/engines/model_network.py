"""What the child process that asks a model may reach, and how much of an answer it takes."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from outpace import __version__

if TYPE_CHECKING:
    import httpx2  # noqa: TID251  see `client_of`

LARGEST_BODY = 2 << 20
LONGEST_WHY = 200
PORTS = {"http": 80, "https": 443}
TOLD_TO_NOBODY = ("x-stainless-", "openai-organization", "openai-project")


class Oversized(ValueError):
    """Has passed through the clients of the providers, which know nothing of it."""


def reaching_only(url: str) -> list[str]:
    """From here on this process reaches no host but the destination's and its proxy's; what else was tried is noted."""
    proxy = proxy_of(url)
    allowed = {urlsplit(each).hostname for each in (url, proxy) if each}
    looked_up: list[str] = []
    refused: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            host: object = arguments[0]
        elif event == "socket.connect" and arguments[0].family != socket.AF_UNIX and not looked_up:
            host = arguments[1][0]  # by its number, so that no name had to be looked up
        else:
            return
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        if name not in allowed:
            refused.append(name[:200])
            raise PermissionError(f"{name[:200]} is not the model's server")
        if event == "socket.getaddrinfo":
            looked_up.append(name)

    sys.addaudithook(watch)
    return refused


def proxy_of(url: str) -> str:
    """What the environment says for this one address; empty for none, as always for this machine itself."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(host):
        return ""
    proxy = getproxies().get(parts.scheme, "")
    return proxy if "//" in proxy or not proxy else f"http://{proxy}"


def unreached(error: BaseException, url: str) -> str:
    """Why no connection came about, so that nothing was sent; empty where one did."""
    chain = [error]
    while (behind := chain[-1].__cause__ or chain[-1].__context__) is not None and behind not in chain:
        chain.append(behind)
    names = {type(each).__name__ for each in chain}
    if names.isdisjoint({"ConnectError", "ConnectTimeout", "ProxyError"}):
        return ""
    proxy = proxy_of(url)
    parts = urlsplit(proxy or url)
    place = f"{parts.hostname}:{parts.port or PORTS.get(parts.scheme, 0)}"
    if "ConnectTimeout" in names:
        why = "it did not answer in time"
    else:
        why = next((_why(each) for each in reversed(chain) if isinstance(each, OSError)), "the connection failed")
    return f"no server is reached at {place}{', the proxy' if proxy else ''}: {why}"


def _why(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    return os.strerror(error.errno).lower() if error.errno else " ".join(str(error).split())[:LONGEST_WHY]


def client_of(key: str, url: str) -> httpx2.AsyncClient:
    import httpx2  # noqa: TID251  the clients of the providers take one of these and nothing else

    class Whole(httpx2.AsyncByteStream):
        """The body of an answer, up to its limit."""

        def __init__(self, inner: httpx2.AsyncByteStream) -> None:
            self._inner = inner

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for part in self._inner:
                size += len(part)
                if size > LARGEST_BODY:
                    raise Oversized(f"the answer has more than {LARGEST_BODY >> 20} MiB")
                yield part

        async def aclose(self) -> None:
            await self._inner.aclose()

    class Bounded(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            unwanted = [name for name in request.headers if name.lower().startswith(TOLD_TO_NOBODY)]
            for name in (*unwanted, *(() if key else ("authorization", "x-api-key"))):
                request.headers.pop(name, None)
            request.headers["user-agent"] = f"outpace/{__version__}"
            request.headers["accept-encoding"] = "identity"  # a small body that unpacks to a large one is no use here
            response = await super().handle_async_request(request)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Oversized("the answer is compressed, which was not asked for")
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = Whole(response.stream)
            return response

    return httpx2.AsyncClient(follow_redirects=False, transport=Bounded(proxy=proxy_of(url) or None))
