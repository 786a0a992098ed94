"""The attacks in each tier, as each user, compared with what the docs say of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from outpace.model.errors import Unconfined
from outpace.sandbox import Box, confine
from tests.needs import missing
from tests.sandbox import arena, users

ROOT = Path(__file__).parents[2]
SECRET = "s3cr3t-token-of-the-arena"
USERS = {"root": users.root, "root without control groups": users.root_without_control_groups, "user": users.ordinary}
FULL = {"root": users.root, "user": users.ordinary}
HARMLESS_WITHOUT_A_BOX = {
    "read_secret_in_environment": "the environment is never inherited",
    "open_a_vsock": "the machine may have none",
    "open_a_raw_socket": "needs a capability",
    "set_up_io_uring": "may be turned off",
    "become_root": "needs a capability",
    "write_kernel_settings": "needs to be root",
    "leave_the_control_group": "needs to be root",
    "make_a_user_namespace": "may be turned off",
    "connect_over_tcp_fast_open": "may be turned off",
    "ask_dns": "needs a route",
}


def documented() -> dict[str, dict[str, str]]:
    """The outcomes by tier, from the table in the docs."""
    table = re.findall(r"^\| ([a-z ]+) \| (\S+) \| (\S+) \|$", (ROOT / "docs" / "sandbox.md").read_text(), re.MULTILINE)
    rows = [(name.replace(" ", "_"), full.strip("*"), reduced.strip("*")) for name, full, reduced in table]
    return {
        "full": {name: full for name, full, _ in rows},
        "file-system": {name: reduced for name, _, reduced in rows},
    }


def attacked(who: Callable[[], list[str]], tier: str, *names: str) -> dict[str, str]:
    environment = {"PATH": os.environ["PATH"], "ARENA_TOKEN": SECRET, "PYTHONDONTWRITEBYTECODE": "1"}
    program = [*who(), sys.executable, str(ROOT / "tests" / "sandbox" / "arena.py"), tier, *names]
    ended = subprocess.run(program, env=environment, cwd="/", capture_output=True, timeout=240, check=False)
    if b"cannot be formed" in ended.stderr:
        missing(f"the {tier} tier: {ended.stderr.decode().splitlines()[-1]}")
    assert ended.returncode == 0, ended.stderr.decode()
    assert SECRET not in ended.stdout.decode()
    return {name: outcome for name, (outcome, _) in json.loads(ended.stdout).items()}


@pytest.mark.parametrize("who", FULL)
def test_the_full_tier_stops_what_the_docs_say_it_stops_and_leaks_what_they_say_it_leaks(who: str) -> None:
    assert attacked(FULL[who], "full") == documented()["full"]


@pytest.mark.parametrize("who", USERS)
def test_the_file_system_tier_stops_what_the_docs_say_it_stops_and_leaks_what_they_say_it_leaks(who: str) -> None:
    assert attacked(USERS[who], "file-system") == documented()["file-system"]


def test_limits_hold_for_root_where_no_control_group_can_be_made() -> None:
    expected = {name: documented()["full"][name] for name in arena.ALONE}
    assert attacked(users.root_without_control_groups, "full", *arena.ALONE) == expected


@pytest.mark.parametrize("who", FULL)
def test_without_a_box_the_same_attacks_succeed(who: str) -> None:
    outcomes = attacked(FULL[who], "none", *arena.AT_ONCE)
    stopped = {name for name, outcome in outcomes.items() if outcome == "stopped"}
    assert stopped - set(HARMLESS_WITHOUT_A_BOX) == set()


def test_foreign_code_is_refused_where_there_is_no_sandbox_unless_that_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(Unconfined, match="without a sandbox"):
        confine(["true"], box=Box(), cwd=tmp_path, tier=arena.TIERS["none"])
    confined = confine(["true"], box=Box(), cwd=tmp_path, tier=arena.TIERS["none"], unsafe_allow_none=True)
    assert confined.done.returncode == 0
