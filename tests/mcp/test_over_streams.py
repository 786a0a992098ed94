"""The official client starts `outpace mcp`, asks every tool in both eras of the protocol, and goes away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters

from outpace.cli.main import main
from outpace.sandbox import NoSandbox, strongest
from tests.fakes.notes_project import RIGHT
from tests.needs import missing

OUTSIDE = "--- /dev/null\n+++ b/conftest.py\n@@ -0,0 +1 @@\n+import os\n"
GONE = 15.0  # seconds in which what was started ends by itself
TOOLS = ["exposures", "match", "explain", "task", "prove_change"]


def server(place: Path) -> StdioServerParameters:
    words = ["-m", "outpace.cli", "mcp", "--quiet", "--python", sys.executable]
    return StdioServerParameters(command=sys.executable, args=words, cwd=place, env=dict(os.environ))


async def told(client: Client, tool: str, given: dict[str, Any] | None = None) -> tuple[bool, dict[str, Any]]:
    result = await client.call_tool(tool, given)
    (content,) = result.content
    assert content.type == "text"
    return result.is_error, json.loads(content.text)


@pytest.mark.parametrize("era", ["legacy", "auto"])
def test_the_official_client_asks_every_tool(place: Path, era: str) -> None:
    async def ask() -> None:
        async with Client(server(place), mode=era) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
            _, exposed = await told(client, "exposures")
            assert exposed["counts"]["open"] == 1
            _, matched = await told(client, "match")
            assert matched["answer"] == "exposed"
            _, explained = await told(client, "explain", {"id": "PYSEC-2023-83"})
            assert explained["about"][0]["fixed"] == ["0.27.0"]
            _, task = await told(client, "task", {"id": "fix.toml"})
            _, proof = await told(client, "prove_change", {"task_id": task["id"], "diff": OUTSIDE})
            assert (proof["state"], proof["applied"]) == ("refuted", False)
            failed, error = await told(client, "apply", {"diff": OUTSIDE})
            assert (failed, error["kind"]) == (True, "NotFound")
            failed, error = await told(client, "match", {"limit": "many"})
            assert (failed, error["kind"]) == (True, "BadInput")

    anyio.run(ask)


def descendants(of: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            behind = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(behind[1]), []).append(int(stat.parent.name))
    found, pending = set[int](), [of]
    while pending:
        for child in children.get(pending.pop(), []):
            found.add(child)
            pending.append(child)
    return found


def test_nothing_runs_on_when_the_client_goes_away_while_a_change_is_judged(place: Path) -> None:
    if isinstance(strongest(), NoSandbox):
        missing("no tier of the sandbox can be formed")
    seen = set[int]()

    async def leave() -> None:
        async with Client(server(place), mode="legacy") as client:
            _, task = await told(client, "task", {"id": "fix.toml"})
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_asks, client, {"task_id": task["id"], "diff": RIGHT})
                with anyio.fail_after(60):
                    while len(seen) < 4:  # the server, and a box with what is in it
                        await anyio.sleep(0.05)
                        seen.clear()
                        seen.update(descendants(os.getpid()))
                tasks.cancel_scope.cancel()

    anyio.run(leave)
    until = time.monotonic() + GONE
    while (left := {each for each in seen if alive(each)}) and time.monotonic() < until:
        time.sleep(0.05)
    assert (left, len(seen) >= 4) == (set(), True)


async def _asks(client: Client, given: dict[str, Any]) -> None:
    try:
        await client.call_tool("prove_change", given)
    except MCPError:
        pass


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_without_the_extra_it_says_what_to_install(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert main(["mcp"]) == 3
    assert 'pip install "outpace[ai]"' in capsys.readouterr().err


def test_nothing_of_the_protocol_is_loaded_by_other_commands(place: Path) -> None:
    program = "import sys; from outpace.cli.main import main; main(['match', '--quiet']); print('mcp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=place, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
