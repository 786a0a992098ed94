"""Proof of `bench/data/brittle/labels.toml`, without any engine: green plainly, red under its condition.

Nothing here looks for brittle tests; it only does, by plain means, what a label says: variables of the environment, the
order of names on pytest's command line, `unshare` for the network, stop and continue signals for a slow CPU, an edit
of a line, and `brittle_conditions.py` for what these cannot set. `--healthy` also runs whole projects under every
condition of the set, in reverse, shuffled and each test alone: a test without a label must stay green.

Takes another folder of the same shape by path.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.brittle_healthy import not_healthy
from bench.brittle_labels import Alone, Brittle, Labels, Order, Overspecified, Slow, Twice, drawn, read
from bench.brittle_runs import Run, condition_of, plainly, under, under_edit

DATA = Path(__file__).parent / "data" / "brittle"


def main() -> int:
    args = arguments()
    labels = read(args.data)
    chosen = [label for label in labels.brittle if not args.only or args.only in (label.flips.kind, label.project)]
    wrong = misdrawn(labels) if args.data == DATA else []
    plain = {name: plainly(args.data / name) for name in sorted({label.project for label in chosen})}
    tests = {f"{name}/{test}" for name, run in plain.items() for test in run.outcomes}
    print(f"{len(chosen)} labels in {len(plain)} projects of {len(tests)} tests")
    wrong += [f"{name}: {test} is {was} plainly" for name, run in plain.items() for test, was in run.reds()]
    wrong += misplaced(labels, tests) if not args.only else []
    quiet = [label for label in chosen if not isinstance(label.flips, Slow)]

    def check(label: Brittle) -> str:
        return disproof(args.data / label.project, label, plain[label.project])

    with ThreadPoolExecutor(args.jobs) as pool:
        answers = list(pool.map(check, quiet))
    timed = [label for label in chosen if isinstance(label.flips, Slow)]
    answers += map(check, timed)
    for label, why in zip(quiet + timed, answers, strict=True):
        print(f"{'WRONG ' if why else 'proved'} {label.flips.kind:14} {label.project:9} {label.test.split('::')[-1]}")
        wrong += [f"{label.project}: {label.test}: {why}"] if why else []
    if args.healthy:
        wrong += not_healthy(args.data, labels, sorted(plain), args.jobs)
    print("\n".join(wrong) or f"all {len(chosen)} labels hold")
    return 1 if wrong else 0


def misdrawn(labels: Labels) -> list[str]:
    """The split must be the one that its seed draws."""
    development = drawn(labels.brittle, labels.split.seed)
    return [] if development == labels.split.development else [f"the seed draws {', '.join(development)}"]


def misplaced(labels: Labels, tests: set[str]) -> list[str]:
    """A near miss is a test that exists and has no label."""
    brittle = {f"{label.project}/{label.test}" for label in labels.brittle}
    near = {test for each in labels.near_misses.values() for test in each}
    return [f"{test} is no near miss" for test in sorted(near) if test in brittle or test not in tests]


def disproof(project: Path, label: Brittle, plain: Run) -> str:
    """Why the label is wrong, or nothing."""
    test = label.test
    if plain.outcomes.get(test) != "passed":
        return f"is {plain.outcomes.get(test, 'not there')} plainly"
    match label.flips:
        case Order(polluter=polluter):
            together, alone = plainly(project, polluter, test), plainly(project, test)
            wanted = {polluter: "passed", test: "failed"}
            return said(together, wanted) or said(alone, {test: "passed"})
        case Alone(needs=needs):
            alone, together = plainly(project, test), plainly(project, needs, test)
            return said(alone, {test: "failed"}) or said(together, {needs: "passed", test: "passed"})
        case Twice():
            first, second = (plainly(project, test, times=times) for times in (1, 2))
            return said(first, {test: "passed"}) or said(second, {test: "failed"})
        case Overspecified() as edit:
            reds = {name for name, _ in under_edit(project, edit).reds()}
            return "" if reds == {test} else f"the edit turns {sorted(reds) or 'nothing'} red"
        case flip:
            alone, flipped = plainly(project, test), under(project, condition_of(flip), test)
            return said(alone, {test: "passed"}) or said(flipped, {test: "failed"})


def said(run: Run, wanted: dict[str, str]) -> str:
    return "" if run.outcomes == wanted else f"wanted {wanted}, came {run.outcomes} {run.words}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="a folder of the same shape")
    parser.add_argument("--only", default="", help="one kind, or one project")
    parser.add_argument("--healthy", action="store_true", help="also the tests without a label, under every condition")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
