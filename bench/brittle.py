"""Bench: brittle tests found and named: Outpace beside ten reruns and ten runs of pytest-randomly.

On the seeded set (bench/data/brittle), by default its development half; `--half held-out` is for a release, and what is
looked at there afterwards is no longer held out. A label is *found* where a finding has its test and its kind, and
*named* where the finding also has the polluter, the test that is needed, the variable or the shared thing of the label.
A peer finds a label where the test turned red at all. A false alarm is a finding of a test without a label.

The goals: at least 90% of the sixty found and named, at most one false alarm in 500 healthy tests, at most 20 times the
CPU time of the suite.

`make peers` brings pytest-randomly, into a folder of its own: beside other peers, it would shuffle their tests. Without
it, its column says so.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.brittle_labels import TWELVE, Alone, Brittle, Environment, Labels, Order, Overspecified, Twice, read  # noqa: E402
from bench.brittle_runs import How, command, environment, outcomes_of  # noqa: E402  the path comes first

DATA = Path(__file__).parent / "data" / "brittle"
QUICK = "press"
RANDOMLY = ROOT / ".tools" / "randomly"
AGAIN = 10
LIMIT = 1800
FOUND, FALSE, COST = 0.9, 1 / 500, 20.0


class Ran(NamedTuple):
    """What one project showed. `cost` is CPU time as a multiple of its suite's."""

    project: str
    tests: int
    healthy: int
    findings: tuple[dict[str, Any], ...]
    flaky: tuple[str, ...]
    unknown: tuple[dict[str, Any], ...]
    cpu: float
    wall: float
    suite: float
    reruns: frozenset[str]
    shuffled: frozenset[str] | None


def main() -> int:
    args = arguments()
    labels = read(args.data)
    half = labels.split.development if args.half == "development" else labels.split.held_out
    projects = [QUICK] if args.quick else [name for name in half if args.project in ("", name)]
    ran: list[Ran] = []
    for name in projects:
        ran.append(measured(args.data / name, labels))
        print(
            f"{name}: {ran[-1].cpu:.0f} s CPU, {ran[-1].wall:.0f} s wall, {len(ran[-1].findings)} findings", flush=True
        )
    return told(labels, ran, args)


def measured(project: Path, labels: Labels) -> Ran:
    suite, plain = plainly(project)
    findings, cpu, wall = provoked(project)
    result = findings["result"]
    again = [plain, *(plainly(project)[1] for _ in range(AGAIN - 1))]
    shuffled = [plainly(project, seed)[1] for seed in range(AGAIN)] if RANDOMLY.is_dir() else None
    return Ran(
        project=project.name,
        tests=len(plain),
        healthy=len(set(plain) - labels.of(project.name)),
        findings=tuple(result["findings"]),
        flaky=tuple(result["flaky"]),
        unknown=tuple(findings["unknown"]),
        cpu=cpu,
        wall=wall,
        suite=suite,
        reruns=reds(again),
        shuffled=None if shuffled is None else reds(shuffled),
    )


def reds(runs: list[dict[str, str]]) -> frozenset[str]:
    return frozenset(test for run in runs for test, was in run.items() if was != "passed")


def plainly(project: Path, shuffled: int | None = None) -> tuple[float, dict[str, str]]:
    """CPU seconds and outcomes; nothing is pinned. `shuffled` is pytest-randomly's seed."""
    with tempfile.TemporaryDirectory(prefix="brittle-") as name:
        folder = Path(name)
        copy = folder / "project"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        outcomes, env = folder / "outcomes", environment(folder, How())
        env |= {"BRITTLE_OUTCOMES": str(outcomes), "BRITTLE_CONDITIONS": "{}"}
        argv = command(copy, How(), ())
        del env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        if shuffled is not None:
            env["PYTHONPATH"] += f"{os.pathsep}{RANDOMLY}"
            argv += ["-p", "no:xdist", f"--randomly-seed={shuffled}"]  # its entry point loads it
        begun = spent()
        subprocess.run(argv, cwd=copy, env=env, capture_output=True, timeout=LIMIT, check=False)
        seen = outcomes_of(outcomes)
        if not seen:
            how = "plainly" if shuffled is None else "under pytest-randomly"
            raise SystemExit(f"{project.name}: no test ran {how}")
        return spent() - begun, seen


def provoked(project: Path) -> tuple[dict[str, Any], float, float]:
    """What `outpace test brittle` answers, its CPU and its wall time."""
    with tempfile.TemporaryDirectory(prefix="brittle-") as name:
        copy = Path(name) / project.name
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.invalid"]
        for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "as it is"]):
            subprocess.run([*git, *words], cwd=copy, check=True)
        argv = [sys.executable, "-m", "outpace", "test", "brittle", "--python", sys.executable, "--format", "json"]
        begun, started = spent(), time.monotonic()
        done = subprocess.run([*argv, "--quiet"], cwd=copy, capture_output=True, timeout=LIMIT, check=False)
        if done.returncode not in (0, 10):
            raise SystemExit(f"{project.name}: {done.stderr.decode()[-800:]}")
        return json.loads(done.stdout), spent() - begun, time.monotonic() - started


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def found(label: Brittle, ran: Ran) -> dict[str, Any] | None:
    flips = label.flips
    for each in ran.findings:
        if each["test"] != label.test or each["kind"] != flips.kind:
            continue
        if not isinstance(flips, Overspecified) or (each["tier"], each["file"]) == (flips.tier, flips.file):
            return each
    return None


def named(label: Brittle, finding: dict[str, Any]) -> bool:
    match label.flips:
        case Order(polluter=other, state=state) | Alone(needs=other, state=state):
            return finding["needs"] == [other] and state in finding["state"]
        case Twice(state=state):
            return state in finding["state"]
        case Environment(variables=variables, unset=unset):
            conditions = " ".join([finding["condition"], *finding["also"]])
            return any(name in conditions for name in (*variables, *unset))
        case _:
            return True


def told(labels: Labels, ran: list[Ran], args: argparse.Namespace) -> int:
    by_name = {each.project: each for each in ran}
    chosen = [label for label in labels.brittle if label.project in by_name]
    sixty = {str(kind.__struct_config__.tag) for kind in TWELVE}
    rows: dict[str, list[int]] = {}
    for label in chosen:
        here = by_name[label.project]
        finding = found(label, here)
        row = rows.setdefault(label.flips.kind, [0, 0, 0, 0, 0])
        row[0] += 1
        row[1] += finding is not None
        row[2] += finding is not None and named(label, finding)
        row[3] += label.test in here.reruns
        row[4] += here.shuffled is not None and label.test in here.shuffled
        if finding is None or not named(label, finding):
            print(f"missed  {label.flips.kind:14} {label.project}/{label.test}{' (not named)' if finding else ''}")
    alarms = [
        (each.project, finding)
        for each in ran
        for finding in each.findings
        if finding["test"] not in labels.of(each.project)
    ]
    for project, finding in alarms:
        told_by = f"{finding['condition']} {finding['message'][:60]}"
        print(f"false   {finding['kind']:14} {project}/{finding['test']}: {told_by}")
    for each in ran:
        for doubt in each.unknown:
            print(f"unknown {each.project}: {doubt['what']}: {doubt['why']}")
    print(f"\n{'kind':16}{'labels':>8}{'found':>8}{'named':>8}{'rerun x10':>11}{'randomly x10':>14}")
    for kind, row in rows.items():
        print(f"{kind:16}{row[0]:8}{row[1]:8}{row[2]:8}{row[3]:11}{row[4] if RANDOMLY.is_dir() else 'make peers':>14}")
    return concluded(rows, sixty, alarms, ran, args)


def concluded(
    rows: dict[str, list[int]], sixty: set[str], alarms: list[Any], ran: list[Ran], args: argparse.Namespace
) -> int:
    of_sixty = [row for kind, row in rows.items() if kind in sixty]
    total, right = sum(row[0] for row in of_sixty), sum(row[2] for row in of_sixty)
    healthy, tests = sum(each.healthy for each in ran), sum(each.tests for each in ran)
    cost = sum(each.cpu for each in ran) / sum(each.suite for each in ran)
    share = right / total if total else 0.0
    alarmed = len({(project, finding["test"]) for project, finding in alarms})
    good = share >= FOUND and alarmed <= max(healthy * FALSE, 1 if healthy < 500 else 0) and cost <= COST
    figure = {
        "half": args.half,
        "labels": total,
        "found_and_named": right,
        "all_labels": sum(row[0] for row in rows.values()),
        "all_found_and_named": sum(row[2] for row in rows.values()),
        "false_alarms": alarmed,
        "healthy": healthy,
        "cost": round(cost, 1),
        "wall": round(sum(each.wall for each in ran)),
        "rows": rows,
    }
    if args.json:
        args.json.write_text(json.dumps(figure, indent=2) + "\n", encoding="utf-8")
    print(
        f"{right} of {total} found and named ({share:.0%}, goal {FOUND:.0%}; with the further kinds "
        f"{figure['all_found_and_named']} of {figure['all_labels']}), {alarmed} false alarms in {healthy} healthy of "
        f"{tests} tests (goal 1 in 500), {cost:.1f} times the CPU of the suite (goal {COST:.0f})"
    )
    return 0 if good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=("development", "held-out"), default="development")
    parser.add_argument("--project", default="", help="one project of the half")
    parser.add_argument("--data", type=Path, default=DATA, help="a folder of the same shape")
    parser.add_argument("--quick", action="store_true", help="one project of the development half")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
