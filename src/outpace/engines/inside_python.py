"""Programs of `outpace.inside` on a project's own Python, in the sandbox, over a copy of its tree."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from outpace import inside, sandbox
from outpace.engines.confined_python import ConfinedPython, Limits, ended_early, environment_of, last_words
from outpace.engines.scratch import scratch
from outpace.inside import answers
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built
from outpace.testing.ports import Told

NAME = "outpace_inside"
HERE = Path(inside.__file__).parent
LARGEST_ANSWERS = 256 << 20
LONGEST_LOG = 4000
LOOK = 0.2
END, PROGRESS = b'{"end":true}', b'{"progress":'
GIB = 1 << 30


class InsidePython:
    """Implements `testing.ports.Inside`. `cwd` is where the suite is started, below `tree`."""

    def __init__(
        self,
        python: ConfinedPython,
        *,
        built: Built,
        tree: Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._python = python
        self.built = built
        self.tree = tree
        self.cwd = cwd
        self._env = dict(env or {})
        self._report = report

    def ask(
        self,
        module: str,
        request: Mapping[str, Any],
        *,
        seconds: float,
        memory: int = 0,
        loopback: bool = True,
        routed: bool = False,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] = lambda _: None,
    ) -> Told:
        limits = Limits(seconds=seconds, memory=memory or 4 * GIB)
        with scratch("inside") as place:
            library = laid_out(place / "library")
            told = place / "told"
            told.mkdir()
            rows = told / "answers"
            rows.touch()
            with rows.open("rb") as written:
                with _Watching(written, self._report, heard):
                    confined = self._python.run(
                        self.built,
                        ("python", "-m", f"{NAME}.{module}"),
                        tree=self.tree,
                        cwd=self.cwd,
                        limits=limits,
                        network=_network(loopback=loopback, routed=routed),
                        readable=(library,),
                        writable=(told,),
                        env={**self._environment(library), **(env or {}), answers.FILE: str(rows)},
                        stdin=msgspec.json.encode(request),
                    )
                written.seek(0)  # it has no name any more
                return _told(written.read(LARGEST_ANSWERS), confined, limits)

    def _environment(self, library: Path) -> dict[str, str]:
        own = environment_of(self.built, self.tree)["PYTHONPATH"]
        return {**self._env, "PYTHONPATH": os.pathsep.join(part for part in (str(library), own) if part)}


def _network(*, loopback: bool, routed: bool) -> sandbox.Network:
    if routed:
        return sandbox.Nowhere()
    return sandbox.Loopback() if loopback else sandbox.NoNetwork()


def laid_out(library: Path) -> Path:
    """A directory for `sys.path` that holds nothing but ours."""
    shutil.copytree(HERE, library / NAME, ignore=shutil.ignore_patterns("__pycache__"))
    return library


def _told(written: bytes, confined: sandbox.Confined, limits: Limits) -> Told:
    *lines, rest = written.split(b"\n")
    rows = tuple(line for line in lines if line != END and not line.startswith(PROGRESS))
    log = b"\n".join((confined.done.stdout, confined.done.stderr)).decode("utf-8", "replace")[-LONGEST_LOG:]
    ended = ended_early(confined, limits)
    if ended is None and END not in lines:
        ended = Unknown(f"it ended before its end (status {confined.done.returncode}): {last_words(confined.done)}")
    if ended is None and (rest or lines.index(END) < len(lines) - 1):
        ended = Unknown("somebody else wrote to its answers: they go on behind their end")
    return Told(rows=rows, ended=ended, log=sandbox.mask(log))


class _Watching:
    """Hands on what the program says while it runs: rows of progress to be shown, and the others."""

    def __init__(self, file: BinaryIO, report: Callable[[str], None], heard: Callable[[bytes], None]) -> None:
        self._report = report
        self._heard = heard
        self._file = file
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        half = b""
        while True:
            last = self._over.wait(LOOK)
            *lines, half = (half + self._file.read(LARGEST_ANSWERS if last else 1 << 20)).split(b"\n")
            for line in lines:
                if line.startswith(PROGRESS):
                    self._show(line)
                elif line.startswith(b"{"):
                    self._heard(line)
            if last:
                return

    def _show(self, line: bytes) -> None:
        try:
            words = msgspec.json.decode(line, type=dict[str, str]).get("progress", "")
        except msgspec.DecodeError:
            return
        self._report(words[:200])
