"""What a program may use up: rlimits, control groups where root can make them, and a tally where it cannot."""

# to import pathlib takes longer than to form the box
# ruff: noqa: PTH103, PTH106, PTH110, PTH112, PTH116, PTH123, PTH208
from __future__ import annotations

import os
import resource

from .raw import signal

_CGROUP = "/sys/fs/cgroup"
_PREFIX = "outpace-"
_EMPTY_FILE = 1024
"""What an empty file counts for, so that a million of them are not free."""


def set_rlimits(*, memory: int, processes: int, seconds: float, disk: int) -> None:
    """RLIMIT_DATA, not RLIMIT_AS: address space that is reserved and never written costs nothing."""
    cpu = int(seconds * (os.cpu_count() or 1)) + 1
    wanted = {
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_FSIZE: disk,
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_MEMLOCK: 1 << 16,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for which, limit in wanted.items():
        _, hard = resource.getrlimit(which)
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (value, value))


class ControlGroup:
    """A group of its own under each of the `pids` and `memory` controllers; version 1, or version 2."""

    def __init__(self, folders: dict[str, str]) -> None:
        self._folders = folders

    @property
    def controllers(self) -> frozenset[str]:
        return frozenset(self._folders)

    def add(self, pid: int) -> None:
        for folder in set(self._folders.values()):
            _write(f"{folder}/cgroup.procs", pid)

    def ran_out_of_memory(self) -> bool:
        folder = self._folders.get("memory")
        return folder is not None and any(
            _counter(f"{folder}/{name}", "oom_kill") > 0 for name in ("memory.oom_control", "memory.events")
        )

    def remove(self) -> None:
        for folder in set(self._folders.values()):
            _remove_empty(folder)


def control_group(*, memory: int, processes: int) -> ControlGroup:
    """Without the right to make one it has no controllers."""
    folders: dict[str, str] = {}
    if os.geteuid() == 0:
        for controller, limits in (
            ("pids", {"pids.max": processes}),
            ("memory", {"memory.limit_in_bytes": memory, "memory.max": memory, "memory.swap.max": 0}),
        ):
            folder = _make(controller, limits)
            if folder is not None:
                folders[controller] = folder
    return ControlGroup(folders)


def _make(controller: str, limits: dict[str, int]) -> str | None:
    parent = _parent(controller)
    if parent is None:
        return None
    folder = f"{parent}/{_PREFIX}{os.getpid()}"
    try:
        for name in os.listdir(parent):
            if name.startswith(_PREFIX) and not os.path.exists(f"/proc/{name.removeprefix(_PREFIX)}"):
                _remove_empty(f"{parent}/{name}")
        os.makedirs(folder, exist_ok=True)
        files = [(f"{folder}/{name}", value) for name, value in limits.items()]
        there = [(file, value) for file, value in files if os.path.exists(file)]
        for file, value in there:
            _write(file, value)
    except OSError:
        return None
    return folder if there else None


def _parent(controller: str) -> str | None:
    """Where groups of ours go: beside our own in version 1, in one folder below the root in version 2."""
    for line in _read("/proc/self/cgroup").splitlines():
        _, names, path = line.split(":", 2)
        version_1 = f"{_CGROUP}/{controller}{path.rstrip('/')}"
        if controller in names.split(",") and os.path.isdir(version_1):
            return version_1
    ours = f"{_CGROUP}/outpace"
    try:
        if controller not in _read(f"{_CGROUP}/cgroup.controllers").split():
            return None
        os.makedirs(ours, exist_ok=True)
        for folder in (_CGROUP, ours):
            _write(f"{folder}/cgroup.subtree_control", f"+{controller}")
    except OSError:
        return None
    return ours


def _read(file: str) -> str:
    with open(file, encoding="utf-8", errors="replace") as opened:
        return opened.read()


def _write(file: str, value: int | str) -> None:
    with open(file, "w", encoding="utf-8") as opened:
        opened.write(str(value))


def _remove_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        pass


def _counter(file: str, name: str) -> int:
    try:
        lines = _read(file).splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


def tasks_of(user: int) -> int:
    """How many threads a user has now: what RLIMIT_NPROC counts from."""
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue
    return count


def descendants(ancestor: int) -> list[int]:
    """The processes below one, by what /proc says at this moment."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = _read(f"/proc/{name}/stat")
            except OSError:
                continue
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def memory_exceeds(limit: int, pids: list[int]) -> bool:
    """Private and shared-anonymous memory of these processes together, without the pages of files. What they share is
    counted once, by a slower look that is taken only where the quick one, which counts it often, is above the limit.
    """
    quick = {pid: _kilobytes(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:")) for pid in pids}
    if sum(quick.values()) * 1024 <= limit:
        return False
    exact = [_kilobytes(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) or quick[pid] for pid in pids]
    return sum(exact) * 1024 > limit


def _kilobytes(file: str, names: tuple[str, ...]) -> int:
    try:
        lines = _read(file).splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(names))


def written(folders: tuple[str, ...]) -> int:
    """Bytes that these trees take on the disk: no holes, and a file with two names once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    waiting = list(folders)
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            try:
                about = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if (about.st_dev, about.st_ino) not in seen:
                seen.add((about.st_dev, about.st_ino))
                total += about.st_blocks * 512 + _EMPTY_FILE
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
    return total


def kill_all_below_us() -> None:
    """Of this process, to which all orphans come. Stops first and kills then, until nothing is left, so that a fork
    bomb cannot outrun it.
    """
    for _ in range(1000):
        if not _has_children():
            return
        pids = descendants(os.getpid())
        for which in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                _signal(pid, which)


def _has_children() -> bool:
    """Collects those that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
        return True
    except ChildProcessError:
        return False


def _signal(pid: int, which: int) -> None:
    try:
        os.kill(pid, which)
    except OSError:
        pass
