"""A hundred thousand commits, walked in bounded memory and then again from what was kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.histories import BEGAN, ISOLATED, Commit, build

pytestmark = pytest.mark.soak

COMMITS, MOST_MB = 100_000, 500
WALK = """
import os, resource, sys
from pathlib import Path
from outpace.engines.cache import Cache
from outpace.engines.history.git_history import GitHistory
from outpace.model.times import now

said = []
history = GitHistory(
    Path(sys.argv[1]), at=now(), is_lock=lambda path: path.endswith(".lock"), is_interesting=lambda path: False,
    environ=os.environ, cached=Cache(Path(sys.argv[2])), report=said.append,
)
walk = history.walk()
merges = [landing.id for landing in walk.chronicle.landings if landing.is_merge]
brought = history.brought(merges)
used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(len(walk.chronicle.landings), len(walk.changes), sum(map(len, brought.values())), len(said), used // 1000)
"""


def commit(number: int) -> Commit:
    """Of ten: eight on the line, one on a branch, and the merge of it."""
    at, name, before = BEGAN + 60 * number, f"c{number}", f"c{number - 1}"
    match number % 10:
        case 8:
            return Commit(id=name, parents=(before,), branch="fix", at=at, files={"b.txt": name})
        case 9:
            return Commit(id=name, parents=(f"c{number - 2}", before), at=at, files={"b.txt": name})
        case _:
            path = "a.lock" if number % 50 == 0 else f"d{number % 7}/f{number % 13}"
            return Commit(id=name, parents=(before,) if number else (), at=at, files={path: name})


def test_a_hundred_thousand_commits_are_walked_in_bounded_memory(tmp_path: Path) -> None:
    build(tmp_path / "r", [commit(number) for number in range(COMMITS)], bare=True)
    words = [sys.executable, "-c", WALK, str(tmp_path / "r"), str(tmp_path / "cache")]
    first, again = (
        subprocess.run(words, env=ISOLATED, capture_output=True, text=True, check=True, timeout=600).stdout.split()
        for _ in range(2)
    )
    assert first[:4] == [str(COMMITS * 9 // 10), str(COMMITS // 50), str(COMMITS // 10), "1"]
    assert again[:4] == [*first[:3], "0"]
    assert max(int(first[4]), int(again[4])) < MOST_MB
