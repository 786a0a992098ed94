"""The tutorial is run: every command of the page, typed into a shell, prints what the page says that it prints."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.needs import needs

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "tutorial.md").read_text()
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "[...]"
SLOW_FROM = "## The hole itself"


class Typed(NamedTuple):
    command: str
    prints: str


def typed(page: str) -> Iterator[Typed]:
    for block in CONSOLE.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, prints = part.partition("\n")
            yield Typed(command, prints)


def fits(prints: str, told: str) -> bool:
    """`[...]` in a line stands for any text in it, and in a line of its own for any lines."""
    parts: list[str] = []
    for line in told.splitlines():
        if line == LEFT_OUT:
            parts.append(r"(?:.*\n)*")
        else:
            parts.append(".*".join(map(re.escape, line.split(LEFT_OUT))) + r" *\n")
    return re.fullmatch("".join(parts), prints) is not None


class Reader:
    """Types one command after another, from a clone of the repository, in a home of their own."""

    def __init__(self, home: Path) -> None:
        self.directory, self.status, self.port = ROOT, 0, free_port()
        ours = ("GIT_", "OUTPACE_", "XDG_", "MAKE", "MFLAGS", "VIRTUAL_ENV", "DEPLOY_DIR", "PORT")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        cache = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
        self.environment = {**kept, "HOME": str(home), "UV_CACHE_DIR": cache, "PORT": str(self.port)}
        (home / ".gitconfig").write_text('[user]\nname = "Reader"\nemail = "reader@example.invalid"\n')

    def types(self, command: str) -> str:
        """What it prints on stdout; progress on stderr is not on the page."""
        if command.startswith("cd "):
            self.directory = Path(command.removeprefix("cd ").replace("~", self.environment["HOME"]))
            return ""
        shell = f"(exit {self.status}); {command.replace('8000', str(self.port))}"
        done = subprocess.run(
            ["bash", "-c", shell], cwd=self.directory, env=self.environment, capture_output=True, text=True, check=False
        )
        self.status = done.returncode
        assert done.returncode in {0, 10}, f"{command}: {done.stderr}"
        return done.stdout.replace(str(self.port), "8000")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def follow(page: str, home: Path) -> list[str]:
    """The commands that printed something else, with what they printed."""
    for program in ("uv", "git", "make", "curl"):
        needs(program)
    reader = Reader(home)
    wrong: list[str] = []
    for step in typed(page):
        prints = reader.types(step.command)
        if step.command.startswith("cp ") and "outpace.toml" in step.command:
            written = home / "storefront" / "outpace.toml"
            written.write_text(written.read_text().replace("8000", str(reader.port)))
        if not fits(prints, step.prints):
            wrong.append(f"$ {step.command}\n{prints}")
    return wrong


def test_the_first_half_of_the_tutorial_prints_what_the_page_says(tmp_path: Path) -> None:
    page = PAGE.partition(SLOW_FROM)[0]
    assert len(list(typed(page))) == 16
    assert follow(page, tmp_path) == []


@pytest.mark.soak
def test_the_whole_tutorial_prints_what_the_page_says(tmp_path: Path) -> None:
    assert SLOW_FROM in PAGE
    try:
        assert follow(PAGE, tmp_path) == []
    finally:
        stop = ["make", "-s", "stop"]
        subprocess.run(stop, cwd=tmp_path / "storefront", capture_output=True, check=False)


@pytest.mark.parametrize(
    ("prints", "told", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\n", False),
        ("", "", True),
        ("something\n", "", False),
        ("a\nx\ny\nb\n", "a\n[...]\nb\n", True),
        ("proved: 7a against 5b; fixes A\n", "proved: [...]; fixes A\n", True),
        ("refuted: 7a; fixes A\n", "proved: [...]; fixes A\n", False),
    ],
)
def test_only_what_the_page_leaves_out_may_differ(prints: str, told: str, same: bool) -> None:
    assert fits(prints, told) is same
