"""The user's own deploy command, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from outpace.engines.deploy import BOOT, Deploys, still_running
from outpace.model.application import Application
from outpace.model.errors import BadConfiguration, Busy, ToolFailed, ToolTimedOut

LEAVES_A_SERVER = """
import os, subprocess, sys
server = "import time\\nfor n in range(600):\\n    print(n, flush=True); time.sleep(0.05)"
process = subprocess.Popen([sys.executable, "-c", server])
open("server.pid", "w").write(str(process.pid))
print("in service")
"""


TIP = "c0ffee"


def application(*words: str) -> Application:
    return Application(name="shop", deploy=(sys.executable, "-c", *words) if words else ())


def deploys(root: Path, shop: Application, *, timeout: float = 20, told: list[str] | None = None) -> Deploys:
    report = (told if told is not None else []).append
    log = root / "state/deploy.log"
    environ = {"PATH": os.environ["PATH"], "GREETING": "hello"}
    return Deploys(shop, root=root, log=log, environ=environ, report=report, timeout=timedelta(seconds=timeout))


def run(root: Path, shop: Application, *, timeout: float = 20, told: list[str] | None = None) -> Path:
    deploys(root, shop, timeout=timeout, told=told).deploy(TIP)
    return root / "state/deploy.log"


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


BEGINS = """
import sys
from pathlib import Path
from tests.engines.test_deploy import application, run
run(Path(sys.argv[1]), application(sys.argv[2]), told=None)
"""


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_deploy_that_outlives_a_killed_run_is_named_and_not_begun_twice(tmp_path: Path) -> None:
    log, mark, here = tmp_path / "state/deploy.log", tmp_path / "state/deploy.process", Path(__file__).parents[2]
    command = "import time; print('begun', flush=True); time.sleep(60)"
    killed = subprocess.Popen([sys.executable, "-c", BEGINS, str(tmp_path), command], cwd=here)
    until(lambda: log.exists() and log.read_text() == "begun\n")
    killed.kill()
    killed.wait()
    pid = int(mark.read_text().split()[0])
    try:
        with pytest.raises(Busy, match=f"an earlier run began still runs: process {pid}"):
            run(tmp_path, application("print('again')"))
        assert (alive(pid), log.read_text()) == (True, "begun\n")
    finally:
        os.kill(pid, signal.SIGKILL)
    until(lambda: still_running(mark) is None)
    until(lambda: mark.read_text().split()[4:5] == ["-9"])
    assert deploys(tmp_path, application()).ended(TIP) is None
    assert run(tmp_path, application("print('again')")).read_text() == "again\n"


@pytest.mark.parametrize(("status", "well"), [(0, True), (3, False)])
def test_how_a_deploy_ended_that_outlived_a_killed_run_is_known_to_the_next(
    status: int, well: bool, tmp_path: Path
) -> None:
    log, mark, here = tmp_path / "state/deploy.log", tmp_path / "state/deploy.process", Path(__file__).parents[2]
    go = tmp_path / "go"
    command = f"""
import pathlib, time
print('begun', flush=True)
while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)
raise SystemExit({status})
"""
    killed = subprocess.Popen([sys.executable, "-c", BEGINS, str(tmp_path), command], cwd=here)
    until(lambda: log.exists() and log.read_text() == "begun\n")
    killed.kill()
    killed.wait()
    next_run = deploys(tmp_path, application(command))
    assert next_run.ended(TIP) is None
    go.touch()
    until(lambda: len(mark.read_text().split()) == 6)
    assert [next_run.ended(tip) is not None for tip in (TIP, "another")] == [well, False]


def test_when_a_deploy_ended_is_told_alike_to_the_run_that_began_it_and_to_the_next(tmp_path: Path) -> None:
    first = deploys(tmp_path, application("print('done')")).deploy(TIP)
    assert deploys(tmp_path, application()).ended(TIP) == first


@pytest.mark.parametrize("said", ["", "nonsense", "1 2", "{pid} 1 {boot}", "{pid} {born} another-boot", "0 0 {boot}"])
def test_a_number_that_was_given_to_another_process_stands_for_no_deploy(tmp_path: Path, said: str) -> None:
    born = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    mark, known = tmp_path / "mark", {"pid": os.getpid(), "boot": BOOT.read_text().strip(), "born": born}
    mark.write_text("{pid} {born} {boot}".format_map(known))
    assert still_running(mark) == os.getpid()
    mark.write_text(said.format_map(known))
    assert still_running(mark) is None
