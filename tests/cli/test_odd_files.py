"""A change with a name that is no UTF-8, a link or a repository in it is refuted in words, whichever way it comes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from outpace.cli.main import main
from tests.fakes.notes_project import CONFIGURATION, FILES, RIGHT, TASK, committed
from tests.needs import missing

ODD = os.fsdecode(b"src/\xe9.py")
DIFF = '--- /dev/null\n+++ "b/src/\\351.py"\n@@ -0,0 +1 @@\n+X = 1\n'
NAMED = "shape: 'src/\\udce9.py' is a name that is not in UTF-8"
AGENT = """
[proposers.agent]
command = ["bash", "-c", "mkdir src; echo X=1 > src/$'\\\\351'.py"]
"""
PYTHON = ("--python", sys.executable, "--quiet")


class Notes:
    """The repository, its task, and the commands typed in it in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.task: str = self.result("task", "fix.toml", "--quiet")["task"]["id"]

    def result(self, *words: str) -> Any:
        main([*words, "--format", "json"])
        return json.loads(self._capsys.readouterr().out)["result"]

    def reason(self, *named: str) -> str:
        told = self.result("prove", *named, "--task", self.task, *PYTHON)["conclusion"]
        return f"{told['state']}: {told['reason']}"

    def git(self, *words: str, cwd: str = ".", stdin: str = "") -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
        subprocess.run(["git", *who, *words], cwd=self.root / cwd, input=stdin.encode(), check=True)


@pytest.fixture
def notes(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Notes:
    from outpace.sandbox import NoSandbox, strongest

    if isinstance(strongest(), NoSandbox):
        missing("no tier of the sandbox can be formed")
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache"), ("HOME", "home")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("home", "notes"):
        (tmp_path / name).mkdir()
    wide = TASK.replace('["notes.py"]', '["notes.py", "src/**"]').replace("room =", 'created = ["src/**"]\nroom =')
    files = {**FILES, "fix.toml": wide, "outpace.toml": CONFIGURATION + AGENT, "docs/kept.txt": "kept"}
    root = committed(tmp_path / "notes", files)
    monkeypatch.chdir(root)
    return Notes(root, capsys)


def test_a_name_that_is_no_utf_8_refutes_a_diff_a_branch_files_and_an_agent(notes: Notes, tmp_path: Path) -> None:
    (tmp_path / "odd.diff").write_text(DIFF)
    assert notes.reason(str(tmp_path / "odd.diff")) == f"refuted: {NAMED}"
    (notes.root / "src").mkdir()
    (notes.root / ODD).write_text("X = 1\n")
    assert notes.reason() == f"refuted: {NAMED}"
    notes.git("checkout", "-q", "-b", "odd")
    notes.git("add", "-A")
    notes.git("commit", "-q", "-m", "Odd")
    assert notes.reason("odd") == f"refuted: {NAMED}"
    notes.git("checkout", "-q", "main")
    assert json.dumps(NAMED) in json.dumps(notes.result("propose", "fix.toml", "--attempts", "1", *PYTHON))


def test_a_link_that_leads_out_is_judged_as_a_link_beside_a_good_change(notes: Notes) -> None:
    notes.git("apply", "-", stdin=RIGHT)
    assert notes.reason() == "proved: "
    (notes.root / "src").mkdir()
    (notes.root / "src" / "evil.py").symlink_to("/etc/passwd")
    assert notes.reason() == "refuted: shape: src/evil.py is a link"
    (notes.root / "src" / "evil.py").unlink()
    (notes.root / "notes.py").unlink()
    (notes.root / "notes.py").symlink_to("/etc/passwd")
    assert notes.reason() == "refuted: shape: notes.py is a link"


def test_nothing_is_read_behind_a_folder_that_became_a_link(notes: Notes, tmp_path: Path) -> None:
    shutil.move(notes.root / "docs", tmp_path / "docs")
    (tmp_path / "docs" / "kept.txt").write_text("another")
    (notes.root / "docs").symlink_to(tmp_path / "docs")
    assert notes.reason() == "refuted: shape: docs is a link"


def test_a_repository_within_the_files_is_refuted_unless_git_ignores_it(notes: Notes) -> None:
    notes.git("apply", "-", stdin=RIGHT)
    (notes.root / "src" / "nested").mkdir(parents=True)
    (notes.root / "src" / "nested" / "evil.py").write_text("X = 1\n")
    notes.git("init", "-q", cwd="src/nested")
    notes.git("add", "-A", cwd="src/nested")
    notes.git("commit", "-q", "-m", "Nested", cwd="src/nested")
    assert notes.reason() == "refuted: shape: src/nested is a submodule"
    (notes.root / ".git" / "info" / "exclude").write_text("nested/\n")
    assert notes.reason() == "proved: "


def test_a_submodule_and_a_link_that_were_there_before_are_no_part_of_the_change(notes: Notes) -> None:
    (notes.root / "nested").mkdir()
    notes.git("init", "-q", cwd="nested")
    notes.git("commit", "-q", "--allow-empty", "-m", "Nested", cwd="nested")
    (notes.root / "out").symlink_to("/etc/passwd")
    notes.git("-c", "advice.addEmbeddedRepo=false", "add", "-A")
    notes.git("commit", "-q", "-m", "Submodule")
    task = notes.result("task", "fix.toml", "--quiet")["task"]
    notes.git("apply", "-", stdin=RIGHT)
    notes.task = task["id"]
    assert notes.reason() == "proved: "


def test_a_compiled_file_that_python_would_load_for_its_source_is_part_of_a_diff_and_a_branch(notes: Notes) -> None:
    cached = notes.root / "__pycache__" / "notes.cpython-311.pyc"
    cached.parent.mkdir(exist_ok=True)
    cached.write_bytes(b"compiled")
    notes.git("checkout", "-q", "-b", "compiled")
    notes.git("add", "--force", "__pycache__/notes.cpython-311.pyc")
    notes.git("commit", "-q", "-m", "compiled")
    assert notes.reason("compiled").startswith("refuted: shape: __pycache__/notes.cpython-311.pyc is")
