"""A task is given, changes for it are judged, a template's proposal is put on a branch, and all is on record."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from outpace.bootstrap.tasks import MADE_OF
from outpace.cli.main import main
from tests.fakes.notes_project import FILES, RIGHT, WITNESS_ALONE, committed
from tests.needs import missing

PRICES = '''"""What things cost."""


def total(price, count):
    if count >= 10:
        return price * count - 5
    return price * count
'''
TEST_OF_PRICES = "from prices import total\n\n\ndef test_total():\n    assert total(2, 3) == 6\n"
SHOP = {**FILES, "prices.py": PRICES, "test_prices.py": TEST_OF_PRICES}
PYTHON = ("--python", sys.executable, "--quiet")
VARIANT = "variants dead: still exploited by a variant of the witness, held out: "


AGENT = """
[proposers.agent]
command = ["sh", "-c", "cat > seen.txt; echo x >> test_notes.py; rm seen.txt"]
"""


class Said(NamedTuple):
    status: int
    out: str
    err: str


class Shop:
    """The repository, and the commands typed in it in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def says(self, *words: str, stdin: str = "") -> Said:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        status = main([*words])
        told = self._capsys.readouterr()
        return Said(status, told.out, told.err)

    def result(self, *words: str) -> Any:
        return json.loads(self.says(*words, "--format", "json").out)["result"]

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    from outpace.sandbox import NoSandbox, strongest

    if isinstance(strongest(), NoSandbox):
        missing("no tier of the sandbox can be formed")
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache"), ("HOME", "home")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("home", "shop"):
        (tmp_path / name).mkdir()
    root = committed(tmp_path / "shop", SHOP)
    monkeypatch.chdir(root)
    return Shop(root, capsys, monkeypatch)


def given(shop: Shop, what: str) -> str:
    """The id of the task that was made."""
    said = shop.says("task", what, *PYTHON)
    assert said.status == 0, said.err
    found = re.match(r"# (task-[0-9a-f]{10}): ", said.out)
    assert found, said.out
    return found[1]


def test_a_right_change_is_proved_and_a_wrong_one_refuted_whichever_way_they_come(shop: Shop) -> None:
    task = given(shop, "fix.toml")
    right = shop.says("prove", "--task", task, "-", *PYTHON, stdin=RIGHT)
    assert (right.status, right.out.split()[0]) == (0, "proved:"), right.out

    (shop.root / "wrong.diff").write_text(WITNESS_ALONE)
    wrong = shop.says("prove", "--task", task, "wrong.diff", *PYTHON)
    assert wrong.status == 10
    assert VARIANT in " ".join(wrong.out.split())
    (shop.root / "wrong.diff").unlink()

    here = shop.says("prove", "--task", task[5:11], *PYTHON)
    assert (here.status, "shape: it changes nothing" in here.out) == (10, True), here
    subprocess.run(["git", "apply", "-"], cwd=shop.root, input=RIGHT, text=True, check=True)
    assert shop.says("prove", "--task", task, *PYTHON).status == 0
    assert shop.git("status", "--short") == " M notes.py\n"

    rows = [(each["proposer"], each["state"]) for each in shop.result("proposals", task, "--quiet")["proposals"]]
    assert sorted(rows) == [
        ("person", "proved"),
        ("person", "refuted"),
        ("person", "refuted"),
    ]


def test_a_template_s_test_is_proved_and_put_on_a_branch_that_holds_it_alone(shop: Shop) -> None:
    before = shop.git("rev-parse", "HEAD")
    said = shop.says("propose", "prices.py::total", *PYTHON)
    assert said.status == 0, said
    branch = re.search(r"the change is on the branch (outpace/task-[0-9a-f]{10})", said.out)
    assert branch, said.out
    assert shop.git("diff", "--name-status", f"main..{branch[1]}").split() == ["A", "tests/test_gap_prices.py"]
    assert shop.git("rev-list", "--count", f"main..{branch[1]}") == "1\n"
    message = shop.git("log", "-1", "--format=%B", branch[1])
    assert message.startswith(
        "Test prices.py::total\n\nA test that notices what the tests of prices.py::total let pass."
    )
    assert "Proposed-by: template outpace\n" in message
    assert (shop.git("status", "--short"), shop.git("rev-parse", "HEAD")) == ("", before)

    ledger = shop.says("proposals", "--quiet")
    assert ledger.status == 0
    assert "template, test: 1 judged of 1 attempt\n  proved    1 of 1 (100%" in ledger.out

    branch_judged = shop.says("prove", "--task", branch[1].removeprefix("outpace/"), branch[1], *PYTHON)
    assert (branch_judged.status, branch_judged.out.split()[0]) == (0, "proved:"), branch_judged.out


REFUSED = {
    "no such task": (("prove", "--task", "task-0000000000"), 2, "there is no task task-0000000000"),
    "no such file": (("task", "gone.toml"), 2, "gone.toml cannot be read"),
    "no such function's file": (("task", "gone.py::f"), 2, "there is no gone.py in"),
    "an advisory without any data": (("task", "PYSEC-2023-83"), 3, "there is no advisory data"),
    "no path before a function": (("task", "::total"), 2, "nothing can be made a task of '::total'"),
    "a server with no Python": (("mcp", "--python", "gone/python"), 2, "there is no Python at"),
    "a server of no application": (("mcp", "--name", "gone"), 2, "outpace.toml declares no application 'gone'"),
    "nothing at all": (("task", ""), 2, "nothing can be made a task of ''"),
    "no such function": (("task", "prices.py::nofunc"), 2, "no function or class with functions 'nofunc' in prices.py"),
    "a mistyped file": (("task", "prcies.py::total"), 2, "did you mean prices.py::total?"),
    "no such test": (("task", "test_prices.py::test_gone"), 2, "there are test_prices.py::test_total"),
    "no such test's file": (("task", "test_gone.py::test_a"), 2, "there is no test_gone.py in"),
    "another commit where no test is mended": (
        ("task", "fix.toml", "--before", "main"),
        2,
        "--before does not go with",
    ),
    "a base with a task": (("prove", "--task", "x", "--base", "main"), 2, "--base does not go with --task"),
    "no attempts": (("propose", "fix.toml", "--attempts", "0"), 2, "--attempts 0 is no number of attempts"),
    "no such proposer": (("propose", "fix.toml", "--with", "magic"), 2, "there is no proposer 'magic'"),
    "no model": (("propose", "fix.toml", "--with", "model"), 2, 'send = ["src/**"]; docs/models.md says what'),
    "no record": (("propose", "fix.toml", "--with", "recorded"), 2, "no model, whose answers could be on record"),
    "no agent": (("propose", "fix.toml", "--with", "agent"), 2, 'command = ["PROGRAM", "ARGUMENT"]; docs/agents.md'),
    "no template": (("propose", "fix.toml", "--with", "template"), 2, "a task of kind code-fix has no template"),
    "an agent offline": (("propose", "fix.toml", "--offline", "--with", "agent"), 2, "--offline asks no agent"),
    "no model to be asked": (("propose", "fix.toml", "--dry-run"), 2, "[proposers.model] with name ="),
    "a green test": (("task", "test_notes.py::test_read", "--before", "main"), 2, "is green at"),
}


@pytest.mark.parametrize(("words", "status", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_with_what_to_do(
    shop: Shop, words: tuple[str, ...], status: int, message: str
) -> None:
    said = shop.says(*words, *(PYTHON if words[0] != "mcp" else ()))
    assert (said.status, message in said.err) == (status, True), said


def test_of_a_function_that_is_not_there_those_that_are_are_named(shop: Shop) -> None:
    said = shop.says("task", "prices.py::nofunc", *PYTHON)
    assert "it has total: outpace task prices.py::total" in said.err


@pytest.mark.parametrize("what", ["nosuch", "", "tests/", "prices"])
def test_what_no_task_is_made_of_is_answered_with_all_that_one_is_made_of(shop: Shop, what: str) -> None:
    said = shop.says("task", what, *PYTHON)
    assert (said.status, said.err.splitlines()[1].strip()) == (2, MADE_OF)


RED = TEST_OF_PRICES.replace("== 6", "== 7")


def test_a_red_test_is_no_task_where_no_commit_came_before(shop: Shop) -> None:
    (shop.root / "test_prices.py").write_text(RED)
    shop.git("-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-q", "-a", "--amend", "-m", "One")
    said = shop.says("task", "test_prices.py::test_total", *PYTHON)
    assert (said.status, "is the first commit here: there is no earlier one" in said.err) == (2, True), said


NO_GREEN = {
    "it was not there": ("from prices import total\n", "test_prices.py::test_total is not there at "),
    "it was red": (RED.replace("7", "8"), "test_prices.py::test_total is not green at "),
}


@pytest.mark.parametrize(("earlier", "message"), NO_GREEN.values(), ids=NO_GREEN.keys())
def test_a_red_test_that_was_never_green_is_no_task(shop: Shop, earlier: str, message: str) -> None:
    committed(shop.root, {"test_prices.py": earlier})
    committed(shop.root, {"test_prices.py": RED})
    said = shop.says("task", "test_prices.py::test_total", "--before", "HEAD~1", *PYTHON)
    assert (said.status, message in said.err, "--before REV" in said.err) == (2, True, True), said


def test_a_test_whose_file_cannot_be_imported_is_no_task_and_the_reason_is_told(shop: Shop) -> None:
    committed(shop.root, {"test_prices.py": TEST_OF_PRICES.replace("import total", "import sum_of")})
    said = shop.says("task", "test_prices.py::test_total", *PYTHON)
    assert (said.status, "test_prices.py cannot be imported at" in said.err) == (2, True), said
    assert "cannot import name 'sum_of'" in said.err


@pytest.mark.parametrize("key", ["base", "before"])
def test_a_file_that_names_a_commit_that_is_not_here_is_no_task(shop: Shop, key: str) -> None:
    (shop.root / "fix.toml").write_text(f'{key} = "deadbeef"\n{FILES["fix.toml"]}')
    said = shop.says("task", "fix.toml", *PYTHON)
    assert (said.status, f"fix.toml is no task: {key} = 'deadbeef' names no commit" in said.err) == (2, True), said


def test_the_base_of_a_task_is_a_whole_commit_whatever_it_was_called(shop: Shop) -> None:
    head = shop.git("rev-parse", "HEAD").strip()
    (shop.root / "fix.toml").write_text(f'base = "main"\n{FILES["fix.toml"]}')
    assert shop.result("task", "fix.toml", *PYTHON)["task"]["base"] == head


@pytest.mark.parametrize(
    ("kind", "subject", "message"),
    [
        ("test", "prices.py::gone", "fix.toml is no task: there is no function or class with functions 'gone'"),
        ("mend", "gone.py::test_a", "fix.toml is no task: there is no gone.py in"),
    ],
)
def test_a_file_of_what_is_not_there_is_no_task(shop: Shop, kind: str, subject: str, message: str) -> None:
    told = f'kind = "{kind}"\nsubject = ["{subject}"]\nbefore = "HEAD"\n{FILES["fix.toml"]}'
    (shop.root / "fix.toml").write_text(told)
    said = shop.says("task", "fix.toml", *PYTHON)
    assert (said.status, message in said.err) == (2, True), said


def test_a_function_is_found_from_a_folder_below_and_a_class_by_its_functions(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(shop.root, {"src/carts.py": "class Cart:\n    def add(self, price):\n        return price * 2\n"})
    monkeypatch.chdir(shop.root / "src")
    task = shop.result("task", "./carts.py::Cart", *PYTHON)["task"]
    assert (task["subject"], task["context"]) == (["src/carts.py::Cart.add"], ["src/carts.py"])


def test_a_diff_that_does_not_apply_is_an_error_and_no_refutation(shop: Shop) -> None:
    task = given(shop, "fix.toml")
    said = shop.says(
        "prove", "--task", task, "-", *PYTHON, stdin=RIGHT.replace("import", "export").replace("os.path.join", "x")
    )
    assert said.status == 2, said
    assert shop.says("proposals", "--quiet").out.startswith("no proposal was judged yet")


def test_a_diff_that_is_none_is_called_by_the_name_that_it_came_by(shop: Shop) -> None:
    task = given(shop, "fix.toml")
    (shop.root / "my.diff").write_text("no diff at all\n")
    told = [shop.says("prove", "--task", task, named, *PYTHON, stdin="").err for named in ("my.diff", "-", "gone.diff")]
    assert [each.splitlines()[0] for each in told] == [
        "outpace: my.diff holds no diff",
        "outpace: the diff on the standard input is empty",
        "outpace: there is no file, branch or revision 'gone.diff'",
    ]


def test_a_diff_that_is_too_large_to_be_read_whole_is_not_judged_in_part(shop: Shop) -> None:
    task = given(shop, "fix.toml")
    said = shop.says("prove", "--task", task, "-", *PYTHON, stdin=RIGHT + "\n" * (5 << 20))
    assert (said.status, "the diff on the standard input has more than 4 MiB" in said.err) == (2, True), said


def test_a_file_that_is_too_large_to_be_read_whole_is_no_task(shop: Shop) -> None:
    (shop.root / "fix.toml").write_text(FILES["fix.toml"] + "\n" * (1 << 20))
    said = shop.says("task", "fix.toml", *PYTHON)
    assert (said.status, "fix.toml has more than 1 MiB" in said.err) == (2, True), said


def test_where_nobody_can_propose_nothing_is_proved_and_the_way_on_is_named(shop: Shop) -> None:
    said = shop.says("propose", "fix.toml", *PYTHON)
    assert said.status == 10
    assert "nobody was asked: kind code-fix has no template" in said.out
    assert shop.git("branch", "--list", "outpace/*") == ""


def test_an_agent_that_edits_a_test_is_refuted_and_asked_no_more_than_the_budget_says(shop: Shop) -> None:
    committed(shop.root, {"outpace.toml": FILES["outpace.toml"] + AGENT})
    once = ("propose", "fix.toml", "--attempts", "1", *PYTHON)
    first = shop.says(*once)
    assert first.status == 10, first
    assert "refuted: shape: test_notes.py is a test, which this task does not edit" in " ".join(first.out.split())
    assert "the budget is spent: 1 attempt at this task, and no more" in first.out
    second = shop.says(*once)
    assert (second.status, second.out) == (4, "")
    assert "nobody was asked: 1 attempt at this task, and no more" in " ".join(second.err.split())
    task = given(shop, "fix.toml")
    assert f"or go on yourself: outpace task {task}, then outpace prove --task {task}" in second.err
    assert shop.git("branch", "--list", "outpace/*") == ""
    rows = [(each["proposer"], each["state"]) for each in shop.result("proposals", "--quiet")["proposals"]]
    assert rows == [("agent", "refuted")]


MODEL = '[proposers.model]\nname = "openai:m"\nbase_url = "http://127.0.0.1:9/v1"\n'
NOBODY_THERE = {
    "an agent that is not installed": (
        '[proposers.agent]\ncommand = ["no-such-agent"]\n',
        3,
        "no-such-agent cannot be run",
    ),
    "a server that is away": (
        f'{MODEL}send = ["notes.py"]\n',
        3,
        "no server is reached at 127.0.0.1:9: connection refused",
    ),
    "a model that is sent nothing": (MODEL, 2, "`send` of [proposers.model] lets none of the files leave"),
    "a key that is not there": (f'{MODEL}send = ["notes.py"]\nkey = "env:NO_SUCH"\n', 2, "the key env:NO_SUCH cannot"),
}


@pytest.mark.parametrize(("declared", "status", "why"), NOBODY_THERE.values(), ids=NOBODY_THERE.keys())
def test_where_nobody_who_is_declared_can_be_asked_that_is_an_error_and_no_attempt(
    shop: Shop, declared: str, status: int, why: str
) -> None:
    committed(shop.root, {"outpace.toml": f"{FILES['outpace.toml']}\n{declared}"})
    said = shop.says("propose", "fix.toml", *PYTHON)
    assert (said.status, said.out) == (status, "")
    assert said.err.startswith(f"outpace: nobody was asked: {why}"), said.err
    assert shop.result("proposals", "--quiet") == {"accounts": [], "proposals": []}
