"""Faults in real projects for bench/selection.py: what turns red, what is selected, and what peers would have run.

Everything that is found is written down at once, below the folder that is kept; a run that was ended goes on there.
"""

from __future__ import annotations

import base64
import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from bench.selection_edits import RAISES, RETURNS, Edit, drawn
from bench.selection_peers import Peers, Ran
from bench.selection_suites import PEERS, REAL, SECONDS, Place, Real, decide_on, results_of, suite_at
from outpace.app.test_select import record_anew
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.testing.selection.decision import Changed, Everything, Policy, decided
from outpace.testing.selection.maps import Item, Map, World
from outpace.testing.told import Broken, Outcomes

CLICK = ("click", "8.1.7", "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de")
FEW = ("tests/test_options.py", "tests/test_basic.py", "tests/test_formatting.py")
RED = frozenset({"failed", "error"})
MOST, AT_A_TIME, ONE_RUN = 3, 8, 30.0
"""Faults are drawn until so many kill, and at most three times as many."""
Kept = TypeVar("Kept")


class Fault(Struct, frozen=True, kw_only=True):
    """One edit. `alone` are missed tests that are red in a process of their own too; `everything` is why all ran, and
    `changed` what of the records changed. Of one with which the suite is `endless`, nothing is known of what is red."""

    kind: str
    place: str
    red: frozenset[str]
    selected: int
    missed: frozenset[str]
    alone: frozenset[str]
    everything: str = ""
    changed: tuple[str, ...] = ()
    endless: bool = False
    peers: dict[str, Ran] = {}

    @property
    def verdict_missed(self) -> bool:
        return bool(self.red) and self.missed == self.red

    @property
    def is_body(self) -> bool:
        return self.kind in {RAISES, RETURNS}


class Edited(Struct, frozen=True, kw_only=True):
    """A row of `outpace.inside.recording.edited`."""

    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    settings: dict[str, str] = {}
    files: dict[str, str] = {}
    digests: dict[Item, str] = {}
    state: str = ""
    results: tuple[tuple[str, str], ...] = ()
    status: int = 0
    ended: str = ""


class Cost(Struct, frozen=True):
    """CPU seconds of the same tests: not recorded, recorded in one process, complete milliseconds a test, and one
    selection over files that are as they were."""

    plain: float = 0.0
    daily: float = 0.0
    complete_ms: float = 0.0
    select: float = 0.0

    @property
    def times(self) -> float:
        return self.daily / self.plain if self.plain else 0.0


class Faults(NamedTuple):
    """Of one project. `unstable` are tests whose outcome differed between two runs of the same code."""

    project: str
    held_out: bool
    tests: int
    unstable: frozenset[str]
    faults: tuple[Fault, ...]
    cost: Cost

    @property
    def endless(self) -> int:
        return sum(fault.endless for fault in self.faults)

    @property
    def killing(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.red)

    @property
    def misses(self) -> int:
        """Red tests that were not selected, and are red alone."""
        return sum(len(fault.alone) for fault in self.faults)

    @property
    def fell_over(self) -> int:
        """Red tests that were not selected, and are green alone: another red test left something behind."""
        return sum(len(fault.missed - fault.alone) for fault in self.faults)

    @property
    def wrong(self) -> int:
        """Faults that turn the suite red, and none of the tests that were selected."""
        return sum(fault.verdict_missed for fault in self.faults)

    def share(self, *, bodies: bool = False) -> float:
        """The median of the selected share."""
        every = [fault.selected for fault in self.faults if fault.is_body or not bodies]
        return statistics.median(every) / max(1, self.tests) if every else 0.0


def show(suites: tuple[Faults, ...], *, each: bool) -> None:
    print(
        f"{'project':28} {'tests':>5} {'faults':>6} {'kill':>4} {'endless':>7} {'misses':>6} {'verdict':>7} "
        f"{'fell over':>9} {'median':>7} {'bodies':>7} {'select':>7} {'daily':>6} {'complete':>8}"
    )
    for suite in suites:
        print(
            f"{suite.project + (' (held out)' if suite.held_out else ''):28} {suite.tests:5} {len(suite.faults):6} "
            f"{len(suite.killing):4} {suite.endless:7} {suite.misses:6} {suite.wrong:7} "
            f"{suite.fell_over:9} {suite.share():7.1%} {suite.share(bodies=True):7.1%} "
            f"{suite.cost.select:5.1f} s {suite.cost.times:5.2f}x {suite.cost.complete_ms:5.0f} ms"
        )
    for suite in suites:
        for tool in sorted({tool for fault in suite.faults for tool in fault.peers}):
            _show_peer(suite, tool)
        for fault in suite.faults if each else [fault for fault in suite.faults if fault.missed]:
            _show_fault(suite, fault)


def _show_peer(suite: Faults, tool: str) -> None:
    ran = [(fault, fault.peers[tool]) for fault in suite.faults if tool in fault.peers]
    missed = sum(len(found.missed) for _, found in ran)
    wrong = sum(bool(fault.red) and found.missed == fault.red for fault, found in ran)
    share = statistics.median(found.selected for _, found in ran) / max(1, suite.tests)
    print(
        f"  {suite.project}, {tool}: {missed} misses, {wrong} verdicts missed of {len(ran)} faults, median {share:.1%}"
    )


def _show_fault(suite: Faults, fault: Fault) -> None:
    missed = f"  missed: {', '.join(sorted(fault.alone))}" if fault.alone else ""
    fell = fault.missed - fault.alone
    missed += f"  fell over another red test: {', '.join(sorted(fell))}" if fell else ""
    print(f"  {suite.project}: {fault.kind}, {fault.place}: {len(fault.red)} red, {fault.selected} selected{missed}")


class Trial:
    """One project, with its map and the outcomes before any fault, as they are kept in `folder`."""

    def __init__(self, folder: Path, real: Real, found: Path, python: Path | None, *, peers: bool) -> None:
        self.real = real
        self.kept = folder
        place = Place.made(folder, python=python, roots=real.roots)
        self.place = place._replace(words=(*place.words, *real.words))
        self.base = self.place.root if self.place.root.exists() else self._laid_out(found)
        self.known = self._once("map.json", Map, self._recorded)
        runs = self._once("before.json", list[dict[str, str]], lambda: [self._outcomes(), self._outcomes()])
        self.unstable = frozenset(
            test for test in runs[0].keys() | runs[1].keys() if runs[0].get(test) != runs[1].get(test)
        )
        self.before = {test: outcome for test, outcome in runs[0].items() if test not in self.unstable}
        self._peers = Peers(self.place, self.base, folder / "peers") if peers and real.peers else None

    def faults(self, killing: int) -> Iterator[Fault]:
        """What was found before comes first; then what is missing, some at a time."""
        rows = self.kept / "faults.jsonl"
        found = (
            [msgspec.json.decode(line, type=Fault) for line in rows.read_bytes().splitlines()] if rows.exists() else []
        )
        edits = list(islice(drawn(self.base, self.real.code, self.real.data), MOST * killing))
        while len(found) < len(edits) and sum(bool(fault.red) for fault in found) < killing:
            for fault in self._tried(edits[len(found) : len(found) + AT_A_TIME]):
                found.append(fault)
                with rows.open("ab") as file:
                    file.write(msgspec.json.encode(fault) + b"\n")
        return iter(found)

    def _tried(self, edits: list[Edit]) -> Iterator[Fault]:
        """The tree is the same for all, so that what is not edited is compiled once."""
        broken = self.kept / "broken"
        if not broken.exists():
            self._warm(self.place.copy(self.base, "half").rename(broken))
        request = {
            "root": str(broken),
            "words": self.place.words,
            "items": self.known.items,
            "seconds": ONE_RUN,
            "edits": [(edit.path, base64.b64encode(edit.content).decode()) for edit in edits],
        }
        told = self.place.inside(broken, {}).ask("recording.edited", request, seconds=SECONDS * len(edits))
        assert told.ended is None, told
        for edit, row in zip(edits, told.rows, strict=True):
            shutil.copy2(self.base / edit.path, self.kept / "whole")
            (broken / edit.path).write_bytes(edit.content)
            yield self._seen(edit, broken, msgspec.json.decode(row, type=Edited))
            shutil.copy2(self.kept / "whole", broken / edit.path)

    def _seen(self, edit: Edit, broken: Path, row: Edited) -> Fault:
        after = dict(row.results)
        endless = "timed out" in (row.state, row.ended)
        there = self.before.keys() if row.broken or row.status else self.before.keys() & set(row.collected)
        green = {test for test in there if self.before[test] not in RED and not endless}
        red = frozenset(test for test in green if after.get(test, "error") in RED)
        broke = tuple((each.file, each.why) for each in row.broken)
        world = World(tests=row.collected, broken=broke, settings=row.settings, files=row.files, digests=row.digests)
        decision = decided(self.known, world, now=now(), commit="0" * 40, policy=Policy(one_in=0))
        if isinstance(decision, Everything) or row.status:
            selected, changed = frozenset({*self.before, *row.collected}), ()
            why = f"pytest ends with status {row.status}"
        else:
            selected, why = frozenset(each.test for each in decision.selected), ""
            items = {item for each in decision.selected if isinstance(each.why, Changed) for item in each.why.items}
            changed = tuple(sorted(items)[:9])
        if isinstance(decision, Everything) and not row.status:
            why = decision.why[0]
        missed = red - selected
        return Fault(
            kind=edit.kind,
            place=edit.place,
            red=red,
            selected=len(selected),
            missed=missed,
            alone=frozenset(self._red_alone(broken, missed)),
            everything=why,
            changed=changed,
            endless=endless,
            peers=self._beside(broken, edit, red & frozenset(row.collected)) if not endless else {},
        )

    def _beside(self, broken: Path, edit: Edit, red: frozenset[str]) -> dict[str, Ran]:
        """`red` without what cannot be collected, which is an error of whatever runs."""
        return self._peers.ran(broken, edit.path, red, tuple(self.before)) if self._peers is not None else {}

    def cost(self, rounds: int) -> Cost:
        return self._once("cost.json", Cost, lambda: cost_of(self.place, self.base, self.known, rounds=rounds))

    def _laid_out(self, found: Path) -> Path:
        base = self.place.copy(found, "project")
        for path, text in self.real.written:
            (base / path).write_text(text)
        for catalog in base.rglob("LC_MESSAGES/*.po"):
            words = (
                "-m",
                "babel.messages.frontend",
                "compile",
                "-f",
                "-i",
                str(catalog),
                "-o",
                str(catalog.with_suffix(".mo")),
            )
            subprocess.run([str(self.place.python), *words], check=False, capture_output=True)
        return base

    def _warm(self, root: Path) -> None:
        words = [str(self.place.python), "-m", "pytest", *self.place.words, "-p", "no:cacheprovider", "--collect-only"]
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(str(root / each) for each in self.real.roots),
        }
        subprocess.run(words, cwd=root, env=environ, check=False, capture_output=True)

    def _recorded(self) -> Map:
        known = record_anew(suite_at(self.place, self.base), now=now())
        assert not isinstance(known, Unknown), known
        return known

    def _outcomes(self) -> dict[str, str]:
        return results_of(self.place, self.base)

    def _once(self, name: str, kind: type[Kept], made: Callable[[], Kept]) -> Kept:
        path = self.kept / name
        if not path.exists():
            written = self.kept / f"{name}.part"
            written.write_bytes(msgspec.json.encode(made()))
            written.rename(path)
        return msgspec.json.decode(path.read_bytes(), type=kind)

    def _red_alone(self, root: Path, tests: frozenset[str]) -> Iterator[str]:
        """Those that are red in a process of their own: not what another red test left behind."""
        for test in sorted(tests):
            request = {"words": self.place.words, "ids": [test], "seconds": SECONDS}
            told = self.place.inside(root, {}).ask("outcomes", request, seconds=SECONDS)
            rows = [msgspec.json.decode(row, type=Outcomes) for row in told.rows]
            if any(result.outcome in RED for row in rows for result in row.results):
                yield test


def faults_of(trial: Trial, killing: int, *, rounds: int) -> Faults:
    faults = tuple(trial.faults(killing))
    name = f"{trial.real.name} {trial.real.tag}".strip()
    tests = len(trial.known.tests)
    return Faults(name, trial.real.held_out, tests, trial.unstable, faults, trial.cost(rounds))


def trials(keep: Path, suites: Path, python: Path, names: tuple[str, ...]) -> Iterator[Trial]:
    """Of the real projects that lie in `suites`: those named, in their order, or all."""
    known = {real.name: real for real in REAL}
    for real in (known[name] for name in names or known):
        if (suites / real.name).is_dir():
            yield Trial(keep / real.name, real, suites / real.name, python, peers=True)


def one(keep: Path, given: Path | None, python: Path | None, *, quick: bool = False) -> Trial | None:
    """A project by its path; else click 8.1.7, as the index has it. `quick`: three files of its tests."""
    found = given or click(keep / "download")
    if found is None or not PEERS.exists():
        return None
    code = next((str(path.parent.relative_to(found)) for path in sorted(found.glob("src/*/__init__.py"))), found.name)
    real = Real(found.name, "", "", code, held_out=False, words=FEW if quick and given is None else ())
    return Trial(keep / found.name, real, found, python, peers=False)


def click(folder: Path) -> Path | None:
    """The sdist, which has its tests; None where the index does not give it. Checked by its hash."""
    name, version, digest = CLICK
    folder.mkdir(parents=True, exist_ok=True)
    wanted = ["--quiet", "--no-deps", "--no-binary", name, "-d", str(folder), f"{name}=={version}"]
    words = [str(PEERS / "bin" / "python"), "-m", "pip", "download", *wanted]
    subprocess.run(words, check=False, capture_output=True)
    archive = folder / f"{name}-{version}.tar.gz"
    if not archive.exists() or hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
        return None
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / f"{name}-{version}"


def cost_of(place: Place, root: Path, known: Map, *, rounds: int) -> Cost:
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
    begun = _children()
    decide_on(place, known, root)
    select = _children() - begun
    best = {how: min(values) for how, values in seconds.items()}
    return Cost(best["plain"], best["daily"], best["complete"] * 1000 / max(1, tests), select)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
