"""Bench: how long a good release takes to all users at the real edge, beside the least that peers document.

No split: nothing is tuned here. `outpace rollout` of a revision as good as the one before (none fails; --fails makes
both fail a share), behind Envoy, under an open-loop load of another process. `sent`: seconds from the moment at which
it was healthy to its first user; `promoted`: to all users; `most`: the longest run. Edges run side by side, each with a
load of its own. Peers are not run: what they take follows from the settings of their documented examples, as
rollback_peers.py has them, whatever the traffic is, since they count time and not requests; also at their shortest
interval with one look for each step, which at 20 requests a second sees little.

Goal: every good release is promoted, and at 200 requests a second sooner at the median than the documented example of
any peer, for both urgencies.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from math import ceil
from pathlib import Path
from typing import NamedTuple

from edge_place import Place, Rollout, load_average, spoken, unlike
from rollback_peers import PEERS, Stepped

GOAL_RPS = 200
DOCUMENTED = ("example", "3 h")


class Case(NamedTuple):
    rps: float
    urgency: str
    mirror: bool
    runs: int
    cap: float
    fails: float


class Run(NamedTuple):
    sent: float | None = None
    promoted: float | None = None
    why: str = ""


class Row(NamedTuple):
    case: Case
    runs: Sequence[Run]
    wrong: Sequence[str]
    stopped: str

    @property
    def promoted(self) -> float | None:
        return middle([run.promoted for run in self.runs])


def middle(times: Sequence[float | None]) -> float | None:
    known = sorted(float("inf") if time is None else time for time in times)
    found = known[len(known) // 2]
    return None if found == float("inf") else found


def main() -> int:
    args = arguments()
    cases = [
        Case(rps, urgency, mirror, args.runs, args.cap, args.fails)
        for rps, mirror, urgency in product(args.rps, args.mirror, args.urgency)
    ]
    print(f"good releases, {args.fails:.2%} of answers fail; {args.parallel} edges at a time; {load_average()}")
    print(f"{'requests/s':>10}  {'urgency':10}{'mirror':8}{'sent':>10}{'promoted':>11}{'most':>10}  runs")
    with ThreadPoolExecutor(args.parallel) as pool:
        rows = [told(row) for row in pool.map(tried, cases)]
    for name, seconds in peers():
        print(f"{'any':>10}  {name:18}{'0.00 s':>10}{spoken(seconds):>11}{'-':>10}  by its settings")
    return judged(rows, args.json)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rps", type=_numbers, default=[200.0, 20.0], metavar="N,N")
    parser.add_argument("--urgency", type=_words, default=["routine", "exploited"], metavar="WORD,WORD")
    parser.add_argument("--mirror", type=_switches, default=[True, False], metavar="on,off")
    parser.add_argument("--fails", type=float, default=0.0, metavar="SHARE", help="of both releases")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cap", type=float, default=900.0, metavar="SECONDS", help="of one run")
    parser.add_argument("--parallel", type=int, default=4, metavar="N", help="so many edges at a time")
    parser.add_argument("--quick", action="store_true", help="one run at 200 a second, exploited, with mirroring")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.quick:
        args.rps, args.urgency, args.mirror, args.runs, args.cap = [200.0], ["exploited"], [True], 1, 60.0
    return args


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _words(text: str) -> list[str]:
    return text.split(",")


def _switches(text: str) -> list[bool]:
    return [{"off": False, "on": True}[part] for part in text.split(",")]


def tried(case: Case) -> Row:
    """Each run is a release of its own, on the one before."""
    runs: list[Run] = []
    with Place(mirror=1.0 if case.mirror else 0.0, fail=case.fails) as place:
        load = place.load(case.rps)
        for _ in range(case.runs):
            revision = place.revision(fail=case.fails)
            try:
                place.rollout(revision, "--urgency", case.urgency, timeout=case.cap)
                runs.append(measured(place.standing()))
            except (subprocess.TimeoutExpired, RuntimeError) as error:
                runs.append(Run(why=f"{error}"[:200]))
        summary, answers = load.end()
        wrong = unlike(place.ordered(), answers)
    wrong += [f"not answered: {why}, {count} times" for why, count in summary["why"].items()]
    if summary["bad"] and not case.fails:
        wrong.append(f"{summary['bad']} bad answers of releases that do not fail")
    return Row(case, runs, wrong, summary["stopped"])


def measured(rollout: Rollout) -> Run:
    """One that was promoted at once, without users before, was sent all of them then."""
    if rollout.promoted is None or rollout.staged is None:
        return Run(why=f"{rollout.by}: {rollout.why}")
    sent = rollout.first_traffic or rollout.promoted
    return Run((sent - rollout.staged).total_seconds(), (rollout.promoted - rollout.staged).total_seconds())


def peers() -> list[tuple[str, float]]:
    """Seconds to all users, where every look is good. At the shortest, each step takes one look."""
    found: list[tuple[str, float]] = []
    for peer in PEERS:
        documented = peer.name.endswith(DOCUMENTED)
        if isinstance(peer, Stepped):
            steps = 1 + ceil((peer.most - peer.first) / peer.step - 1e-9)
            found.append((peer.name, steps * (peer.every if documented else peer.interval)))
        else:
            found.append((peer.name, 60.0 * (peer.lasts if documented else peer.judged)))
    return found


def told(row: Row) -> Row:
    case = row.case
    sent = middle([run.sent for run in row.runs])
    most = None if any(r.promoted is None for r in row.runs) else max(r.promoted or 0 for r in row.runs)
    done = sum(run.promoted is not None for run in row.runs)
    print(
        f"{case.rps:10g}  {case.urgency:10}{'on' if case.mirror else 'off':8}{spoken(sent):>10}"
        f"{spoken(row.promoted):>11}{spoken(most):>10}  {done} of {len(row.runs)}",
        flush=True,
    )
    for run in row.runs:
        if run.promoted is None:
            print(f"            not promoted: {run.why}")
    if row.stopped:
        print(f"            the load itself was stopped {row.stopped}: the machine was")
    for one in row.wrong[:5]:
        print(f"            wrong: {one}")
    return row


def judged(rows: Sequence[Row], file: Path | None) -> int:
    if file:
        file.write_text(json.dumps([shown(row) for row in rows]) + "\n")
    left = sum(run.promoted is None for row in rows for run in row.runs)
    wrong = sum(len(row.wrong) for row in rows)
    least = min(seconds for name, seconds in peers() if name.endswith(DOCUMENTED))
    times = [row.promoted for row in rows if row.case.rps == GOAL_RPS]
    longest = None if None in times or not times else max(time or 0.0 for time in times)
    print(
        f"at {GOAL_RPS} a second promoted in {spoken(longest)} or less at the median (goal: below {spoken(least)}); "
        f"not promoted: {left}, wrong: {wrong} (goal: 0)"
    )
    return 1 if left or wrong or longest is None or longest >= least else 0


def shown(row: Row) -> dict[str, object]:
    return {**row.case._asdict(), "runs": [run._asdict() for run in row.runs], "wrong": list(row.wrong)}


if __name__ == "__main__":
    sys.exit(main())
