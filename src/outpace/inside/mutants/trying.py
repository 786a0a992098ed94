"""Tries the mutants of some files of a project with the project's own tests: a program for the sandbox."""

from __future__ import annotations

import difflib
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..answers import Answers, answer
from ..forks import alone
from ..session import Session, collected
from ..units import REMAINDER, units_of
from . import loading
from .equivalence import is_equivalent
from .judging import Judged, judge
from .reaching import GREEN, Touched, reach, who_reaches
from .sites import Mutant, mutants_of, mutated_text
from .slots import Limits
from .suites import Pytest

KILLED, SURVIVED, UNREACHED, AT_IMPORT, EQUIVALENT, UNSTABLE, KNOWN = (
    "killed",
    "survived",
    "unreached",
    "at import",
    "equivalent",
    "unstable",
    "known",
)
VERSION = "1"
LONGEST_DIFF = 4000


class File(NamedTuple):
    """One file's mutants that are to be tried; the first has the number `first`."""

    path: str
    source: str
    mutants: tuple[Mutant, ...]
    first: int


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `files`: [path below it, functions or null, lines or null]; `words` for pytest; `sample` (0: all) and
    `seed`; `killers`, `repeat`, `controls`; `known`: keys whose verdicts the asker has, one of whose parts is the
    `environment`; `longest` seconds a test."""
    found = list(files_of(request, answers))
    files = numbered(_sampled(found, request["sample"], request["seed"]))
    if request["sample"]:
        answers.row({"drawn_from": sum(bool(mutant.function) for file in found for mutant in file.mutants)})
    loading.install(targets_of(request["root"], files))
    loading.record()

    def work(session: Session) -> None:
        at_import = loading.reached()
        loading.switch(0)
        answers.row({"collected": len(session.ids), "broken": session.broken, "alone": alone()})
        _Trial(request, answers, session, files, at_import).run()

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


def files_of(request: dict[str, Any], answers: Answers) -> Iterator[File]:
    for path, functions, lines in request["files"]:
        try:
            source = loading.source_in(Path(request["root"], path).read_bytes())
            mutants = mutants_of(
                source,
                functions=None if functions is None else frozenset(functions),
                lines=None if lines is None else frozenset(lines),
            )
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            answers.row({"file": path, "unreadable": f"{type(error).__name__}: {error}"[:300]})
            continue
        arid: dict[str, int] = {}
        for mutant in mutants:
            if mutant.arid:
                arid[mutant.arid] = arid.get(mutant.arid, 0) + 1
        kept = tuple(mutant for mutant in mutants if not mutant.arid)
        answers.row({"file": path, "mutants": len(kept), "arid": arid})
        yield File(path, source, kept, 0)


def _sampled(files: Sequence[File], size: int, seed: int) -> list[File]:
    """Of the mutants within functions. One seed, one sample, on every version of Python; a change of one function
    changes what is drawn of it alone."""
    if not size:
        return list(files)
    drawn = sorted(
        (hashlib.sha256(f"{seed}\0{file.path}\0{mutant.id}".encode()).digest(), file.path, mutant.id)
        for file in files
        for mutant in file.mutants
        if mutant.function
    )[:size]
    chosen = {(path, name) for _, path, name in drawn}
    return [
        file._replace(mutants=tuple(mutant for mutant in file.mutants if (file.path, mutant.id) in chosen))
        for file in files
    ]


def numbered(files: Iterable[File]) -> list[File]:
    numbered: list[File] = []
    first = 1
    for file in files:
        if file.mutants:
            numbered.append(file._replace(first=first))
            first += len(file.mutants)
    return numbered


def targets_of(root: str, files: Iterable[File]) -> dict[str, loading.Target]:
    return {str(Path(root, file.path)): loading.Target(file.source, file.mutants, file.first) for file in files}


class _Trial:
    def __init__(
        self,
        request: dict[str, Any],
        answers: Answers,
        session: Session,
        files: Sequence[File],
        at_import: frozenset[int],
    ) -> None:
        self._request = request
        self._answers = answers
        self._session = session
        self._suite = Pytest(session)
        self._at_import = at_import
        self._limits = Limits(at_once=len(os.sched_getaffinity(0)), longest=request["longest"])
        self._mutants = {
            file.first + place: (file, mutant) for file in files for place, mutant in enumerate(file.mutants)
        }
        self._units = {file.path: units_of(file.source) for file in files}
        self._tests: dict[str, str] = {}

    def run(self) -> None:
        touched = {each.test: each for each in self._reach()}
        tests_of = who_reaches([touched[name] for name in self._suite.names if name in touched])
        known = frozenset(self._request["known"])
        keys = {number: self._key(number, tests) for number, tests in tests_of.items() if number in self._mutants}
        for number in self._mutants:
            if number not in tests_of:
                self._tell(number, AT_IMPORT if number in self._at_import else UNREACHED)
            elif keys[number] in known:
                self._tell(number, KNOWN, key=keys[number])
        self._judge({number: tests_of[number] for number in keys if keys[number] not in known}, touched, keys)

    def _reach(self) -> Iterator[Touched]:
        left_out: list[tuple[str, str, str]] = []
        green: list[str] = []
        count, cpu = 0, 0.0
        for count, each in enumerate(reach(self._suite, limits=self._limits), 1):
            cpu += each.cpu
            if each.state == GREEN:
                green.append(each.test)
            else:
                left_out.append((each.test, each.state, each.why[:300]))
            if count % 50 == 0:
                self._answers.progress(f"{count} of {len(self._suite.names)} tests run without a mutant")
            yield each
        told = {"tests": count, "green": sorted(green), "left_out": sorted(left_out), "cpu": round(cpu, 3)}
        self._answers.row(told)

    def _judge(self, tests_of: dict[int, tuple[str, ...]], touched: dict[str, Touched], keys: dict[int, str]) -> None:
        asked, judged = self._request, 0
        for each in judge(
            self._suite,
            tests_of,
            touched,
            limits=self._limits,
            killers=asked["killers"],
            repeat=asked["repeat"],
            controls=asked["controls"],
        ):
            if not each.number:
                self._answers.row({"control": each.kills})
                continue
            judged += 1
            self._tell(each.number, self._state(each), judged=each, key=keys[each.number])
            if judged % 25 == 0:
                self._answers.progress(f"{judged} of {len(tests_of)} mutants tried")

    def _state(self, judged: Judged) -> str:
        if judged.unstable:
            return UNSTABLE
        if judged.kills:
            return KILLED
        file, mutant = self._mutants[judged.number]
        return EQUIVALENT if is_equivalent(file.source, mutant) else SURVIVED

    def _tell(self, number: int, state: str, *, judged: Judged | None = None, key: str = "") -> None:
        file, mutant = self._mutants[number]
        row: dict[str, Any] = {"mutant": mutant[:-1], "path": file.path, "state": state, "key": key}
        if judged is not None:
            row.update(kills=judged.kills, executions=judged.executions, unstable=judged.unstable)
        if state in (SURVIVED, UNREACHED, UNSTABLE, KNOWN):
            row["diff"] = diff_of(file, mutant)
        self._answers.row(row)

    def _key(self, number: int, tests: Sequence[str]) -> str:
        """The same as long as the mutant, its function, the rest of its module, the tests that reach it and the Python
        with what is installed are."""
        file, mutant = self._mutants[number]
        units = self._units[file.path]
        said = [
            VERSION,
            sys.version,
            self._request["environment"],
            file.path,
            mutant.id,
            mutant.before,
            mutant.after,
            str(self._request["killers"]),
        ]
        said += [str(self._request["repeat"]), units.get(mutant.function, ""), units.get(REMAINDER, "")]
        said += [part for test in sorted(tests) for part in (test, self._test(test))]
        return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()

    def _test(self, name: str) -> str:
        """Digest of a test's file, and of each conftest.py above it."""
        item = self._session.items[name]
        path = str(getattr(item, "path", None) or item.fspath)
        if path not in self._tests:
            root, place = Path(self._session.root), Path(path)
            above = [each / "conftest.py" for each in place.parents if each == root or root in each.parents]
            content = b"\0".join(each.read_bytes() for each in (place, *above) if each.is_file())
            self._tests[path] = hashlib.sha256(content).hexdigest()
        return self._tests[path]


def diff_of(file: File, mutant: Mutant) -> str:
    """Unified, as `git diff` shows it."""
    before, after = file.source.splitlines(keepends=True), mutated_text(file.source, mutant).splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, f"a/{file.path}", f"b/{file.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)[:LONGEST_DIFF]


if __name__ == "__main__":
    answer(main)
