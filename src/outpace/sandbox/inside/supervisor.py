"""The outer half: makes the child, watches what it uses up, and leaves nothing of it behind."""

# to import pathlib takes longer than to form the box
# ruff: noqa: PTH101, PTH102, PTH104, PTH106, PTH108, PTH123
from __future__ import annotations

import os
import time

from . import kernel, limits
from .confined import FAILED, INSIDE_USER, Inside, say, shifted_user
from .order import Order, read_order
from .raw import signal, socket

_TICK = 0.1
_WATCHED = {signal.SIGCHLD, signal.SIGTERM}


def main(descriptor: int) -> int:
    control = socket.socket(fileno=descriptor)
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - positional-only in os
    order = read_order(control)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    kernel.die_with_parent(signal.SIGTERM)
    if os.getppid() != order.parent:
        return FAILED
    kernel.prctl("subreaper", kernel.PR_SET_CHILD_SUBREAPER, 1)
    os.umask(0o022)
    try:
        return _supervise(order, control)
    except OSError as error:
        say(control, "failed", error)
        return FAILED


def _supervise(order: Order, control: socket.socket) -> int:
    temporary = _temporary_folder() if order.tier == "file-system" else ""
    group = limits.control_group(memory=order.memory, processes=order.processes + 2)
    try:
        watch = Watch(order, group, (*order.writable, *([temporary] if temporary else [])))
        child, lifeline = _start(order, control, group, temporary)
        try:
            status = watch.until_end(child)
        finally:
            limits.kill_all_below_us()
            os.close(lifeline)
        exceeded = watch.exceeded or ("memory" if group.ran_out_of_memory() else "")
        if exceeded:
            say(control, "exceeded", exceeded)
        if status is not None and order.tier == "file-system":
            say(control, "status", status)
        return 0
    finally:
        group.remove()
        if temporary:
            _remove_tree(temporary)


def _temporary_folder() -> str:
    path = f"{os.environ.get('TMPDIR', '/tmp')}/outpace-box-{os.getpid()}-{os.urandom(4).hex()}"  # noqa: S108 - 0700, random
    os.mkdir(path, 0o700)
    os.mkdir(f"{path}/home", 0o700)
    return path


def _remove_tree(top: str) -> None:
    """Also where the program has taken its own permissions away, or made paths too long to be named: what lies deeper
    is moved up first.
    """
    moved = 0
    while entries := list(os.scandir(top)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    os.chmod(inner.path, 0o700)
                    moved += 1
                    os.rename(inner.path, f"{top}/{os.getpid()}-moved-{moved}")
                else:
                    os.unlink(inner.path)
            os.rmdir(entry.path)
    os.rmdir(top)


class Watch:
    """Ends the program when its time is over, or when it used up what no kernel limit holds."""

    def __init__(self, order: Order, group: limits.ControlGroup, folders: tuple[str, ...]) -> None:
        self.exceeded = ""
        self._order = order
        self._group = group
        self._folders = folders
        self._before = limits.written(folders)
        self._deadline = time.monotonic() + order.seconds

    def until_end(self, child: int) -> int | None:
        """The wait status of `child`, or None if it had to be stopped."""
        pause = _TICK
        while not self.exceeded:
            received = signal.sigtimedwait(_WATCHED, pause)
            status = _reaped(child)
            if status is not None:
                return status
            began = time.monotonic()
            if received is not None and received.si_signo == signal.SIGTERM:
                self.exceeded = "stopped"
            elif began > self._deadline:
                self.exceeded = "time"
            elif received is None:
                self.exceeded = self._used_up()
                pause = max(_TICK, 4 * (time.monotonic() - began))
        return None

    def _used_up(self) -> str:
        pids = limits.descendants(os.getpid())
        if "pids" not in self._group.controllers and len(pids) > self._order.processes + 2:
            return "processes"
        if "memory" not in self._group.controllers and limits.memory_exceeds(self._order.memory, pids):
            return "memory"
        if self._folders and limits.written(self._folders) - self._before > self._order.disk:
            return "disk"
        return ""


def _reaped(child: int) -> int | None:
    """Collects everything that ended; the status of `child` once it is among them."""
    found: int | None = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == child:
            found = status


def _start(order: Order, control: socket.socket, group: limits.ControlGroup, temporary: str) -> tuple[int, int]:
    """The child, and the end of a pipe that tells it by closing that this process is gone."""
    go, lifeline = os.pipe()
    owner_map = _owner_map(order) if order.tier == "full" and os.geteuid() == 0 else None
    tasks = limits.tasks_of(os.getuid()) if order.tier == "file-system" and os.getuid() != 0 else 0
    outside = (os.geteuid(), os.getegid())
    if order.tier == "file-system":
        child = os.fork()
    else:
        namespaces = kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET
        namespaces |= kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
        child = kernel.fork_into(namespaces | (0 if outside[0] == 0 else kernel.CLONE_NEWUSER))
    if child:
        os.close(go)
        if order.tier == "full" and outside[0] != 0:
            _map_user(child, outside)
        group.add(child)
        kernel.prctl("dumpable", kernel.PR_SET_DUMPABLE, 0)
        os.write(lifeline, b"g")
        return child, lifeline
    os.close(lifeline)
    try:
        Inside(order, control, go, group.controllers).form(temporary, tasks, owner_map, outside)
    except BaseException as error:  # noqa: BLE001 - a child must never return into its parent's code
        say(control, "failed", error)
    os._exit(FAILED)


def _map_user(child: int, outside: tuple[int, int]) -> None:
    with open(f"/proc/{child}/setgroups", "w", encoding="utf-8") as file:
        file.write("deny")
    for name, number in zip(("uid_map", "gid_map"), outside, strict=True):
        with open(f"/proc/{child}/{name}", "w", encoding="utf-8") as file:
            file.write(f"{INSIDE_USER} {number} 1")


def _owner_map(order: Order) -> int | None:
    """A user namespace in which root's files belong to a user that nobody else is; None where it cannot be had."""
    ready, hold = os.pipe()
    holder = os.fork()
    if holder == 0:
        os.close(ready)
        try:
            kernel.unshare(kernel.CLONE_NEWUSER)
            os.write(hold, b"r")
            signal.pause()
        finally:
            os._exit(0)
    os.close(hold)
    try:
        if os.read(ready, 1) != b"r":
            return None
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{holder}/{name}", "w", encoding="utf-8") as file:
                file.write(f"0 {shifted_user(os.getpid())} 1\n1 1 65535\n")
        found = os.open(f"/proc/{holder}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    finally:
        os.close(ready)
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
    paths = (*order.readable, *order.writable)
    return found if all(kernel.can_shift_owners(path, found) for path in paths) else None
