"""Completion in real shells: what is typed with a TAB in it becomes what would have been typed out."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from outpace.cli.grammar import whole
from outpace.cli.main import COMMANDS, chosen
from outpace.formats import completion
from outpace.formats.grammar import AFile, AFolder, Anything, OneOf
from tests.needs import needs

GOT = re.compile(rb"GOT<([^<>%]*)>")
PATIENCE = 20.0
SECTIONS = re.compile(r"^  (-[^ ].*?)(?:  |$)", re.MULTILINE)

# Typed -> what the program is called with.
TYPED = {
    "outpace mat\t --off\t": "match --offline",
    "outpace match --format cyclonedx-v\t": "match --format cyclonedx-vex",
    "outpace match --environment fold\t": "match --environment folder/",
    "outpace match requ\t": "match requirements.txt",
    "outpace advisories up\t --from requ\t": "advisories update --from requirements.txt",
    "outpace completion fi\t": "completion fish",
    "outpace fix --name mat\t --dry\t": "fix --name mat --dry-run",
    "outpace te\t ru\t --py\t requ\t": "test run --python requirements.txt",
    "outpace --vers\t": "--version",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("completion")
    (place / "folder").mkdir()
    (place / "requirements.txt").touch()
    for shell in ("bash", "zsh", "fish"):
        argv = [sys.executable, "-m", "outpace.cli", "completion", shell, "--output", str(place / f"_{shell}")]
        subprocess.run(argv, check=True)
    return place


def typed(argv: list[str], keys: str, cwd: Path) -> list[str]:
    """What a real terminal would have run, in the order in which it was typed."""
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd), "TERM": "dumb", "PS1": "> ", "LANG": "C.UTF-8"}
    parent, child = pty.openpty()
    process = subprocess.Popen(argv, cwd=cwd, env=env, stdin=child, stdout=child, stderr=child, start_new_session=True)
    os.close(child)
    os.write(parent, keys.encode())
    seen, end = b"", time.monotonic() + PATIENCE
    while b"GOT<end>" not in seen and time.monotonic() < end:
        if select.select([parent], [], [], 0.2)[0]:
            try:
                seen += os.read(parent, 65536)
            except OSError:  # the shell has ended
                break
    process.kill()
    process.wait()
    os.close(parent)
    return [found.decode().strip() for found in GOT.findall(seen) if found != b"end"]


PRINTS = "outpace() { printf 'GOT<%s>\\n' \"$*\"; }"


def test_bash_completes_commands_options_values_and_paths(folder: Path) -> None:
    keys = [PRINTS, "source _bash", *TYPED, "outpace match --format=cyc\t-v\t", "outpace end"]
    got = typed([needs("bash"), "--norc", "--noprofile", "-i"], "\n".join(keys) + "\n", folder)
    assert got == [*TYPED.values(), "match --format=cyclonedx-vex"]


def test_zsh_completes_commands_options_values_and_paths(folder: Path) -> None:
    keys = [PRINTS, "autoload -U compinit; compinit -D -u", "source _zsh", *TYPED, "outpace end"]
    got = typed([needs("zsh"), "-f", "-i"], "\n".join(keys) + "\n", folder)
    assert got == [words.removesuffix("/") for words in TYPED.values()]  # zsh takes the slash away at the end


FISH = {
    "outpace mat": {"match"},
    "outpace match --off": {"--offline"},
    "outpace match --format cyclonedx": {"cyclonedx", "cyclonedx-vex"},
    "outpace match --environment fo": {"folder/"},
    "outpace match requ": {"requirements.txt"},
    "outpace advisories up": {"update"},
    "outpace fix mat": set[str](),
    "outpace tes": {"test"},
    "outpace test ru": {"run"},
    "outpace test run --pyth": {"--python"},
    "outpace --vers": {"--version"},
}


def test_fish_completes_commands_options_values_and_paths(folder: Path) -> None:
    asks = "; ".join(f"echo '# {line}'; complete -C '{line}'" for line in FISH)
    done = subprocess.run(
        [needs("fish"), "--no-config", "-c", f"source _fish; {asks}"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    parts = [part.splitlines() for part in done.stdout.split("# ")[1:]]
    assert {part[0]: {line.split("\t")[0] for line in part[1:]} for part in parts} == FISH


def test_what_is_generated_from_holds_every_option_that_the_help_shows(capsys: pytest.CaptureFixture[str]) -> None:
    for command in whole().commands:
        with pytest.raises(SystemExit):
            chosen([*command.name.split(), "--help"])
        shown = capsys.readouterr().out.partition("\noptions:\n")[2]
        names = {name.split()[0] for line in SECTIONS.findall(shown) for name in line.split(", ")}
        assert {name for option in command.options for name in option.names} == names, command.name
    assert [command.name for command in whole().commands] == [command.name for command in COMMANDS]


def test_every_kind_of_value_stands_somewhere_in_the_grammar() -> None:
    """Else one of the branches that write scripts is never tried."""
    values = {type(option.value) for command in whole().commands for option in command.options}
    words = {type(word.value) for command in whole().commands for word in command.words}
    assert (values, words) == ({OneOf, AFile, AFolder, Anything, type(None)}, {OneOf, AFile, AFolder, Anything})


def test_no_command_has_two_words_that_can_be_guessed() -> None:
    """The script for bash does not count places."""
    guessed = {c.name: [w for w in c.words if not isinstance(w.value, Anything)] for c in whole().commands}
    assert {name for name, words in guessed.items() if len(words) > 1} == set()


def test_no_text_of_the_grammar_is_run_by_a_shell() -> None:
    """Help speaks in backquotes and apostrophes; nothing that a shell expands may stand outside single quotes."""
    for shell in ("bash", "zsh", "fish"):
        script = completion.script(shell, whole())
        ours = re.sub(r"\$?'(?:[^'\\]|\\.)*'", "", script.replace("'\\''", "").replace("\\'", ""))
        assert "`" not in "".join(line for line in ours.splitlines() if not line.lstrip().startswith("#")), shell
