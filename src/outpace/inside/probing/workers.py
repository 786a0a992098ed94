"""Processes that run programs for us: each with an environment of its own, begun again where the module ended it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .programs import Names, Program, names, source
from .server import ANSWER, ASK, sent

LONGEST_LOAD = 120.0
LONGEST_ANSWER = 256 << 20


class Lost(Exception):
    """The process ended or did not answer; why."""


class Loaded(NamedTuple):
    """The module under test: its name, its file, its source, and what goes before `sys.path`."""

    module: str
    path: str
    source: str
    roots: tuple[str, ...] = ()


class Worker:
    """A server that has loaded the module in a `mode` of `server`. Raises Lost from everything."""

    def __init__(
        self, loaded: Loaded, mode: str, *, mutants: Sequence[Any] = (), environ: Mapping[str, str] | None = None
    ) -> None:
        self._loaded = loaded
        self._mode = mode
        self._mutants = [list(each) for each in mutants]
        self._environ = {**os.environ, "PYTHONHASHSEED": "0", **(environ or {})}
        self._pid = 0
        self._ask = self._answer = -1

    def ask(self, do: str, *, seconds: float, **request: Any) -> dict[str, Any]:
        if not self._pid:
            self._begin()
        return self._told({"do": do, **request}, seconds)

    def _begin(self) -> None:
        theirs_ask, self._ask = os.pipe()
        self._answer, theirs_answer = os.pipe()
        for number in (self._ask, self._answer):
            os.set_inheritable(number, False)  # noqa: FBT003
        package = __package__ or ""
        argv = [sys.executable, "-m", f"{package}.server"]
        actions: list[Any] = [
            (os.POSIX_SPAWN_DUP2, theirs_ask, ASK + 20),
            (os.POSIX_SPAWN_DUP2, theirs_answer, ANSWER + 20),
            (os.POSIX_SPAWN_DUP2, ASK + 20, ASK),
            (os.POSIX_SPAWN_DUP2, ANSWER + 20, ANSWER),
            (os.POSIX_SPAWN_CLOSE, ASK + 20),
            (os.POSIX_SPAWN_CLOSE, ANSWER + 20),
        ]
        self._pid = os.posix_spawn(sys.executable, argv, dict(self._environ), file_actions=actions, setpgroup=0)
        os.close(theirs_ask)
        os.close(theirs_answer)
        loaded = self._loaded
        told = self._told(
            {
                "do": "load",
                "module": loaded.module,
                "path": loaded.path,
                "source": loaded.source,
                "roots": loaded.roots,
                "mode": self._mode,
                "mutants": self._mutants,
            },
            LONGEST_LOAD,
        )
        if not told.get("loaded"):
            self.close()
            raise Lost(f"{loaded.module} was loaded from {told.get('file')}, not from {loaded.path}")

    def _told(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        try:
            sent(self._ask, request)
            head = self._exactly(8, deadline)
            size = int.from_bytes(head, "big")
            answer: dict[str, Any] = json.loads(self._exactly(size, deadline))
        except (OSError, ValueError, Lost) as error:
            self.close()
            raise Lost(str(error) or type(error).__name__) from None
        if "error" in answer:
            self.close()
            raise Lost(str(answer["error"]))
        return answer

    def _exactly(self, count: int, deadline: float) -> bytes:
        if count > LONGEST_ANSWER:
            raise Lost("its answer is too long")
        got = bytearray()
        while len(got) < count:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._answer], [], [], max(0.0, left))
            if not ready:
                raise Lost("it did not answer in time")
            piece = os.read(self._answer, min(1 << 20, count - len(got)))
            if not piece:
                raise Lost("its process ended")
            got += piece
        return bytes(got)

    def close(self) -> None:
        if not self._pid:
            return
        for number in (self._ask, self._answer):
            os.close(number)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        self._pid = 0


def asked(program: Program, bare: frozenset[str]) -> list[Any]:
    """A program as `running.Asked` reads it; names of `bare` modules are written without their module."""
    return [source(program, Names(bare)), sorted(names(program)), len(program)]
