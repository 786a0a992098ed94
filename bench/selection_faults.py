"""Faults for bench/selection.py: functions of a real project, replaced one by one by a `raise`."""

from __future__ import annotations

import ast
import hashlib
import random
import statistics
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bench.selection_suites import PEERS, SECONDS, Place, results_of, select_on, suite_at
from outpace.app.test_select import record_anew
from outpace.inside.units import functions_of
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.testing.told import Outcomes

SEED = 8170
CLICK = ("click", "8.1.7", "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de")
FEW = ("tests/test_options.py", "tests/test_basic.py", "tests/test_formatting.py")
RED = frozenset({"failed", "error"})


class Fault(NamedTuple):
    """One function that raises. `alone` are missed tests that are red by themselves too."""

    function: str
    red: frozenset[str]
    selected: frozenset[str]
    alone: frozenset[str]

    @property
    def missed(self) -> frozenset[str]:
        return self.red - self.selected


class Cost(NamedTuple):
    """CPU seconds of the same tests: not recorded, recorded in one process, and complete milliseconds a test."""

    plain: float = 0.0
    daily: float = 0.0
    complete_ms: float = 0.0

    @property
    def times(self) -> float:
        return self.daily / self.plain if self.plain else 0.0


class Faults(NamedTuple):
    project: str
    tests: int
    faults: tuple[Fault, ...]
    cost: Cost

    @property
    def killing(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.red)

    @property
    def shares(self) -> list[float]:
        return [len(fault.selected) / max(1, self.tests) for fault in self.faults]

    @property
    def misses(self) -> int:
        """Red tests that were not selected, and are red alone."""
        return sum(len(fault.alone) for fault in self.faults)

    @property
    def wrong(self) -> int:
        """Faults that turn the suite red, and none of the tests that were selected."""
        return sum(not fault.red & fault.selected for fault in self.killing)

    def good(self, *, share: float, daily: float, complete: float) -> bool:
        if not self.faults:
            return False
        cheap = self.cost.times <= daily and self.cost.complete_ms <= complete
        return not self.misses and not self.wrong and statistics.median(self.shares) <= share and cheap

    def table(self) -> str:
        if not self.faults:
            return f"{self.project}: not run, {PEERS} or the project is not there"
        lines = [f"{self.project}: {self.tests} tests, {len(self.faults)} faults, {len(self.killing)} turn a test red"]
        for fault in self.faults:
            missed = f"  not selected: {', '.join(sorted(fault.missed))}" if fault.missed else ""
            lines.append(f"  {fault.function:52} {len(fault.red):4} red {len(fault.selected):4} selected{missed}")
        return "\n".join(lines)

    def figure(self) -> str:
        if not self.faults:
            return f"{self.project} not run"
        return (
            f"{self.project}: {self.misses} misses, {self.wrong} wrong answers in {len(self.faults)} faults, median "
            f"{statistics.median(self.shares):.1%} selected, daily {self.cost.times:.2f}x, complete "
            f"{self.cost.complete_ms:.0f} ms a test"
        )

    def document(self) -> dict[str, Any]:
        told = [
            {
                "function": fault.function,
                "red": sorted(fault.red),
                "selected": len(fault.selected),
                "missed": sorted(fault.missed),
                "missed_alone": sorted(fault.alone),
            }
            for fault in self.faults
        ]
        return {"project": self.project, "tests": self.tests, "faults": told, "cost": self.cost._asdict()}


def faults_of(folder: Path, given: Path | None, python: Path | None, *, count: int, quick: bool = False) -> Faults:
    """`quick`: of click, with three files of its tests."""
    found = given or click(folder.with_name("download"))
    if found is None or not PEERS.exists():
        return Faults("-".join(CLICK[:2]), 0, (), Cost())
    roots = ("src", ".") if (found / "src").is_dir() else (".",)
    place = Place.made(folder, python=python, roots=roots)
    if quick and given is None:
        place = place._replace(words=(*place.words, *FEW))
    base = place.copy(found, "project")
    before = results_of(place, base)
    known = record_anew(suite_at(place, base), now=now())
    assert not isinstance(known, Unknown), known
    faults: list[Fault] = []
    for number, (path, name) in enumerate(chosen(base, count)):
        broken = place.copy(base, f"fault-{number}")
        (broken / path).write_text(raising((base / path).read_text(), name))
        after = results_of(place, broken)
        red = frozenset(test for test, outcome in after.items() if outcome in RED and before.get(test) not in RED)
        red |= frozenset(test for test, outcome in before.items() if test not in after and outcome not in RED)
        selected = select_on(place, known, broken)
        missed = red - selected
        faults.append(Fault(f"{path}:{name}", red, selected, frozenset(red_alone(place, broken, missed))))
    return Faults(found.name, len(known.tests), tuple(faults), cost_of(place, base, rounds=1 if quick else 2))


def click(folder: Path) -> Path | None:
    """The sdist, which has its tests; None where the index does not give it. Checked by its hash."""
    name, version, digest = CLICK
    folder.mkdir()
    words = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        name,
        "-d",
        str(folder),
        f"{name}=={version}",
    ]
    subprocess.run([str(PEERS / "bin" / "python"), *words], check=False, capture_output=True)
    archive = folder / f"{name}-{version}.tar.gz"
    if not archive.exists() or hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
        return None
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / f"{name}-{version}"


def chosen(root: Path, count: int) -> list[tuple[Path, str]]:
    """Functions of the project's own code, drawn by SEED."""
    every = [
        (path.relative_to(root), name)
        for path in sorted((root / "src").rglob("*.py") if (root / "src").is_dir() else root.rglob("*.py"))
        if not any(part.startswith(("test", "doc", "example", ".")) for part in path.relative_to(root).parts)
        for name in dict.fromkeys(name for name, _ in functions_of(ast.parse(path.read_text())))
    ]
    return random.Random(SEED).sample(every, min(count, len(every)))


def raising(source: str, name: str) -> str:
    """The same module, whose function of that name raises at once; its docstring stays."""
    tree = ast.parse(source)
    for each, function in functions_of(tree):
        if each == name:
            kept = function.body[: ast.get_docstring(function) is not None]
            function.body = [*kept, *ast.parse("raise RuntimeError('a fault')").body]
    return ast.unparse(ast.fix_missing_locations(tree))


def red_alone(place: Place, root: Path, tests: frozenset[str]) -> Iterator[str]:
    """Those that are red in a process of their own: not what another red test left behind."""
    for test in sorted(tests):
        request = {"words": place.words, "ids": [test], "seconds": SECONDS}
        told = place.inside(root, {}).ask("outcomes", request, seconds=SECONDS)
        rows = [msgspec.json.decode(row, type=Outcomes) for row in told.rows]
        if any(result.outcome in RED for row in rows for result in row.results):
            yield test


def cost_of(place: Place, root: Path, *, rounds: int) -> Cost:
    """CPU time of the tests alone: collecting them costs the same in all ways."""
    inside = place.inside(root, {})
    seconds: dict[str, list[float]] = {"plain": [], "daily": [], "complete": []}
    tests = 0
    for _ in range(rounds):
        for how, spent in seconds.items():
            request = {"root": str(root), "words": place.words, "how": how}
            told = inside.ask("recording.cost", request, seconds=SECONDS)
            row = msgspec.json.decode(told.rows[-1], type=dict[str, float])
            spent.append(row["cpu"])
            tests = int(row["tests"])
    best = {how: min(values) for how, values in seconds.items()}
    return Cost(best["plain"], best["daily"], best["complete"] * 1000 / max(1, tests))
