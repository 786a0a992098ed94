"""Faults in real projects for bench/selection.py: what turns red, what is selected, and what peers would have run.

Everything that is found is written down at once, below the folder that is kept; a run that was ended goes on there.
"""

from __future__ import annotations

import hashlib
import resource
import shutil
import statistics
import subprocess
import tarfile
from collections.abc import Callable, Iterator
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
from outpace.testing.selection.decision import Changed, Everything
from outpace.testing.selection.maps import Map
from outpace.testing.told import Outcomes

CLICK = ("click", "8.1.7", "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de")
FEW = ("tests/test_options.py", "tests/test_basic.py", "tests/test_formatting.py")
RED = frozenset({"failed", "error"})
MOST = 3
"""Faults are drawn until so many kill, and at most three times as many."""
Kept = TypeVar("Kept")


class Fault(Struct, frozen=True, kw_only=True):
    """One edit. `alone` are missed tests that are red in a process of their own too; `everything` is why all ran, and
    `changed` what of the records changed. `cpu` is what selecting took, in seconds."""

    kind: str
    place: str
    red: frozenset[str]
    selected: int
    missed: frozenset[str]
    alone: frozenset[str]
    everything: str = ""
    changed: tuple[str, ...] = ()
    cpu: float = 0.0
    peers: dict[str, Ran] = {}

    @property
    def verdict_missed(self) -> bool:
        return bool(self.red) and self.missed == self.red

    @property
    def is_body(self) -> bool:
        return self.kind in {RAISES, RETURNS}


class Cost(Struct, frozen=True):
    """CPU seconds of the same tests: not recorded, recorded in one process, and complete milliseconds a test."""

    plain: float = 0.0
    daily: float = 0.0
    complete_ms: float = 0.0

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
        f"{'project':28} {'tests':>5} {'faults':>6} {'kill':>4} {'misses':>6} {'verdict':>7} {'fell over':>9} "
        f"{'median':>7} {'bodies':>7} {'select':>7} {'daily':>6} {'complete':>8}"
    )
    for suite in suites:
        cpu = statistics.median(fault.cpu for fault in suite.faults)
        print(
            f"{suite.project + (' (held out)' if suite.held_out else ''):28} {suite.tests:5} {len(suite.faults):6} "
            f"{len(suite.killing):4} {suite.misses:6} {suite.wrong:7} {suite.fell_over:9} {suite.share():7.1%} "
            f"{suite.share(bodies=True):7.1%} {cpu:5.1f} s {suite.cost.times:5.2f}x {suite.cost.complete_ms:5.0f} ms"
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
        """What was found before comes first; then what is missing."""
        rows = self.kept / "faults.jsonl"
        found = (
            [msgspec.json.decode(line, type=Fault) for line in rows.read_bytes().splitlines()] if rows.exists() else []
        )
        kills = 0
        for number, edit in enumerate(drawn(self.base, self.real.code, self.real.data)):
            if kills >= killing or number >= MOST * killing:
                return
            if number < len(found):
                fault = found[number]
            else:
                fault = self.tried(edit)
                with rows.open("ab") as file:
                    file.write(msgspec.json.encode(fault) + b"\n")
            kills += bool(fault.red)
            yield fault

    def tried(self, edit: Edit) -> Fault:
        shutil.rmtree(self.kept / "broken", ignore_errors=True)
        broken = self.place.copy(self.base, "broken")
        (broken / edit.path).write_bytes(edit.content)
        after = results_of(self.place, broken)
        red = frozenset(test for test, was in self.before.items() if was not in RED and after.get(test, "error") in RED)
        begun = _children()
        decision = decide_on(self.place, self.known, broken)
        cpu = _children() - begun
        if isinstance(decision, Everything):
            selected, why, changed = frozenset({*self.before, *decision.tests}), decision.why[0], ()
        else:
            selected, why = frozenset(each.test for each in decision.selected), ""
            items = {item for each in decision.selected if isinstance(each.why, Changed) for item in each.why.items}
            changed = tuple(sorted(items)[:9])
        missed = red - selected
        alone = frozenset(self._red_alone(broken, missed))
        peers = self._peers.ran(broken, edit.path, red, tuple(self.before)) if self._peers is not None else {}
        return Fault(
            kind=edit.kind,
            place=edit.place,
            red=red,
            selected=len(selected),
            missed=missed,
            alone=alone,
            everything=why,
            changed=changed,
            cpu=round(cpu, 3),
            peers=peers,
        )

    def cost(self, rounds: int) -> Cost:
        return self._once("cost.json", Cost, lambda: cost_of(self.place, self.base, rounds=rounds))

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
            subprocess.run([str(self.place.python), *words], check=True, capture_output=True)
        return base

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
    """Of the real projects that lie in `suites`, by name."""
    for real in REAL:
        if (suites / real.name).is_dir() and (not names or real.name in names):
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


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
