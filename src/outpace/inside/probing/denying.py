"""What a program is not let do in its fork. Not a wall, that is the sandbox: a program that tries is not believed."""

from __future__ import annotations

import os
import sys
from typing import Any

NEVER = frozenset(
    {
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.exec",
        "os.system",
        "os.kill",
        "os.killpg",
        "subprocess.Popen",
        "pty.spawn",
        "ctypes.dlopen",
        "signal.pthread_kill",
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "urllib.Request",
        "webbrowser.open",
        "syslog.syslog",
    }
)
PATHS = frozenset(
    {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.link"}
    | {"os.symlink", "shutil.rmtree", "shutil.move", "shutil.copyfile", "sqlite3.connect"}
)
"""Their first path, or the second where that is what is written to."""
SECOND = frozenset({"os.rename", "os.link", "os.symlink", "shutil.move", "shutil.copyfile"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _Watch:
    def __init__(self) -> None:
        self.hooked = False
        self.private = ""
        self.why = ""
        self.on = False
        self.environment = False

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open":
            self._open(*arguments[:3])
        elif event in ("os.putenv", "os.unsetenv"):
            self.environment = True
        elif event in NEVER:
            self._deny(event)
        elif event in PATHS:
            if event not in SECOND or event in ("os.rename", "shutil.move"):
                self._path(event, arguments[0])
            if event in SECOND:
                self._path(event, arguments[1])

    def _open(self, path: Any, mode: Any, flags: Any) -> None:
        writes = isinstance(flags, int) and flags & WRITING
        if not writes or isinstance(path, int) or path is None:
            return
        if os.fspath(path) not in ("/dev/null", b"/dev/null"):
            self._path("open for writing", path)
        del mode

    def _path(self, event: str, path: Any) -> None:
        try:
            text = os.fsdecode(path)
        except TypeError:
            return
        real = os.path.realpath(text)
        if real != self.private and not real.startswith(self.private + os.sep):
            self._deny(event)

    def _deny(self, event: str) -> None:
        self.why = self.why or f"asked for {event}"
        raise PermissionError(f"{event} is not let here")


WATCH = _Watch()


def begin(private: str) -> None:
    """From now on, only what lies below this directory may be written. A hook cannot be taken out again."""
    if not WATCH.hooked:
        WATCH.hooked = True
        sys.addaudithook(WATCH.hook)
    WATCH.private, WATCH.why, WATCH.on = os.path.realpath(private), "", True


def environment_changed() -> bool:
    """Since it was asked last."""
    changed, WATCH.environment = WATCH.environment, False
    return changed


def denied() -> str:
    return WATCH.why


def end() -> None:
    WATCH.on = False
