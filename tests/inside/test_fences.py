"""What a fork in a fence can and cannot do. In an interpreter of its own: a fence stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """\
import ctypes, os, sys
from pathlib import Path
from outpace.inside import fences
from outpace.inside.forks import in_fork

ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # no new privileges, as in the sandbox
fences.raised()
here = Path(sys.argv[1])


def work():
    os.replace(here / "a" / "x", here / "b" / "x")
    return b"renamed"


print(in_fork(work, seconds=30).answer.decode())
"""


def test_a_fork_may_rename_from_one_folder_into_another(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x").touch()
    argv = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("renamed", "")
