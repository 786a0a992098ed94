"""The front door: help, usage errors, bugs, interrupted output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from outpace.cli.main import COMMANDS

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
        done = outpace(command.name, "--help", cwd=tmp_path)
        assert (done.returncode, "--format" in done.stdout, done.stderr) == (0, True, ""), command.name


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    done = outpace("mtach", cwd=tmp_path)
    assert done.returncode == 2
    assert "mtach" in done.stderr


def test_a_reader_that_goes_away_is_no_bug(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("\n".join(f"acme-{n}==1.0" for n in range(2000)))
    program = f"{sys.executable} -m outpace.cli match --format json . | head -c 10"
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
