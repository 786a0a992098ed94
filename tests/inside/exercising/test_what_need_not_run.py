"""Handlers that only raise and assertions that only refuse need not run; what does more has to."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from outpace import inside, sandbox

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
ASK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from exercising.instructions import Tracer, missed
path, source = sys.argv[2], open(sys.argv[2], "rb").read()
tracer = Tracer(frozenset([path]))
tracer.begin()
names = {}
exec(compile(source, path, "exec"), names)
for name, value in list(names.items()):
    if not name.startswith("__"):
        value(*[1] * value.__code__.co_argcount)
lines = frozenset(range(1, source.count(b"\\n") + 1))
print(json.dumps(missed({path: source}, {path: lines}, tracer.ran)))
"""
PYTHONS = [each for each in (f"python3.{minor}" for minor in range(9, 14)) if shutil.which(each)]


@pytest.mark.parametrize("python", [sys.executable, *PYTHONS])
def test_a_handler_that_only_raises_and_an_assertion_need_not_fail(python: str, tmp_path: Path) -> None:
    """Every function is called with 1, so that nothing is raised."""
    module = tmp_path / "module.py"
    module.write_text(MODULE)
    argv = [python, "-c", ASK, str(Path(inside.__file__).parent), str(module)]
    done = sandbox.run(argv, cwd=tmp_path, timeout=timedelta(seconds=60), accept=None)
    if b"not found" in done.stderr or b"command exists in" in done.stderr:
        pytest.skip(f"{python} starts nothing")
    lines = MODULE.splitlines()
    found = sorted({line for _, line, _ in json.loads(done.stdout)})
    wanted = [number for number, line in enumerate(lines, 1) if line.endswith(MARK)]
    assert [(line, lines[line - 1].strip()) for line in found] == [(line, lines[line - 1].strip()) for line in wanted]
