"""Bench: twelve hostile modules through the commands of `outpace test`: contained, and the run goes on.

No split: the modules (bench/data/hostile) are what a module could do that is written to do harm, and nothing is tuned
on them; --modules takes others of the same shape: a function `harm(text)`, with @VICTIM@ for a file that must stay as
it is, and @HOST@ and @PORT@ for a listener that must hear nothing. Each lies in a project of its own beside a module
that does no harm, with a test for both where there are tests to run; generate, mutants and run each see both modules.

A row is passed when the victim, the project and the listener are as they were, when no process is left, and when the
command came to what it says of the harmless module alone: a test that kills all its mutants, all its mutants killed,
all its tests passed; and of the hostile one what is true: a red test, or a green one where its harm came to nothing.
A test may take --longest seconds here, not minutes, and generate tries 100 programs for a module. The goal: 12 of 12
for each command. Pynguin, the peer, runs what it tests in its own process and says that one should use a container, so
that it has no column.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "bench" / "data" / "hostile"
HARMLESS = "harmless"
KILLED = 7
BUDGET = 100
COMES_TO_NOTHING = frozenset({"fake_plugin", "thread_at_exit"})
"""Their tests are green: a thread that nobody waits for, a plugin that nobody asks."""
GREEN, ACTION_NEEDED = 0, 10
PROJECT = """[project]
name = "hostile"
version = "1"

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""
TEST = "import {name}\n\n\ndef test_harm():\n    {name}.harm('')\n"
TEST_HARMLESS = """import harmless
import pytest


@pytest.mark.parametrize(("number", "doubled"), [(3, 6), (100, 200), (101, 0)])
def test_it(number, doubled):
    assert harmless.double(number) == doubled
"""
TESTS = ("[3-6]", "[100-200]", "[101-0]")
SECONDS = 900


class Place(NamedTuple):
    """One project with a hostile module, and what must stay as it is."""

    project: Path
    victim: Path
    name: str
    longest: float


class Row(NamedTuple):
    module: str
    command: str
    seconds: float
    wrong: str


def project_of(
    sources: list[Path], place: Path, listener: tuple[str, int], longest: float, *, tested: bool = True
) -> Place:
    """The first of them gives it its name."""
    project, victim = place / "project", place / "victim.txt"
    (project / "tests").mkdir(parents=True)
    victim.write_text("still here")
    for source in sources:
        text = source.read_text().replace("@VICTIM@", str(victim))
        text = text.replace("@HOST@", listener[0]).replace("@PORT@", str(listener[1]))
        (project / source.name).write_text(text)
        if tested:
            (project / "tests" / f"test_{source.stem}.py").write_text(TEST.format(name=source.stem))
    shutil.copy(MODULES / f"{HARMLESS}.py", project)
    (project / "pyproject.toml").write_text(PROJECT)
    if tested:
        (project / "tests" / "test_the_harmless.py").write_text(TEST_HARMLESS)
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run([*git, *words], cwd=project, check=True)
    return Place(project, victim, sources[0].stem, longest)


def asked(place: Place, words: list[str]) -> tuple[int, dict[str, Any]]:
    """The exit status and the result of a command."""
    here = place.project.parent
    env = {**os.environ, "XDG_CACHE_HOME": str(here / "cache"), "XDG_STATE_HOME": str(here / "state")}
    argv = [
        sys.executable,
        str(Path(__file__).resolve()),
        "--as-a-user",
        str(place.longest),
        "test",
        *words,
        "--format",
        "json",
        "--python",
        sys.executable,
    ]
    done = subprocess.run(argv, cwd=place.project, env=env, capture_output=True, timeout=SECONDS, check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"result": {}, "unknown": [{"why": done.stderr.decode()[-300:]}]}


def as_a_user(longest: float, words: list[str]) -> int:
    """In a process of its own: the command line as it is, but for how long one test may take."""
    import functools

    from outpace.app import test_mutants, test_run
    from outpace.cli.main import main

    test_run.How = functools.partial(test_run.How, longest=longest)
    test_mutants.ONE_TEST = longest
    return main(words)


def generated(place: Place) -> str:
    status, answer = asked(place, ["generate", "--budget", str(BUDGET), f"{HARMLESS}.py", f"{place.name}.py"])
    files = {each["module"]: each for each in answer["result"].get("files", ())}
    found = files.get(HARMLESS)
    if status != GREEN or found is None or found["killed"] != KILLED:
        return f"status {status}: no tests of the harmless module that kill all its mutants{_why(answer)}"
    return ""


def mutated(place: Place) -> str:
    status, answer = asked(place, ["mutants", f"{HARMLESS}.py", f"{place.name}.py"])
    scores = {each["file"]: each["score"] for each in answer["result"].get("files", ())}
    killed = scores.get(f"{HARMLESS}.py", {}).get("killed", 0)
    if status not in (GREEN, ACTION_NEEDED) or killed != KILLED:
        return f"status {status}: {killed} of {KILLED} mutants of the harmless module killed{_why(answer)}"
    return ""


def ran(place: Place) -> str:
    status, answer = asked(place, ["run"])
    passed = {f"[{each.partition('[')[2]}" for each in answer["result"].get("passed", ()) if "harmless" in each}
    hostile = [each for each in answer["result"].get("failed", ()) if place.name in each["test"]]
    if passed != set(TESTS):
        return f"status {status}: {len(passed)} of {len(TESTS)} tests of the harmless module passed{_why(answer)}"
    red = place.name not in COMES_TO_NOTHING
    if bool(hostile) != red or status != (ACTION_NEEDED if red else GREEN):
        return f"status {status}: the hostile test is {'red' if hostile else 'green'}{_why(answer)}"
    return ""


COMMANDS: dict[str, Callable[[Place], str]] = {"generate": generated, "mutants": mutated, "run": ran}


def _why(answer: dict[str, Any]) -> str:
    return "".join(f": {each['why']}" for each in answer.get("unknown", ()))


@contextmanager
def listening() -> Generator[socket.socket]:
    """On an address of this machine other than the loopback where there is one, which a sandbox has of its own."""
    with socket.socket() as found, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked_for:
        try:
            asked_for.connect(("192.0.2.1", 9))
            host = asked_for.getsockname()[0]
        except OSError:
            host = "127.0.0.1"
        found.bind((host, 0))
        found.listen()
        found.settimeout(0)
        yield found


def harmed(place: Place, listener: socket.socket, before: set[str]) -> str:
    """What the module came to outside of its sandbox."""
    if not place.victim.is_file() or place.victim.read_text() != "still here":
        return "the victim is not as it was"
    status = subprocess.run(
        ["git", "status", "--porcelain", "--ignored"], cwd=place.project, capture_output=True, text=True, check=True
    )
    if status.stdout:
        return f"the project was written to: {status.stdout.strip()}"
    try:
        listener.accept()
    except OSError:
        pass
    else:
        return "somebody called"
    left = {each for each in processes() if str(place.project.parent) in each} - before
    return f"still running: {next(iter(left))[:100]}" if left else ""


def processes() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            yield f"{path.parent.name} {path.read_bytes().decode(errors='replace')}"
        except OSError:
            continue


def rows(sources: list[Path], longest: float, commands: list[str]) -> Iterator[Row]:
    with listening() as listener:
        for source, command in itertools.product(sources, commands):
            with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
                tested = command != "generate"  # what tests notice already gets no other test
                place = project_of([source], Path(folder), listener.getsockname(), longest, tested=tested)
                before, began = set(processes()), time.monotonic()
                wrong = COMMANDS[command](place)
                seconds = time.monotonic() - began
                yield Row(source.stem, command, round(seconds, 1), wrong or harmed(place, listener, before))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=Path, default=MODULES, help="a folder of hostile modules")
    parser.add_argument("--only", nargs="*", default=(), help="names of some of them")
    parser.add_argument("--commands", nargs="*", default=list(COMMANDS), choices=list(COMMANDS))
    parser.add_argument("--longest", type=float, default=10.0)
    parser.add_argument("--quick", action="store_true", help="outpace test run alone")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    names = (path for path in sorted(args.modules.glob("*.py")) if path.stem != HARMLESS)
    sources = [path for path in names if not args.only or path.stem in args.only]
    commands = ["run"] if args.quick else args.commands
    found: list[Row] = []
    for row in rows(sources, args.longest, commands):
        found.append(row)
        print(f"{row.module:<18} {row.command:<9} {row.seconds:6.1f} s  {row.wrong or 'contained'}", flush=True)
    for command in commands:
        good = sum(not row.wrong for row in found if row.command == command)
        print(f"outpace test {command}: {good} of {len(sources)} contained, goal {len(sources)} of {len(sources)}")
    if args.json:
        args.json.write_text(json.dumps([row._asdict() for row in found], indent=2) + "\n")
    return int(any(row.wrong for row in found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-a-user"]:
        sys.exit(as_a_user(float(sys.argv[2]), sys.argv[3:]))
    sys.exit(main())
