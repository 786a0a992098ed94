"""The trail of a rollout as a file: one line for each look, written before anything follows from it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from outpace.delivery.edge.standing import Rollout
from outpace.delivery.rollout.counts import Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import Header, Writing, resume
from outpace.delivery.rollout.verdicts import Verdict
from outpace.engines.envoy.place import unwritten
from outpace.model.errors import BadInput


def trails_in(folder: Path, report: Callable[[str], None]) -> Callable[[Rollout], TrailFile]:
    """Of the rollouts of one edge."""
    return lambda rollout: TrailFile(folder / "trails" / f"{rollout.id}.jsonl", report)


class TrailFile:
    """Implements `app.judging.Trail`."""

    def __init__(self, path: Path, report: Callable[[str], None]) -> None:
        self._path = path
        self._report = report
        self._writing = Writing()

    def judge(self) -> Judge | None:
        """What a killed engine left half written is cut off. One that cannot be read is put aside, since somebody must
        judge: as if nothing had been seen yet."""
        if not self._path.exists():
            return None
        try:
            with self._path.open("rb") as lines:
                resumed = resume(lines)
        except BadInput as error:
            aside = self._path.with_suffix(".damaged")
            self._path.replace(aside)
            self._report(f"the trail so far cannot be read ({error.message}): it is in {aside}, and a new one begins")
            return None
        os.truncate(self._path, resumed.length)
        self._writing = resumed.writing
        return resumed.judge

    def begin(self, header: Header) -> None:
        self._append(self._writing.begin(header))

    def add(self, tick: Tick, verdict: Verdict) -> None:
        self._append(self._writing.add(tick, verdict))

    def _append(self, lines: bytes) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "ab", buffering=0) as file:
                _write_whole(file, lines)
        except OSError as error:
            raise unwritten(self._path, error) from error


def _write_whole(file: FileIO, lines: bytes) -> None:
    """Or nothing, where there is room for a part: what follows a torn line cannot be read. Raises OSError."""
    length = os.fstat(file.fileno()).st_size
    if file.write(lines) < len(lines):
        file.truncate(length)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
