"""What a tracer says ran, on every Python that is here: not a line too much, and none too few."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.instructions import PYTHONS, missed

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
CALLS = """
names["a"](2), names["a"](5), names["half"](1), names["C"]().p, list(names["gen"](2))
going = names["gen"](3)
next(going)
try:
    going.send(1)
except StopIteration:
    pass
asyncio.run(names["C"]().co())
"""


@pytest.mark.parametrize("python", PYTHONS)
def test_what_no_call_reached_is_named_and_nothing_else(python: str, tmp_path: Path) -> None:
    found = missed(python, MODULE, CALLS, tmp_path)
    assert [(line, what) for _, line, what in found if what != "LOAD_CONST"] == [
        (11, "STORE_FAST"),  # raises before
        (30, "LOAD_FAST"),
    ]
    assert 32 in {line for _, line, _ in found}


WIDE = (
    "def wide(rows):\n    for row in rows:\n"
    + "        last = row.first.second.third.fourth\n" * 60
    + "    return last\n"
)


@pytest.mark.parametrize("python", PYTHONS)
def test_an_instruction_whose_argument_takes_more_than_a_byte_ran_as_any_other(python: str, tmp_path: Path) -> None:
    """A tracer sees what extends the argument, and the instruction no more."""
    calls = """
import types
here = types.SimpleNamespace(fourth=1)
for name in ("third", "second", "first"):
    here = types.SimpleNamespace(**{name: here})
names["wide"]([here])
"""
    assert missed(python, WIDE, calls, tmp_path) == []
