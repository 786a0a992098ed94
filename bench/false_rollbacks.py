"""Bench: how often a good release is taken back, looked at without end for an hour; and how soon it is promoted.

No split: nothing is tuned here. Both releases fail 0.1 % of requests (5 % in one row), at 200 requests a second.
`compared`: what compares errors, alone, fed every 250 ms for an hour with both releases running, at one weight all the
time or at changing ones, and held against the whole of alpha. A look without a failure changes nothing, so only those
with one are asked: the same answers at every one of the 14,400 looks. `judge`: the whole judge on errors, through its
steps and an hour of soak, looking every 250 ms while both run, and at each failure once only the candidate does: what
goes well in between can decide nothing (a test holds that against looking at each request). `every metric`: the same
with resets and latencies, each second. Beside it a test for one look (two proportions, normal
approximation), looked at each second, and the documented examples of rollback_peers.py on the same good release.

Goal: the share of false rollbacks is at most alpha (within three standard errors), at 0.001 and 0.05, in each row of
Outpace's; and every good release is promoted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from math import exp, log, sqrt
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from rollback_peers import BASELINE, PEERS  # noqa: E402  the path comes first
from rollback_traffic import Arrivals, binomial, poisson  # noqa: E402  the same

from outpace.delivery.rollout.budget import budget  # noqa: E402  the same
from outpace.delivery.rollout.counts import Arm, Bucket, Source, Tick  # noqa: E402  the same
from outpace.delivery.rollout.judge import Judge  # noqa: E402  the same
from outpace.delivery.rollout.verdicts import GoOn, Promote, RollBack, Verdict  # noqa: E402  the same
from outpace.model.edge import Risk, Urgency  # noqa: E402  the same
from outpace.statistics.e_processes import Worse  # noqa: E402  the same

HOUR, LOOK = 3600, 0.25
RECORDED, REPLAYED = 500, 50
ALPHAS = (0.001, 0.05)
NAIVE_Z = {0.001: 3.0902, 0.05: 1.6449}  # one-sided
RATES = (2.0, 20.0, 200.0)
Means: TypeAlias = Literal["users", "replayed", "mirrored"]
WAYS: tuple[tuple[Urgency, Means], ...] = (
    *(("known", means) for means in ("users", "replayed", "mirrored")),
    ("routine", "mirrored"),
    ("exploited", "mirrored"),
)
SAFE = 0.7  # of requests: those that are mirrored


class Found(NamedTuple):
    name: str
    runs: int
    rolled_back: dict[float, int]  # by alpha
    ours: bool = True

    def holds(self) -> bool:
        return all(n <= self.runs * a + 3 * sqrt(self.runs * a * (1 - a)) for a, n in self.rolled_back.items())


def main() -> int:
    args = arguments()
    found = [
        compared("compared, weight 5%", args.runs, (0.05,), BASELINE),
        compared("compared, weight 50%", args.runs, (0.5,), BASELINE),
        compared("compared, weights change", args.runs, (0.01, 0.05, 0.2, 0.5), BASELINE),
        compared("compared, both fail 5%", max(args.runs // 10, 10), (0.05,), 0.05),
        paired(args.runs),
        judged(args.runs),
        every_metric(args.every),
        naive(args.every),
    ]
    times = [promoted(rps, args.promoted, urgency, means) for rps in RATES for urgency, means in WAYS]
    return told(args.json, found, times, args.peers)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000, help="hours of what compares")
    parser.add_argument("--every", type=int, default=50, help="hours with every metric, and of the test for one look")
    parser.add_argument("--promoted", type=int, default=40, help="good releases at each rate")
    parser.add_argument("--peers", type=int, default=100, help="good releases of each example")
    parser.add_argument("--quick", action="store_true", help="a fiftieth of it")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.quick:
        args.runs, args.every, args.promoted, args.peers = 20, 1, 2, 4
    return args


def failures(random: Random, rps: float, weights: tuple[float, ...], rate: float) -> Iterator[tuple[float, int, int]]:
    """Looks of an hour in which something failed: the weight, and failures of each arm. From one to the next by the
    chance that a look has none, so that those between need not be drawn."""
    mean, per_weight = rps * LOOK, round(HOUR / LOOK / len(weights))
    for weight in weights:
        look = 0
        while True:
            look += int(random.expovariate(1.0) / (mean * rate)) + 1
            if look > per_weight:
                break
            first = -log(1 - random.random() * (1 - exp(-mean * rate))) / (mean * rate)  # of a look that has one
            bad = 1 + poisson(random, mean * rate * (1 - first))
            wrong = binomial(random, bad, weight)
            yield weight, bad - wrong, wrong


def compared(name: str, runs: int, weights: tuple[float, ...], rate: float) -> Found:
    rolled_back = dict.fromkeys(ALPHAS, 0)
    for seed in range(runs):
        worse, most = Worse(), 0.0
        for weight, bad, wrong in failures(Random(f"{name} {seed}"), 200.0, weights, rate):
            worse.add(1 - weight, bad, weight, wrong)
            most = max(most, worse.log_e)
        for alpha in ALPHAS:
            rolled_back[alpha] += most >= log(1 / alpha)
    return Found(name, runs, rolled_back)


def paired(runs: int) -> Found:
    """With so little traffic that most looks see one request: each request is a look, and one in twenty fails."""
    rolled_back, weight = dict.fromkeys(ALPHAS, 0), 0.2
    for seed in range(runs):
        random = Random(f"paired {seed}")
        worse, most, at = Worse(), 0.0, 0.0
        while (at := at + random.expovariate(2.0)) < HOUR:
            bad, ours = random.random() < 0.05, random.random() < weight
            worse.add(1 - weight, bad and not ours, weight, bad and ours)
            most = max(most, worse.log_e)
        for alpha in ALPHAS:
            rolled_back[alpha] += most >= log(1 / alpha)
    return Found("compared, 2 a second, fail 5%", runs, rolled_back)


def seconds(random: Random, rps: float, weight: float) -> Tick:
    """What a second of a good release looks like; `at` is filled in by whoever looks."""
    came = poisson(random, rps)
    ours = binomial(random, came, weight)
    arms: list[Arm] = []
    for requests in (came - ours, ours):
        slow = binomial(random, requests, 0.008)
        arms.append(
            Arm(
                requests=requests,
                errors=binomial(random, requests, BASELINE),
                resets=binomial(random, requests, BASELINE / 10),
                latency=(Bucket(50.0, requests - slow), Bucket(500.0, slow)),
            )
        )
    return Tick(at=0.0, weight=weight, baseline=arms[0], candidate=arms[1])


def judged(runs: int) -> Found:
    rolled_back = dict.fromkeys(ALPHAS, 0)
    for alpha in ALPHAS:
        for seed in range(runs):
            judge = Judge(budget(Risk(needless_rollbacks=alpha), urgency="known", rps=200.0, soak_s=HOUR))
            rolled_back[alpha] += isinstance(soaked(judge, Random(f"judged {seed}"), 200.0, BASELINE), RollBack)
    return Found("judge, errors, hour of soak", runs, rolled_back)


def soaked(judge: Judge, random: Random, rps: float, rate: float) -> Verdict:
    """Of a good release: from its first users to the end of the soak, or back; three hours at most."""
    at, verdict = 0.0, judge.see(Tick(at=0.0, weight=judge.weight))
    weight = judge.weight
    while at < 3 * HOUR:
        if judge.phase != "promoted":
            at += LOOK
            tick = look_at(random, at, rps, weight, rate)
        else:
            tick = until_failure(random, at, rps, rate)
            at = tick.at
        verdict = judge.see(tick)
        match verdict:
            case GoOn(weight=weight):
                pass
            case Promote(evidence=evidence) if evidence.phase == "promoted":
                weight = 1.0
            case _:
                break
    return verdict


def look_at(random: Random, at: float, rps: float, weight: float, rate: float) -> Tick:
    came = poisson(random, rps * LOOK)
    ours = binomial(random, came, weight)
    arms = [Arm(requests=many, errors=binomial(random, many, rate)) for many in (came - ours, ours)]
    return Tick(at=at, weight=weight, baseline=arms[0], candidate=arms[1])


def until_failure(random: Random, at: float, rps: float, rate: float) -> Tick:
    """All users' requests to the next that fails. How many go well before it is geometric; in a Poisson process so many
    take a time of Gamma."""
    good = int(log(1 - random.random()) / log(1 - rate))
    at += random.gammavariate(good + 1, 1 / rps)
    return Tick(at=at, weight=1.0, candidate=Arm(requests=good + 1, errors=1))


def every_metric(runs: int) -> Found:
    rolled_back = dict.fromkeys(ALPHAS, 0)
    for alpha in ALPHAS:
        for seed in range(runs):
            random = Random(f"whole {seed}")
            judge = Judge(budget(Risk(needless_rollbacks=alpha), urgency="known", rps=200.0, soak_s=HOUR))
            rolled_back[alpha] += any(
                isinstance(verdict, RollBack) for verdict in judgments(judge, random, 200.0, HOUR)
            )
    return Found("judge, every metric", runs, rolled_back)


def judgments(judge: Judge, random: Random, rps: float, until: int) -> Iterator[Any]:
    weight, left = judge.weight, RECORDED if "replayed" in judge.budget.before else 0
    for second in range(1, until + 1):
        if left:
            left -= REPLAYED
            judge.see(pair(random, second, REPLAYED, "replayed"))
        tick = seconds(random, rps, weight)
        verdict = judge.see(Tick(at=float(second), weight=weight, baseline=tick.baseline, candidate=tick.candidate))
        if "mirrored" in judge.budget.before and not weight:
            verdict = judge.see(pair(random, second, binomial(random, tick.baseline.requests, SAFE), "mirrored"))
        yield verdict
        match verdict:
            case GoOn(weight=weight):
                pass
            case Promote():
                weight = 1.0
            case _:
                return


def pair(random: Random, second: int, many: int, source: Source) -> Tick:
    """The same requests for both."""
    old, new = (Arm(requests=many, errors=binomial(random, many, BASELINE)) for _ in range(2))
    return Tick(at=float(second), weight=0.0, source=source, baseline=old, candidate=new)


def naive(runs: int) -> Found:
    """Two proportions, one-sided, at 5 % of users; looked at each second once five failed."""
    rolled_back = dict.fromkeys(ALPHAS, 0)
    for seed in range(runs):
        random = Random(f"naive {seed}")
        most, counts = 0.0, [0, 0, 0, 0]
        for _ in range(HOUR):
            came = poisson(random, 200.0)
            ours = binomial(random, came, 0.05)
            for place, many in enumerate((came - ours, ours)):
                counts[2 * place] += many
                counts[2 * place + 1] += binomial(random, many, BASELINE)
            most = max(most, z_of(*counts))
        for alpha in ALPHAS:
            rolled_back[alpha] += most >= NAIVE_Z[alpha]
    return Found("(a test for one look)", runs, rolled_back, ours=False)


def z_of(n: int, bad: int, m: int, wrong: int) -> float:
    pooled = (bad + wrong) / (n + m)
    deviation = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)) if n and m else 0.0
    return (wrong / m - bad / n) / deviation if deviation and bad + wrong >= 5 else 0.0


def promoted(rps: float, runs: int, urgency: Urgency, means: Means) -> dict[str, Any]:
    """Seconds until a good release is promoted: by users' requests alone, after 500 replayed ones, or with copies."""
    before: tuple[Source, ...] = () if means == "users" else (means,)
    times: list[float] = []
    for seed in range(runs):
        judge = Judge(budget(Risk(), urgency=urgency, rps=rps, soak_s=HOUR, before=before))
        random = Random(f"promoted {rps} {seed}")
        for second, verdict in enumerate(judgments(judge, random, rps, 2 * HOUR), 1):
            if isinstance(verdict, Promote):
                times.append(float(second))
                break
    times.sort()
    middle, late = (times[min(int(share * runs), len(times) - 1)] if times else None for share in (0.5, 0.95))
    return {
        "rps": rps,
        "urgency": urgency,
        "means": means,
        "runs": runs,
        "promoted": len(times),
        "p50_s": middle,
        "p95_s": late,
    }


def told(file: Path | None, found: list[Found], times: list[dict[str, Any]], peers: int) -> int:
    print(f"{'taken back of good releases':30}{'hours':>7}" + "".join(f"{f'alpha {alpha:g}':>14}" for alpha in ALPHAS))
    for one in found:
        shares = "".join(f"{100 * one.rolled_back[alpha] / one.runs:13.2f}%" for alpha in ALPHAS)
        print(f"  {one.name:28}{one.runs:7}{shares}")
    examples: list[tuple[str, float, int]] = []
    for rps in RATES:
        traffic = [Arrivals(50_000 + seed, rps) for seed in range(peers)]
        for peer in PEERS:
            ends = [peer.run(each, seed, BASELINE) for seed, each in enumerate(traffic)]
            examples.append((peer.name, rps, sum(end.seconds is not None for end in ends)))
    print(f"\n{'examples, on good releases':30}" + "".join(f"{f'{rps:g} a second':>15}" for rps in RATES))
    for peer in PEERS:
        shares = [100 * count / peers for name, _, count in examples if name == peer.name]
        print(f"  {peer.name:28}" + "".join(f"{share:14.0f}%" for share in shares))
    print(f"\n{'promoted':36}{'median':>10}{'p95':>10}")
    for each in times:
        name = f"{each['rps']:g} a second, {each['urgency']}, {each['means']}"
        print(f"  {name:34}{each['p50_s']:8.0f} s{each['p95_s']:8.0f} s   {each['promoted']} of {each['runs']}")
    wrong = [one.name for one in found if one.ours and not one.holds()]
    missed = [f"{each['rps']:g}" for each in times if each["promoted"] < each["runs"]]
    if file:
        rows = [{"name": one.name, "runs": one.runs, "rolled_back": one.rolled_back} for one in found]
        file.write_text(json.dumps({"rows": rows, "examples": examples, "promoted": times, "wrong": wrong}) + "\n")
    worst = max(one.rolled_back[0.05] / one.runs for one in found if one.ours)
    print(
        f"at most {100 * worst:.1f}% taken back at alpha 0.05, above alpha in {len(wrong)} rows (goal: none); "
        f"not promoted at {len(missed)} rates (goal: none)"
    )
    return 1 if wrong or missed else 0


if __name__ == "__main__":
    sys.exit(main())
