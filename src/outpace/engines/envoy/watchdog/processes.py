"""Processes, as the watchdog starts them and finds them again."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

BOOT = Path("/proc/sys/kernel/random/boot_id")
STEADY = 10.0
"""Seconds that a process must live for its next start to be at once."""
INHERITED = ("HOME", "LANG", "LC_ALL", "TZ", "USER", "TMPDIR")
PLAIN_PATH = "/usr/local/bin:/usr/bin:/bin"


def boot() -> str:
    return BOOT.read_text().strip()


class Stat(NamedTuple):
    """Of a process, or of what is left of one."""

    state: str
    born: str  # in the kernel's ticks


def stat(pid: int) -> Stat | None:
    """The process's own name, up to the last bracket, may be any bytes."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].decode().split()
    except OSError:
        return None
    return Stat(fields[0], fields[19])


def born(pid: int) -> str | None:
    """When the process began; None where there is none, or only its remains."""
    found = stat(pid)
    return None if found is None or found.state in "ZX" else found.born


class Program(NamedTuple):
    argv: list[str]
    cwd: str
    environ: dict[str, str]
    log: Path
    umask: int


def launched(program: Program, record: Callable[[int, str], None]) -> tuple[int, str]:
    """The process id of a program whose parent is gone already, and when it began; 0: it could not be. Envoy asks the
    kernel to end it with the thread that started it; and what is kept here must outlive this process.

    It calls `record` before it becomes the program, and holds our locks until then: whoever comes after us, if we are
    killed meanwhile, knows of it.
    """
    reader, writer = os.pipe()
    middle = os.fork()
    if middle:
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            told = pipe.read().decode().split()
        os.waitpid(middle, 0)
        return (int(told[0]), told[1]) if told else (0, "")
    try:
        os.setsid()
        parent = os.getpid()
        if os.fork():
            os._exit(0)
        while os.getppid() == parent:
            time.sleep(0.001)
        os.setpgid(0, 0)  # a group of its own, so that what it leaves behind can be ended
        pid, since = os.getpid(), str(born(os.getpid()))
        os.write(writer, f"{pid} {since}".encode())
        record(pid, since)
        _become(program)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            os.write(2, f"{program.argv[0]} cannot be started: {error}\n".encode())
    finally:
        os._exit(127)


def _become(program: Program) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    output = _opened(program.log)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, 4096)
    os.umask(program.umask)
    os.chdir(program.cwd)
    os.execvpe(program.argv[0], program.argv, program.environ)  # noqa: S606


def _opened(log: Path) -> int:
    """A full disk may have no room for another file: that is no reason not to start."""
    try:
        return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def environment(document: Mapping[str, Any], ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Of an instance: little of ours, and what it declares; secrets are references, which are followed only here.
    Raises LookupError or OSError naming the one that leads nowhere."""
    found = {name: ours[name] for name in INHERITED if name in ours}
    found["PATH"] = os.pathsep.join([*document.get("paths", ()), PLAIN_PATH])
    for name, value in document.get("variables", {}).items():
        found[name] = _followed(name, value, ours)
        if "\0" in name + found[name] or "=" in name:
            raise LookupError(f"no environment can hold {name!r}, for a NUL or an = that is in it")
    return found


def _followed(name: str, value: str, ours: Mapping[str, str]) -> str:
    if value.startswith("env:"):
        if value[4:] not in ours:
            raise LookupError(f"{name} is {value}, which the watchdog's environment does not hold")
        return ours[value[4:]]
    if value.startswith("file:"):
        try:
            return Path(value[5:]).read_text().strip()
        except ValueError as error:
            raise LookupError(f"{name} is {value}, which is no file of text") from error
    return value
