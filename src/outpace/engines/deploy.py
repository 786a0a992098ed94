"""Runs the user's own deploy command; what it starts and leaves running stays."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from outpace.model.application import Application
from outpace.model.errors import BadConfiguration, Busy, ToolFailed
from outpace.sandbox import mask, run

TIMEOUT = timedelta(minutes=30)
LOOK_EVERY = 0.2
LINE_LIMIT = 200
TAIL = 2000
BOOT = Path("/proc/sys/kernel/random/boot_id")

# The command's process is named in a file, by itself and before it begins: it outlives an Outpace that is killed, and
# must not run twice at once. Output goes to a file, not to a pipe: a server that the command leaves behind would hold
# the pipe, and die of it.
INTO_FILE = (
    "import os, sys\n"
    "log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)\n"
    "nothing = os.open(os.devnull, os.O_RDONLY)\n"
    "os.dup2(nothing, 0); os.dup2(log, 1); os.dup2(log, 2)\n"
    "try:\n"
    "    born = open('/proc/self/stat').read().rpartition(')')[2].split()[19]\n"
    "    boot = open('/proc/sys/kernel/random/boot_id').read().strip()\n"
    "    open(sys.argv[2], 'w').write(' '.join((str(os.getpid()), born, boot)))\n"
    "except OSError:\n"
    "    pass\n"
    "try:\n"
    "    os.execvp(sys.argv[3], sys.argv[3:])\n"
    "except OSError as error:\n"
    "    print(sys.argv[3] + ': ' + (error.strerror or 'cannot be run'), file=sys.stderr)\n"
    "    sys.exit(127)\n"
)


class Deployed(Struct, frozen=True, kw_only=True):
    """The command ended well; only an observation says what runs now."""

    wall: timedelta
    log: Path


def deploy(
    application: Application,
    *,
    root: Path,
    log: Path,
    environ: Mapping[str, str],
    report: Callable[[str], None],
    timeout: timedelta = TIMEOUT,
) -> Deployed:
    """In the repository's root, plainly. Raises ToolFailed or ToolTimedOut with the end of what the command said, and
    Busy where the command of a killed run still runs."""
    if not application.deploy:
        raise BadConfiguration(f"{application.name} declares no `deploy` command", hint="add it to outpace.toml")
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = log.with_suffix(".process")
    if (pid := still_running(mark)) is not None:
        raise Busy(
            f"a deploy that an earlier run began still runs: process {pid}",
            hint=f"wait until it ends, or end it with: kill {pid}; what it says is in {log}",
        )
    os.close(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    argv = (sys.executable, "-I", "-S", "-c", INTO_FILE, str(log), str(mark), *application.deploy)
    try:
        with _Follower(log, report):
            done = run(argv, cwd=root, env=environ, timeout=timeout, accept=None)
    finally:
        mark.unlink(missing_ok=True)
    if done.returncode:
        output = _end_of(log)
        raise ToolFailed(
            f"{application.deploy[0]} ended with status {done.returncode}: {output}",
            hint=f"the whole output is in {log}",
            returncode=done.returncode,
            output=output,
        )
    return Deployed(wall=done.wall, log=log)


def still_running(mark: Path) -> int | None:
    """The process that the file names, if it is that very process: numbers are given again, after a reboot too."""
    try:
        pid, born, boot = mark.read_text().split()
        after_name = Path("/proc", str(int(pid)), "stat").read_text().rpartition(")")[2].split()
        is_same = (after_name[19], BOOT.read_text().strip()) == (born, boot)
    except (OSError, ValueError, IndexError):
        return None
    return int(pid) if is_same and after_name[0] not in "ZX" else None


class _Follower:
    """Reports the lines of a growing file, masked, until the block ends."""

    def __init__(self, log: Path, report: Callable[[str], None]) -> None:
        self.log = log
        self.report = report
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def _follow(self) -> None:
        rest = b""
        with self.log.open("rb") as file:
            last = False
            while not last:
                last = self.ended.wait(LOOK_EVERY)
                *lines, rest = (rest + file.read(1 << 20)).split(b"\n")
                for line in lines:
                    self._tell(line)
        self._tell(rest)

    def _tell(self, line: bytes) -> None:
        text = mask("".join(one for one in line.decode("utf-8", "replace") if one.isprintable()).strip())
        if text:
            self.report(f"deploy: {text[:LINE_LIMIT]}")


def _end_of(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - TAIL))
        return mask(file.read().decode("utf-8", "replace").strip())
