"""Runs the user's own deploy command; what it starts and leaves running stays."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from outpace.model.application import Application
from outpace.model.errors import BadConfiguration, Busy, ToolFailed
from outpace.model.times import from_timestamp, now
from outpace.sandbox import mask, run

TIMEOUT = timedelta(minutes=30)
LOOK_EVERY = 0.2
LINE_LIMIT = 200
TAIL = 2000
BOOT = Path("/proc/sys/kernel/random/boot_id")

# The command's process is named in a file, by itself and before it begins: it outlives an Outpace that is killed, and
# must not run twice at once. How it ended is written there too, by a parent that waits for it, so that a run that comes
# after the killed one knows. Output goes to a file, not to a pipe: a server that the command leaves behind would hold
# the pipe, and die of it.
INTO_FILE = (
    "import os, sys, time\n"
    "log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)\n"
    "nothing = os.open(os.devnull, os.O_RDONLY)\n"
    "os.dup2(nothing, 0); os.dup2(log, 1); os.dup2(log, 2)\n"
    "def note(how, *words):\n"
    "    try:\n"
    "        open(sys.argv[2], how).write(''.join(f'{word} ' for word in words))\n"
    "    except OSError:\n"
    "        pass\n"
    "command = os.fork()\n"
    "if command:\n"
    "    status = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])\n"
    "    note('a', status, time.time())\n"
    "    sys.exit(status if status >= 0 else 128 - status)\n"
    "try:\n"
    "    born = open('/proc/self/stat').read().rpartition(')')[2].split()[19]\n"
    "    boot = open('/proc/sys/kernel/random/boot_id').read().strip()\n"
    "    note('w', os.getpid(), born, boot, sys.argv[3])\n"
    "except OSError:\n"
    "    pass\n"
    "try:\n"
    "    os.execvp(sys.argv[4], sys.argv[4:])\n"
    "except OSError as error:\n"
    "    print(sys.argv[4] + ': ' + (error.strerror or 'cannot be run'), file=sys.stderr, flush=True)\n"
    "    os._exit(127)\n"
)


class Deploys:
    """One application's command, in the repository's root, plainly. What it says is kept in `log`."""

    def __init__(
        self,
        application: Application,
        *,
        root: Path,
        log: Path,
        environ: Mapping[str, str],
        report: Callable[[str], None],
        timeout: timedelta = TIMEOUT,
    ) -> None:
        self._application = application
        self._root = root
        self._log = log
        self._mark = log.with_suffix(".process")
        self._environ = environ
        self._report = report
        self._timeout = timeout

    def deploy(self, tip: str) -> datetime:
        """When the command ended well; only an observation says what runs now. Raises ToolFailed or ToolTimedOut with
        the end of what it said, and Busy where the command of a killed run still runs."""
        command, log, mark = self._application.deploy, self._log, self._mark
        if not command:
            name = self._application.name
            raise BadConfiguration(f"{name} declares no `deploy` command", hint="add it to outpace.toml")
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (pid := still_running(mark)) is not None:
            raise Busy(
                f"a deploy that an earlier run began still runs: process {pid}",
                hint=f"wait until it ends, or end it with: kill {pid}; what it says is in {log}",
            )
        mark.unlink(missing_ok=True)
        os.close(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        argv = (sys.executable, "-I", "-S", "-c", INTO_FILE, str(log), str(mark), tip, *command)
        with _Follower(log, self._report):
            done = run(argv, cwd=self._root, env=self._environ, timeout=self._timeout, accept=None)
        if done.returncode:
            output = _end_of(log)
            raise ToolFailed(
                f"{command[0]} ended with status {done.returncode}: {output}",
                hint=f"the whole output is in {log}",
                returncode=done.returncode,
                output=output,
            )
        return self.ended(tip) or now()

    def ended(self, tip: str) -> datetime | None:
        """When the command last ended well, if it was given this revision then: a killed run could not say so."""
        try:
            *_, given, status, at = self._mark.read_text().split()
            moment = from_timestamp(float(at))
        except (OSError, ValueError):
            return None
        return moment if (given, status) == (tip, "0") else None


def still_running(mark: Path) -> int | None:
    """The process that the file names, if it is that very process: numbers are given again, after a reboot too."""
    try:
        pid, born, boot, *_ = mark.read_text().split()
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
