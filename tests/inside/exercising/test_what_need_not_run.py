"""Handlers that only raise and assertions that only refuse need not run; what does more has to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.instructions import PYTHONS, missed

MARK = "# never ran"
MODULE = f"""
def plain(x):
    try:
        return int(x)
    except ValueError:
        raise KeyError
def told(x, name):
    try:
        return int(x)
    except (ValueError, TypeError) as error:
        raise KeyError(f"{{name!r}}: " + str(error), x) from error
def again(x):
    try:
        return int(x)
    except ValueError:
        raise
def hidden(x):
    try:
        return int(x)
    except ValueError:
        raise errors.Refused(x.name) from None
def calls(x):
    try:
        return int(x)
    except ValueError:  {MARK}
        raise KeyError(opened(x))  {MARK}
def worded(x):
    try:
        return int(x)
    except ValueError:  {MARK}
        raise KeyError(x=x)  {MARK}
def indexed(x):
    try:
        return int(x)
    except ValueError:  {MARK}
        raise KeyError(x[0])  {MARK}
def chosen(x):
    try:
        return int(x)
    except choose(x):  {MARK}
        raise KeyError  {MARK}
def two(x):
    try:
        return int(x)
    except ValueError:  {MARK}
        print(x)  {MARK}
        raise  {MARK}
def goes_on(x):
    try:
        return int(x)
    except ValueError:  {MARK}
        x = 0  {MARK}
    return x  {MARK}
def bare(x):
    if x > 5:
        raise ValueError(x)  {MARK}
    return x
def asserts(x):
    assert x
    assert x > 0, "must be more"
    return x
def computes(x):
    assert x, opened(x)  {MARK}
    return x
def formats(x):
    assert x, f"no {{x}}"  {MARK}
    return x
def either(x):
    assert x or other(x)  {MARK}
    return x
def behind(x):
    assert x, "no"
    if x > 5:
        return 0  {MARK}
    return x
"""
CALLS = """
for name, value in list(names.items()):
    if not name.startswith("__"):
        value(*[1] * value.__code__.co_argcount)
"""


@pytest.mark.parametrize("python", PYTHONS)
def test_a_handler_that_only_raises_and_an_assertion_need_not_fail(python: str, tmp_path: Path) -> None:
    """Every function is called with 1, so that nothing is raised."""
    lines = MODULE.splitlines()
    found = sorted({line for _, line, _ in missed(python, MODULE, CALLS, tmp_path)})
    wanted = [number for number, line in enumerate(lines, 1) if line.endswith(MARK)]
    assert [(line, lines[line - 1].strip()) for line in found] == [(line, lines[line - 1].strip()) for line in wanted]
