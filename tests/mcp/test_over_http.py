"""`outpace mcp --http` answers on the loopback alone, to whoever has the token, and to no page of another origin."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from outpace.cli.main import main
from outpace.mcp.loopback import SHORTEST_TOKEN, address_of, check_token
from outpace.model.errors import UsageError

FIRST = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "a page", "version": "1"},
        },
    }
)
TOOLS = ["exposures", "match", "explain", "task", "prove_change"]


class Served(NamedTuple):
    port: int
    token: str
    process: subprocess.Popen[str]

    def status(self, path: str = "/mcp", **headers: str) -> int:
        """Of the first question of a client, with these headers instead of the right ones; empty: without it."""
        sent = {
            "Host": f"127.0.0.1:{self.port}",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            **headers,
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest("POST", path, skip_host=True)
            for name, value in {**sent, "Content-Length": str(len(FIRST))}.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders(FIRST.encode())
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def served(place: Path) -> Generator[Served]:
    argv = [sys.executable, "-m", "outpace.cli", "mcp", "--quiet", "--http", "0", "--python", sys.executable]
    process = subprocess.Popen(argv, cwd=place, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stderr is not None
    where, told = process.stderr.readline(), process.stderr.readline()
    port = int(where.rpartition(":")[2].partition("/")[0])
    yield Served(port, told.rpartition(" ")[2].strip(), process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def test_only_who_has_the_token_and_comes_from_here_is_answered(served: Served) -> None:
    port, token = served.port, served.token
    assert {name: served.status(**headers) for name, headers in headers_of(port, token).items()} == {
        "the token": 200,
        "another name of ours": 200,
        "a page of ours": 200,
        "no token": 401,
        "a wrong token": 401,
        "the token's beginning": 401,
        "the token without its scheme": 401,
        "no host": 400,
        "a name that was led here": 421,
        "our address at another port": 421,
        "a page of elsewhere": 403,
        "a page of a file": 403,
        "our name as a prefix": 403,
    }
    assert served.status("/anything", Authorization="") == 401


def headers_of(port: int, token: str) -> dict[str, dict[str, str]]:
    return {
        "the token": {},
        "another name of ours": {"Host": f"localhost:{port}"},
        "a page of ours": {"Origin": f"http://127.0.0.1:{port}"},
        "no token": {"Authorization": ""},
        "a wrong token": {"Authorization": f"Bearer {'x' * len(token)}"},
        "the token's beginning": {"Authorization": f"Bearer {token[:-1]}"},
        "the token without its scheme": {"Authorization": token},
        "no host": {"Host": ""},
        "a name that was led here": {"Host": f"evil.example:{port}"},
        "our address at another port": {"Host": "127.0.0.1:1"},
        "a page of elsewhere": {"Origin": "http://evil.example"},
        "a page of a file": {"Origin": "null"},
        "our name as a prefix": {"Origin": f"http://127.0.0.1:{port}.evil.example"},
    }


@pytest.mark.parametrize("era", ["legacy", "auto"])
def test_the_official_client_asks_over_http(served: Served, era: str) -> None:
    async def ask() -> tuple[list[str], bool]:
        headers = {"Authorization": f"Bearer {served.token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as session:
            transport = streamable_http_client(f"http://127.0.0.1:{served.port}/mcp", http_client=session)
            async with Client(transport, mode=era) as client:
                tools = await client.list_tools()
                answer = await client.call_tool("explain", {"id": "undecided"})
                return [tool.name for tool in tools.tools], answer.is_error

    assert anyio.run(ask) == (TOOLS, False)


@pytest.mark.parametrize(
    "named", ["0.0.0.0:8765", "192.168.1.4:8765", "example.com:8765", "[::]:8765", "8.8.8.8:1", "127.0.0.1:99999", "x"]
)
def test_nothing_but_the_loopback_is_served(named: str) -> None:
    with pytest.raises(UsageError):
        address_of(named)


def test_the_loopback_is_named_by_a_port_or_by_its_address() -> None:
    assert [address_of(named).url for named in ("8765", "localhost:1", "127.0.0.1:2", "[::1]:3")] == [
        "http://127.0.0.1:8765/mcp",
        "http://127.0.0.1:1/mcp",
        "http://127.0.0.1:2/mcp",
        "http://[::1]:3/mcp",
    ]


@pytest.mark.parametrize("token", ["", "short", "x" * (SHORTEST_TOKEN - 1), "é" * 40, "a b" * 20, "x\n" * 20])
def test_a_token_that_could_be_guessed_or_not_be_sent_is_refused(token: str) -> None:
    with pytest.raises(UsageError):
        check_token(token)


IN_VAIN = (("--token", "env:X"), ("--http", "0", "--token", "env:NOT_SET"), ("--http", "0", "--token", "plain"))


@pytest.mark.parametrize("words", IN_VAIN)
def test_a_token_is_given_by_a_reference_and_only_with_http(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mcp", *words]) == 2
    assert "outpace:" in capsys.readouterr().err
