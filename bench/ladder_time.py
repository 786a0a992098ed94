"""Bench: what one proof costs, beside running the project's suite three times, which is what its author would do.

No split: nothing is tuned on it; --target takes another project of the corpus. The project is one of bench/data/ladder
with as many further tests as make it 40; the change is one of its right ones, in one file. Peer: pytest, started three
times over the same files, outside of any sandbox. The goal: a proof, every rung, takes at most 1.5 times as long. Each
is done three times, and the shortest of each is compared. --quick does it once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ladder_place import exam_place
from ladder_trees import CORPUS, Target, targets

from outpace.app.judge import Candidate, judge
from outpace.engines.proposed import between, put_onto
from outpace.model.proof import Proved

GOAL, TESTS, TIMES = 1.5, 40, 3
FURTHER = """import pytest


@pytest.mark.parametrize("number", range({count}))
def test_number(number):
    assert number >= 0
"""


def with_forty(target: Target, room: Path) -> Path:
    base = room / "base"
    shutil.copytree(target.folder / "base", base, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    words = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]
    told = subprocess.run(words, cwd=base, capture_output=True, text=True, check=True).stdout
    there = sum("::" in line for line in told.splitlines())
    (base / "tests" / "test_further.py").write_text(FURTHER.format(count=max(0, TESTS - there)))
    return base


def shortest(work: Callable[[], None], times: int) -> float:
    found: list[float] = []
    for _ in range(times):
        began = time.monotonic()
        work()
        found.append(time.monotonic() - began)
    return min(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--target", default="shelf")
    parser.add_argument("--change", default="right/relative_to.patch")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    target = targets(CORPUS, arguments.target)[0]
    times = 1 if arguments.quick else TIMES
    with tempfile.TemporaryDirectory(prefix="ladder-") as name:
        base = with_forty(target, Path(name))
        with exam_place(base) as place:
            tree = place.copy()
            put_onto(tree, (target.folder / arguments.change).read_bytes())
            candidate = Candidate(patch=between(base, tree), name="change")

            def proof() -> None:
                conclusion = judge(target.task(), candidate, place).conclusion
                if not isinstance(conclusion, Proved):
                    sys.exit(f"{arguments.change} is not proved: {conclusion}")

            def suite() -> None:
                words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
                env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
                for _ in range(3):
                    subprocess.run(words, cwd=tree, env=env, capture_output=True, check=True)

            peer, ours = shortest(suite, times), shortest(proof, times)
    ratio = ours / peer
    print(f"three runs of the suite  {peer:6.2f} s\na proof                  {ours:6.2f} s")
    print(f"{ratio:.2f} times three runs of the suite of {TESTS} tests (goal at most {GOAL})")
    if arguments.json:
        arguments.json.write_text(json.dumps({"peer": peer, "ours": ours, "ratio": ratio, "goal": GOAL}) + "\n")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
