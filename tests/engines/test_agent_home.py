"""What of a home an agent gets a copy of, and what is recognized as its login."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines import agent_home
from outpace.engines.agent_home import Secrets, copied
from outpace.model.errors import BadConfiguration
from outpace.proving.ladder.patch import Patch, PatchedFile

TOKEN = "zT4vQ9mXw2LkR7nB3cHd8yPs"


def laid(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def held(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    files = {".agent/login": TOKEN, ".agent/sub/x": "x", ".config/other/token": "no", "elsewhere/real": "linked"}
    root = laid(tmp_path / "home", files)
    (root / ".agent/leads-out").symlink_to(root / ".config/other/token")
    (root / ".agent/around").symlink_to("..")
    (root / ".linked").symlink_to("elsewhere")
    return root


def test_only_what_is_named_is_copied_and_links_out_of_it_are_not_followed(home: Path, tmp_path: Path) -> None:
    into = tmp_path / "copy"
    assert copied(home, ("~/.agent", ".linked", str(home / ".config/none")), into) == (str(home / ".config/none"),)
    assert held(into) == {".agent/login": TOKEN, ".agent/sub/x": "x", ".linked/real": "linked"}
    assert {path.stat().st_mode & 0o077 for path in (into, *into.rglob("*"))} == {0}


def test_a_home_of_gigabytes_is_not_copied(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_home, "MOST_FILES", 1)
    with pytest.raises(BadConfiguration, match=r"`home` of \[proposers.agent\] names more than 1 files or 64 MiB"):
        copied(home, ("~/.agent",), tmp_path / "copy")


@pytest.mark.parametrize(
    "name", ["", "~", "~/", ".", "..", "~/..", ".agent/../..", "/", "~other/.agent", "/etc/passwd"]
)
def test_what_is_no_part_of_a_home_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadConfiguration, match="is no file or folder below the home directory"):
        copied(home, (name,), tmp_path / "copy")


def test_tokens_of_its_files_and_values_of_its_variables_are_masked(home: Path) -> None:
    variables = {"MY_KEY": "my-own-secret", "A_TOKEN": "short", "MODEL": "openai/gpt-5-mini"}
    secrets = Secrets(variables, laid(home / "given", {"login": f'{{"refresh": "{TOKEN}"}}'}))
    text = f"{TOKEN} my-own-secret short sk-proj-0123456789abcdefghij openai/gpt-5-mini https://a.example/x"
    assert secrets.masked(text) == "*** *** short *** openai/gpt-5-mini https://a.example/x"


def test_a_secret_that_a_change_adds_is_found_and_one_that_base_has_is_not(home: Path) -> None:
    secrets = Secrets({"OTHER": TOKEN}, home / "none")
    kept = PatchedFile(path="kept", before=TOKEN.encode(), after=f"{TOKEN} more".encode())
    added = PatchedFile(path="added", after=f"x = '{TOKEN}'".encode())
    named = PatchedFile(path=f"{TOKEN}.txt", after=b"")
    assert [secrets.told_by(Patch.of([file])) for file in (kept, added, named)] == ["", "added", "***.txt"]
