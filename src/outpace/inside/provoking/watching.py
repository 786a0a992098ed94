"""What tests use of the world outside them: variables, clock, sleep, threads, children, sockets, random numbers."""

from __future__ import annotations

import os
import random
import subprocess  # noqa: TID251  watched, not used
import sys
import threading
import time
from collections.abc import Callable, Generator
from types import FrameType
from typing import Any

import pytest

from ..recording.frames import frame_above
from .clock import Clock

OURS = os.path.dirname(__file__)
SOCKETS = frozenset(
    {
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.getnameinfo",
        "socket.sendmsg",
        "socket.sendto",
    }
)


class Uses:
    """A plugin. Everything is put in place before the project is imported; what is used meanwhile is kept apart."""

    def __init__(self, root: str) -> None:
        self._root = root + os.sep
        self.names: set[str] = set()
        self._used: set[str] = set()
        self._collecting = True
        self.imported: set[str] = set()
        self.by_test: dict[str, list[str]] = {}
        self._watch_environment()
        Clock(self._told_the_time)
        sys.addaudithook(self._heard)
        for where, name, word in (
            (time, "sleep", "time"),
            (time, "monotonic", "time"),
            (time, "perf_counter", "time"),
            (time, "process_time", "time"),
            (time, "time", "time"),
            (os, "getpid", "pid"),
        ):
            setattr(where, name, Counted(getattr(where, name), lambda word=word: self._used.add(word)))
        _set_sleep(self._used)
        self._watch(threading.Thread, "start", "thread")
        self._watch(threading.Event, "wait", "time")
        self._watch(threading.Condition, "wait", "time")
        self._watch(subprocess.Popen, "__init__", "child")

    def _told_the_time(self) -> None:
        """What the project asks while it is imported, every test may build on."""
        self._used.add("clock")
        if self._collecting and "clock" not in self.imported and self._project_calls():
            self.imported.add("clock")

    def _project_calls(self) -> bool:
        """Itself, not by what it imports."""
        frame: FrameType | None = frame_above(2)
        while frame is not None and frame.f_code.co_filename.startswith(OURS):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename.startswith(self._root)

    def _heard(self, event: str, _: object) -> None:
        if event in SOCKETS:
            self._used.add("socket")

    def _watch(self, where: type, name: str, word: str) -> None:
        real = getattr(where, name)

        def watched(*args: Any, **named: Any) -> Any:
            self._used.add(word)
            return real(*args, **named)

        setattr(where, name, watched)

    def _watch_environment(self) -> None:
        kind: Any = type(os.environ)
        for name in ("__getitem__", "__contains__"):
            setattr(kind, name, self._reading(getattr(kind, name)))

    def _reading(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def read(environ: Any, key: Any) -> Any:
            if isinstance(key, str) and self._by_project():
                self.names.add(key)
            return real(environ, key)

        return read

    def _by_project(self) -> bool:
        """Whoever reads, behind the standard library's own code for the environment."""
        frame: FrameType | None = frame_above(3)
        while frame is not None and os.path.basename(frame.f_code.co_filename) in ("os.py", "_collections_abc.py"):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename.startswith(self._root)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, None]:
        self._collecting = False
        self._used.clear()
        yield
        self.by_test[item.nodeid] = sorted(self._used | self.imported)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, None]:
        before = random.getstate()
        yield
        if random.getstate() != before:
            self._used.add("random")


def _set_sleep(used: set[str]) -> None:
    """Also who sleeps beside the main thread."""
    time.sleep = Counted(time.sleep, lambda: used.add("sleeper") if _is_beside() else None)


def _is_beside() -> bool:
    return threading.current_thread() is not threading.main_thread()


class Counted:
    """No function: as an attribute of a class it stays what a builtin is there."""

    def __init__(self, real: Callable[..., Any], used: Callable[[], None]) -> None:
        self._real = real
        self._used = used
        self.__name__ = getattr(real, "__name__", "")

    def __call__(self, *args: Any, **named: Any) -> Any:
        self._used()
        return self._real(*args, **named)
