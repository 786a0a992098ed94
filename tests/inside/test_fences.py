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


NESTED = """\
import os
from outpace.inside import fences
from outpace.inside.forks import in_fork

kept, _ = os.pipe()
fences.close_in_children(kept)


def within():
    return in_fork(lambda: b"from further below", seconds=30).answer


print(in_fork(within, seconds=30).answer.decode())
"""


def test_a_number_that_was_closed_in_a_child_may_stand_for_something_else_in_it() -> None:
    done = subprocess.run([sys.executable, "-c", NESTED], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("from further below", "")
