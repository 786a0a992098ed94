"""Runs of a brittle project's tests: plainly, twice, under one condition, or with an edit; each in a fresh copy."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from bench.brittle_labels import (
    Clock,
    Condition,
    Directory,
    Environment,
    HashSeed,
    Locale,
    Network,
    Optimize,
    Overspecified,
    Randomness,
    Slow,
    TimeZone,
    Warnings,
)

LIMIT = 300
PLAIN = {
    "PATH": os.environ.get("PATH", os.defpath),
    "USER": "dev",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}
PINNED = {
    "clock": "2027-03-10T10:30:00+00:00",
    "random": "2",
    "uuid": "a1b2c3d4-0000-4000-8000-000000000000",
    "pid": "4321",
}
LOOPBACK = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
TWICE = "import pytest, sys; pytest.main(sys.argv[1:]); sys.exit(pytest.main(sys.argv[1:]))"


class Run(NamedTuple):
    """What became of each test, in the order in which they ran; the last word of a test counts unless it failed."""

    outcomes: dict[str, str]
    words: str

    def reds(self) -> list[tuple[str, str]]:
        return [(test, was) for test, was in self.outcomes.items() if was != "passed"]


class How(Struct, frozen=True, kw_only=True):
    """One way to run, as differences from the plain one."""

    env: dict[str, str] = {}
    without: tuple[str, ...] = ()
    conditions: dict[str, str] = {}
    python: tuple[str, ...] = ()
    pytest: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    elsewhere: bool = False
    home: bool = True
    spaced: bool = False
    share: float = 1.0
    times: int = 1


def condition_of(flip: Condition) -> How:
    match flip:
        case Clock() | Randomness() | Slow() | Directory():
            how = of_plugin(flip)
        case HashSeed(seed=seed):
            how = How(env={"PYTHONHASHSEED": str(seed)})
        case TimeZone(zone=zone):
            how = How(env={"TZ": zone})
        case Locale(variables=variables):
            how = How(env=variables)
        case Environment(variables=variables, unset=unset):
            how = How(env=variables, without=unset)
        case Network():
            how = How(inside=LOOPBACK)
        case Optimize():
            how = How(python=("-O",))
        case Warnings():
            how = How(pytest=("-W", "error"))
    return how


def of_plugin(flip: Clock | Randomness | Slow | Directory) -> How:
    match flip:
        case Clock(at=at):
            how = How(conditions={"clock": at.isoformat()})
        case Randomness(source=source, drawn=drawn):
            how = How(conditions={source: drawn})
        case Slow(by="cpu", to=share):
            how = How(share=share)
        case Slow(to=seconds):
            how = How(conditions={"switch-interval": str(seconds)})
        case Directory():
            how = of_directory(flip)
    return how


def of_directory(flip: Directory) -> How:
    match flip.of:
        case "HOME":
            return How(home=False)
        case "TMPDIR":
            return How(spaced=True)
        case "cwd":
            return How(elsewhere=True)
        case "listing" | "umask":
            return How(conditions={flip.of: flip.turned})


def plainly(project: Path, *tests: str, times: int = 1) -> Run:
    return under(project, How(times=times), *tests)


def under_edit(project: Path, edit: Overspecified) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / project.name
        shutil.copytree(project, copy)
        text = (copy / edit.file).read_text(encoding="utf-8")
        if edit.old not in text:
            return Run({}, f"{edit.file} does not hold {edit.old!r}")
        (copy / edit.file).write_text(text.replace(edit.old, edit.new), encoding="utf-8")
        return plainly(copy)


def under(project: Path, how: How, *tests: str) -> Run:
    with tempfile.TemporaryDirectory(prefix="brittle-") as name:
        folder = Path(name)
        copy = folder / "project"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        outcomes, env = folder / "outcomes", environment(folder, how)
        env |= {"BRITTLE_OUTCOMES": str(outcomes), "BRITTLE_CONDITIONS": json.dumps(PINNED | how.conditions)}
        cwd = folder / "elsewhere" if how.elsewhere else copy
        cwd.mkdir(exist_ok=True)
        words = run([*how.inside, *command(copy, how, tests)], cwd, env, how.share)
        return Run(outcomes_of(outcomes), words)


def environment(folder: Path, how: How) -> dict[str, str]:
    """The plain one with a home and a folder for temporary files of its own, then the differences."""
    plugin, temporary = folder / "plugin", folder / ("with space" if how.spaced else "tmp")
    for each in (plugin, temporary, folder / "home"):
        each.mkdir()
    shutil.copy(Path(__file__).parent / "brittle_conditions.py", plugin)
    home = folder / "home" if how.home else folder / "nobody" / "home"
    env = PLAIN | {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONPATH": str(plugin)} | how.env
    return {name: value for name, value in env.items() if name not in how.without}


def command(copy: Path, how: How, tests: tuple[str, ...]) -> list[str]:
    runner = ["-c", TWICE] if how.times == 2 else ["-m", "pytest"]
    chosen = [str(copy / test) for test in tests] or [str(copy / "tests")]
    options = ["-q", "--tb=line", "-p", "no:cacheprovider", "-p", "brittle_conditions", f"--rootdir={copy}"]
    return [sys.executable, *how.python, *runner, *options, f"--confcutdir={copy}", *how.pytest, *chosen]


def run(argv: list[str], cwd: Path, env: dict[str, str], share: float) -> str:
    """What it said last. A share of less than one CPU: stopped and continued ten times a second."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            wait(process, share)
        finally:
            stop(process)
        said.seek(0)
        return said.read().decode(errors="replace")[-600:]


def wait(process: subprocess.Popen[bytes], share: float) -> None:
    if share >= 1:
        process.wait(LIMIT)
        return
    until = time.monotonic() + LIMIT
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.1 * share)
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(0.1 * (1 - share))
        os.killpg(process.pid, signal.SIGCONT)


def stop(process: subprocess.Popen[bytes]) -> None:
    """The group that was started here, whatever is left of it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait(10)


def outcomes_of(path: Path) -> dict[str, str]:
    outcomes: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        test, was = json.loads(line)
        outcomes[test] = was if outcomes.get(test, "passed") == "passed" else outcomes[test]
    return outcomes
