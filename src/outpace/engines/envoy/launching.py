"""The watchdog's process: started so that it outlives us, found by the lock that it holds."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from outpace import sandbox
from outpace.engines.envoy.place import Place

WATCHDOG = Path(__file__).parent / "watchdog.py"
LOCK = "lease.lock"
PAUSE = 0.02
GRACE = 10.0

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
    "os.execv(sys.executable, [sys.executable, '-I', '-S', *sys.argv[2:]])\n"
)


def launch_watchdog(folder: Path, environ: Mapping[str, str]) -> None:
    logs = folder / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    log = logs / "watchdog.log"
    sandbox.run([sys.executable, "-I", "-S", "-c", DETACHED, log, WATCHDOG, folder], env=environ)


def watchdog_of(folder: Path) -> int:
    """The process id of the one that holds the folder's lock; 0: none does."""
    import fcntl

    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # two that ask are not in each other's way
    except BlockingIOError:
        return int(os.pread(descriptor, 32, 0).strip() or b"0")
    finally:
        os.close(descriptor)
    return 0


def units(name: str, folder: Path) -> dict[str, str]:
    """systemd's, by file name: one for each part, which what it started outlives. Secrets that `variables` name by
    `env:` come from the environment file."""
    import pwd

    told = {
        "lease": "takes a rollout back when its engine dies",
        "envoy": "keeps Envoy",
        "applications": "keeps the processes of releases",
    }
    return {
        f"outpace-{name}-{part}.service": UNIT.format(
            what=f"{name} at Outpace's edge: {what}",
            command=shlex.join([sys.executable, "-I", "-S", str(WATCHDOG), str(folder), part]),
            user=pwd.getpwuid(os.getuid()).pw_name,
            secrets=f"/etc/outpace/{name}.env",
        )
        for part, what in told.items()
    }


def end_watchdog(folder: Path) -> None:
    """Waits until it is gone; it ends nothing of what it keeps."""
    watchdog = watchdog_of(folder)
    if not watchdog:
        return
    os.kill(watchdog, signal.SIGTERM)
    until = time.monotonic() + GRACE
    while watchdog_of(folder):
        if time.monotonic() > until:
            os.kill(watchdog, signal.SIGKILL)
        time.sleep(PAUSE)


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
