"""A task's branch that is somebody else's is left alone, and what is said of a proposer that cannot be asks nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from outpace.app.judge import Candidate
from outpace.app.task_book import Way
from outpace.bootstrap.judging import JudgePlace
from outpace.cli.main import main
from outpace.model.proof import Proof
from outpace.proving.tasks import Task
from tests.fakes.notes_project import FILES, committed
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
PROPOSE = ("propose", "prices.py::total", *PYTHON)
ANN = {f"GIT_{role}_{key}": "ann@example.invalid" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}


class Said(NamedTuple):
    status: int
    out: str
    err: str


class Shop:
    """The repository, and the commands typed in it in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def says(self, *words: str) -> Said:
        status = main([*words])
        told = self._capsys.readouterr()
        return Said(status, told.out, " ".join(told.err.split()))

    def git(self, *words: str) -> str:
        env = {**os.environ, **ANN}
        done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True, check=True, env=env)
        return done.stdout.strip()

    def branch(self) -> str:
        return self.git("branch", "--list", "--format=%(refname:short)", "outpace/*")

    def commits_on_top(self, branch: str) -> str:
        """As somebody who goes on from what is there."""
        made = self.git("commit-tree", "-p", branch, f"{branch}^{{tree}}", "-m", "My own work")
        self.git("update-ref", f"refs/heads/{branch}", made)
        return made

    def ledger(self) -> str:
        return self.says("proposals", "--quiet", "--format", "json").out


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
    monkeypatch.chdir(committed(tmp_path / "shop", SHOP))
    return Shop(tmp_path / "shop", capsys)


def test_a_commit_on_top_of_a_proposal_s_branch_is_kept_and_costs_no_attempt(shop: Shop) -> None:
    assert shop.says(*PROPOSE).status == 0
    branch, ours = shop.branch(), shop.git("rev-parse", shop.branch())
    assert shop.says(*PROPOSE).status == 0
    assert shop.git("rev-parse", branch) == ours
    theirs, before = shop.commits_on_top(branch), shop.ledger()

    said = shop.says(*PROPOSE)
    assert (said.status, said.out) == (4, "")
    assert said.err.startswith(f"outpace: the branch {branch} is somebody else's: outpace has no record that it made")
    assert f"git branch -m {branch} ANOTHER" in said.err
    assert (shop.git("rev-parse", branch), shop.ledger()) == (theirs, before)


def test_a_branch_that_was_never_outpace_s_is_kept_also_once_its_commit_was_proved(shop: Shop) -> None:
    task = shop.says("task", "prices.py::total", *PYTHON).out.split(":")[0].removeprefix("# ")
    branch, path = f"outpace/{task}", shop.root / "tests" / "test_gap_prices.py"
    shop.git("switch", "-q", "-c", branch)
    path.parent.mkdir()
    path.write_text("from prices import total\n\n\ndef test_many():\n    assert total(2, 10) == 15\n")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "By hand")
    assert "is checked out and is not moved" in shop.says("propose", task, *PYTHON).err
    shop.git("switch", "-q", "main")
    theirs = shop.git("rev-parse", branch)
    shop.says("prove", "--task", task, branch, *PYTHON)
    before = shop.ledger()
    assert '"person"' in before

    said = shop.says("propose", task, *PYTHON)
    assert (said.status, "is somebody else's" in said.err) == (4, True), said
    assert (shop.git("rev-parse", branch), shop.ledger()) == (theirs, before)


def test_a_branch_that_somebody_makes_while_it_is_proved_is_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from outpace.bootstrap import verdict

    judged, made = verdict.judged, list[str]()

    def slowly(
        here: JudgePlace, task: Task, candidate: Candidate, way: Way, *, revision: Callable[[Proof], str]
    ) -> Proof:
        shop.git("branch", f"outpace/{task.id}", shop.git("commit-tree", "HEAD^{tree}", "-m", "My own work"))
        made.append(shop.git("rev-parse", f"outpace/{task.id}"))
        return judged(here, task, candidate, way, revision=revision)

    monkeypatch.setattr(verdict, "judged", slowly)
    said = shop.says(*PROPOSE)
    assert (said.status, "is somebody else's" in said.err) == (4, True), said
    assert [shop.git("rev-parse", shop.branch())] == made


AGENT = '[proposers.agent]\ncommand = ["sh", "-c", "echo 1 >> notes.py"]\n'
MODEL = '[proposers.model]\nname = "openai:m"\nbase_url = "http://127.0.0.1:9/v1"\nsend = ["notes.py"]\n'
CANNOT_BE: Mapping[str, tuple[str, str]] = {
    "a star": (f'{AGENT}egress = ["*.foo.com"]\n', "'*.foo.com' in `egress` of [proposers.agent] is no host:port"),
    "no port": (f'{AGENT}egress = ["host:99999"]\n', "'host:99999' in `egress` of [proposers.agent] is no host:port"),
    "not of the home": (f'{AGENT}home = ["/etc/passwd"]\n', "'/etc/passwd' in `home` of [proposers.agent] is no file"),
    "of the repository": ('[proposers.agent]\ncommand = ["./agent"]\n', "`command` of [proposers.agent] begins with"),
}


@pytest.mark.parametrize("what", ["fix.toml", "prices.py::total"])
@pytest.mark.parametrize(("declared", "why"), CANNOT_BE.values(), ids=CANNOT_BE.keys())
def test_an_agent_s_setting_that_cannot_be_asks_nobody_and_is_no_attempt(
    shop: Shop, declared: str, why: str, what: str
) -> None:
    committed(shop.root, {"outpace.toml": f"{FILES['outpace.toml']}\n{declared}"})
    before = shop.ledger()
    said = shop.says("propose", what, *PYTHON)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"outpace: {why}"), said.err
    assert shop.ledger() == before


def test_a_login_that_is_too_large_asks_nobody_and_is_no_attempt(shop: Shop) -> None:
    committed(shop.root, {"outpace.toml": f'{FILES["outpace.toml"]}\n{AGENT}home = ["~/.agent"]\n'})
    with (shop.root.parent / "home" / ".agent").open("wb") as file:
        file.truncate((64 << 20) + 1)
    before = shop.ledger()
    said = shop.says("propose", "fix.toml", *PYTHON)
    assert (said.status, "names more than 5,000 files or 64 MiB" in said.err) == (2, True), said
    assert "docs/agents.md" in said.err
    assert shop.ledger() == before


PARTS = '{"protocol": "p", "model": "m", "messages": "m", "schema": "s", "settings": "s"}'
ANSWER = '{"type": "Answered", "text": "t", "model": "m", "provider": "p"}'
WITHOUT_ORIGIN = f'{{"request": "x", "parts": {PARTS}, "answer": {ANSWER}}}\n'


@pytest.mark.parametrize(
    ("line", "why"),
    [("no JSON\n", "cannot be read: "), (WITHOUT_ORIGIN, "has no `origin`")],
    ids=["broken", "of nobody"],
)
def test_records_that_cannot_be_read_ask_nobody_and_are_no_attempt(shop: Shop, line: str, why: str) -> None:
    committed(shop.root, {"outpace.toml": f"{FILES['outpace.toml']}\n{MODEL}"})
    before = shop.ledger()
    records = shop.root.parent / "state" / "outpace" / "model-answers.jsonl"
    records.parent.mkdir(parents=True, exist_ok=True)
    records.write_text(line)
    said = shop.says("propose", "fix.toml", "--with", "recorded", *PYTHON)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"outpace: the record in {records}, line 1, {why}"), said.err
    assert shop.ledger() == before


def test_offline_an_agent_that_is_declared_is_said_to_be_not_asked(shop: Shop) -> None:
    committed(shop.root, {"outpace.toml": f"{FILES['outpace.toml']}\n{AGENT}"})
    said = shop.says("propose", "fix.toml", "--offline", *PYTHON)
    assert said.status == 10
    assert "nobody was asked: kind code-fix has no template, and --offline asks no agent" in said.out
