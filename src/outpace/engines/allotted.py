"""What a process may use of this machine: CPUs and memory, by its affinity and its control groups (version 2)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

GROUPS = Path("/sys/fs/cgroup")


class Allotted(Struct, frozen=True):
    """`memory` in bytes."""

    cpus: float
    memory: int


def allotted(pid: int, groups: Path = GROUPS) -> Allotted | None:
    """None where there is no such process, or the system does not say."""
    try:
        cpus = float(len(os.sched_getaffinity(pid)))
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        for folder in _above(pid, groups):
            cpus = min(cpus, _quota(folder))
            memory = min(memory, _limit(folder, memory))
    except (OSError, ValueError):
        return None
    return Allotted(cpus, memory)


def _above(pid: int, groups: Path) -> Iterator[Path]:
    """Its group and those that hold it: the tightest limit of them holds."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        number, _, rest = line.partition(":")
        if number == "0":
            path = rest.partition(":")[2].strip("/")
            for part in (Path(path), *Path(path).parents):
                yield groups / part


def _quota(folder: Path) -> float:
    quota, _, period = _text(folder / "cpu.max").partition(" ")
    return float("inf") if quota in ("", "max") else int(quota) / int(period)


def _limit(folder: Path, otherwise: int) -> int:
    said = _text(folder / "memory.max")
    return otherwise if said in ("", "max") else int(said)


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""
