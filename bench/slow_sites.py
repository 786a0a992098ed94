"""Bench: the judge on sites where much takes long, and where what fails comes and goes.

No split: nothing is tuned here. The judge's numbers were looked at with seeds below 1,000 in other scripts, so what is
reported is drawn from seeds 1,000,000 on. Both releases fail 0.1% of requests beside what a row says; users alone, with
the budget of a known advisory. `Site` goes request by request, each with how long it takes and how it ends: what is
started, waits and ended, latencies, and for how long what failed was under way. `soaked` draws what each look counts,
none of which is late. Both look four times a second (the real one 40 times at users, 10 times at a doubt), and once a
second at a promoted release; a weight that is asked for holds at once.

Good ones, both alike: a backend of both is away for 200 s, from 20 to 160 s after the first user on, and what needs it
waits until it is back, its client gives up after 60 s, or it gets 504 after 40 or 60 s; and a few good answers take 5
to 30 s. Bad ones: the candidate never answers a share of its requests, whose clients give up after 60 s. Soaks: a
candidate whose process ends after so long with all users, and is away for 2 s; and both fail all for moments at random.

Goal: of good releases as many are taken back as alpha allows (0.1%, within three standard errors), each bad one is.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from math import ceil, floor, inf, log10, sqrt
from pathlib import Path
from random import Random
from statistics import median
from typing import Literal, NamedTuple, TypeAlias

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rollback_traffic import binomial, poisson

from outpace.delivery.rollout.budget import budget
from outpace.delivery.rollout.counts import Arm, ArmName, Bucket, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import Phase, sentence
from outpace.model.edge import Risk

FIRST_SEED, HOUR, SOAK, ALPHA = 1_000_000, 3600.0, 600.0, 0.001
ARMS: tuple[ArmName, ...] = ("baseline", "candidate")
OVER: tuple[Phase, ...] = ("settled", "taken back")
FAILS, WARM = 0.001, 90.0  # of requests; and seconds of them to the old release before the rollout
LOOK, LOOK_AT_PROMOTED, AWAY, AWAY_FROM = 0.25, 1.0, 200.0, (20.0, 160.0)
HUNG_UNTIL, GIVES_UP = 1800.0, 60.0
SLOW_UNTIL, SLOW_TAKES, SLOW_RATES = 240.0, (5.0, 30.0), (100.0, 200.0)
DIES_AWAY, DIES_UNTIL, DIES_RPS = 2.0, 6 * HOUR, 200.0
HICCUPS = ((20.0, 1.5, 300.0), (20.0, 2.0, 900.0), (50.0, 1.5, 120.0))
End: TypeAlias = Literal["good", "bad", "reset"]


class Fate(NamedTuple):
    seconds: float
    end: End


Draw: TypeAlias = Callable[[float, ArmName], Fate]
Shares: TypeAlias = Callable[[float, float, float], tuple[float, float]]
"""From the begin of a look, its end and the weight in it to the share of it in which each release fails everything."""


class Result(msgspec.Struct, frozen=True):
    phase: Phase
    seconds: float
    failed: int  # requests of users to the candidate, those that were not over at the end among them
    doubts: int
    why: str
    promoted: float = 0.0
    doubted_s: float = 0.0


class Row(msgspec.Struct, frozen=True):
    name: str
    rps: float
    results: list[Result]
    is_good: bool = True

    @property
    def taken_back(self) -> int:
        return sum(each.phase == "taken back" for each in self.results)

    @property
    def doubted(self) -> int:
        return sum(bool(each.doubts) for each in self.results)

    @property
    def wrong(self) -> str:
        return "; ".join(each.why for each in self.results if (each.phase == "taken back") == self.is_good)

    @property
    def said(self) -> str:
        return f"{self.taken_back} of {len(self.results)}"


class Sizes(NamedTuple):
    runs: int = 10
    soaks: int = 6
    hours: float = 5.0
    rates: tuple[float, ...] = (2.0, 10.0, 20.0, 100.0)
    lives: tuple[float, ...] = (40.0, 60.0, 120.0, 300.0)


QUICK = Sizes(1, 1, 0.5, (10.0, 100.0), (40.0, 60.0))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one run of some of it")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    sizes = QUICK if args.quick else Sizes()
    parts = {
        "outages": outages(sizes),
        "slow": [
            drawn(f"{share:.1%} of them", rps, sizes.runs, partial(slow, rps, share))
            for share in (0.003, 0.01)
            for rps in SLOW_RATES
        ],
        "hangs": [
            drawn(f"{share:.0%} of requests", rps, sizes.runs, partial(hanging, rps, share), is_good=False)
            for share in (0.2, 0.05)
            for rps in sizes.rates
        ],
        "dies": [
            drawn(f"each {life:g} s", DIES_RPS, sizes.soaks, partial(dying, life), is_good=False)
            for life in sizes.lives
        ],
        "hiccups": [
            drawn(f"{lasts:g} s each {every:g} s", rps, sizes.soaks, partial(hiccuping, rps, lasts, every, sizes.hours))
            for rps, lasts, every in HICCUPS
        ],
    }
    return told(args.json, parts)


def told(file: Path | None, parts: dict[str, list[Row]]) -> int:
    told_alike(parts["outages"], "a backend of both away for 200 s")
    told_alike(parts["slow"], "good answers that take 5 to 30 s")
    told_bad(parts["hangs"], "never answers")
    told_bad(parts["dies"], "process ends, with all users")
    told_hiccups(parts["hiccups"])
    rows = [row for part in parts.values() for row in part]
    good, bad = ([row for row in rows if row.is_good is is_good] for is_good in (True, False))
    (taken, of_good), (back, of_bad) = (
        (sum(row.taken_back for row in of), sum(len(row.results) for row in of)) for of in (good, bad)
    )
    most = floor(of_good * ALPHA + 3 * sqrt(of_good * ALPHA * (1 - ALPHA)))
    print(f"\ntaken back: {taken} of {of_good} good releases (goal: {most}), {back} of {of_bad} bad ones (goal: all)")
    for row in filter(lambda each: each.wrong, rows):
        print(f"  {row.name} at {row.rps:g} a second: {row.wrong}")
    if file:
        file.write_bytes(msgspec.json.encode(parts) + b"\n")
    return 1 if taken > most or back < of_bad else 0


def told_alike(rows: list[Row], title: str) -> None:
    """By name, a column for each rate."""
    rates = "".join(f"{f'{rps:g} a second':>24}" for rps in dict.fromkeys(row.rps for row in rows))
    print(f"\n{title + ': taken back':46}{rates}")
    for name in dict.fromkeys(row.name for row in rows):
        cells = (f"{row.said} ({row.doubted} doubted)" for row in rows if row.name == name)
        print(f"  {name:44}" + "".join(f"{cell:>24}" for cell in cells))


def told_bad(rows: list[Row], title: str) -> None:
    """Times are from the first user on, or from its promotion where it was promoted."""
    print(f"\n{title:36}{'taken back':>12}{'after':>10}{'at most':>10}{'failed':>9}{'at most':>9}{'doubts':>8}")
    for row in rows:
        times, bad = [each.seconds - each.promoted for each in row.results], [each.failed for each in row.results]
        print(
            f"  {f'{row.name}, {row.rps:g} a second':34}{row.said:>12}{median(times):8.0f} s{max(times):8.0f} s"
            f"{median(bad):9.0f}{max(bad):9}{median(each.doubts for each in row.results):8g}"
        )


def told_hiccups(rows: list[Row]) -> None:
    """Doubted: of the time from its promotion until it was settled, or the end."""
    print(
        f"\n{'both fail, at random':36}{'taken back':>12}{'settled':>9}{'doubts an hour':>16}{'doubted':>9}{'most':>7}"
    )
    for row in rows:
        watched = [each.seconds - each.promoted for each in row.results]
        most = max(each.doubted_s / time for each, time in zip(row.results, watched, strict=True))
        doubted = sum(each.doubted_s for each in row.results) / sum(watched)
        hourly = sum(each.doubts for each in row.results) * HOUR / sum(watched)
        settled = sum(each.phase == "settled" for each in row.results)
        name = f"{row.name}, {row.rps:g} a second"
        print(f"  {name:34}{row.said:>12}{settled:9}{hourly:16.1f}{doubted:9.0%}{most:7.0%}")


def outages(sizes: Sizes) -> list[Row]:
    ways: tuple[tuple[str, float, End], ...] = (
        ("clients give up after 60 s", 60.0, "reset"),
        ("504 after 60 s", 60.0, "bad"),
        ("504 after 40 s", 40.0, "bad"),
    )
    return [
        drawn(f"{way}, {share:.0%} of requests", rps, sizes.runs, partial(outage, rps, share, patience, end))
        for way, patience, end in ways
        for share in (1.0, 0.3)
        for rps in sizes.rates
    ]


def drawn(name: str, rps: float, runs: int, run: Callable[[Random], Result], *, is_good: bool = True) -> Row:
    return Row(name, rps, [run(Random(f"{name} {rps} {FIRST_SEED + number}")) for number in range(runs)], is_good)


def usual(random: Random) -> Fate:
    return Fate(random.lognormvariate(-3.0, 0.7), "bad" if random.random() < FAILS else "good")


def outage(rps: float, share: float, patience: float, end: End, random: Random) -> Result:
    """What needs the backend waits until it is back, or until patience ends: a client's, or a proxy's."""
    begin = random.uniform(*AWAY_FROM)

    def draw(at: float, _: ArmName) -> Fate:
        if not begin <= at < begin + AWAY or random.random() >= share:
            return usual(random)
        left = begin + AWAY - at + 0.1 * random.random()
        return Fate(left, "good") if left < patience else Fate(patience, end)

    return Site(draw, rps, random).run(begin + AWAY + 2 * patience)


def slow(rps: float, share: float, random: Random) -> Result:
    def draw(_: float, __: ArmName) -> Fate:
        return Fate(random.uniform(*SLOW_TAKES), "good") if random.random() < share else usual(random)

    return Site(draw, rps, random).run(SLOW_UNTIL)


def hanging(rps: float, share: float, random: Random) -> Result:
    def draw(_: float, arm: ArmName) -> Fate:
        return Fate(GIVES_UP, "reset") if arm == "candidate" and random.random() < share else usual(random)

    return Site(draw, rps, random).run(HUNG_UNTIL)


def dying(life: float, random: Random) -> Result:
    return soaked(Deaths(life), DIES_RPS, DIES_UNTIL, random)


def hiccuping(rps: float, lasts: float, every: float, hours: float, random: Random) -> Result:
    return soaked(Hiccups(random, lasts, every), rps, hours * HOUR, random)


class Seen:
    """What one release did since the last look."""

    def __init__(self) -> None:
        self.waiting = self.started = 0
        self._ends: Counter[End] = Counter()
        self._latency: Counter[float] = Counter()

    def end(self, fate: Fate) -> None:
        self.waiting -= 1
        self._ends[fate.end] += 1
        if fate.end != "reset":
            self._latency[upper(1000 * fate.seconds)] += 1

    def arm(self) -> Arm:
        """And from now on nothing was seen."""
        seen = Arm(
            requests=self._ends.total(),
            started=self.started,
            errors=self._ends["bad"],
            resets=self._ends["reset"],
            waiting=self.waiting,
            latency=tuple(Bucket(bound, count) for bound, count in sorted(self._latency.items())),
        )
        self.started, self._ends, self._latency = 0, Counter(), Counter()
        return seen


def upper(ms: float) -> float:
    """The bound of its bucket: two digits, as Envoy's."""
    step = 10.0 ** (floor(log10(max(ms, 0.1))) - 1)
    return round(ceil(ms / step - 1e-9) * step, 6)


class Site:
    """Two releases and a judge, request by request."""

    def __init__(self, draw: Draw, rps: float, random: Random) -> None:
        self._draw, self._rps, self._random = draw, rps, random
        self._judge = Judge(budget(Risk(), urgency="known", rps=rps, soak_s=SOAK))
        self._seen = {arm: Seen() for arm in ARMS}
        self._ends: list[tuple[float, int, ArmName, Fate]] = []
        self._sent = self._failed = self._doubts = 0
        self._late = 0.0

    def run(self, until: float) -> Result:
        """The rollout begins at 0, and what was over by then is nothing that the judge hears of."""
        at, comes, looks = -WARM, -WARM, 0.0
        while self._judge.phase not in OVER:
            ends = self._ends[0][0] if self._ends else inf
            at = min(ends, comes, looks)
            if at > until:
                break
            if at == ends:
                self._end(*heappop(self._ends)[2:])
            elif at == comes:
                self._send(at)
                comes += self._random.expovariate(self._rps)
            else:
                self._look(at)
                looks += LOOK_AT_PROMOTED if self._judge.phase == "promoted" else LOOK
        return Result(self._judge.phase, min(at, until), self._failed, self._doubts, reason(self._judge))

    def _send(self, at: float) -> None:
        is_ours = at >= 0 and self._random.random() < self._judge.weight
        arm = ARMS[is_ours]
        fate = self._draw(at, arm)
        self._sent, self._failed = self._sent + 1, self._failed + (is_ours and fate.end != "good")
        heappush(self._ends, (at + fate.seconds, self._sent, arm, fate))
        self._seen[arm].waiting += 1
        self._seen[arm].started += 1

    def _end(self, arm: ArmName, fate: Fate) -> None:
        self._seen[arm].end(fate)
        self._late = max(self._late, 0.0 if fate.end == "good" else fate.seconds)

    def _look(self, at: float) -> None:
        before = self._judge.phase
        old, new = (self._seen[arm].arm() for arm in ARMS)
        late, self._late = self._late, 0.0
        if at > 0:
            self._judge.see(Tick(at=at, weight=self._judge.weight, baseline=old, candidate=new, late_s=late))
        self._doubts += self._judge.phase == "doubted" != before


def reason(judge: Judge) -> str:
    return sentence(judge.see(Tick(at=judge.at, weight=0.0))) if judge.phase in OVER else judge.phase


class Deaths:
    """A candidate whose process ends after so many seconds with all users."""

    def __init__(self, life: float) -> None:
        self._life = life
        self._lived = self._gone = self._back = 0.0

    def __call__(self, begin: float, end: float, weight: float) -> tuple[float, float]:
        if weight >= 1 and begin >= self._back:
            self._lived += end - begin
        if self._lived >= self._life:
            self._gone = end - (self._lived - self._life)
            self._lived, self._back = 0.0, self._gone + DIES_AWAY
        return 0.0, within(begin, end, self._gone, self._back)


class Hiccups:
    """Of both at once."""

    def __init__(self, random: Random, lasts: float, every: float) -> None:
        self._random, self._lasts, self._every = random, lasts, every
        self._gone = random.expovariate(1 / every)

    def __call__(self, begin: float, end: float, _: float) -> tuple[float, float]:
        while begin >= self._gone + self._lasts:
            self._gone += self._lasts + self._random.expovariate(1 / self._every)
        share = within(begin, end, self._gone, self._gone + self._lasts)
        return share, share


def within(begin: float, end: float, gone: float, back: float) -> float:
    return max(min(end, back) - max(begin, gone), 0.0) / (end - begin)


def soaked(shares: Shares, rps: float, until: float, random: Random) -> Result:
    """Through its steps, and a soak of an hour that each doubt begins anew, look by look."""
    judge = Judge(budget(Risk(), urgency="known", rps=rps, soak_s=HOUR))
    at = promoted = doubted_s = 0.0
    failed = doubts = 0
    while at < until and judge.phase not in OVER:
        before, weight = judge.phase, judge.weight
        look = LOOK_AT_PROMOTED if before == "promoted" else LOOK
        of_old, of_new = (share + (1 - share) * FAILS for share in shares(at, at + look, weight))
        came = poisson(random, rps * look)
        ours = binomial(random, came, weight)
        old, new = (
            Arm(requests=many, started=many, errors=binomial(random, many, share))
            for many, share in ((came - ours, of_old), (ours, of_new))
        )
        at += look
        failed += new.errors
        doubted_s += look * (before == "doubted")
        judge.see(Tick(at=at, weight=weight, baseline=old, candidate=new))
        doubts += judge.phase == "doubted" != before
        promoted = promoted or (at if judge.phase == "promoted" else 0.0)
    return Result(judge.phase, at, failed, doubts, reason(judge), promoted, doubted_s)


if __name__ == "__main__":
    sys.exit(main())
