"""`outpace verdict replay` as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import VERSION, Header, Writing
from tests.fakes.rollout_traffic import Traffic, failing, made


def says(place: Path, *words: str) -> tuple[int, str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTPACE_", "XDG_"))}
    argv = [sys.executable, "-m", "outpace.cli", "verdict", "replay", *words]
    done = subprocess.run(
        argv, cwd=place, env={**kept, "HOME": str(place)}, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    judge, writing = Judge(made()), Writing()
    traffic = Traffic(8, failing(1.0), {"": 200.0})
    pieces = [writing.begin(Header(baseline="b" * 64, candidate="\x1b[31m" + "c" * 64, budget=judge.budget))]
    for number in range(1, 20):
        tick = traffic.tick(number * 0.1, judge.weight)
        pieces.append(writing.add(tick, judge.see(tick)))
    path = tmp_path / "rollout.jsonl"
    path.write_bytes(b"".join(pieces))
    return path


def test_a_trail_that_follows_from_its_looks_is_equal(trail: Path) -> None:
    status, out, _ = says(trail.parent, trail.name)
    assert (status, "\x1b" in out) == (0, False)
    assert "n* = ln(1/beta) / tolerated" in out
    assert "roll back:" in out
    assert "equal: all 2 verdicts" in out
    assert "E is what bets against the release have come to" in out
    assert "under way" not in out


def test_a_trail_that_was_cut_off_says_that_it_ends_under_way(trail: Path) -> None:
    lines = trail.read_bytes().splitlines(keepends=True)
    trail.write_bytes(b"".join(lines[:3]))
    status, out, _ = says(trail.parent, trail.name)
    assert (status, "roll back" in out) == (0, False)
    assert "bit for bit; it ends while the rollout is under way" in " ".join(out.split())


def test_a_trail_that_was_changed_needs_action(trail: Path) -> None:
    trail.write_bytes(trail.read_bytes().replace(b'"candidate_bad":', b'"candidate_bad":9', 1))
    status, out, _ = says(trail.parent, trail.name)
    assert status == 10
    assert "not equal: line" in out


def test_a_trail_by_older_rules_is_shown_and_not_called_a_forgery(trail: Path) -> None:
    trail.write_bytes(trail.read_bytes().replace(f'"version":{VERSION}'.encode(), b'"version":1', 1))
    status, out, _ = says(trail.parent, trail.name)
    assert status == 10
    assert "roll back:" in out
    words = f"not judged again: it was written by version 1 of the rules, and these are version {VERSION}"
    assert words in " ".join(out.split())
    _, out, _ = says(trail.parent, trail.name, "--format", "json")
    told = json.loads(out)["result"]
    assert (told["equal"], told["judged"], told["rules"], told["differs"]) == (False, False, 1, "")


def test_the_json_holds_the_evidence(trail: Path) -> None:
    status, out, _ = says(trail.parent, trail.name, "--format", "json")
    told = json.loads(out)
    last = told["result"]["verdicts"][-1]
    assert (status, told["command"], told["result"]["equal"]) == (0, "verdict replay", True)
    assert (last["verdict"], last["metric"], last["phase"]) == ("roll back", "errors", "users")
    errors = last["evidence"]["compared"][0]
    assert errors["log_e"] >= errors["log_threshold"]


@pytest.mark.parametrize("name", ["missing.jsonl", ".", "pipe", "other.txt"])
def test_what_is_no_trail_is_refused_with_a_hint(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "other.txt").write_text("hello\n")
    status, out, told = says(tmp_path, name)
    assert (status, out) == (2, "")
    assert "trail" in told
