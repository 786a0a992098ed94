"""Bench: do shifts of traffic lose, double or fail anything: releases and routes that change under load, with orders.

No split: nothing is tuned here. Two healthy releases behind the edge's own Envoy, and an open-loop load of another
process with 30 % POSTs, each an order of its own number in SQLite. First good shifts: the whole of the traffic moves
from one release to the other and back, by steps of weight. Then flips of the routes, one rename each: all to the other
release, or a block more or less on a path nobody asks for. Each is confirmed by Envoy before the next. `old`: of a flip
of everything, how long after its file began to be written the last request was sent that the old release still got (0:
none was), and the last such answer came; all clocks are the machine's own.

Goal: failed requests 0; orders in the database are those acknowledged, each once, by the release that said so. Retries
by Envoy are printed: they are none of the users' business, and none are expected.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from edge_load import Answered
from edge_place import Place, load_average, unlike

from outpace.delivery.edge.traffic import WHOLE, Block, BlockPath, Traffic
from outpace.engines.envoy import place as folders
from outpace.engines.envoy.following import Followed
from outpace.engines.envoy.routing import Routing
from outpace.engines.envoy.runtime import Runtime
from outpace.model.release import Digest

STEPS = (0.01, 0.05, 0.25, 0.5, 1.0)
COUNTED = "upstream_rq_retry|upstream_rq_retry_success|upstream_cx_connect_fail|upstream_rq_rx_reset|upstream_rq_5xx"
SETTLES = 0.1
"""Seconds after a flip that its late answers are looked for: longer than any request under way."""


class Timed(folders.Place):
    """Knows when it began to write last."""

    began = 0.0

    def write(self, path: Path, content: bytes, *, lasts: bool = True) -> None:
        self.began = time.monotonic()
        super().write(path, content, lasts=lasts)


class Flip(NamedTuple):
    began: float
    confirmed: float
    old: str  # what `x-release` says of the release that lost all traffic; empty: none did


class Shifted(NamedTuple):
    shifts: int
    flips: Sequence[Flip]
    summary: dict[str, object]
    answers: Sequence[Answered]
    wrong: Sequence[str]
    counters: dict[str, int]


def main() -> int:
    args = arguments()
    with Place() as place:
        print(f"{args.rps:g} requests a second, 30% of them orders; {load_average()}")
        found = shifted(place, args)
    return told(found, args)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rps", type=float, default=500.0)
    parser.add_argument("--shifts", type=int, default=60)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--pause", type=float, default=0.1, metavar="SECONDS", help="between two changes")
    parser.add_argument("--quick", action="store_true", help="4 shifts and 60 flips")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.quick:
        args.shifts, args.flips = 4, 60
    return args


def shifted(place: Place, args: argparse.Namespace) -> Shifted:
    runtime = place.runtime()
    timed = Timed(place.edge)
    runtime.place, runtime.followed = timed, Followed(timed, runtime.admin)
    runtime.routing = Routing(timed, runtime.followed)
    first, second = beside(place, runtime)
    load = place.load(args.rps)
    names = {first: "1", second: "2"}
    here = first
    for _ in range(args.shifts):
        there = second if here == first else first
        for weight in STEPS:
            runtime.route(Traffic(baseline=here, candidate=there, weight=round(weight * WHOLE)))
            time.sleep(args.pause)
        here = there
    flips: list[Flip] = []
    blocked = False
    for number in range(args.flips):
        old = ""
        if number % 3 == 2:
            blocked = not blocked
            wanted = blocks() if blocked else ()
            runtime.reblock(lambda _, wanted=wanted: wanted)
        else:
            old, here = names[here], second if here == first else first
            runtime.route(Traffic(baseline=here))
        flips.append(Flip(timed.began, time.monotonic(), old))
        time.sleep(args.pause)
    time.sleep(SETTLES)
    counters = dict(place.counters(rf"^cluster\.release-[0-9a-f]+\.({COUNTED})$"))
    summary, answers = load.end()
    wrong = unlike(place.ordered(), answers)
    return Shifted(args.shifts, flips, summary, answers, wrong, counters)


def beside(place: Place, runtime: Runtime) -> tuple[Digest, Digest]:
    """The release that runs, and another one started next to it: as a rollout starts it."""
    (first,) = {each.release for each in runtime.standing().instances}
    second, program = place.program(place.revision())
    runtime.start(program, 1)
    ill = runtime.healthy(second, 30.0)
    if ill:
        raise RuntimeError(ill)
    runtime.admit()
    return first, second


def blocks() -> tuple[Block, ...]:
    until = datetime.now(UTC) + timedelta(hours=1)
    return (Block(what=BlockPath(path="/admin"), until=until, why="the bench"),)


def told(found: Shifted, args: argparse.Namespace) -> int:
    sent_late, came_late = lags(found)
    taken = sorted(flip.confirmed - flip.began for flip in found.flips)
    changes = found.shifts * len(STEPS) + len(found.flips)
    good = sum(one.is_good for one in found.answers)
    retried = {
        name: sum(count for key, count in found.counters.items() if key.endswith("." + name))
        for name in COUNTED.split("|")
    }
    rows = {
        "shifts of all traffic, by steps": f"{found.shifts} of {len(STEPS)} steps",
        "flips of the routes": f"{len(found.flips)}, of which {sum(bool(f.old) for f in found.flips)} move everything",
        "requests": f"{len(found.answers)}, {good} acknowledged, {len(found.answers) - good} not",
        "orders": f"{found.summary['orders']} acknowledged; {len(found.wrong)} differ from the database",
        "Envoy": ", ".join(f"{name} {count}" for name, count in retried.items()),
        "confirmed after": quantiles(taken),
        "last request sent to the old one": quantiles(sent_late),
        "last answer of the old one": quantiles(came_late),
        "the load": f"{found.summary['cpu_us']:.0f} us of CPU each, sent {found.summary['late_p99_ms']:.0f} ms late "
        f"at p99; p99 of answers {found.summary['p99_ms']:.0f} ms",
    }
    for name, row in rows.items():
        print(f"{name:34}{row}")
    for one in found.wrong[:5]:
        print(f"wrong: {one}")
    bad = len(found.answers) - good
    if args.json:
        args.json.write_text(json.dumps({
            "changes": changes, "requests": len(found.answers), "bad": bad, "wrong": list(found.wrong),
            "counters": found.counters, "sent_late_s": sent_late, "came_late_s": came_late, "load": found.summary,
        }) + "\n")  # fmt: skip
    print(
        f"{changes} changes under load: {bad} of {len(found.answers)} requests failed, {len(found.wrong)} orders "
        f"differ (goal: 0 and 0); {retried['upstream_rq_retry']} retries"
    )
    return 1 if bad or found.wrong or not found.answers else 0


def lags(found: Shifted) -> tuple[list[float], list[float]]:
    """Of each flip of everything, seconds from its beginning to the last request of the old release: sent, answered."""
    by_sent = sorted(found.answers, key=lambda one: one.sent)
    starts = [one.sent for one in by_sent]
    sent_late: list[float] = []
    came_late: list[float] = []
    for flip, after in zip(found.flips, [*found.flips[1:], None], strict=True):
        if not flip.old:
            continue
        until = after.began if after is not None else flip.confirmed + SETTLES
        near = by_sent[bisect_left(starts, flip.began - 1.0) : bisect_right(starts, until)]
        # What is answered after the next flip may have met that one.
        ours = [one for one in near if one.release == flip.old and flip.began < one.at <= until]
        sent_late.append(max((one.sent - flip.began for one in ours if one.sent > flip.began), default=0.0))
        came_late.append(max((one.at - flip.began for one in ours), default=0.0))
    return sorted(sent_late), sorted(came_late)


def quantiles(times: Sequence[float]) -> str:
    if not times:
        return "-"
    p50, p99, most = (1000 * times[int(share * (len(times) - 1))] for share in (0.5, 0.99, 1.0))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f}, max {most:.1f}"


if __name__ == "__main__":
    sys.exit(main())
