"""Bench: how soon the real edge takes a bad release back, and how many bad answers users got, with Envoy and load.

No split: nothing is tuned here. What `rollback.py` simulates beside its peers is run here: `outpace rollout` of
revisions that fail 100, 20, 5 and 2 % of requests where the old one fails 0.1 %, behind Envoy, under an open-loop load
of another process from 20 addresses, 30 % of it POSTs. Seconds count from the moment at which users are first sent to
the rename that took them back, by the rollout's own clock; bad answers are what the load's users saw. With mirrored
evidence most are taken back before any user is sent: then seconds count from the first mirrored request, and are marked
`*`. `late`: candidate answers to requests sent more than 50 ms after the rename. Orders are compared with the database.

Goal, at 200 requests a second without mirroring, medians: 0.3, 3 and 11 s for 100, 20 and 5 %, at most 5 bad answers;
and everywhere: nothing late, no bad answer but of a release, no order lost. What fails 2 %, or meets 20 requests a
second, is taken back as soon as information allows: runs beyond --cap are counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import NamedTuple

from edge_load import Answered
from edge_place import NOBODY, Place, Rollout, load_average, spoken, unlike
from msgspec.structs import replace
from rollback_peers import BASELINE

RATES = (1.0, 0.2, 0.05, 0.02)
GOALS = {1.0: 0.3, 0.2: 3.0, 0.05: 11.0}
GOAL_RPS, MOST_BAD = 200, 5
LATE = 0.05


class Run(NamedTuple):
    seconds: float | None  # None: it was not taken back in time
    before: bool = False  # no user had been sent
    promoted: bool = False  # it was taken back after it was promoted, or never
    bad: int = 0
    late: int = 0
    by: str = ""
    why: str = ""


class Case(NamedTuple):
    rps: float
    rate: float
    mirror: bool
    clients: int
    runs: int
    cap: float
    urgency: str


class Row(NamedTuple):
    case: Case
    runs: Sequence[Run]
    wrong: Sequence[str]
    stopped: str

    @property
    def seconds(self) -> float | None:
        times = sorted(float("inf") if run.seconds is None else run.seconds for run in self.runs)
        middle = times[len(times) // 2]
        return None if middle == float("inf") else middle

    @property
    def longest(self) -> float | None:
        return None if any(run.seconds is None for run in self.runs) else max(run.seconds or 0 for run in self.runs)

    @property
    def bad(self) -> int:
        return sorted(run.bad for run in self.runs)[len(self.runs) // 2]

    @property
    def before(self) -> int:
        return sum(run.before for run in self.runs)

    @property
    def late(self) -> int:
        return sum(run.late for run in self.runs)


def main() -> int:
    args = arguments()
    cases = [
        Case(rps, rate, mirror, args.clients, 1 if args.quick and mirror else args.runs, args.cap, args.urgency)
        for mirror, rps, rate in product(args.mirror, args.rps, args.fails)
    ]
    print(f"candidates that fail, {args.urgency} urgency, {args.clients} clients; {load_average()}")
    head = (
        f"{'requests/s':>10} {'fails':>6}  {'mirror':8}{'median':>10} {'longest':>10}{'bad':>6}{'most':>6}{'late':>6}"
    )
    print(f"{head}  taken back")
    with ThreadPoolExecutor(args.parallel) as pool:
        rows = [told(row) for row in pool.map(tried, cases)]
    return judged(rows, args.json)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rps", type=_numbers, default=[20.0, 200.0], metavar="N,N")
    parser.add_argument("--fails", type=_numbers, default=list(RATES), metavar="SHARE,SHARE")
    parser.add_argument("--mirror", type=_switches, default=[False, True], metavar="off,on")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--urgency", default="known")
    parser.add_argument("--cap", type=float, default=240.0, metavar="SECONDS", help="of one run")
    parser.add_argument("--parallel", type=int, default=1, metavar="N", help="so many edges at a time")
    parser.add_argument(
        "--quick", action="store_true", help="few runs at 200 a second, of what is soon over, four edges at a time"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.quick:
        args.rps, args.fails, args.runs, args.parallel = [200.0], [1.0, 0.2], 3, 4
    return args


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _switches(text: str) -> list[bool]:
    return [{"off": False, "on": True}[part] for part in text.split(",")]


def tried(case: Case) -> Row:
    """All runs of a case meet one edge and one load; each candidate has a name of its own."""
    found: dict[str, Rollout] = {}
    with Place(mirror=1.0 if case.mirror else 0.0, fail=BASELINE) as place:
        load = place.load(case.rps, clients=case.clients)
        for _ in range(case.runs):
            revision = place.revision(fail=case.rate)
            try:
                place.rollout(revision, "--urgency", case.urgency, "--soak", timeout=case.cap)
                found[place.newest] = place.standing()
            except subprocess.TimeoutExpired:
                found[place.newest] = replace(place.standing(), reverted=None)
                place.outpace("rollback", "--why", "the bench waits no longer")
            except RuntimeError as error:
                found[place.newest] = replace(place.standing(), reverted=None, by="a fault", why=f"{error}")
        time.sleep(0.5)
        summary, answers = load.end()
        wrong = unlike(place.ordered(), answers)
    wrong += [f"the edge itself answered {one.status}" for one in answers if one.status and one.release == NOBODY]
    wrong += [f"not answered: {why}, {count} times" for why, count in summary["why"].items()]
    return Row(case, [measured(name, of, answers) for name, of in found.items()], wrong, summary["stopped"])


def measured(name: str, rollout: Rollout, answers: Sequence[Answered]) -> Run:
    bad = [one for one in answers if one.release == name and not one.is_good]
    promoted = rollout.promoted is not None
    if rollout.reverted is None:
        return Run(None, promoted=promoted, bad=len(bad), by=rollout.by, why=rollout.why)
    exposed = rollout.first_traffic or rollout.staged or rollout.began
    to_wall = time.time() - time.monotonic()
    until = rollout.reverted.timestamp() - to_wall + LATE
    return Run(
        seconds=(rollout.reverted - exposed).total_seconds(),
        before=rollout.first_traffic is None,
        promoted=promoted,
        bad=len(bad),
        late=sum(one.release == name and one.sent > until for one in answers),
        by=rollout.by,
        why=rollout.why,
    )


def told(row: Row) -> Row:
    case = row.case
    back = sum(run.seconds is not None for run in row.runs)
    mark = "*" if row.before * 2 > len(row.runs) else " "
    notes = f", {row.before} before users" if row.before else ""
    promoted = sum(run.promoted for run in row.runs)
    notes += f", {promoted} were promoted first" if promoted else ""
    print(
        f"{case.rps:10g} {100 * case.rate:5g}%  {'on' if case.mirror else 'off':8}{spoken(row.seconds):>10}{mark}"
        f"{spoken(row.longest):>10}{row.bad:6}{max(run.bad for run in row.runs):6}{row.late:6}"
        f"  {back} of {len(row.runs)}{notes}",
        flush=True,
    )
    for run in row.runs:
        if run.by != "engine":
            print(f"           taken back by {run.by}: {run.why}")
    if row.stopped:
        print(f"            the load itself was stopped {row.stopped}: the machine was")
    for one in row.wrong[:5]:
        print(f"           wrong: {one}")
    return row


def judged(rows: Sequence[Row], file: Path | None) -> int:
    if file:
        file.write_text(json.dumps([shown(row) for row in rows]) + "\n")
    wrong = sum(len(row.wrong) for row in rows)
    kept = sum(run.seconds is None for row in rows for run in row.runs)
    kept_fast = sum(row.seconds is None for row in rows if row.case.rps >= GOAL_RPS and row.case.rate in GOALS)
    late = sum(row.late for row in rows)
    ours = {row.case.rate: row for row in rows if row.case.rps == GOAL_RPS and not row.case.mirror}
    missed = [
        rate
        for rate, goal in GOALS.items()
        if rate in ours and ((ours[rate].seconds or float("inf")) > goal or ours[rate].bad > MOST_BAD)
    ]
    figures = ", ".join(
        f"{100 * rate:g}%: {spoken(ours[rate].seconds)} with {ours[rate].bad} bad (goal {goal:g} s, {MOST_BAD})"
        for rate, goal in GOALS.items()
        if rate in ours
    )
    print(
        f"at {GOAL_RPS} a second, mirror off: {figures or 'not run'}; late: {late}, wrong: {wrong} (goal: 0); "
        f"not taken back in time: {kept}, {kept_fast} of them of the goal's (goal: 0)"
    )
    return 1 if missed or wrong or kept_fast or late or not figures else 0


def shown(row: Row) -> dict[str, object]:
    return {**row.case._asdict(), "runs": [run._asdict() for run in row.runs], "wrong": list(row.wrong)}


if __name__ == "__main__":
    sys.exit(main())
