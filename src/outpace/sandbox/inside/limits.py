"""What a program may use up: rlimits, control groups where root can make them, and a tally where it cannot."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_PREFIX = "outpace-"


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

    def __init__(self, folders: dict[str, Path]) -> None:
        self._folders = folders

    @property
    def controllers(self) -> frozenset[str]:
        return frozenset(self._folders)

    def add(self, pid: int) -> None:
        for folder in set(self._folders.values()):
            _write(folder / "cgroup.procs", pid)

    def ran_out_of_memory(self) -> bool:
        folder = self._folders.get("memory")
        return folder is not None and any(
            _counter(folder / name, "oom_kill") > 0 for name in ("memory.oom_control", "memory.events")
        )

    def remove(self) -> None:
        for folder in set(self._folders.values()):
            _remove_empty(folder)


def control_group(*, memory: int, processes: int) -> ControlGroup:
    """Without the right to make one it has no controllers."""
    folders: dict[str, Path] = {}
    if os.geteuid() == 0:
        for controller, limits in (
            ("pids", {"pids.max": processes}),
            ("memory", {"memory.limit_in_bytes": memory, "memory.max": memory, "memory.swap.max": 0}),
        ):
            folder = _make(controller, limits)
            if folder is not None:
                folders[controller] = folder
    return ControlGroup(folders)


def _make(controller: str, limits: dict[str, int]) -> Path | None:
    parent = _parent(controller)
    if parent is None:
        return None
    for stale in parent.glob(f"{_PREFIX}*"):
        if not Path(f"/proc/{stale.name.removeprefix(_PREFIX)}").exists():
            _remove_empty(stale)
    folder = parent / f"{_PREFIX}{os.getpid()}"
    try:
        folder.mkdir(exist_ok=True)
        written = [_write(folder / name, value) for name, value in limits.items() if (folder / name).exists()]
    except OSError:
        return None
    return folder if written else None


def _parent(controller: str) -> Path | None:
    """Where groups of ours go: beside our own in version 1, in one folder below the root in version 2."""
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, names, path = line.split(":", 2)
        version_1 = _CGROUP / controller / path.lstrip("/")
        if controller in names.split(",") and version_1.is_dir():
            return version_1
    try:
        if controller not in (_CGROUP / "cgroup.controllers").read_text(encoding="ascii").split():
            return None
        ours = _CGROUP / "outpace"
        ours.mkdir(exist_ok=True)
        for folder in (_CGROUP, ours):
            _write(folder / "cgroup.subtree_control", f"+{controller}")
    except OSError:
        return None
    return ours


def _write(file: Path, value: int | str) -> bool:
    file.write_text(str(value), encoding="ascii")
    return True


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        pass


def _counter(file: Path, name: str) -> int:
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


def tasks_of(user: int) -> int:
    """How many threads a user has now: what RLIMIT_NPROC counts from."""
    count = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and folder.stat().st_uid == user:
                count += sum(1 for _ in (folder / "task").iterdir())
        except OSError:
            continue
    return count


def descendants(ancestor: int) -> list[int]:
    """The processes below one, by what /proc says at this moment."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_bytes()
            except OSError:
                continue
            children.setdefault(int(stat.rpartition(b")")[2].split()[1]), []).append(int(name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def resident(pids: list[int]) -> int:
    """Bytes of private and shared-anonymous memory that these processes hold, libraries' pages left out."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
    return total * 1024


def written(folders: tuple[str, ...]) -> int:
    """Bytes that these trees take on the disk, hard links and holes told apart."""
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
                total += about.st_blocks * 512
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
    return total


def kill_all_below(ancestor: int) -> None:
    """Stops first and kills then, until nothing is left, so that a fork bomb cannot outrun it."""
    for _ in range(1000):
        pids = descendants(ancestor)
        for which in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                _signal(pid, which)
        while _reap():
            pass
        if not pids:
            return


def _signal(pid: int, which: int) -> None:
    try:
        os.kill(pid, which)
    except OSError:
        pass


def _reap() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False
