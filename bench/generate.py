"""Bench: tests generated for modules that have none: Outpace beside Pynguin, judged by one evaluator.

Development split: five modules of python-string-utils 1.0.0, flutils 0.7, docstring_parser 0.7.3 and typesystem 0.2.5,
which the package index brings by hash. Others: --requirements FILE (with hashes; pytest and coverage among them) and
--module PATH, as it lies in site-packages, once for each.

Both start from the module alone and write a suite. Then, the same for both: lines and branches by coverage.py; mutants
killed, of the same mutants, by the tests that are green; red on arrival; and 20 further runs in random orders, with
other hash seeds and zones, none of which may end otherwise than the first. CPU is that of all processes of the tool.
Outpace runs everything in its sandbox and its last gate; Pynguin does neither.

Then each of the tests: how many assertions there are for each mutant killed (one that is run for three cases counts
three times), and how many cases could be deleted, one at a time, without a mutant or a branch being lost: a step from
one instruction to another, since `a and b` branches within a line. Every mutant is tried with every test that reaches
it. And once more with the same seed: the files are the same, byte for byte.

The goals: more mutants killed than by Pynguin, and at least 70 % on average; none red on arrival, none flaky; at most
1.5 assertions for each mutant killed, no test that nothing is lost without; the same bytes.

Pynguin is brought into .tools/pynguin. It needs docstring_parser 0.15 or later itself, so that it cannot load 0.7.3.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from generate_worth import worth

from outpace.model.unknown import Unknown

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "bench" / "data" / "generate"
PEER = ROOT / ".tools" / "pynguin"
MODULES = (
    "string_utils/validation.py",
    "flutils/packages.py",
    "flutils/namedtupleutils.py",
    "docstring_parser/google.py",
    "typesystem/fields.py",
)
QUICK = ("flutils/packages.py",)
GOAL = 70.0
SEARCH = 60
PATIENCE = 400.0
RUNS = 20
PER_MUTANT = 1.5
ZONES = ("UTC", "Asia/Tokyo", "America/St_Johns", "Pacific/Kiritimati")


class Suite(NamedTuple):
    """What a tool made: test files in `place`, or why there are none."""

    tool: str
    module: str
    place: Path
    files: tuple[Path, ...]
    seconds: float
    cpu: float
    why: str = ""


class Row(NamedTuple):
    module: str
    tool: str
    cpu: float
    tests: int = 0
    expected_red: int = 0
    red: int = 0
    flaky: int = 0
    line: float = 0.0
    branch: float = 0.0
    mutants: int = 0
    killed: int = 0
    why: str = ""
    asserted: int = 0
    idle: int = 0
    same: bool = True

    @property
    def score(self) -> float:
        return 100.0 * self.killed / self.mutants if self.mutants else 0.0

    @property
    def each(self) -> float:
        """Assertions for each mutant killed."""
        return self.asserted / self.killed if self.killed else 0.0


def main() -> int:
    args = arguments()
    modules: Sequence[str] = args.module or (QUICK if args.quick else MODULES)
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        python = environment(Path(folder) / "inputs", args.requirements)
        peer = brought_peer() if not args.alone else None
        rows: list[Row] = []
        head = f"{'module':28}{'':9}{'CPU':>7}{'tests':>7}{'red':>5}{'flaky':>7}{'line':>7}{'branch':>8}{'killed':>16}"
        print(f"{head}{'asserts':>9}{'idle':>6}{'again':>7}")
        for module in modules:
            for row in compared(module, python, peer, Path(folder), args):
                show(row)
                rows.append(row)
    if args.json:
        args.json.write_text(json.dumps([{**row._asdict(), "score": row.score} for row in rows], indent=1))
    return verdict(rows)


def verdict(rows: Sequence[Row]) -> int:
    ours = [row for row in rows if row.tool == "Outpace"]
    pairs = [(row, other) for row in ours for other in rows if other.tool == "Pynguin" and other.module == row.module]
    both = [(row, other) for row, other in pairs if other.mutants and row.mutants]
    mean = sum(row.score for row in ours) / len(ours)
    theirs = sum(other.score for _, other in both) / len(both) if both else 0.0
    same = sum(row.score for row, _ in both) / len(both) if both else 0.0
    red, flaky = sum(row.red for row in ours), sum(row.flaky for row in ours)
    asserted, killed = sum(row.asserted for row in ours), sum(row.killed for row in ours)
    each, idle = asserted / max(1, killed), sum(row.idle for row in ours)
    other = [row.module for row in ours if not row.same]
    beside = f", where both gave a suite {same:.1f} against {theirs:.1f}" if both else ""
    print(
        f"{mean:.1f} % of mutants killed on average{beside}; {red} red on arrival, {flaky} flaky in {RUNS} runs; "
        f"goal: {GOAL:.0f}, more than Pynguin, 0, 0"
    )
    print(
        f"{each:.2f} assertions for each mutant killed, goal: at most {PER_MUTANT}; {idle} cases without which nothing "
        f"is lost, goal: 0; {', '.join(other) or 'no module'} came out otherwise in a second run with the same seed"
    )
    missed = [
        *(["killed"] if mean < GOAL or same < theirs else []),
        *(["red"] if red else []),
        *(["flaky"] if flaky else []),
        *(["assertions"] if each > PER_MUTANT else []),
        *(["idle"] if idle else []),
        *(["the same bytes"] if other else []),
    ]
    print(f"missed: {', '.join(missed) or 'nothing'}")
    return 1 if missed else 0


def show(row: Row) -> None:
    tests = f"{row.tests}+{row.expected_red}x" if row.expected_red else str(row.tests)
    killed = f"{row.score:.1f} % of {row.mutants}"
    again = "same" if row.same else "other"
    figures = f"{tests:>7}{row.red:5}{row.flaky:7}{row.line:7.1f}{row.branch:8.1f}{killed:>16}"
    figures += f"{row.each:9.2f}{row.idle:6}{again if row.tool == 'Outpace' else '-':>7}"
    print(f"{row.module:28}{row.tool:9}{row.cpu:7.1f}{figures if not row.why else '  ' + row.why}", flush=True)


def compared(module: str, python: Path, peer: Path | None, folder: Path, args: argparse.Namespace) -> Iterator[Row]:
    made = [outpace(module, python, project(module, python, folder / "outpace"), args)]
    if not args.alone:
        made.append(pynguin(module, peer, project(module, python, folder / "pynguin")))
    for suite in made:
        if not suite.files:
            yield Row(suite.module, suite.tool, suite.cpu, why=suite.why)
            continue
        row = evaluated(suite, python)
        if suite.tool == "Outpace":
            again = outpace(module, python, project(module, python, folder / "again"), args)
            row = row._replace(same=texts(again) == texts(suite))
        yield row


def texts(suite: Suite) -> list[str]:
    return [path.read_text() for path in suite.files]


def project(module: str, python: Path, place: Path) -> Path:
    """A repository with the module's package and nothing else."""
    shutil.rmtree(place, ignore_errors=True)
    top = module.partition("/")[0]
    installed = next(python.parent.parent.glob(f"lib/python*/site-packages/{top}"))
    shutil.copytree(installed, place / top, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "commit", "--quiet", "-m", "bench")
    return place


def outpace(module: str, python: Path, place: Path, args: argparse.Namespace) -> Suite:
    words = [
        "-m",
        "outpace.cli",
        "test",
        "generate",
        module,
        "--python",
        str(python),
        "--write",
        "--seed",
        str(args.seed),
    ]
    words += ["--budget", str(args.budget)] if args.budget else []
    done, seconds, cpu = timed([sys.executable, *words, "--format", "json", "--quiet"], place, patience=1800)
    if done.returncode not in (0, 10):
        return Suite("Outpace", module, place, (), seconds, cpu, done.stderr[-200:].strip())
    answer = json.loads(done.stdout)
    files = tuple(place / path for path in answer["result"]["written"])
    why = "; ".join(each["why"] for each in answer["unknown"])
    if args.keep and files:
        args.keep.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copy(file, args.keep / f"{module.replace('/', '_')[:-3]}_{file.name}")
    return Suite("Outpace", module, place, files, seconds, cpu, why)


def pynguin(module: str, peer: Path | None, place: Path) -> Suite:
    if peer is None:
        return Suite("Pynguin", module, place, (), 0.0, 0.0, "could not be installed")
    dotted = module.removesuffix(".py").replace("/", ".")
    out = place / "tests"
    words = [str(peer / "bin" / "pynguin"), "--project-path", str(place), "--module-name", dotted, "--output-path"]
    words += [str(out), "--maximum-search-time", str(SEARCH), "--seed", "1", "--assertion-generation", "SIMPLE"]
    done, seconds, cpu = timed(words, place, patience=PATIENCE, danger=True)
    files = tuple(out.glob("test_*.py")) if out.is_dir() else ()
    ended = f"ended after {seconds:.0f} s" if seconds >= PATIENCE else f"no suite (status {done.returncode})"
    last = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()][-1:]
    return Suite("Pynguin", module, place, files, seconds, cpu, f"{ended}: {' '.join(last)[:90].strip()}")


def evaluated(suite: Suite, python: Path) -> Row:
    outcomes = run(suite, python)
    red = sorted(name for name, outcome in outcomes.items() if outcome in ("failed", "error"))
    flaky = unsteady(suite, python, outcomes)
    line, branch = coverage(suite, python)
    without(suite, red)
    green = [name for name, outcome in outcomes.items() if outcome == "passed"]
    found = worth(suite.place, suite.module, suite.files, python, green)
    if isinstance(found, Unknown):
        print(f"{suite.module}: {found.why}", file=sys.stderr)
        return Row(suite.module, suite.tool, suite.cpu, why=found.why)
    return Row(
        suite.module,
        suite.tool,
        suite.cpu,
        tests=sum(outcome == "passed" for outcome in outcomes.values()),
        expected_red=sum(outcome == "xfailed" for outcome in outcomes.values()),
        red=len(red),
        flaky=flaky,
        line=line,
        branch=branch,
        mutants=found.mutants,
        killed=found.killed,
        asserted=found.asserted,
        idle=len(found.idle),
    )


LINE = re.compile(r"^(PASSED|FAILED|ERROR|XFAIL|XPASS|SKIPPED) (\S.*?)(?: - .*)?$", re.MULTILINE)


def run(suite: Suite, python: Path, names: Sequence[str] = (), environ: dict[str, str] | None = None) -> dict[str, str]:
    """Node id -> outcome, in a fresh interpreter."""
    chosen = names or [str(path.relative_to(suite.place)) for path in suite.files]
    words = [str(python), "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", "--tb=no", *chosen]
    done, _, _ = timed(words, suite.place, patience=300, more=environ or {})
    words_of: dict[str, str] = {"XFAIL": "xfailed", "XPASS": "xpassed"}
    found: list[tuple[str, str]] = LINE.findall(done.stdout)
    return {name: words_of.get(word, word.lower()) for word, name in found}


def unsteady(suite: Suite, python: Path, first: dict[str, str]) -> int:
    rng = random.Random(7)
    found: set[str] = set()
    names = list(first)
    for number in range(RUNS):
        rng.shuffle(names)
        environ = {"PYTHONHASHSEED": str(number), "TZ": ZONES[number % len(ZONES)]}
        again = run(suite, python, names, environ)
        found |= {name for name in first if again.get(name) != first[name]}
    return len(found)


def coverage(suite: Suite, python: Path) -> tuple[float, float]:
    files = [str(path.relative_to(suite.place)) for path in suite.files]
    words = [str(python), "-m", "coverage"]
    tests = ["-m", "pytest", "-p", "no:cacheprovider", "-q", "--tb=no", *files]
    timed([*words, "run", "--branch", f"--include={suite.place / suite.module}", *tests], suite.place, patience=300)
    timed([*words, "json", "-q", "-o", "coverage.json"], suite.place, patience=60)
    try:
        said = json.loads((suite.place / "coverage.json").read_text())["totals"]
    except (OSError, KeyError):
        return 0.0, 0.0
    branches = said.get("num_branches", 0)
    branch = 100.0 * said["covered_branches"] / branches if branches else 100.0
    return 100.0 * said["covered_lines"] / max(1, said["num_statements"]), branch


def without(suite: Suite, red: Sequence[str]) -> None:
    """Red tests kill nothing."""
    names = sorted({name.rpartition("::")[2].partition("[")[0] for name in red})
    if names:
        said = " and ".join(f"not {name}" for name in names)
        (suite.place / "pytest.ini").write_text(f"[pytest]\naddopts = -k '{said}'\n")


def environment(place: Path, requirements: Path) -> Path:
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    python = place / "bin" / "python"
    words = ["uv", "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", "--python", str(python)]
    subprocess.run([*words, str(requirements)], check=True)
    return python


def brought_peer() -> Path | None:
    if not (PEER / "bin" / "pynguin").exists():
        try:
            environment(PEER, DATA / "pynguin.txt")
        except subprocess.CalledProcessError:
            return None
    return PEER


def timed(
    argv: Sequence[str], place: Path, *, patience: float, danger: bool = False, more: dict[str, str] | None = None
) -> tuple[subprocess.CompletedProcess[str], float, float]:
    """With the seconds that it took, and those of CPU of all of its processes."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environ |= {"XDG_CACHE_HOME": str(place.parent / "cache"), **(more or {})}
    environ |= {"PYNGUIN_DANGER_AWARE": "1"} if danger else {}
    environ |= {"PYTHONPATH": str(place)} if "outpace.cli" not in argv else {}
    before, began = used(), time.monotonic()
    process = subprocess.Popen(
        argv, cwd=place, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        output, errors = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
    done = subprocess.CompletedProcess(list(argv), process.returncode, output, errors)
    return done, time.monotonic() - began, used() - before


def used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def git(place: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=place, check=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requirements", type=Path, default=DATA / "inputs.txt", help="what is installed, with hashes")
    parser.add_argument("--module", action="append", help="a module as it lies in site-packages: PACKAGE/MODULE.py")
    parser.add_argument("--budget", type=int, default=0, help="of Outpace's search (default: its own)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="without Pynguin")
    parser.add_argument("--keep", type=Path, help="copy the generated files there")
    parser.add_argument("--quick", action="store_true", help="one module")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
