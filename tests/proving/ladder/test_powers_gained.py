"""What a change's code can do that the file could not is told; what computes alone is not."""

from __future__ import annotations

import pytest

from outpace.model.proof import CheckUndecided, Failed, Passed
from outpace.proving.ladder import capabilities
from outpace.proving.ladder.capabilities import gains, judge
from outpace.proving.ladder.patch import Patch, PatchedFile


def own(module: str) -> frozenset[str] | None:
    """A project with a module that starts programs and one that computes."""
    return {"shop": frozenset(), "shop.shell": frozenset({"starts programs"}), "shop.pure": frozenset()}.get(module)


def gained(before: str, after: str) -> list[str]:
    file = PatchedFile(path="shop/files.py", before=before.encode(), after=after.encode())
    return [use.power for use in gains(file, own)]


TAKEN = {
    "a shell": ("", "import os\nos.system('a')", "runs a shell"),
    "a shell by a word": (
        "import subprocess\nsubprocess.run(['a'])",
        "import subprocess\nsubprocess.run('a', shell=True)",
        "runs a shell",
    ),
    "an alias": ("import os", "import os as o\nf = o\nf.system('x')", "runs a shell"),
    "a shell, where it started programs": (
        "import subprocess\nsubprocess.run([x])",
        "import os\nos.system(x)",
        "runs a shell",
    ),
    "a program": ("", "from subprocess import run\nrun(['a'])", "starts programs"),
    "a program of the project": ("", "from .shell import run\nrun()", "starts programs"),
    "the network": ("", "import urllib.request\nurllib.request.urlopen(x)", "uses the network"),
    "writing": ("x = open('a')", "x = open('a', 'w')", "writes files"),
    "writing with a computed mode": ("x = open('a')", "x = open('a', mode)", "writes files"),
    "text as code": ("", "eval(x)", "runs text or data as code"),
    "an unsafe loader": ("import yaml\nyaml.safe_load(x)", "import yaml\nyaml.load(x)", "runs text or data as code"),
    "the environment": ("import os\nos.path.join(a)", "import os\nos.environ.get('X')", "reads its surroundings"),
    "a test's presence": (
        "import sys\nsys.maxsize",
        "import sys\n'pytest' in sys.modules",
        "looks into the interpreter",
    ),
    "a walk over classes": ("", "x.__class__.__subclasses__()", "looks into the interpreter"),
    "a walk in a template": ("", "'{0.__globals__}'.format(x)", "looks into the interpreter"),
    "a computed name": ("", "getattr(x, a + b)()", "takes attributes by computed names"),
    "a computed name that is set": ("text.format(x)", "setattr(x, a + b, 1)", "looks into the interpreter"),
    "a computed name beside a format of its own": (
        "'{}'.format(x)",
        "getattr(x, a)",
        "takes attributes by computed names",
    ),
    "the clock": ("", "import datetime\ndatetime.datetime.now()", "asks for the time"),
    "the clock once more": (
        "import time\nx = time.time()",
        "import time\nx = time.time()\nif time.time() > 9: y",
        "asks for the time",
    ),
    "chance": ("", "import random\nrandom.random()", "draws random values"),
    "another module": ("", "import os\nos.path.join = f", "alters another module"),
    "an end": ("", "import os\nos._exit(0)", "ends the process"),
    "every exception": ("", "try:\n  f()\nexcept Exception:\n  pass", "swallows every exception"),
    "a second exception": (
        "try:\n  f()\nexcept:\n  pass",
        "try:\n  f()\nexcept:\n  pass\ntry:\n  g()\nexcept:\n  pass",
        "swallows every exception",
    ),
    "silence": ("", "x = 1  # nosec", "silences a checker"),
    "silence in types as a whole": ("", "x = 1  # type: ignore", "silences a checker"),
    "silence within a rule of types": ("", "x = 1  # type: ignore[a, nosemgrep]", "silences a checker"),
    "silence beside one in types": ("", "x = 1  # type: ignore[index]  # nosec", "silences a checker"),
    "a package": ("", "import flask\nflask.x()", "uses the package flask"),
    "reading, where it wrote": ("import os\nos.remove('a')", "x = open('a')", "reads files"),
}


@pytest.mark.parametrize(("before", "after", "power"), TAKEN.values(), ids=TAKEN.keys())
def test_a_power_that_the_file_did_not_have_is_told(before: str, after: str, power: str) -> None:
    assert power in gained(before, after)


HARMLESS = {
    "paths": ("", "import os.path\nos.path.join('a', os.sep)\nos.path.realpath('b')"),
    "safe loaders": ("", "import yaml, shlex, html\nyaml.safe_load(x), shlex.quote(y), html.escape(z)"),
    "a module that computes": ("", "from .pure import run\nrun()"),
    "a computed name, where a text gave one": ("text.format(x)", "getattr(x, a)"),
    "a format that is computed": ("", "text.format(x)"),
    "what it had": ("import os\nos.system('a')", "import os\nos.system('b')"),
    "a program, where it ran a shell": ("import os\nos.system(x)", "import subprocess\nsubprocess.run([x])"),
    "reading, where it ran a shell": ("import os\nos.system('cat a')", "x = open('a')"),
    "reading, where it started programs": ("import subprocess\nsubprocess.run(['cat', 'a'])", "x = open('a')"),
    "reading, where it ran text as code": ("eval(x)", "x = open('a')"),
    "a narrow exception": ("", "try:\n  f()\nexcept ValueError:\n  pass"),
    "an exception that goes on": ("", "try:\n  f()\nexcept Exception as error:\n  raise KeyError from error"),
    "one rule of types": ("", "x = y[z]  # type: ignore[index]\na = b  # pyright: ignore[reportUnknownVariableType]"),
    "tests started by hand": ("", "import unittest\nif __name__ == '__main__':\n    unittest.main()"),
    "ordinary classes": ("", "class A:\n  def __init__(self): self.name = type(self).__name__"),
    "comparisons in constant time": (
        "",
        "import hmac, secrets\nhmac.compare_digest(a, b), secrets.compare_digest(a, b)",
    ),
}


@pytest.mark.parametrize(("before", "after"), HARMLESS.values(), ids=HARMLESS.keys())
def test_what_computes_alone_gains_nothing(before: str, after: str) -> None:
    assert gained(before, after) == []


def test_the_judgment_names_place_and_power_and_knows_what_it_cannot_read() -> None:
    code = PatchedFile(path="a.py", before=b"", after=b"import os\nos.system('a')\n")
    page = PatchedFile(path="a.html", before=b"", after=b"<p>")
    notes = PatchedFile(path="a.md", before=b"", after=b"# a")
    broken = PatchedFile(path="b.py", before=b"", after=b"def (")
    told = "it gains a power that the file did not have: a.py:2 runs a shell (os.system)"
    assert judge(Patch.of([code])) == Failed(told)
    assert isinstance(judge(Patch.of([page])), CheckUndecided)
    assert isinstance(judge(Patch.of([broken])), CheckUndecided)
    assert judge(Patch.of([notes])) == Passed("no code does more to the world than it did")
    assert isinstance(judge(Patch.of([code]), granted=frozenset({capabilities.powers.SHELL})), Passed)


def test_code_that_runs_text_may_say_what_that_text_is_not_to_have() -> None:
    evaluates = b"def f(text):\n    return eval(text)\n"
    fenced = evaluates.replace(b"eval(text)", b"eval(text, {'__builtins__': {}})")
    assert capabilities.gains(PatchedFile(path="a.py", before=evaluates, after=fenced), lambda _: None) == ()
    (use,) = capabilities.gains(
        PatchedFile(path="a.py", before=b"", after=b"A = {'__builtins__': {}}\n"), lambda _: None
    )
    assert (use.power, use.what) == ("looks into the interpreter", "__builtins__ in a text")
