"""Tests without a label, under every condition of the set and in other orders: the ones that turn red after all."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.brittle_labels import Condition, Labels
from bench.brittle_runs import How, Run, condition_of, plainly, under

MORE = {
    "hash seed 77": How(env={"PYTHONHASHSEED": "77"}),
    "clock late on a leap day": How(conditions={"clock": "2028-02-29T23:30:00+00:00"}),
    "clock late at the end of a year": How(conditions={"clock": "2026-12-31T23:59:30+00:00"}),
    "clock before a switch in autumn": How(conditions={"clock": "2027-10-30T23:30:00+00:00"}),
    "time-zone west": How(env={"TZ": "Pacific/Honolulu"}),
    "time-zone east": How(env={"TZ": "Pacific/Kiritimati"}),
    "randomness 7": How(conditions={"random": "7"}),
    "environment without locale and zone": How(without=("USER", "LC_ALL", "TZ")),
    "twice": How(times=2),
}


class Ran(NamedTuple):
    project: str
    how: str
    run: Run


def not_healthy(data: Path, labels: Labels, projects: list[str], jobs: int) -> list[str]:
    """Also prints what turns a labeled test red besides its own condition: no error, but to be known."""
    ran = under_conditions(data, labels, projects, jobs)
    for project in projects:
        ran += in_other_orders(data / project, jobs)
    also: set[str] = set()
    wrong = [f"{project}: nothing ran {how}" for project, how, run in ran if not run.outcomes]
    for project, how, run in ran:
        own = {label.test: label.flips.kind for label in labels.brittle if label.project == project}
        for test, was in run.reds():
            if test not in own:
                wrong.append(f"{project}: {test} has no label, but is {was} {how}")
            elif own[test] not in how:
                also.add(f"also: {project}: {test.split('::')[-1]} ({own[test]}) is red {how}")
    print("\n".join(sorted(also)))
    print(f"{len(ran)} runs of {len(projects)} projects for the tests without a label")
    return wrong


def under_conditions(data: Path, labels: Labels, projects: list[str], jobs: int) -> list[Ran]:
    own = {
        f"{flips.kind} {flips}": condition_of(flips)
        for label in labels.brittle
        if isinstance(flips := label.flips, Condition)
    }
    work = [(project, name, how) for project in projects for name, how in (own | MORE).items()]
    quick = [each for each in work if each[2].share >= 1]
    with ThreadPoolExecutor(jobs) as pool:
        runs = list(pool.map(under, [data / project for project, _, _ in quick], [how for _, _, how in quick]))
    timed = [each for each in work if each[2].share < 1]
    runs += [under(data / project, how) for project, _, how in timed]
    return [Ran(project, f"with {name}", run) for (project, name, _), run in zip(quick + timed, runs, strict=True)]


def in_other_orders(project: Path, jobs: int) -> list[Ran]:
    tests = list(plainly(project).outcomes)

    def ordered(order: list[str]) -> Run:
        return plainly(project, *order)

    orders = {"in reverse order": tests[::-1]}
    orders |= {f"in order {seed}": random.Random(seed).sample(tests, len(tests)) for seed in range(3)}
    orders |= {f"alone: {test}": [test] for test in tests}
    with ThreadPoolExecutor(jobs) as pool:
        runs = pool.map(ordered, orders.values())
        return [Ran(project.name, how, run) for how, run in zip(orders, runs, strict=True)]
