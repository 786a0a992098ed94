"""Bench: mutants a second: Outpace beside mutmut and cosmic-ray, on one module with the same tests.

Development split: string_utils.validation of python-string-utils 1.0.0, which the package index brings, with 100 tests
that were written for this bench from its docstrings (bench/data/mutants). Or --project with --module below it; its
tests must run on the Python of .tools/peers and on that of --python.

Each tool runs as a user would run it, from its start to its end, with as many processes as there are processors; what
it takes of CPU is told too, since that does not depend on who else is busy. Outpace runs everything in its sandbox, the
others do not. Their operators differ, so that the shares killed are no contest. cosmic-ray, which starts a new suite
for each mutant, is ended after 90 s; with --quick both peers are, after 15 s, with the verdicts they have by then. The
goal: at least twice as many mutants a second as mutmut.

`make peers` brings mutmut and cosmic-ray.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".tools" / "peers" / "bin"
PACKAGE, MODULE = "python-string-utils==1.0.0", "string_utils/validation.py"
TESTS = ROOT / "bench" / "data" / "mutants" / "test_validation.py"
GOAL = 2.0
MUTMUT = """
[project]
name = "benched"
version = "1"

[tool.mutmut]
paths_to_mutate = ["{module}"]
tests_dir = ["tests"]
also_copy = {packages}
"""
COSMIC_RAY = """
[cosmic-ray]
module-path = "{module}"
timeout = 20.0
excluded-modules = []
test-command = "{python} -m pytest -x -q tests"

[cosmic-ray.distributor]
name = "local"
"""


class Row(NamedTuple):
    tool: str
    mutants: int
    killed: int
    seconds: float
    cpu: float
    why: str = ""

    @property
    def rate(self) -> float:
        return self.mutants / self.seconds if self.seconds else 0.0


class Asked(NamedTuple):
    """`patience` is how long a peer is waited for."""

    project: Path
    module: str
    python: Path
    patience: float


def main() -> int:
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        project = args.project or brought(Path(folder) / "project")
        asked = Asked(project, args.module, args.python, 15.0 if args.quick else 900.0)
        rows = [tried(tool, asked, Path(folder)) for tool in (outpace, mutmut, cosmic_ray)]
    print(f"{'':12}{'mutants':>9}{'killed':>8}{'seconds':>9}{'CPU':>8}{'a second':>10}{'a CPU second':>14}")
    for row in rows:
        per_cpu = row.mutants / row.cpu if row.cpu else 0.0
        figures = f"{row.mutants:9}{row.killed:8}{row.seconds:9.1f}{row.cpu:8.1f}{row.rate:10.1f}{per_cpu:14.1f}"
        print(f"{row.tool:12}{figures if not row.why else '  ' + row.why}")
    if args.json:
        args.json.write_text(json.dumps([{**row._asdict(), "rate": row.rate} for row in rows], indent=1))
    ours, theirs = rows[0], rows[1]
    if not theirs.rate:
        print(f"Outpace {ours.rate:.1f} mutants/s; mutmut could not be run; goal: at least {GOAL} times as many")
        return 1
    print(f"{ours.rate / theirs.rate:.1f} times as many mutants a second as mutmut; goal: at least {GOAL}")
    return 0 if ours.rate >= GOAL * theirs.rate else 1


def tried(tool: Callable[[Asked, Path], Row], asked: Asked, folder: Path) -> Row:
    """On a copy of its own."""
    place = folder / tool.__name__
    shutil.copytree(asked.project, place, ignore=shutil.ignore_patterns(".git", "__pycache__", ".venv"))
    return tool(asked, place)


def outpace(asked: Asked, place: Path) -> Row:
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "commit", "--quiet", "-m", "bench")
    words = ["-m", "outpace.cli", "test", "mutants", asked.module, "--python", str(asked.python), "--fresh"]
    done, seconds, cpu = timed([sys.executable, *words, "--format", "json", "--quiet"], place)
    if done.returncode not in (0, 10):
        return Row("outpace", 0, 0, seconds, cpu, done.stderr[-200:].strip())
    score = json.loads(done.stdout)["result"]["score"]
    judged = score["killed"] + score["survived"] + score["unreached"] + score["unstable"]
    return Row("outpace", judged, score["killed"], seconds, cpu)


def mutmut(asked: Asked, place: Path) -> Row:
    if not (PEERS / "mutmut").exists():
        return Row("mutmut", 0, 0, 0.0, 0.0, "not here: make peers")
    packages = json.dumps(
        sorted({path.name for path in place.iterdir() if path.name not in ("tests", "pyproject.toml")})
    )
    (place / "pyproject.toml").write_text(MUTMUT.format(module=asked.module, packages=packages))
    words = [str(PEERS / "mutmut"), "run", "--max-children", str(os.cpu_count())]
    done, seconds, cpu = timed(words, place, patience=asked.patience)
    statuses = [
        status
        for meta in (place / "mutants").rglob("*.meta")
        for status in json.loads(meta.read_text())["exit_code_by_key"].values()
        if status is not None
    ]
    if not statuses:
        return Row("mutmut", 0, 0, seconds, cpu, (done.stderr or done.stdout)[-200:].strip())
    return Row("mutmut", len(statuses), sum(status not in (0, 33) for status in statuses), seconds, cpu)


def cosmic_ray(asked: Asked, place: Path) -> Row:
    """One process after another; ended when it was waited for long enough."""
    program = str(PEERS / "cosmic-ray")
    if not Path(program).exists():
        return Row("cosmic-ray", 0, 0, 0.0, 0.0, "not here: make peers")
    (place / "bench.toml").write_text(COSMIC_RAY.format(module=asked.module, python=PEERS / "python"))
    timed([program, "init", "bench.toml", "bench.sqlite"], place)
    done, seconds, cpu = timed(
        [program, "exec", "bench.toml", "bench.sqlite"], place, patience=min(asked.patience, 90.0)
    )
    with sqlite3.connect(place / "bench.sqlite") as session:
        outcomes = [str(outcome) for (outcome,) in session.execute("select test_outcome from work_results")]
    if not outcomes:
        return Row("cosmic-ray", 0, 0, seconds, cpu, (done.stderr or "it came to no verdict")[-200:].strip())
    return Row("cosmic-ray", len(outcomes), sum("KILLED" in each for each in outcomes), seconds, cpu)


def timed(
    argv: list[str], place: Path, *, patience: float = 1800.0
) -> tuple[subprocess.CompletedProcess[str], float, float]:
    """With the seconds that it took, and those of CPU of all of its processes."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environ |= {"PYTHONPATH": str(place), "XDG_CACHE_HOME": str(place.parent / "cache")}
    before, began = used(), time.monotonic()
    process = subprocess.Popen(
        argv,
        cwd=place,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
    return (
        subprocess.CompletedProcess(argv, process.returncode, output, errors),
        time.monotonic() - began,
        used() - before,
    )


def used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def git(place: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=place, check=True)


def brought(place: Path) -> Path:
    """The package as the index has it, with our tests beside it."""
    wanted = place.with_name("wanted")
    words = [
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--python",
        sys.executable,
        "--target",
        str(wanted),
        PACKAGE,
    ]
    subprocess.run(words, check=True)
    (place / "tests").mkdir(parents=True)
    for package in packages_in(wanted):
        shutil.copytree(package, place / package.name)
    shutil.copy(TESTS, place / "tests")
    (place / "pyproject.toml").write_text('[project]\nname = "benched"\nversion = "1"\n')
    return place


def packages_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if (path / "__init__.py").exists():
            yield path


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--project", type=Path, help="a folder with the module, and its tests in tests/")
    parser.add_argument("--module", default=MODULE, help="the file that is mutated, below the project")
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="has pytest and what the project needs"
    )
    parser.add_argument("--quick", action="store_true", help="the peers are ended after 15 s")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
