"""Bench: Outpace's own time in the story of one advisory, beside a shell script that does the same steps by hand.

No split: nothing is tuned here. Own time is counted twice: CPU of Outpace's processes themselves (with what forming the
sandbox costs), and wall time in which no program that it started was running. Not counted: uv, git, the suite, the
shop. The script uses uv, git, pytest and curl; it has no sandbox, matches nothing, keeps no record, does not look at
the running process, and must be told which version to take. Both start with warm caches of uv.
"""

from __future__ import annotations

import argparse
import compileall
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.demo import FIRST  # noqa: E402
from scripts.stage import ACTION_NEEDED, DATA, DONE, Stage, attached, deployed, opened  # noqa: E402

GOAL = 2.0
BOX_RUNS = 10

# Runs the command line in one process, and tells at the end what it used and when a program that it started ran.
DRIVER = """
import json, resource, subprocess, sys, time

began, spans, boxes = time.monotonic(), [], 0

class Timed(subprocess.Popen):
    def __init__(self, args, *rest, **more):
        global boxes
        boxes += any("launcher" in str(word) for word in args)
        super().__init__(args, *rest, **more)
        self.began = time.monotonic()

    def __setattr__(self, name, value):
        if name == "returncode" and value is not None and getattr(self, "returncode", None) is None:
            spans.append((self.began, time.monotonic()))
        super().__setattr__(name, value)

subprocess.Popen = Timed
from outpace.cli.main import main
status = main(sys.argv[2:])
wall, busy, until = time.monotonic() - began, 0.0, 0.0
for start, end in sorted(spans):
    busy += max(0.0, end - max(start, until))
    until = max(until, end)
used = resource.getrusage(resource.RUSAGE_SELF)
own = {"cpu": used.ru_utime + used.ru_stime, "quiet": wall - busy, "wall": wall, "programs": len(spans), "boxes": boxes}
open(sys.argv[1], "w").write(json.dumps(own))
sys.exit(status)
"""

BY_HAND = """
set -e
git worktree add -q -b by-hand ../by-hand main
cd ../by-hand
uv lock -q --upgrade-package starlette==0.27.0
git commit -q -am "starlette 0.27.0"
uv run -q --frozen pytest -q >/dev/null 2>&1
git switch -q --detach main
uv run -q --frozen pytest -q >/dev/null 2>&1
cd ../storefront
git worktree remove --force ../by-hand
git merge -q --no-edit --no-ff by-hand
make -s deploy >/dev/null
code=$(curl -s -o /dev/null -w '%{http_code}' --path-as-is "http://127.0.0.1:$PORT/static/../static-exports/orders.csv")
test "$code" = 404
"""


def prepared(stage: Stage) -> None:
    """The shop under git, exposed and running, with advisory data at hand."""
    deployed(stage, show=False)
    stage.run("outpace", "advisories", "update", "--from", str(DATA / "osv" / "all.zip"), show=False)


def outpace(stage: Stage, words: Sequence[str], expect: int) -> dict[str, float]:
    told = stage.place / "own.json"
    argv = [sys.executable, "-c", DRIVER, str(told), *words]
    done = subprocess.run(argv, cwd=stage.shop, env=stage.environment, capture_output=True, check=False)
    if done.returncode != expect:
        sys.exit(f"outpace {' '.join(words)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return json.loads(told.read_text())


def by_outpace() -> dict[str, dict[str, float]]:
    with opened() as root, attached(root) as stage:
        prepared(stage)
        steps = {"match": outpace(stage, ["match"], ACTION_NEEDED)}
        steps["respond, to the branch"] = outpace(stage, ["respond", FIRST], ACTION_NEEDED)
        began = time.monotonic()
        stage.run("git", "merge", "-q", "--no-edit", "--no-ff", f"outpace/fix-{FIRST}", show=False)
        merge = time.monotonic() - began
        steps["respond, to the end"] = outpace(stage, ["respond", FIRST], DONE)
        steps["clock"] = outpace(stage, ["clock", FIRST], DONE)
        steps["(the human's merge)"] = {"cpu": 0, "quiet": 0, "wall": merge, "programs": 1, "boxes": 0}
        return steps


def by_hand() -> float | None:
    if shutil.which("curl") is None:
        return None
    with opened() as root, attached(root) as stage:
        prepared(stage)
        began = time.monotonic()
        done = subprocess.run(["sh", "-c", BY_HAND], cwd=stage.shop, env=stage.environment, check=False)
        return None if done.returncode else time.monotonic() - began


def box_cost() -> float:
    """CPU seconds that one sandbox costs before the foreign code begins, children included."""
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom outpace.sandbox import Box, confine\n"
        f"for _ in range({BOX_RUNS}): confine(['true'], box=Box(), cwd=Path('/usr'), unsafe_allow_none=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime + "
        "resource.getrusage(resource.RUSAGE_CHILDREN).ru_stime)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout) / BOX_RUNS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same, once; it has no smaller form")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    compileall.compile_dir(ROOT / "src" / "outpace", quiet=1)  # as whoever installs a wheel has it
    steps, hand, box = by_outpace(), by_hand(), box_cost()
    print(f"{'':<24} {'own CPU':>9} {'quiet wall':>11} {'wall':>8}   programs, boxes")
    for name, step in steps.items():
        print(
            f"{name:<24} {step['cpu']:8.2f}s {step['quiet']:10.2f}s {step['wall']:7.2f}s   "
            f"{step['programs']:.0f}, {step['boxes']:.0f}"
        )
    boxes = sum(step["boxes"] for step in steps.values())
    cpu = sum(step["cpu"] for step in steps.values()) + boxes * box
    quiet = sum(step["quiet"] for step in steps.values())
    wall = sum(step["wall"] for step in steps.values())
    print(f"{boxes:.0f} boxes at {box * 1000:.0f} ms CPU each are counted as own")
    beside = f"{wall / hand:.2f} times the script's {hand:.1f} s" if hand else "the script could not be run here"
    print(f"whole story {wall:.1f} s of wall, {beside}")
    if args.json:
        args.json.write_text(json.dumps({"steps": steps, "own_cpu_s": cpu, "quiet_s": quiet, "by_hand_s": hand}))
    print(f"own CPU {cpu:.2f} s, own wall {quiet:.2f} s; goal: each at most {GOAL:.0f} s")
    return 0 if max(cpu, quiet) <= GOAL and hand is not None else 1


if __name__ == "__main__":
    sys.exit(main())
