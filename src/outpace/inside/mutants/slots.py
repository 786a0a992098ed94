"""Forks side by side, each with a slot: a temporary directory that goes with it, and a cell that outlives it."""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import shutil
import signal
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from ..forks import Outcome, each

T = TypeVar("T")
CELL = 4


class Limits(NamedTuple):
    """What one fork may use. The time of a test is CPU time: `factor` times what it took without a mutant, and `floor`
    seconds; `wall` seconds more may pass where it waits. `memory` is on top of what this process has."""

    at_once: int = 1
    factor: float = 8.0
    floor: float = 1.0
    wall: float = 5.0
    longest: float = 300.0
    memory: int = 1 << 30


class Cell:
    """A number that a fork leaves to its parent, however it ends."""

    def __init__(self, memory: mmap.mmap, place: int) -> None:
        self._memory = memory
        self._at = slice(place * CELL, (place + 1) * CELL)

    def get(self) -> int:
        return int.from_bytes(self._memory[self._at], "little")

    def put(self, number: int) -> None:
        self._memory[self._at] = number.to_bytes(CELL, "little")


@contextlib.contextmanager
def slots(limits: Limits) -> Generator[Slots, None, None]:
    """For as many forks at once as `limits` says."""
    cells = mmap.mmap(-1, CELL * limits.at_once)
    base = Path(tempfile.mkdtemp(prefix="forks-"))
    gc.collect()
    gc.freeze()  # a child that collects would copy every page
    try:
        yield Slots(limits, cells, base)
    finally:
        gc.unfreeze()
        cells.close()
        shutil.rmtree(base, ignore_errors=True)


class Slots:
    """Made by `slots`."""

    def __init__(self, limits: Limits, cells: mmap.mmap, base: Path) -> None:
        self._limits = limits
        self._cells = cells
        self._free = list(range(limits.at_once))
        self._base = base
        self._memory = _address_space() + limits.memory if limits.memory else 0

    def outcomes(
        self, waiting: deque[T], work: Callable[[T, Cell], bytes], seconds: Callable[[T], float]
    ) -> Iterator[tuple[T, Outcome, int]]:
        """What came of each, with what its cell holds. More may be put into `waiting` meanwhile."""

        def limit(key: object) -> float:
            return seconds(cast("tuple[T, int]", key)[0])

        begun = _Works(self, waiting, work)
        for key, outcome in each(begun, at_once=self._limits.at_once, seconds=limit, memory=self._memory):
            task, slot = cast("tuple[T, int]", key)
            left = Cell(self._cells, slot).get()
            shutil.rmtree(self._base / str(slot), ignore_errors=True)
            self._free.append(slot)
            yield task, outcome, left

    def begin(self, task: T, work: Callable[[T, Cell], bytes]) -> tuple[tuple[T, int], Callable[[], bytes]]:
        slot = self._free.pop()
        cell = Cell(self._cells, slot)
        cell.put(0)

        def forked() -> bytes:
            _own_temporary(self._base / str(slot))
            return work(task, cell)

        return (task, slot), forked


class _Works(Iterator["tuple[tuple[T, int], Callable[[], bytes]]"]):
    """Goes on when more is waiting."""

    def __init__(self, slots: Slots, waiting: deque[T], work: Callable[[T, Cell], bytes]) -> None:
        self._slots, self._waiting, self._work = slots, waiting, work

    def __next__(self) -> tuple[tuple[T, int], Callable[[], bytes]]:
        if not self._waiting:
            raise StopIteration
        return self._slots.begin(self._waiting.popleft(), self._work)


def bound(seconds: float) -> None:
    """From now on this process may use so much CPU; then the kernel ends it, whatever it is doing."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _own_temporary(path: Path) -> None:
    path.mkdir()
    os.environ["TMPDIR"] = str(path)
    tempfile.tempdir = None


def _address_space() -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGESIZE")
    return 0
