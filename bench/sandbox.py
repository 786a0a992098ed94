"""What a box costs: `confine(["true"])` in each tier beside plain `run(["true"])`, in turn, on this machine.

No split: nothing is learned. The peer bubblewrap runs too where it is installed. Goal: below 150 ms a call (median) in
the slower tier.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from outpace.model.errors import Unconfined
from outpace.sandbox import Box, FileSystem, Full, Tier, confine, run

GOAL_MS = 150.0
USR = Path("/usr")
PEER = (
    "bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
    "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--unshare-all",
    "--die-with-parent", "--new-session", "true",
)  # fmt: skip


def boxed(tier: Tier) -> Callable[[], object]:
    return lambda: confine(["true"], box=Box(), cwd=USR, tier=tier)


def milliseconds(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """In turn, so that a busy moment hits all of them."""
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            took[name].append(1000 * (time.perf_counter() - began))
    return took


def formed(calls: dict[str, Callable[[], object]]) -> tuple[dict[str, Callable[[], object]], dict[str, str]]:
    """Those that can be run here, after one call that does not count; and why the others cannot."""
    runnable: dict[str, Callable[[], object]] = {}
    lacking: dict[str, str] = {}
    for name, call in calls.items():
        try:
            call()
            runnable[name] = call
        except Unconfined as error:
            lacking[name] = error.message
    return runnable, lacking


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    calls = {"run": lambda: run(["true"]), "full": boxed(Full()), "file system": boxed(FileSystem())}
    if shutil.which("bwrap"):
        calls["bubblewrap"] = lambda: run(PEER)
    runnable, lacking = formed(calls)
    took = milliseconds(runnable, 20 if options.quick else 100)
    print(f"{'':14}{'median ms':>12}{'best':>10}{'p95':>10}")
    for name, times in took.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{name:14}{statistics.median(times):12.1f}{min(times):10.1f}{p95:10.1f}")
    for name, why in lacking.items():
        print(f"{name:14}could not be run: {why}")
    if "bubblewrap" not in calls:
        print(f"{'bubblewrap':14}could not be run: it is not installed")
    worst = max((statistics.median(took[name]) for name in ("full", "file system") if name in took), default=None)
    met = worst is not None and worst < GOAL_MS
    if options.json:
        options.json.write_text(json.dumps({"milliseconds": took, "lacking": lacking, "goal": GOAL_MS, "met": met}))
    print(f"slower tier: {'none formed' if worst is None else f'{worst:.0f} ms'} (goal: below {GOAL_MS:.0f} ms)")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
