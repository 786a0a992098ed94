"""Bench: which tests a change needs: Outpace beside pytest-testmon and coverage contexts, on 36 kinds of change.

The project and the changes are ours (bench/selection_project.py): 24 kinds are the development split, 12 are held out.
Truth is the whole suite before and after each change, in one process, in the sandbox. A kind is caught where every test
that turned red was selected. Contexts are used by file: a test is selected where a changed file ran in its context.
Then faults are put into real projects, one by one (bench/selection_edits.py: bodies that raise or return nothing,
constants, attributes and defaults changed, decorators and functions removed, files of data), until so many of them turn
a test red: without --suites, those of click 8.1.7 alone (or of the project in --project). A miss is a red test that was
not selected and is red alone too, since a red test can leave something behind over which a later one falls; those are
counted apart. `verdict` counts faults of which no red test was selected. Last, what recording costs, in CPU time, in
one process and in a fork for each test.

    bench/selection.py --faults 42 --suites FOLDER --python VENV/bin/python --keep FOLDER

FOLDER has a checkout of each of the projects in bench/selection_suites.py (REAL) below its name, and the environment
has pytest, pytest-testmon 2.2.0, pytest-cov, babel and what their tests need. What is found is kept in --keep, and a
run that was ended goes on there.

The goals: every kind caught, 0 misses, at the median at most 10% of the tests selected, recording in one process at
most 1.2 times the time without, and a complete record at most 25 ms a test.

`make peers` brings pytest-testmon and coverage. What they cannot be run for is a row that says so.
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
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import selection_faults as faults  # noqa: E402  the same
from bench import selection_project as project  # noqa: E402  the path comes first
from bench.selection_faults import Faults  # noqa: E402  the same
from bench.selection_suites import PEERS, Place, results_of, select_on, suite_at  # noqa: E402  the same
from outpace.app.test_select import record_anew  # noqa: E402  the same
from outpace.model.times import now  # noqa: E402  the same
from outpace.model.unknown import Unknown  # noqa: E402  the same
from outpace.testing.selection.maps import Map  # noqa: E402  the same

SHARE, DAILY, COMPLETE_MS = 0.10, 1.2, 25.0
CONTEXTS = """
import json, sys
from coverage import CoverageData
data = CoverageData(sys.argv[1]); data.read()
found = {}
for file in data.measured_files():
    for contexts in data.contexts_by_lineno(file).values():
        for context in contexts:
            found.setdefault(context.split("|")[0], set()).add(file)
print(json.dumps({name: sorted(files) for name, files in found.items() if name}))
"""


class Row(NamedTuple):
    """One kind of change: what turned red, and what each selector would have run."""

    kind: str
    held_out: bool
    red: frozenset[str]
    selected: Mapping[str, frozenset[str] | None]

    def caught(self, tool: str) -> bool:
        chosen = self.selected[tool]
        return chosen is not None and self.red <= chosen


def main() -> int:
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        here = Path(folder)
        here.chmod(0o755)
        rows = [] if args.project or args.suites else list(kinds(here, quick=args.quick))
        if rows:
            show(rows)
        suites = tuple(tried(args, args.keep or here))
        faults.show(suites, each=not args.suites)
    if args.json:
        args.json.write_text(json.dumps(document(rows, suites), indent=1))
    return verdict(rows, suites)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="every ninth kind, four faults, three files of click's tests"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--faults", type=int, default=0, help="how many faults are to turn a test red, in each project")
    parser.add_argument("--project", type=Path, help="a project with a suite of its own, instead of click")
    parser.add_argument("--suites", type=Path, help="a folder with checkouts of the real projects, by name")
    parser.add_argument("--only", nargs="*", default=(), help="names of some of them")
    parser.add_argument("--python", type=Path, help="a Python that has what the tests need")
    parser.add_argument("--keep", type=Path, help="a folder that keeps what was found")
    return parser.parse_args()


def tried(args: argparse.Namespace, keep: Path) -> Iterator[Faults]:
    count, rounds = args.faults or (4 if args.quick else 40), 1 if args.quick else 2
    if args.suites:
        for trial in faults.trials(keep, args.suites, args.python, tuple(args.only)):
            yield faults.faults_of(trial, count, rounds=rounds)
        return
    trial = faults.one(keep / "faults", args.project, args.python, quick=args.quick)
    if trial is not None:
        yield faults.faults_of(trial, count, rounds=rounds)


def kinds(here: Path, *, quick: bool) -> Iterator[Row]:
    every = [(kind, False) for kind in project.KINDS] + [(kind, True) for kind in project.HELD_OUT]
    chosen = every[::9] if quick else every
    place = Place.made(here / "kinds")
    base = place.root
    project.lay_out(base)
    project.lay_out_site(place.site)
    green = results_of(place, base)
    known = record_anew(suite_at(place, base), now=now())
    assert not isinstance(known, Unknown), known
    peers = Peers(place, base) if PEERS.exists() else None
    for number, (kind, held_out) in enumerate(chosen):
        changed = place.copy(base, f"change-{number}")
        kind.edit(changed)
        kind.site(place.site)
        after = results_of(place, changed, kind.env)
        red = frozenset(test for test, outcome in after.items() if outcome != "passed" and green.get(test) == "passed")
        assert red, f"{kind.name} turns nothing red"
        yield Row(kind.name, held_out, red, chosen_by(place, known, peers, changed, kind.env))
        project.lay_out_site(place.site)
        shutil.rmtree(changed)


def chosen_by(
    place: Place, known: Map, peers: Peers | None, changed: Path, env: Mapping[str, str]
) -> dict[str, frozenset[str] | None]:
    ours = select_on(place, known, changed, env)
    if peers is None:
        return {"outpace": ours, "testmon": None, "contexts": None}
    return {"outpace": ours, "testmon": peers.testmon(changed, env), "contexts": peers.contexts(changed)}


class Peers:
    """pytest-testmon and coverage contexts over the same files, outside the sandbox."""

    def __init__(self, place: Place, base: Path) -> None:
        self._place = place
        self._base = base
        self._recorded = place.copy(base, "recorded-by-testmon")
        self._pytest(self._recorded, {}, "--testmon")
        traced = place.copy(base, "recorded-by-contexts")
        (traced / ".coveragerc").write_text("[run]\ndynamic_context = test_function\nsource = .\n")
        self._run(traced, {}, "-m", "coverage", "run", "-m", "pytest", "-q")
        told = self._run(traced, {}, "-c", CONTEXTS, str(traced / ".coverage"))
        self._contexts: dict[str, list[str]] = {
            name: [os.path.relpath(file, traced) for file in files] for name, files in json.loads(told).items()
        }

    def testmon(self, changed: Path, env: Mapping[str, str]) -> frozenset[str]:
        for file in self._recorded.glob(".testmondata*"):
            shutil.copy(file, changed)
        ran = self._pytest(changed, env, "--testmon")
        for file in changed.glob(".testmondata*"):
            file.unlink()
        return ran

    def contexts(self, changed: Path) -> frozenset[str]:
        files = {
            str(path.relative_to(changed))
            for path in changed.rglob("*.py")
            if not (self._base / path.relative_to(changed)).exists()
            or path.read_bytes() != (self._base / path.relative_to(changed)).read_bytes()
        }
        return frozenset(self._id_of(name) for name, ran in self._contexts.items() if files & set(ran))

    def _id_of(self, context: str) -> str:
        """`test_plain.test_double` as pytest has it; parameters are not told apart there."""
        module, _, name = context.partition(".")
        path = next(self._base.rglob(f"{module}.py")).relative_to(self._base)
        return f"{path}::{name.replace('.', '::')}"

    def _pytest(self, root: Path, env: Mapping[str, str], *words: str) -> frozenset[str]:
        said = self._run(root, env, "-m", "pytest", "-rA", "-q", *words)
        lines = (line.split(" ", 1) for line in said.splitlines())
        return frozenset(
            line[1].split(" - ")[0] for line in lines if len(line) > 1 and line[0] in {"PASSED", "FAILED", "ERROR"}
        )

    def _run(self, root: Path, env: Mapping[str, str], *words: str) -> str:
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
            **env,
        }
        done = subprocess.run(
            [str(self._place.python), *words], cwd=root, env=environ, capture_output=True, text=True, check=False
        )
        return done.stdout


def show(rows: Iterable[Row]) -> None:
    print(f"{'kind of change':58} {'red':>4} {'testmon':>8} {'contexts':>9} {'outpace':>8}")
    for row in rows:
        cells = {tool: "-" if chosen is None else _cell(row, tool) for tool, chosen in row.selected.items()}
        name = f"{row.kind}{' (held out)' if row.held_out else ''}"
        print(f"{name:58} {len(row.red):4} {cells['testmon']:>8} {cells['contexts']:>9} {cells['outpace']:>8}")


def _cell(row: Row, tool: str) -> str:
    chosen = row.selected[tool] or frozenset()
    return f"{'yes' if row.caught(tool) else 'MISS'} {len(chosen)}"


def document(rows: list[Row], suites: tuple[Faults, ...]) -> dict[str, Any]:
    kinds = [
        {
            "kind": row.kind,
            "held_out": row.held_out,
            "red": sorted(row.red),
            "selected": {tool: None if chosen is None else sorted(chosen) for tool, chosen in row.selected.items()},
        }
        for row in rows
    ]
    return {"kinds": kinds, "faults": [msgspec.to_builtins(suite._asdict()) for suite in suites]}


def verdict(rows: list[Row], suites: tuple[Faults, ...]) -> int:
    """What was not run misses its goal."""
    if rows:
        caught = {tool: sum(row.caught(tool) for row in rows) for tool in ("testmon", "contexts", "outpace")}
        mean = statistics.mean(len(row.selected["outpace"] or ()) for row in rows)
        print(
            f"kinds caught: outpace {caught['outpace']}, testmon {caught['testmon']}, contexts {caught['contexts']} of "
            f"{len(rows)} ({mean:.1f} tests selected on average)"
        )
    every = [fault.selected / max(1, suite.tests) for suite in suites for fault in suite.faults]
    misses = sum(suite.misses + suite.wrong for suite in suites)
    share = statistics.median(every) if every else 1.0
    killing = sum(len(suite.killing) for suite in suites)
    daily = max((suite.cost.times for suite in suites), default=9.0)
    complete = max((suite.cost.complete_ms for suite in suites), default=999.0)
    held = {
        **({"every kind caught": all(row.caught("outpace") for row in rows)} if rows else {}),
        f"0 misses, {killing} faults that kill": not misses and killing > 0,
        f"median selected {share:.1%} <= {SHARE:.0%}": share <= SHARE,
        f"daily {daily:.2f}x <= {DAILY}x": daily <= DAILY,
        f"complete {complete:.0f} ms <= {COMPLETE_MS:.0f} ms a test": complete <= COMPLETE_MS,
    }
    print("; ".join(f"{goal}: {'held' if good else 'MISSED'}" for goal, good in held.items()))
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
