"""Bench: survival curves of Outpace beside those of `lifelines`: the same values, and what they cost.

No split: nothing is tuned. Samples are drawn by SEED: whole days with many ties, a third of them censored, some at day
zero, one sample where all ended and one where none did. Compared are every share, both sides of the band, how many were
at risk, the median, the 90th percentile and the area until a horizon. Conventions that differ are left out: where
nothing is left lifelines says that the band is zero, Outpace (as R) that it stays where it was; lifelines has no
standard error of the area, which the tests hold against textbooks and R instead; and it is asked for its quantiles
with 1e-12 to spare, since it takes a share of 50 in 500 for more than 0.1. The goal: equal to 1e-9, and no slower.

lifelines comes into a throw-away environment by `uv`, unless `--peer PYTHON` names one that has it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from outpace.statistics.curves import Curve, Span  # noqa: E402  the path comes first
from outpace.statistics.survival import survival  # noqa: E402  the same

SEED = 20261126
HORIZON = 120.0
CLOSE = 1e-9
PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
began = time.perf_counter()
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
loaded = time.perf_counter() - began
answers = []
for name, days, ended, until, runs in json.load(sys.stdin):
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        fit = KaplanMeierFitter().fit(days, ended)
        area = restricted_mean_survival_time(fit, until)
        median, p90 = fit.percentile(0.5 + 1e-12), fit.percentile(0.1 + 1e-12)
        times.append(time.perf_counter() - began)
    band = fit.confidence_interval_
    table = fit.event_table
    rows = zip(band.index, fit.survival_function_.iloc[:, 0], band.iloc[:, 0], band.iloc[:, 1], table["at_risk"])
    answers.append({
        "name": name, "seconds": min(times), "area": float(area),
        "median": float(median), "p90": float(p90),
        "rows": [[float(value) for value in row] for row in rows],
    })
json.dump({"import": loaded, "answers": answers}, sys.stdout)
"""


class Sample(NamedTuple):
    name: str
    spans: list[Span]
    runs: int


def main() -> int:
    args = arguments()
    samples = list(drawn(quick=args.quick))
    ours = [(survival(sample.spans, horizon=HORIZON), fastest(sample)) for sample in samples]
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        peer = args.peer or brought(Path(folder))
        answer = None if peer is None else asked(peer, samples, [curve.horizon for curve, _ in ours])
    return told(args, samples, ours, answer)


def told(
    args: argparse.Namespace,
    samples: Sequence[Sample],
    ours: Sequence[tuple[Curve, float]],
    answer: dict[str, Any] | None,
) -> int:
    print(f"Python {sys.version.split()[0]}, seed {SEED}\n\n{'':24}{'Outpace':>12}{'lifelines':>12}{'apart by':>12}")
    worst, slower = 0.0, 0
    for number, (sample, (curve, seconds)) in enumerate(zip(samples, ours, strict=True)):
        theirs = answer and answer["answers"][number]
        apart = differing(curve, theirs) if theirs else math.nan
        worst, slower = max(worst, apart), slower + bool(theirs and theirs["seconds"] < seconds)
        print(f"  {sample.name:22}{seconds * 1e3:9.2f} ms", end="")
        print(f"{theirs['seconds'] * 1e3:9.2f} ms{apart:12.1e}" if theirs else f"{'not run':>12}")
    if answer is None:
        print("\nlifelines was not run: uv could not bring it; name a Python that has it with --peer")
    else:
        print(f"\nbefore the first curve lifelines is imported for {answer['import']:.1f} s")
    met = answer is not None and worst <= CLOSE and not slower
    print(f"{worst:.1e} apart at most (goal: {CLOSE:.0e}), slower in {slower} of {len(samples)} (goal: none)")
    if args.json:
        times = {sample.name: seconds for sample, (_, seconds) in zip(samples, ours, strict=True)}
        args.json.write_text(json.dumps({"seconds": times, "peer": answer, "apart": worst, "met": met}) + "\n")
    return 0 if met else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", metavar="PYTHON", help="a Python that has lifelines")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def drawn(*, quick: bool) -> Iterator[Sample]:
    chance = random.Random(SEED)
    for count in (24, 500, 5_000) if quick else (24, 500, 5_000, 50_000):
        days = [round(chance.expovariate(1 / 40)) for _ in range(count)]
        yield Sample(f"{count:,}", [Span(d, chance.random() > 1 / 3) for d in days], max(3, 2_000 // count))
    for name, ended in (("500, all ended", True), ("500, none ended", False)):
        yield Sample(name, [Span(round(chance.expovariate(1 / 40)), ended) for _ in range(500)], 4)


def fastest(sample: Sample) -> float:
    times: list[float] = []
    for _ in range(sample.runs):
        began = time.perf_counter()
        survival(sample.spans, horizon=HORIZON)
        times.append(time.perf_counter() - began)
    return min(times)


def brought(folder: Path) -> str | None:
    uv, python = shutil.which("uv"), str(folder / "v" / "bin" / "python")
    commands = (
        [uv or "", "venv", "-q", "--python", sys.executable, str(folder / "v")],
        [uv or "", "pip", "install", "-q", "--python", python, "lifelines"],
    )
    return python if uv and not any(subprocess.run(argv, check=False).returncode for argv in commands) else None


def asked(python: str, samples: Sequence[Sample], horizons: Sequence[float]) -> dict[str, Any]:
    """Each until the horizon of our own curve."""
    question = [
        (sample.name, [s.days for s in sample.spans], [s.ended for s in sample.spans], until, sample.runs)
        for sample, until in zip(samples, horizons, strict=True)
    ]
    done = subprocess.run([python, "-c", PEER], input=json.dumps(question).encode(), capture_output=True, check=True)
    return json.loads(done.stdout)


def differing(curve: Curve, theirs: dict[str, Any]) -> float:
    """The largest difference; infinite where one has a value and the other has none."""
    rows = {row[0]: row[1:] for row in theirs["rows"]}
    pairs = [
        (curve.area.value, theirs["area"]),
        (curve.median.value, theirs["median"]),
        (curve.p90.value, theirs["p90"]),
    ]
    for point in curve.points[1:]:
        share, low, high, at_risk = rows[point.days]
        pairs += [(point.share, share), (point.low, low), (point.at_risk, at_risk)]
        pairs += [(point.high, high)] if point.share else []
    return max(math.inf if (ours is None) != math.isinf(its) else abs((ours or 0) - its) for ours, its in finite(pairs))


def finite(pairs: Sequence[tuple[float | None, float]]) -> Iterator[tuple[float | None, float]]:
    """Without those of which both say that there is no value."""
    return (pair for pair in pairs if pair[0] is not None or not math.isinf(pair[1]))


if __name__ == "__main__":
    sys.exit(main())
