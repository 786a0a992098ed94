"""`outpace init --agents`: a marked part of AGENTS.md and a skill, written again without touching anything else."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from outpace.app.agents import AGENTS, BEGIN, END, SKILL, SKILLED, TOLD, with_told
from outpace.cli.main import COMMANDS, chosen, main
from outpace.model.errors import UsageError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "shop"
    place.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True)
    monkeypatch.chdir(place)
    return place


def test_it_writes_both_files_and_then_finds_nothing_to_change(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--agents"]) == 0
    assert ((root / AGENTS).read_text(), (root / SKILL).read_text()) == (TOLD, SKILLED)
    capsys.readouterr()
    assert main(["init", "--agents", "--format", "json"]) == 0
    files = json.loads(capsys.readouterr().out)["result"]["files"]
    assert files == [{"file": str(root / name), "state": "unchanged"} for name in (AGENTS, SKILL)]
    assert not (root / "outpace.toml").exists()


def test_printing_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--agents", "--print"]) == 0
    assert capsys.readouterr().out == f"==> {AGENTS} <==\n{TOLD}\n==> {SKILL} <==\n{SKILLED}"
    assert [path.name for path in root.iterdir()] == [".git"]


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"# Ours\n\nUse tabs.\n",
        b"# Ours\n\nno end of the last line",
        b"# Ours\r\n\r\nAs Windows has it.\r\n",
        b"\xff\xfe not text \x00\n",
    ],
)
def test_every_other_byte_stays_as_it_was(before: bytes) -> None:
    once = with_told(before)
    assert once.startswith(before)
    assert once.count(BEGIN) == once.count(END) == 1
    later = once + b"\nmore, by a person\n"
    assert with_told(once) == once
    assert with_told(later) == later
    assert with_told(later.replace(b"tries are limited", b"an older text")) == later
    assert (b"\r\n" in once) == (b"\r\n" in before)


@pytest.mark.parametrize("torn", [BEGIN, END, END + b"\n" + BEGIN, BEGIN + END + BEGIN])
def test_marks_that_are_no_pair_are_left_to_a_person(torn: bytes) -> None:
    with pytest.raises(UsageError):
        with_told(b"# Ours\n" + torn)


def test_a_skill_that_somebody_changed_is_replaced_only_by_force(root: Path) -> None:
    (root / SKILL).parent.mkdir(parents=True)
    (root / SKILL).write_text("our own\n")
    assert main(["init", "--agents"]) == 2
    assert ((root / SKILL).read_text(), (root / AGENTS).exists()) == ("our own\n", False)
    assert main(["init", "--agents", "--force"]) == 0
    assert (root / SKILL).read_text() == SKILLED


@pytest.mark.parametrize("name", [AGENTS, SKILL])
def test_a_link_that_leads_out_of_the_repository_is_not_followed(root: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "SKILL.md").write_text("not ours\n")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(outside / "SKILL.md")
    assert main(["init", "--agents", "--force"]) == 2
    assert (outside / "SKILL.md").read_text() == "not ours\n"


def test_a_link_to_another_file_of_the_repository_is_written_through(root: Path) -> None:
    (root / "CLAUDE.md").write_text("# Ours\n")
    (root / AGENTS).symlink_to("CLAUDE.md")
    assert main(["init", "--agents"]) == 0
    assert ((root / AGENTS).is_symlink(), (root / "CLAUDE.md").read_text()) == (True, f"# Ours\n\n{TOLD}")


def test_the_skill_keeps_the_limits_of_its_form() -> None:
    _, head, body = SKILLED.split("---\n", 2)
    description = " ".join(head.partition("description: >-")[2].split())
    assert re.search(r"^name: outpace$", head, re.MULTILINE)
    assert 0 < len(description) <= 1024
    assert len(body.splitlines()) < 100
    assert len(TOLD.splitlines()) <= 17


def test_agents_are_told_only_commands_that_exist() -> None:
    spoken = re.findall(r"`(outpace [^`]+)`", TOLD + SKILLED)
    typed = re.findall(r"^outpace .*$", SKILLED, re.MULTILINE)
    assert len(spoken) + len(typed) > 10
    for line in (*spoken, *typed):
        words = shlex.split(line, comments=True)[1:]
        if words[0] not in {command.name for command in COMMANDS} or len(words) > 1:
            assert chosen(words)[0].name == words[0]
