"""Bench: what the ladder's corpus says of each change beside what exams, scripts and tests come to when run.

Split: whole targets, as bench/data/ladder/README.md has it; nothing is tuned here, and the ladder is not run. `make`
derives wrong changes from each right one by rules and keeps what is shown wrong: the exam says so, a script shows its
harm, or no task allows it. `check` runs everything that the corpus claims, in the sandbox; with --quick it reads each
record and applies each patch, and runs nothing. The goal is that all claims hold, and that the corpus has 300 wrong and
60 right patches, 60 wrong and 20 right tests, and 12 targets of which 6 are real advisories.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ladder_trees as trees
from bench.ladder_making import WORKERS, Made, make
from bench.ladder_scripts import any_case, benign_cases, every_case
from bench.ladder_source import compiles
from bench.ladder_trees import Change, Corpus, Target
from outpace.proving.tasks import Task

LEAST = {"wrong": 300, "right": 60, "wrong tests": 60, "right tests": 20, "targets": 12, "real": 6}
COLUMNS = ("right", "wrong", "by hand", "mechanical", "right tests", "wrong tests")


class Row(NamedTuple):
    """One target; `problems` are claims that do not hold, `notes` what a reader should look at."""

    target: str
    half: str
    real: bool
    counts: dict[str, int]
    problems: list[str]
    notes: list[str]


def counted(changes: tuple[Change, ...]) -> dict[str, int]:
    wrong = [each for each in changes if not each.right and not each.test]
    mechanical = sum(each.file.startswith("mechanical/") for each in wrong)
    return {
        "right": sum(each.right and not each.test for each in changes),
        "wrong": len(wrong),
        "by hand": len(wrong) - mechanical,
        "mechanical": mechanical,
        "right tests": sum(each.right and each.test for each in changes),
        "wrong tests": sum(not each.right and each.test for each in changes),
    }


def row_of(target: Target, *, quick: bool) -> Row:
    try:
        corpus, changes = target.corpus(), target.changes()
        task, _ = target.task(), target.test_task()
    except (OSError, msgspec.MsgspecError) as error:
        return Row(target.name, "", real=False, counts={}, problems=[f"it cannot be read: {error}"], notes=[])
    problems = [
        *_split(target, corpus),
        *_unreadable(task),
        *_unlisted(target, changes),
        *_unappliable(target, changes),
    ]
    notes = [
        f"{each.file} is wrong by policy, and keeps to the task's limits"
        for each in changes
        if each.by == "policy" and not each.right and not each.test
        if not trees.beyond_limits((target.folder / each.file).read_bytes(), task)
    ]
    if not quick and not problems:
        with ThreadPoolExecutor(WORKERS) as pool:
            problems += [each for each in pool.map(_asked, _claims(target, changes)) if each]
    real = corpus.origin.startswith("real advisory")
    return Row(target.name, corpus.half, real, counted(changes), problems, notes)


def _split(target: Target, corpus: Corpus) -> Iterator[str]:
    """Where a README lies beside the targets, its table was there first."""
    readme = target.folder.parent / "README.md"
    text = readme.read_text() if readme.exists() else ""
    rows = re.findall(r"^\| ([^|]+) \| `(\w+)` \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE)
    for half, name, origin in rows:
        if name == target.name and (corpus.half != half or not corpus.origin.startswith(origin)):
            yield f"README.md says {half}, {origin}, and corpus.toml {corpus.half}, {corpus.origin}"


def _unreadable(task: Task) -> Iterator[str]:
    codes = [*task.siblings, *(code for each in (*task.witnesses, *task.benign) for code in (each.setup, each.does))]
    yield from (f"task.toml: this is no Python of this version: {code[:80]}" for code in codes if not compiles(code))


def _unlisted(target: Target, changes: tuple[Change, ...]) -> Iterator[str]:
    listed = [each.file for each in changes] + [each.harm for each in changes if each.harm]
    folders = ("right", "wrong", "tests_right", "tests_wrong", "mechanical")
    there = {
        path.relative_to(target.folder).as_posix() for each in folders for path in (target.folder / each).glob("*")
    }
    yield from (f"{each} is listed nowhere" for each in sorted(there - set(listed)))
    yield from (f"{each} is listed, and is not there" for each in sorted(set(listed) - there))
    yield from (f"{each} is listed twice" for each in sorted({each for each in listed if listed.count(each) > 1}))


def _unappliable(target: Target, changes: tuple[Change, ...]) -> Iterator[str]:
    with trees.tree(target) as base:
        for each in changes:
            path = target.folder / each.file
            try:
                if path.exists():
                    trees.apply(base, path.read_bytes(), only_check=True)
            except ValueError as error:
                yield f"{each.file} does not apply: {error}"


def _claims(target: Target, changes: tuple[Change, ...]) -> list[Callable[[], str]]:
    right = next((each for each in changes if each.right and not each.test), None)
    found: list[Callable[[], str]] = [partial(_base_fails, target), partial(_cases_show, target)]
    for each in changes:
        if each.test and each.right:
            found.append(partial(_tests_pass, target, each))
        elif each.right:
            found += [partial(claim, target, each) for claim in (_passes, _tests_pass, _cases_are_as_asked)]
        elif each.by == "exam":
            found.append(partial(_fails, target, each))
        elif each.by == "harm" and right is not None:
            found += [partial(_harms, target, each), partial(_harms_not, target, each, right)]
    return found


def _asked(claim: Callable[[], str]) -> str:
    return claim()


def _patch(target: Target, change: Change) -> bytes:
    return (target.folder / change.file).read_bytes()


def _base_fails(target: Target) -> str:
    with trees.tree(target) as changed:
        came = trees.exam(target, changed)
        return "" if came.red else f"base: the exam ends with {came.status}: {came.said}"


def _passes(target: Target, change: Change) -> str:
    with trees.tree(target, _patch(target, change)) as changed:
        came = trees.exam(target, changed)
        return "" if came.status == 0 else f"{change.file}: the exam ends with {came.status}: {came.said}"


def _tests_pass(target: Target, change: Change) -> str:
    with trees.tree(target, _patch(target, change)) as changed:
        came = trees.own_tests(target, changed)
        return "" if came.status == 0 else f"{change.file}: pytest ends with {came.status}: {came.said}"


def _fails(target: Target, change: Change) -> str:
    with trees.tree(target, _patch(target, change)) as changed:
        came = trees.exam(target, changed)
        return "" if came.red else f"{change.file}: the exam ends with {came.status}: {came.said}"


def _harms(target: Target, change: Change) -> str:
    with trees.tree(target, _patch(target, change)) as changed:
        came = trees.harm(target, changed, target.folder / change.harm)
        return "" if came.red else f"{change.harm} ends with {came.status} with the change: {came.said}"


def _harms_not(target: Target, change: Change, right: Change) -> str:
    with trees.tree(target, _patch(target, right)) as changed:
        came = trees.harm(target, changed, target.folder / change.harm)
        return "" if came.status == 0 else f"{change.harm} ends with {came.status} with {right.file}: {came.said}"


def _script_says(target: Target, patch: bytes, text: str) -> trees.Came:
    with trees.tree(target, patch) as changed:
        folder = changed.parent / "script"
        folder.mkdir()
        (folder / "cases.py").write_text(text)
        return trees.harm(target, changed, folder / "cases.py")


def _cases_show(target: Target) -> str:
    came = _script_says(target, b"", every_case(target.task()))
    return "" if came.red else f"base: not every witness and sibling shows its effect: {came.status} {came.said}"


def _cases_are_as_asked(target: Target, change: Change) -> str:
    task, patch = target.task(), _patch(target, change)
    came = _script_says(target, patch, any_case(task))
    if came.status != 0:
        return f"{change.file}: a witness or sibling shows its effect: {came.status} {came.said}"
    benign = [_script_says(target, each, benign_cases(task)).said for each in (b"", patch)]
    return "" if benign[0] == benign[1] else f"{change.file}: a benign call does not come to what it comes to on base"


def totals(rows: list[Row]) -> dict[str, int]:
    found = {name: sum(row.counts.get(name, 0) for row in rows) for name in COLUMNS}
    return found | {"targets": len(rows), "real": sum(row.real for row in rows)}


def check(args: argparse.Namespace) -> int:
    rows: list[Row] = []
    print(f"{'target':<11} {'half':<12}" + "".join(f"{name:>13}" for name in COLUMNS) + "  problems", flush=True)
    for target in trees.targets(args.corpus, args.target):
        row = row_of(target, quick=args.quick)
        rows.append(row)
        numbers = "".join(f"{row.counts.get(name, 0):>13}" for name in COLUMNS)
        print(f"{row.target:<11} {row.half:<12}{numbers}  {len(row.problems) or 'none'}", flush=True)
        for each in row.problems:
            print(f"  {each}", flush=True)
        for each in row.notes if args.notes else ():
            print(f"  note: {each}", flush=True)
    for half in ("development", "held out"):
        of_half = totals([row for row in rows if row.half == half])
        print(f"{half:<24}" + "".join(f"{of_half[name]:>13}" for name in COLUMNS))
    found = totals(rows)
    if args.json:
        args.json.write_text(json.dumps({"totals": found, "rows": [row._asdict() for row in rows]}, indent=2) + "\n")
    told = ", ".join(f"{found[name]} {name} (goal {least})" for name, least in LEAST.items())
    problems = sum(len(row.problems) for row in rows)
    print(f"{problems} claims do not hold (goal 0); {told}")
    enough = args.target is not None or all(found[name] >= least for name, least in LEAST.items())
    return 0 if rows and enough and not problems else 1


def write(target: Target, made: Made) -> None:
    folder = target.folder / "mechanical"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rows: list[str] = []
    for change, patch, script in made.changes:
        (target.folder / change.file).write_bytes(patch)
        if script:
            (target.folder / change.harm).write_text(script)
        pairs = {"file": change.file, "right": False, "how": change.how, "sort": change.sort, "by": change.by}
        pairs |= {"harm": change.harm} if change.harm else {}
        rows.append("[[change]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in pairs.items()))
    (target.folder / "mechanical.toml").write_text("\n".join(rows))


def make_all(args: argparse.Namespace) -> int:
    total = 0
    found = trees.targets(args.corpus, args.target)
    for target in found:
        began = time.monotonic()
        made = make(target)
        write(target, made)
        total += len(made.changes)
        tried = ", ".join(f"{number} {outcome}" for outcome, number in sorted(made.outcomes.items()))
        print(f"{target.name:<11} {len(made.changes):>3} kept of {tried}; {time.monotonic() - began:.0f} s", flush=True)
    print(f"{total} mechanical changes of {len(found)} targets are kept (goal 15 to 25 of each)")
    return 0 if all(15 <= len(each.mechanical()) <= 25 for each in found) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("make", "check"))
    parser.add_argument("--corpus", type=Path, default=trees.CORPUS, help="a folder of targets")
    parser.add_argument("--target", help="one of them by name")
    parser.add_argument("--quick", action="store_true", help="check: run nothing")
    parser.add_argument("--notes", action="store_true", help="check: say what a reader should look at, too")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    return make_all(args) if args.command == "make" else check(args)


if __name__ == "__main__":
    sys.exit(main())
