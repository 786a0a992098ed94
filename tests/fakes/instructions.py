"""The tracer of instructions over a small module, on every Python of this machine."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outpace import inside, sandbox

PYTHONS = [sys.executable, *(each for each in (f"python3.{minor}" for minor in range(9, 14)) if shutil.which(each))]
BEGINS = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
from exercising.instructions import Tracer, missed
path, source = sys.argv[2], open(sys.argv[2], "rb").read()
tracer = Tracer(frozenset([path]))
tracer.begin()
names = {}
exec(compile(source, path, "exec"), names)
"""
ENDS = """
lines = frozenset(range(1, source.count(b"\\n") + 1))
print(json.dumps(missed({path: source}, {path: lines}, tracer.ran)))
"""


def missed(python: str, module: str, calls: str, folder: Path) -> list[Any]:
    """(file, line, what) of what never ran when `calls` did, which find what the module defines in `names`."""
    place = folder / "module.py"
    place.write_text(module)
    argv = [python, "-c", BEGINS + calls + ENDS, str(Path(inside.__file__).parent), str(place)]
    done = sandbox.run(argv, cwd=folder, timeout=timedelta(seconds=60), accept=None)
    if b"not found" in done.stderr or b"command exists in" in done.stderr:
        pytest.skip(f"{python} starts nothing")
    return list(json.loads(done.stdout))
