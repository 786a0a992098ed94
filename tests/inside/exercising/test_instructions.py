"""What a tracer says ran, on every Python that is here: not a line too much, and none too few."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from outpace import inside, sandbox

MODULE = """
import contextlib
def a(x, y=1):
    if x > 3:
        return [i for i in range(x) if i % 2]
    for k in range(x):
        y += k
    with contextlib.suppress(ValueError):
        y = int(str(y))
    try:
        z = {"a": 1}[x]
    except KeyError:
        z = 4
    return y, z
def gen(n):
    for i in range(n):
        got = yield i
        if got:
            return
class C:
    v = 3
    @property
    def p(self):
        return f"{self.v!r:>4}"
    async def co(self):
        return await other()
async def other():
    return 1
def never(q):
    return q + 1
def half(q):
    return 1 if q else 2
"""
ASK = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
from exercising.instructions import Tracer, missed
path, source = sys.argv[2], open(sys.argv[2], "rb").read()
tracer = Tracer(frozenset([path]))
tracer.begin()
names = {}
exec(compile(source, path, "exec"), names)
names["a"](2), names["a"](5), names["half"](1), names["C"]().p, list(names["gen"](2))
going = names["gen"](3)
next(going)
try:
    going.send(1)
except StopIteration:
    pass
asyncio.run(names["C"]().co())
lines = frozenset(range(1, source.count(b"\\n") + 1))
print(json.dumps(missed({path: source}, {path: lines}, tracer.ran)))
"""
PYTHONS = [each for each in (f"python3.{minor}" for minor in range(9, 14)) if shutil.which(each)]


@pytest.mark.parametrize("python", [sys.executable, *PYTHONS])
def test_what_no_call_reached_is_named_and_nothing_else(python: str, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(MODULE)
    place = Path(inside.__file__).parent
    argv = [python, "-c", ASK, str(place), str(module)]
    done = sandbox.run(argv, cwd=tmp_path, timeout=timedelta(seconds=60), accept=None)
    if b"not found" in done.stderr or b"command exists in" in done.stderr:
        pytest.skip(f"{python} starts nothing")
    found = json.loads(done.stdout)
    assert [(line, what) for _, line, what in found if what != "LOAD_CONST"] == [
        (11, "STORE_FAST"),  # raises before
        (30, "LOAD_FAST"),
    ]
    assert 32 in {line for _, line, _ in found}
