"""Bench: the ladder's own exam: wrong and right changes of a corpus that its author never saw, beside the usual gate.

Split: whole targets, in bench/data/ladder/README.md: the ladder may be tuned on the development half alone; both are
printed, each by its name. --corpus takes another folder of the same shape (bench/ladder_corpus.py checks one), --half
and --target a part of it. No model is asked.

Peer: the gate that the field uses, on the same changes in the same sandbox: the files parse, the witness has no effect
any more, the change's own suite is green. For tests: they parse, and the suite with them is green.

Each change climbs every rung, so that it is known what would be let through without one: "kills" counts the wrong
changes that a rung is the first to refute, "without it" those that would be proved if it were not there. A change that
is undecided is not proved: no false accept, and a false reject where it is right. The goal: no wrong change is proved,
and at most 10% of the right ones are not. No false accept of N leaves up to 3/N (at 95%) of such changes, and says
nothing of others: what is known to pass lies in red-team/ of the corpus and is printed as the limit. Seconds are wall
time of one proof, all rungs, while --jobs of them run at once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from ladder_place import exam_place
from ladder_trees import CORPUS, Change, Target, targets

from outpace.app.judge import Candidate, judge
from outpace.engines.proposed import between, put_onto
from outpace.model.errors import BadInput
from outpace.model.proof import Check, Failed, Passed, Proved, Refuted
from outpace.proving.ladder import parses, rungs
from outpace.proving.ladder.patch import Patch

MOST_FALSE_REJECTS = 0.10
QUICK = 6
RED_TEAM = "red-team"


class Sat(NamedTuple):
    """One change, judged."""

    target: str
    half: str
    change: Change
    checks: tuple[Check, ...]
    telling: tuple[str, ...]
    gate: bool
    seconds: float

    @property
    def kind(self) -> str:
        return "tests" if self.change.test else "patches"

    @property
    def proved(self) -> bool:
        return isinstance(rungs.conclude(self.checks, self.telling), Proved)

    def proved_without(self, name: str) -> bool:
        left = [check for check in self.checks if check.name != name]
        telling = tuple(each for each in self.telling if each != name)
        return isinstance(rungs.conclude(left, telling), Proved)

    @property
    def killed_by(self) -> str:
        """The first that refutes; else what it is undecided for."""
        first = next((check.name for check in self.checks if isinstance(check.result, Failed)), "")
        return first or ("" if self.proved else "undecided")

    @property
    def said(self) -> str:
        match rungs.conclude(self.checks, self.telling):
            case Refuted(reason):
                return f"refuted: {reason}"
            case Proved():
                return "proved"
            case undecided:
                return f"undecided: {undecided.missing}"


def sit(target: Target, change: Change) -> Sat:
    """Every rung of the ladder, and the usual gate."""
    task = target.test_task() if change.test else target.task()
    telling = rungs.TEST_TELLING if change.test else rungs.TELLING
    half = target.corpus().half
    with exam_place(target.folder / "base") as place:
        tree = place.copy()
        began = time.monotonic()
        try:
            put_onto(tree, (target.folder / change.file).read_bytes())
        except BadInput as error:
            refused = (Check(name=rungs.SHAPE, result=Failed(error.message)),)
            return Sat(target.name, half, change, refused, telling, gate=False, seconds=time.monotonic() - began)
        patch = between(target.folder / "base", tree)
        proof = judge(task, Candidate(patch=patch, name="change"), place, whole=True)
        seconds = time.monotonic() - began
        dead = change.test or any(
            check.name == rungs.WITNESS and isinstance(check.result, Passed) for check in proof.checks
        )
        gate = _parse(patch) and dead and place.green(tree)
    return Sat(target.name, half, change, proof.checks, telling, gate=gate, seconds=seconds)


def _parse(patch: Patch) -> bool:
    return isinstance(parses.judge(patch), Passed)


def printed(sat: Sequence[Sat], title: str) -> dict[str, object]:
    """The table of one half and kind."""
    wrong, right = [each for each in sat if not each.change.right], [each for each in sat if each.change.right]
    accepted, rejected = [each for each in wrong if each.proved], [each for each in right if not each.proved]
    bound = f"{3 / len(wrong):.1%}" if wrong and not accepted else "-"
    gate = sum(each.gate for each in wrong)
    print(f"\n{title}: {len(wrong)} wrong, {len(right)} right")
    bounded = f"bound 3/N {bound:>6}   usual gate {gate} of {len(wrong)}"
    print(f"  false accepts  {len(accepted):4d} of {len(wrong):4d}   {bounded}")
    print(f"  false rejects  {len(rejected):4d} of {len(right):4d}   {_share(rejected, right):>16}   usual gate "
          f"{sum(not each.gate for each in right)} of {len(right)}")  # fmt: skip
    seconds = sorted(each.seconds for each in right)
    if seconds:
        print(f"  seconds a proof of a right change: median {statistics.median(seconds):.1f}, most {seconds[-1]:.1f}")
    kills = Counter(each.killed_by for each in wrong)
    names = dict.fromkeys(check.name for each in sat for check in each.checks)
    print(f"  {'rung':<26}{'kills':>6}{'without it':>12}{'right refuted':>15}")
    for name in names:
        without = sum(each.proved_without(name) for each in wrong) - len(accepted)
        refuted = sum(each.killed_by == name for each in right)
        print(f"  {name:<26}{kills[name]:>6}{without:>12}{refuted:>15}")
    print(f"  {'(undecided)':<26}{kills['undecided']:>6}{'':>12}{sum(e.killed_by == 'undecided' for e in right):>15}")
    for each in accepted:
        print(f"  FALSE ACCEPT {each.target}/{each.change.file}: {each.change.how}")
    for each in rejected:
        print(f"  false reject {each.target}/{each.change.file}: {each.said[:200]}")
    return {
        "title": title, "wrong": len(wrong), "right": len(right), "false_accepts": len(accepted),
        "false_rejects": len(rejected), "usual_gate_accepts": gate, "kills": dict(kills),
        "without": {name: sum(each.proved_without(name) for each in wrong) - len(accepted) for name in names},
        "seconds_median": statistics.median(seconds) if seconds else None,
    }  # fmt: skip


def _share(part: Sequence[object], whole: Sequence[object]) -> str:
    return f"{len(part) / len(whole):.1%}" if whole else "-"


def chosen(found: Iterable[Target], arguments: argparse.Namespace) -> list[tuple[Target, Change]]:
    every = [
        (target, change)
        for target in found
        if arguments.half in ("both", target.corpus().half.replace(" ", "-"))
        for change in target.changes()
        if arguments.only is None or change.test == (arguments.only == "tests")
        if arguments.change is None or arguments.change in change.file
    ]
    if not arguments.quick:
        return every
    patches = [each for each in every if not each[1].test]
    step = max(1, len(patches) // QUICK)
    return patches[::step][:QUICK]


def limit(corpus: Path) -> None:
    known = sorted((corpus / RED_TEAM).glob("**/*.patch")) if (corpus / RED_TEAM).is_dir() else []
    print(f"\nknown to pass, in {RED_TEAM}/: {len(known)}")
    for path in known:
        first = next((line for line in path.read_text().splitlines() if line.strip()), "")
        print(f"  {path.relative_to(corpus / RED_TEAM)}: {first[:140]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="another folder of the same shape")
    parser.add_argument("--half", choices=("development", "held-out", "both"), default="both")
    parser.add_argument("--target", help="this one alone")
    parser.add_argument("--change", help="changes whose file holds this text")
    parser.add_argument("--only", choices=("patches", "tests"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} patches")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    every = chosen(targets(arguments.corpus, arguments.target), arguments)
    if not every:
        sys.exit(f"no change to judge in {arguments.corpus}")
    with ThreadPoolExecutor(arguments.jobs) as jobs:
        sat: list[Sat] = []
        for each in jobs.map(sit, *zip(*every, strict=True)):
            sat.append(each)
            wrong = each.proved != each.change.right
            mark = "WRONG" if wrong and not each.change.right else "right" if not wrong else "lost "
            print(f"{mark} {each.target}/{each.change.file} {each.seconds:.1f} s {each.said[:150]}", file=sys.stderr)
    rows = [
        printed(group, f"{half}, {kind}")
        for half in ("development", "held out")
        for kind in ("patches", "tests")
        if (group := [each for each in sat if each.half == half and each.kind == kind])
    ]
    limit(arguments.corpus)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return verdict(sat)


def verdict(sat: Sequence[Sat]) -> int:
    wrong, right = [each for each in sat if not each.change.right], [each for each in sat if each.change.right]
    accepted, rejected = sum(each.proved for each in wrong), sum(not each.proved for each in right)
    gate = sum(each.gate for each in wrong)
    share = rejected / len(right) if right else 0.0
    ratio = f"{accepted / gate:.3f} of what the usual gate accepts ({gate})" if gate else f"usual gate {gate}"
    print(
        f"\nfalse accepts {accepted} of {len(wrong)} (goal 0), {ratio}; false rejects {rejected} of {len(right)}, "
        f"{share:.1%} (goal at most {MOST_FALSE_REJECTS:.0%})"
    )
    return 0 if not accepted and share <= MOST_FALSE_REJECTS else 1


if __name__ == "__main__":
    sys.exit(main())
