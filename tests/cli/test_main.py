"""The front door: help, usage errors, bugs, interrupted output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

from outpace.cli.main import COMMANDS, chosen, main, module_of

HEAVY = {"rich", "httpx2", "msgspec", "sqlite3", "asyncio", "tomlkit", "packaging"}


def outpace(*words: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(cwd / ".state"),
        "XDG_CACHE_HOME": str(cwd / ".cache"),
        "HOME": str(cwd),
        **(env or {}),
    }
    argv = [sys.executable, "-m", "outpace.cli", *words]
    return subprocess.run(argv, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_help_lists_every_command_and_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys, json\n"
        "from outpace.cli.main import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        "    print('LOADED', json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    text, _, loaded = done.stdout.partition("LOADED ")
    assert [c.name for c in COMMANDS if c.name not in text] == []
    assert HEAVY & set(json.loads(loaded)) == set()


def test_every_command_has_help_with_its_options(tmp_path: Path) -> None:
    for command in COMMANDS:
        done = outpace(*command.name.split(), "--help", cwd=tmp_path)
        assert (done.returncode, "--format" in done.stdout, done.stderr) == (0, True, ""), command.name


ORDERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "record": (("deployed",), ("CVE-2024-23334",), ("--environment", "production"), ("--push",)),
    "fix": (("CVE-2024-23334",), ("--dry-run",), ("--format", "json")),
    "prove": (("topic",), ("--base", "main"), ("--offline",)),
    "respond": (("CVE-2024-23334",), ("--push",), ("--name", "shop")),
    "match": (("uv.lock",), ("--strict",), ("--format", "json")),
    "clock": (("CVE-2024-23334",), ("--name", "shop"), ("--quiet",)),
    "advisories": (("update",), ("--from", "all.zip"), ("--offline",)),
}


@pytest.mark.parametrize("name", ORDERS)
def test_words_and_options_mean_the_same_in_every_order(name: str) -> None:
    words = [part for part in ORDERS[name] if not part[0].startswith("--")]
    read = {
        str(sorted(vars(chosen([name, *(word for part in order for word in part)])[1]).items()))
        for order in permutations(ORDERS[name])
        if [part for part in order if part in words] == words
    }
    assert len(read) == 1


@pytest.mark.parametrize("columns", ["", "60", "80", "200"])
def test_no_page_of_help_is_wider_than_the_terminal_or_80_columns(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for words in (["--help"], *([*command.name.split(), "--help"] for command in COMMANDS)):
        with pytest.raises(SystemExit):
            chosen(words)
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("  ")]
    assert [line for line in lines if len(line) > min(int(columns or 80), 80)] == []


def test_an_example_of_the_help_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            chosen([*command.name.split(), "--help"])
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 80] == []


MISTYPED: dict[tuple[str, ...], str] = {
    ("mtach",): "there is no command 'mtach'; did you mean match?",
    ("umbrella",): "there is no command 'umbrella'; outpace --help lists them",
    ("--quiet", "match"): "options come behind the command: outpace COMMAND --quiet",
    (): "a command is missing; start with: outpace match",
    ("advisories",): "the following arguments are required: update|status",
    ("completion",): "the following arguments are required: bash|zsh|fish",
    ("record",): "nothing says what happened",
    ("test",): "a command is missing; outpace test --help lists them",
    ("test", "rnu"): "there is no command 'test rnu'; did you mean test run?",
    ("tets",): "there is no command 'tets'; did you mean test?",
    ("fix", "CVE-1", "--all"): "ADVISORY and --all exclude one another",
}


@pytest.mark.parametrize("words", MISTYPED)
def test_what_is_no_command_is_a_usage_error_that_names_the_next_step(words: tuple[str, ...], tmp_path: Path) -> None:
    done = outpace(*words, cwd=tmp_path)
    assert (done.returncode, MISTYPED[words] in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_closed_stdout_is_no_bug(form: str, tmp_path: Path) -> None:
    (tmp_path / "outpace.toml").write_text("")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    program = f"exec {sys.executable} -m outpace.cli.__main__ init --print --format {form} >&- <&-"
    done = subprocess.run(["sh", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "a bug in Outpace" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_bug(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("\n".join(f"acme-{n}==1.0" for n in range(2000)))
    program = f"{sys.executable} -m outpace match --format json . | head -c 10"
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(["sh", "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert "a bug in Outpace" not in done.stderr
    assert "Traceback" not in done.stderr


def test_output_into_a_directory_is_refused_with_words(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / ".git").mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"],
        cwd=tmp_path,
        check=True,
    )
    done = outpace("init", "--print", "--output", "there", cwd=tmp_path)
    assert done.returncode == 2
    assert "it is a directory" in done.stderr


def test_a_relative_directory_of_xdg_is_ignored_and_said_so(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("acme==1.0\n")
    relative = {"XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "./cache", "COLUMNS": "200"}
    done = outpace("match", "--offline", cwd=tmp_path, env=relative)
    data = tmp_path / ".local" / "state" / "outpace" / "advisories"
    assert done.stderr.splitlines() == [
        "outpace: XDG_STATE_HOME=state is ignored, since it is no absolute path",
        "outpace: XDG_CACHE_HOME=./cache is ignored, since it is no absolute path",
        f"outpace: there is no advisory data in {data}, and offline none can be fetched",
        "  run `outpace advisories update --from FILE` with a copy of OSV's all.zip",
        "  more: outpace explain NoAdvisories",
    ]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("test generate", "outpace: interrupted: nothing is kept of it\n"),
        ("test mutants", "outpace: interrupted; run the command again to go on\n"),
    ],
)
def test_an_interrupted_command_promises_to_go_on_only_where_it_does(
    command: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(args: object, door: object) -> int:
        del args, door
        raise KeyboardInterrupt

    module = module_of(next(each for each in COMMANDS if each.name == command))
    monkeypatch.setattr(module, "run", run)
    assert main(command.split()) == 130
    assert capsys.readouterr().err.endswith(said)
