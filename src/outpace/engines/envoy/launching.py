"""The watchdog's process: started so that it outlives us, found by the lock that it holds."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from outpace import sandbox
from outpace.engines.envoy import systemd
from outpace.engines.envoy.place import Place
from outpace.engines.envoy.watchdog import PARTS
from outpace.model.errors import BadConfiguration, ToolTimedOut

WATCHDOG = Path(__file__).parent / "watchdog"
ALONE = ("-I", "-S", "-B")
"""Python as nothing of ours reaches it; and no compiled file of it is ever half written on a full disk."""
HANGS_AFTER = 5.0
AGAIN = 0.5
PAUSE = 0.02
GRACE = 10.0
DIES_WITHIN = 2.0  # less than a lease lasts, which the engine is to renew meanwhile

UNIT = """\
[Unit]
Description={what}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={command}
EnvironmentFile=-{secrets}
User={user}
Restart=always
RestartSec=1
KillMode=process

[Install]
WantedBy=multi-user.target
"""

DETACHED = (
    "import os, sys\n"
    "if os.fork(): os._exit(0)\n"
    "os.setsid()\n"
    "if os.fork(): os._exit(0)\n"
    "log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)\n"
    "nothing = os.open(os.devnull, os.O_RDONLY)\n"
    "os.dup2(nothing, 0); os.dup2(log, 1); os.dup2(log, 2)\n"
    "os.closerange(3, 256)\n"
    "os.chdir('/')\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[2:]])\n"
)


class Watching(Struct, frozen=True):
    """The process that holds a part's lock; 0: the disk was full, so it could not say. `silent_s`: since it last
    looked."""

    pid: int
    silent_s: float


def launch_watchdog(folder: Path, environ: Mapping[str, str], parts: Iterable[str]) -> None:
    logs = folder / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    log = logs / "watchdog.log"
    sandbox.run([sys.executable, *ALONE, "-c", DETACHED, log, *ALONE, WATCHDOG, folder, *parts], env=environ)


def watching(folder: Path) -> dict[str, Watching]:
    """By part, where somebody holds its lock: one process all of them, or systemd's units one each."""
    found = ((part, _holder(folder / f"{part}.lock")) for part in PARTS)
    return {part: holder for part, holder in found if holder is not None}


def watchdog_of(folder: Path) -> int:
    """The process id of the one that looks after leases; 0: it does not run, or nobody is there for another part."""
    found = watching(folder)
    return found["lease"].pid if found.keys() == PARTS.keys() else 0


def hanging(folder: Path) -> dict[int, float]:
    """Process ids of watchdogs that hold a lock and look no more, with the seconds since they did."""
    held = watching(folder).values()
    return {each.pid: each.silent_s for each in held if each.pid and each.silent_s > HANGS_AFTER}


def _holder(lock: Path) -> Watching | None:
    import fcntl

    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # two that ask are not in each other's way
    except BlockingIOError:
        told = os.pread(descriptor, 32, 0).strip()
        silent = time.clock_gettime(time.CLOCK_BOOTTIME) - os.fstat(descriptor).st_mtime
        return Watching(int(told or b"0"), max(silent, 0.0))  # for an instant it is by the clock on the wall, far ahead
    finally:
        os.close(descriptor)
    return None


def units(name: str, folder: Path) -> dict[str, str]:
    """systemd's, by file name: one for each part, which what it started outlives. Secrets that `variables` name by
    `env:` come from the environment file. Raises BadConfiguration."""
    import pwd

    escaped = systemd.escaped(name)

    told = {
        "lease": "takes a rollout back when its engine dies",
        "envoy": "keeps Envoy",
        "applications": "keeps the processes of releases",
    }
    found = {
        f"outpace-{escaped}-{part}.service": UNIT.format(
            what=systemd.line(f"{name} at Outpace's edge: {what}"),
            command=systemd.command(sys.executable, [*ALONE, str(WATCHDOG), str(folder), part]),
            user=systemd.line(pwd.getpwuid(os.getuid()).pw_name),
            secrets=f"/etc/outpace/{escaped}.env",
        )
        for part, what in told.items()
    }
    if any(len(unit) > systemd.LONGEST_NAME for unit in found):
        raise BadConfiguration(
            f"systemd has no room for units named after {name!r}", hint="give the application a shorter `name`"
        )
    return found


def end_watchdog(folder: Path) -> None:
    """Waits until it is gone, each part of it; it ends nothing of what it keeps."""
    pids = {each.pid for each in watching(folder).values() if each.pid}
    _end(folder, pids, {signal.SIGTERM: GRACE, signal.SIGKILL: GRACE})


def end_hanging(folder: Path) -> None:
    """Of what it keeps, nothing ends. When the machine was asleep, it is given the time to look again."""
    if hanging(folder):
        time.sleep(AGAIN)
        _end(folder, hanging(folder).keys(), {signal.SIGKILL: DIES_WITHIN})


def _end(folder: Path, pids: Collection[int], ways: Mapping[signal.Signals, float]) -> None:
    """By one way after another, each with the seconds that it has. Raises ToolTimedOut: who waits for a disk does not
    even die."""
    for which, seconds in ways.items():
        _signal(pids, which)
        until = time.monotonic() + seconds
        while pids := {each.pid for each in watching(folder).values()} & set(pids):
            if time.monotonic() > until:
                break
            time.sleep(PAUSE)
    if pids:
        raise ToolTimedOut(
            f"the watchdog, process {min(pids)}, does not end, not even killed", hint="look at what it waits for"
        )


def _signal(pids: Collection[int], which: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, which)


def end_all(folder: Path) -> None:
    """Without a watchdog: every process that one kept."""
    place = Place(folder)
    names = [path.stem for path in (folder / "processes").glob("*.json")]
    for which, seconds in ((signal.SIGTERM, GRACE), (signal.SIGKILL, GRACE)):
        alive = [pid for name in names if (pid := place.pid(name))]
        for pid in alive:
            try:
                os.killpg(pid, which)
            except ProcessLookupError:
                pass
        until = time.monotonic() + seconds
        while any(place.pid(name) for name in names) and time.monotonic() < until:
            time.sleep(PAUSE)
