"""Processes, as the watchdog starts them and finds them again."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BOOT = Path("/proc/sys/kernel/random/boot_id")
STEADY = 10.0
"""Seconds that a process must live for its next start to be at once."""
INHERITED = ("HOME", "LANG", "LC_ALL", "TZ", "USER", "TMPDIR")
PLAIN_PATH = "/usr/local/bin:/usr/bin:/bin"


def boot() -> str:
    return BOOT.read_text().strip()


def born(pid: int) -> str | None:
    """When the process began, in the kernel's ticks; None where there is none, or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return None
    return None if fields[0] in "ZX" else fields[19]


def launched(argv: list[str], cwd: str, environ: dict[str, str], log: Path) -> int:
    """The process id of a program whose parent is gone already. Envoy asks the kernel to end it with the thread that
    started it; and what is kept here must outlive this process."""
    reader, writer = os.pipe()
    middle = os.fork()
    if middle:
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            told = pipe.read(16)
        os.waitpid(middle, 0)
        return int(told or b"0")
    try:
        os.setsid()
        parent = os.getpid()
        pid = os.fork()
        if pid:
            os.write(writer, str(pid).encode())
            os._exit(0)
        while os.getppid() == parent:
            time.sleep(0.001)
        _become(argv, cwd, environ, log)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            os.write(2, f"{argv[0]} cannot be started: {error}\n".encode())
    finally:
        os._exit(127)


def _become(argv: list[str], cwd: str, environ: dict[str, str], log: Path) -> None:
    """In a group of its own, so that what it leaves behind can be ended."""
    os.setpgid(0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, 4096)
    os.chdir(cwd)
    os.execvpe(argv[0], argv, environ)  # noqa: S606


def environment(document: Mapping[str, Any], ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Of an instance: little of ours, and what it declares; secrets are references, which are followed only here.
    Raises LookupError or OSError naming the one that leads nowhere."""
    found = {name: ours[name] for name in INHERITED if name in ours}
    found["PATH"] = os.pathsep.join([*document.get("paths", ()), PLAIN_PATH])
    for name, value in document.get("variables", {}).items():
        if value.startswith("env:"):
            if value[4:] not in ours:
                raise LookupError(f"{name} is {value}, which the watchdog's environment does not hold")
            found[name] = ours[value[4:]]
        elif value.startswith("file:"):
            found[name] = Path(value[5:]).read_text().strip()
        else:
            found[name] = value
    return found
