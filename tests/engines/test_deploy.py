"""The user's own deploy command, with real processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from outpace.engines.deploy import deploy
from outpace.model.application import Application
from outpace.model.errors import BadConfiguration, ToolFailed, ToolTimedOut

LEAVES_A_SERVER = """
import os, subprocess, sys
server = "import time\\nfor n in range(600):\\n    print(n, flush=True); time.sleep(0.05)"
process = subprocess.Popen([sys.executable, "-c", server])
open("server.pid", "w").write(str(process.pid))
print("in service")
"""


def application(*words: str) -> Application:
    return Application(name="shop", deploy=(sys.executable, "-c", *words) if words else ())


def run(root: Path, shop: Application, *, timeout: float = 20, told: list[str] | None = None) -> Path:
    report = (told if told is not None else []).append
    log = root / "state/deploy.log"
    environ = {"PATH": os.environ["PATH"], "GREETING": "hello"}
    deploy(shop, root=root, log=log, environ=environ, report=report, timeout=timedelta(seconds=timeout))
    return log


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_command_runs_in_the_root_with_the_users_environment_and_its_lines_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    code = "import os; print(os.getcwd()); print(os.environ['GREETING']); print('TOKEN=abcdef')"
    log = run(tmp_path, application(code), told=told)
    assert log.read_text() == f"{tmp_path}\nhello\nTOKEN=abcdef\n"
    assert told == [f"deploy: {tmp_path}", "deploy: hello", "deploy: TOKEN=***"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_server_that_the_command_leaves_behind_lives_on_and_holds_nobody_up(tmp_path: Path) -> None:
    began = time.monotonic()
    log = run(tmp_path, application(LEAVES_A_SERVER))
    pid = int((tmp_path / "server.pid").read_text())
    try:
        assert time.monotonic() - began < 10
        size = log.stat().st_size
        time.sleep(0.3)
        assert alive(pid)
        assert log.stat().st_size > size
    finally:
        os.kill(pid, signal.SIGKILL)


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="ended with status 3: no disk, password=") as failure:
        run(tmp_path, application("print('no disk, password=hunter2'); raise SystemExit(3)"))
    assert "hunter2" not in failure.value.message
    assert failure.value.returncode == 3


def test_a_command_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    code = LEAVES_A_SERVER + "import time; time.sleep(60)"
    with pytest.raises(ToolTimedOut):
        run(tmp_path, application(code), timeout=1)
    pid = int((tmp_path / "server.pid").read_text())
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """A zombie that nobody has collected yet does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="no-such-program: No such file or directory"):
        run(tmp_path, Application(name="shop", deploy=("no-such-program",)))


def test_an_application_without_a_deploy_command_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="shop declares no `deploy` command"):
        run(tmp_path, application())
