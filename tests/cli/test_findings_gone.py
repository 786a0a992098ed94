"""A task of a finding of ruff's: its right fix is proved, and what hides, moves or renews the finding is not."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from outpace.cli.main import main
from outpace.sandbox import NoSandbox, strongest
from tests.fakes.notes_project import committed
from tests.needs import missing

SINK = "subprocess.run(f\"echo 'hello {name}'\", shell=True, capture_output=True, text=True)"
CODE = f'''"""Greetings."""

import subprocess


def greeting(name):
    done = {SINK}
    return done.stdout.strip()


def kernel():
    done = subprocess.run("uname -s", shell=True, capture_output=True, text=True)  # noqa: S602
    return done.stdout.strip()
'''
TEST = """from greet import greeting, kernel


def test_greeting():
    assert greeting("ann") == "hello ann"
    assert kernel()
"""
RUFF = (
    '["ruff", "check", "--output-format", "sarif", "--no-cache", "--isolated", "--select", "S602,S604,S605,F841", "."]'
)
CONFIGURATION = f"""
[[applications]]
name = "greet"
locks = ["requirements.txt"]
test = ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
test_env = {{ PYTEST_DISABLE_PLUGIN_AUTOLOAD = "1" }}

[analyzers]
ruff = {{ command = {RUFF} }}
gone = {{ command = ["there-is-no-such-analyzer"] }}
hangs = {{ command = ["sleep", "60"], seconds = 1 }}
floods = {{ command = ["head", "-c", "40000000", "/dev/zero"] }}
own = {{ command = ["python", "greet.py"] }}
"""
TASK = """goal = "greeting() runs no program that a name says"
editable = ["greet.py", "other.py"]
rule = "S602"
analyzer = "ruff"
finding = "greet.py:7"
granted = ["silences a checker"]
room = [{ path = "secret.txt", content = "canary-7731" }]

[[witnesses]]
setup = "from greet import greeting"
does = '''greeting("x'; cat secret.txt; echo 'y")'''
exploited = { type = "leaks", text = "canary-7731" }

[[benign]]
setup = "from greet import greeting"
does = "greeting('ann')"
"""
OTHER = "import subprocess\n\n\ndef other():\n    return subprocess.run('ls', shell=True)  # noqa: S602\n"
FILES = {
    "greet.py": CODE,
    "other.py": OTHER,
    "test_greet.py": TEST,
    "outpace.toml": CONFIGURATION,
    "requirements.txt": "starlette==0.26.1\n",
    "fix.toml": TASK,
}
PYTHON = ("--python", sys.executable, "--quiet")
RIGHT = CODE.replace(SINK, 'subprocess.run(["echo", f"hello {name}"], capture_output=True, text=True)')
SHELL = "`subprocess` call with `shell=True`"


class Said(NamedTuple):
    status: int
    out: str
    err: str


class Here:
    """The repository, and the commands typed in it in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self._capsys, self._monkeypatch = root, capsys, monkeypatch

    def says(self, *words: str) -> Said:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        status = main([*words])
        told = self._capsys.readouterr()
        return Said(status, told.out, told.err)

    def given(self, what: str = "fix.toml") -> str:
        said = self.says("task", what, *PYTHON)
        found = re.match(r"# (task-[0-9a-f]{10}): ", said.out)
        assert found, said
        return found[1]

    def judged(self, task: str) -> tuple[str, str, str, str]:
        """The conclusion, and of the rung the result with its words and what would settle it."""
        said = self.says("prove", "--task", task, *PYTHON, "--format", "json")
        result = json.loads(said.out)["result"]
        [rung] = [each for each in result["checks"] if each["name"] == "finding gone"]
        return result["conclusion"]["state"], rung["result"], rung["text"], rung["would_settle"]


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    if isinstance(strongest(), NoSandbox):
        missing("no tier of the sandbox can be formed")
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache"), ("HOME", "home")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("home", "greet"):
        (tmp_path / name).mkdir()
    root = committed(tmp_path / "greet", FILES)
    monkeypatch.chdir(root)
    return Here(root, capsys, monkeypatch)


def test_a_right_fix_of_a_finding_is_proved(here: Here) -> None:
    task = here.given()
    (here.root / "greet.py").write_text(RIGHT)
    told = "1 finding of S602 on base, none of them on the change and nothing new, by ruff "
    assert told in here.judged(task)[2]
    assert here.judged(task)[:2] == ("proved", "passed")


IN_ANOTHER = {
    "greet.py": CODE.replace(SINK, "said(name)").replace("subprocess\n", "subprocess\n\nfrom other import said\n", 1),
    "other.py": f"{OTHER}\n\ndef said(name):\n    return {SINK}\n",
}
UNUSED = RIGHT.replace("    return", "    unused = 1\n    return", 1)
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "not touched": ({"other.py": OTHER + "\n\nMORE = 1\n"}, f"still found: S602 at greet.py:7: {SHELL}"),
    "silenced by a comment": (
        {"greet.py": CODE.replace(SINK, f"{SINK}  # noqa: S602")},
        f"silenced, not gone: S602 at greet.py:7: {SHELL}",
    ),
    "silenced for the whole file": (
        {"greet.py": CODE.replace("import subprocess", "# ruff: noqa\nimport subprocess")},
        f"silenced, not gone: S602 at greet.py:8: {SHELL}",
    ),
    "silenced below a comment that was there": (
        {"greet.py": RIGHT.replace('subprocess.run("uname -s", shell', 'subprocess.run("uname -r", shell')},
        f"silenced, not gone: S602 at greet.py:12: {SHELL}",
    ),
    "in an encoding that ruff passes over": (
        {"greet.py": "# coding: utf-7\n" + CODE.replace("shell=", "shell+AD0-")},
        f"silenced, not gone: S602 at greet.py:8: {SHELL}",
    ),
    "moved to another function": (
        {"greet.py": CODE.replace(SINK, "_echo(name)") + f"\n\ndef _echo(name):\n    return {SINK}\n"},
        f"found elsewhere now: S602 at greet.py:17: {SHELL}",
    ),
    "moved to another file": (IN_ANOTHER, f"found elsewhere now: S602 at other.py:9: {SHELL}"),
    "worded in another way": (
        {"greet.py": CODE.replace("f\"echo 'hello {name}'\"", '"echo \'hello " + name + "\'"')},
        f"found elsewhere now: S602 at greet.py:7: {SHELL}",
    ),
    "another finding in its place": ({"greet.py": UNUSED}, "found anew: F841 at greet.py:8: "),
}


@pytest.mark.parametrize(("files", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_finding_that_is_hidden_moved_or_replaced_is_not_gone(here: Here, files: dict[str, str], told: str) -> None:
    task = here.given()
    for name, content in files.items():
        (here.root / name).write_text(content)
    conclusion, result, text, _ = here.judged(task)
    assert (conclusion, result, text[: len(told)]) == ("refuted", "failed", told)


UNTOLD = {
    "gone": (
        "gone on base: there-is-no-such-analyzer cannot be run: it is in no folder of PATH",
        "install it, or name another in [analyzers.gone]",
    ),
    "hangs": ("hangs on base: it did not end in 1 s", "`seconds` of [analyzers.hangs], or fewer rules"),
    "floods": (
        "floods on base: its report cannot be used: it has more than 32 MiB",
        "an analyzer with fewer rules",
    ),
    "own": ("own on base: greet.py is a part of it, and this task lets it be edited", "a task that does not"),
    "undeclared": ("undeclared on base: outpace.toml does not declare it", "[analyzers.undeclared] in outpace.toml"),
}


@pytest.mark.parametrize(("analyzer", "told"), UNTOLD.items(), ids=UNTOLD.keys())
def test_an_analyzer_that_does_not_answer_leaves_a_right_fix_undecided(
    here: Here, analyzer: str, told: tuple[str, str]
) -> None:
    (here.root / "fix.toml").write_text(TASK.replace('"ruff"', f'"{analyzer}"'))
    task = here.given()
    (here.root / "fix.toml").write_text(TASK)
    (here.root / "greet.py").write_text(RIGHT)
    assert here.judged(task) == ("undecided", "undecided", *told)


def test_a_finding_that_is_not_there_on_base_leaves_a_right_fix_undecided(here: Here) -> None:
    (here.root / "fix.toml").write_text(TASK.replace("greet.py:7", "greet.py:8"))
    task = here.given()
    (here.root / "fix.toml").write_text(TASK)
    (here.root / "greet.py").write_text(RIGHT)
    conclusion, result, text, settles = here.judged(task)
    assert (conclusion, result) == ("undecided", "undecided")
    assert re.match(rf"on base ruff \S+ finds no S602 in greet\.py:8; S602 at greet\.py:7: {SHELL}", text)
    assert settles == "`rule` and `finding` of the task as the analyzer tells them of base"


REFUSED = {
    'analyzer = "ruff"\nfinding = "greet.py:7"': "analyzer = 'ruff' is of a code-fix with the `rule` that it finds",
    'rule = "S602"\nfinding = "greet.py:7"': "finding = 'greet.py:7' does not say which `analyzer` tells it",
}


@pytest.mark.parametrize(("keys", "told"), REFUSED.items())
def test_a_task_that_says_half_of_its_finding_is_refused(here: Here, keys: str, told: str) -> None:
    (here.root / "fix.toml").write_text(f'goal = "x"\neditable = ["greet.py"]\n{keys}\n')
    said = here.says("task", "fix.toml", *PYTHON)
    assert (said.status, told in " ".join(said.err.split())) == (2, True), said


def test_a_task_of_a_rule_without_an_analyzer_skips_the_rung(here: Here) -> None:
    lines = [line for line in TASK.splitlines() if not line.startswith(("analyzer", "finding"))]
    (here.root / "fix.toml").write_text("\n".join(lines))
    task = here.given()
    (here.root / "fix.toml").write_text(TASK)
    (here.root / "greet.py").write_text(RIGHT)
    assert here.judged(task)[:3] == ("proved", "skipped", "no analyzer is declared")
