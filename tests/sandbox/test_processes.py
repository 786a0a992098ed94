"""Our own tools: exit statuses, limits on time and output, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from outpace.model.errors import BadInput, ToolFailed, ToolMissing, ToolTimedOut
from outpace.sandbox import run
from tests.sandbox.arena import alive

SPAWN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20) # {marker}'])"


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def test_what_a_program_reads_and_writes_arrives() -> None:
    code = "import sys; t = sys.stdin.buffer.read(); sys.stdout.buffer.write(t); sys.stderr.write('to stderr')"
    done = run(python(code), stdin=b"x" * 300_000)
    assert (done.stdout, done.stderr, done.returncode) == (b"x" * 300_000, b"to stderr", 0)
    assert not done.timed_out
    assert not done.truncated


def test_both_outputs_can_be_large_at_once_without_a_deadlock_and_are_cut_at_the_limit() -> None:
    code = "import os\nfor _ in range(40): os.write(1, b'o' * 50_000); os.write(2, b'e' * 50_000)"
    done = run(python(code), limit=1000)
    assert (done.stdout, done.stderr, done.truncated) == (b"o" * 1000, b"e" * 1000, True)


def test_a_program_that_does_not_read_its_input_is_no_error() -> None:
    assert run(["true"], stdin=b"x" * 1_000_000).returncode == 0


def test_a_failed_tool_is_named_with_its_status_and_no_secret() -> None:
    code = "import sys; sys.stderr.write('fatal: https://joe:hunter2@example.org/simple refused'); sys.exit(7)"
    with pytest.raises(ToolFailed) as caught:
        run(python(code))
    name = Path(sys.executable).name
    assert caught.value.message == f"{name} ended with status 7: fatal: https://***@example.org/simple refused"
    assert caught.value.returncode == 7


def test_statuses_that_are_answers_are_accepted() -> None:
    assert run(python("raise SystemExit(1)"), accept=(0, 1)).returncode == 1
    assert run(python("raise SystemExit(77)"), accept=None).returncode == 77
    killed = run(python("import os; os.kill(os.getpid(), 15)"), accept=None)
    assert killed.returncode == -signal.SIGTERM


def test_a_missing_tool_says_how_to_get_it() -> None:
    with pytest.raises(ToolMissing) as caught:
        run(["git"], env={"PATH": "/nowhere"}, cwd=Path("/"))
    assert (caught.value.message, caught.value.hint) == (
        "git cannot be run: no such file or directory",
        "install git with your system's package manager",
    )


def test_a_missing_directory_is_not_mistaken_for_a_missing_tool(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no directory"):
        run(["true"], cwd=tmp_path / "absent")


def test_a_program_that_takes_too_long_is_ended_with_its_children() -> None:
    marker = f"slow-{os.getpid()}"
    code = f"{SPAWN.format(marker=marker)}; import time; time.sleep(20)"
    with pytest.raises(ToolTimedOut, match=r"did not end within 0.5 s"):
        run(python(code), timeout=timedelta(seconds=0.5))
    assert alive(marker) == []


def test_an_interrupt_ends_the_program_with_its_children() -> None:
    marker = f"interrupted-{os.getpid()}"
    program = python(f"import time; time.sleep(20) # {marker}")
    code = f"from outpace.sandbox import run\ntry: run({program!r})\nexcept KeyboardInterrupt: print('interrupted')"
    outpace = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    until = time.monotonic() + 10
    while len(alive(marker)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    outpace.send_signal(signal.SIGINT)
    assert outpace.communicate(timeout=10)[0] == b"interrupted\n"
    assert alive(marker) == []


def test_a_server_that_a_tool_leaves_running_is_neither_killed_nor_waited_for() -> None:
    marker = f"server-{os.getpid()}"
    code = f"{SPAWN.format(marker=marker)}; print('started')"
    done = run(python(code))
    left = alive(marker)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert (len(left), done.stdout) == (1, b"started\n")
    assert done.wall < timedelta(seconds=5)


def test_the_environment_is_ours_or_exactly_what_is_given() -> None:
    code = "import os; print(sorted(os.environ))"
    assert run(python(code), env={"ONLY": "this"}).stdout == b"['LC_CTYPE', 'ONLY']\n"
    assert b"'PATH'" in run(python(code)).stdout
