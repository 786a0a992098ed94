"""Bench: how soon `outpace mcp` answers, and how much of an agent's context its five tools take, beside a bare SDK.

No split: nothing is tuned. The peer is a server of the protocol's own Python SDK that has no tools at all: what it
costs is the price of the SDK, and the ratio says what Outpace adds. Each is started, asked `initialize` over its
standard streams, and ended with the answer; bytecode is there, as after the first start. Counted are CPU seconds of the
process until it answers, since wall time on a busy machine is that of its neighbors; the wall is printed beside it.
Context is all that `tools/list` answers, in characters; four of them are counted as a token, which is more tokens than
the usual vocabularies make of it. With `--inspector FILE` (cli/build/cli.js of @modelcontextprotocol/inspector) the
protocol's inspector lists the tools as well. The goals: under 1 s, and under 700 tokens.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

START_LIMIT = 1.0
TOKEN_LIMIT = 700
CHARACTERS = 4
TICKS = os.sysconf("SC_CLK_TCK")
PEER = """
import anyio
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server

async def main():
    server = Server("bare")
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())

anyio.run(main)
"""
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"},
    },
}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}


class Start(NamedTuple):
    cpu: float
    wall: float
    tools: list[dict[str, Any]]


def asked(process: subprocess.Popen[bytes], *questions: dict[str, Any]) -> dict[str, Any]:
    """The answer to the last one."""
    assert process.stdin is not None
    assert process.stdout is not None
    for question in questions:
        process.stdin.write(json.dumps(question).encode() + b"\n")
    process.stdin.flush()
    while line := process.stdout.readline():
        answer = json.loads(line)
        if answer.get("id") == questions[-1]["id"]:
            return answer
    raise SystemExit("the server ended without an answer")


def started(argv: list[str], cwd: Path, env: dict[str, str], *, lists: bool) -> Start:
    began = time.perf_counter()
    process = subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    asked(process, INITIALIZE)
    wall = time.perf_counter() - began
    times = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(times[11]) + int(times[12])) / TICKS
    tools: list[dict[str, Any]] = asked(process, READY, LIST)["result"]["tools"] if lists else []
    process.communicate()
    return Start(cpu, wall, tools)


def inspected(script: Path | None, argv: list[str], cwd: Path, env: dict[str, str]) -> str:
    """What the inspector says, in a row."""
    node = shutil.which("node")
    if script is None or node is None:
        return "could not be run: no --inspector, or no node"
    words = [node, str(script), "--cli", *argv, "--method", "tools/list"]
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    try:
        names = [tool["name"] for tool in json.loads(done.stdout)["tools"]]
    except (json.JSONDecodeError, KeyError):
        return f"failed: {done.stderr.strip()[-200:]}"
    return f"lists {', '.join(names)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inspector", type=Path, metavar="FILE")
    args = parser.parse_args()
    rows = {
        "outpace mcp": [sys.executable, "-m", "outpace.cli", "mcp"],
        "bare SDK": [sys.executable, "-c", PEER],
    }
    figures: dict[str, list[Start]] = {name: [] for name in rows}
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = str(here / "bytecode")
        env |= {"XDG_STATE_HOME": str(here / "state"), "XDG_CACHE_HOME": str(here / "cache")}
        for number in range((3 if args.quick else 11) + 1):
            for name, argv in rows.items():
                start = started(argv, here, env, lists=name == "outpace mcp")
                figures[name] += [start] if number else []  # the first one writes the bytecode
        seen = inspected(args.inspector, rows["outpace mcp"], here, env)
    tools = figures["outpace mcp"][0].tools
    characters = len(json.dumps(tools, separators=(",", ":"), ensure_ascii=False))
    tokens = characters / CHARACTERS
    cpu = {name: statistics.median(each.cpu for each in starts) for name, starts in figures.items()}
    for name, starts in figures.items():
        wall = min(each.wall for each in starts)
        ratio = cpu["outpace mcp"] / cpu[name]
        print(f"{name:<12} {cpu[name]:5.2f} s CPU   {wall:5.2f} s wall at best   outpace takes {ratio:.2f} of it")
    print(f"{len(tools)} tools      {characters} characters, some {tokens:.0f} tokens; the bare SDK has none")
    print(f"inspector    {seen}")
    if args.json:
        args.json.write_text(json.dumps({"cpu_s": cpu, "characters": characters, "tokens": tokens, "inspector": seen}))
    good = cpu["outpace mcp"] < START_LIMIT and tokens < TOKEN_LIMIT
    print(f"{cpu['outpace mcp']:.2f} s and {tokens:.0f} tokens; goal: under {START_LIMIT:g} s and {TOKEN_LIMIT} tokens")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
