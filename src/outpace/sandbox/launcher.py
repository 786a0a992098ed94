"""Run by path, `python -I -S launcher.py FD`: forms the box that FD describes, starts the program in it, watches it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from inside import kernel, landlock, limits, mounts, seccomp
from inside.order import Order, read_order

_FAILED = 125
_TICK = 0.1
_INSIDE_USER = 1000
_SHIFTED_USERS = 0x70000000
_WATCHED = {signal.SIGCHLD, signal.SIGTERM}


def main(descriptor: int) -> int:
    control = socket.socket(fileno=descriptor)
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - positional-only in os
    order = read_order(control)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    kernel.die_with_parent(signal.SIGTERM)
    if os.getppid() != order.parent:
        return _FAILED
    kernel.prctl("dumpable", kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl("subreaper", kernel.PR_SET_CHILD_SUBREAPER, 1)
    os.umask(0o022)
    try:
        return _supervise(order, control)
    except OSError as error:
        _say(control, failed=str(error))
        return _FAILED


def _say(control: socket.socket, **words: object) -> None:
    try:
        control.sendall(json.dumps(words).encode() + b"\n")
    except OSError:
        pass


def _supervise(order: Order, control: socket.socket) -> int:
    temporary = _temporary_folder() if order.tier == "file-system" else ""
    group = limits.control_group(memory=order.memory, processes=order.processes + 2)
    try:
        watch = Watch(order, group, (*order.writable, *([temporary] if temporary else [])))
        child, lifeline = _start(order, control, group, temporary)
        try:
            status = watch.until_end(child)
        finally:
            limits.kill_all_below(os.getpid())
            os.close(lifeline)
        exceeded = watch.exceeded or ("memory" if group.ran_out_of_memory() else "")
        _say(control, exceeded=exceeded, status=status if order.tier == "file-system" else None)
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


def _remove_tree(path: str) -> None:
    """Also where the program has taken its own permissions away."""
    for folder, _, _ in os.walk(path):
        os.chmod(folder, 0o700)
    for folder, below, files in os.walk(path, topdown=False):
        for name in files:
            os.unlink(os.path.join(folder, name))
        for name in below:
            inner = os.path.join(folder, name)
            (os.unlink if os.path.islink(inner) else os.rmdir)(inner)
    os.rmdir(path)


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
                pause = max(_TICK, 10 * (time.monotonic() - began))
        return None

    def _used_up(self) -> str:
        pids = limits.descendants(os.getpid())
        if "pids" not in self._group.controllers and len(pids) > self._order.processes + 2:
            return "processes"
        if "memory" not in self._group.controllers and limits.resident(pids) > self._order.memory:
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


def _start(
    order: Order, control: socket.socket, group: limits.ControlGroup, temporary: str
) -> tuple[int, int]:
    """The child, and the end of a pipe that tells it by closing that this process is gone."""
    go, lifeline = os.pipe()
    owner_map = _owner_map(order) if order.tier == "full" and os.geteuid() == 0 else None
    tasks = 0 if order.tier == "full" else limits.tasks_of(os.getuid())
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
        os.write(lifeline, b"g")
        return child, lifeline
    os.close(lifeline)
    try:
        Inside(order, control, go, group.controllers).form(temporary, tasks, owner_map, outside)
    except BaseException as error:  # noqa: BLE001 - a child must never return into its parent's code
        _say(control, failed=str(error) or type(error).__name__)
    os._exit(_FAILED)


def _map_user(child: int, outside: tuple[int, int]) -> None:
    with open(f"/proc/{child}/setgroups", "w", encoding="ascii") as file:
        file.write("deny")
    for name, number in zip(("uid_map", "gid_map"), outside, strict=True):
        with open(f"/proc/{child}/{name}", "w", encoding="ascii") as file:
            file.write(f"{_INSIDE_USER} {number} 1")


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
            with open(f"/proc/{holder}/{name}", "w", encoding="ascii") as file:
                file.write(f"0 {_shifted_user()} 1\n1 1 65535\n")
        found = os.open(f"/proc/{holder}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    finally:
        os.close(ready)
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
    paths = (*order.readable, *order.writable)
    return found if all(kernel.can_shift_owners(path, found) for path in paths) else None


def _shifted_user() -> int:
    return _SHIFTED_USERS + os.getpid()


class Inside:
    """The child's side: it gives up everything, step by step, and ends as the program."""

    def __init__(self, order: Order, control: socket.socket, go: int, controllers: frozenset[str]) -> None:
        self._order = order
        self._control = control
        self._go = go
        self._controllers = controllers
        self._env = dict(order.env)

    def form(self, temporary: str, tasks: int, owner_map: int | None, outside: tuple[int, int]) -> None:
        if os.read(self._go, 1) != b"g":
            return
        if self._order.tier == "full":
            shifted = _SHIFTED_USERS + self._order.launcher if owner_map is not None else None
            self._full(owner_map, shifted, outside)
        else:
            self._file_system(temporary, tasks)

    def _full(self, owner_map: int | None, shifted: int | None, outside: tuple[int, int]) -> None:
        user = shifted or (0 if outside[0] == 0 else _INSIDE_USER)
        self._try_own_group_root()
        socket.sethostname("sandbox")
        if self._order.network != "none":
            _loopback_up()
        if self._order.network == "proxy":
            self._hand_out_listener()
        self._mount(mounts.Root(owner_map=owner_map), user)
        kernel.drop_privileges(shifted, shifted)
        self._stay_below_parent()
        program = os.fork()
        if program == 0:
            self._enter("/tmp")  # noqa: S108 - the box's own
            self._confine_in_full()
            self._execute()
        self._reap_until(program)

    def _try_own_group_root(self) -> None:
        try:
            kernel.unshare(kernel.CLONE_NEWCGROUP)
        except OSError:
            pass

    def _mount(self, root: mounts.Root, user: int) -> None:
        order = self._order
        root.enter_stage()
        root.add_temporary(order.disk)
        root.add_system(user, user)
        root.add_devices(order.disk)
        root.add_processes()
        places = {path: root.add_readable for path in order.readable} | {
            path: root.add_writable for path in order.writable
        }
        for path in sorted(places, key=lambda path: path.count("/")):
            places[path](path)
        for path, target in order.links:
            if not os.path.lexists(path):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                os.symlink(target, path)
        for path in order.protected:
            inside = max((folder for folder in order.writable if _within(path, folder)), key=len)
            root.protect(path, inside)
        root.leave_host()

    def _hand_out_listener(self) -> None:
        """A socket belongs to the network namespace it was made in: the parent accepts on it from outside."""
        listener = socket.create_server(("127.0.0.1", 0))
        self._point_at_proxy(listener.getsockname()[1])
        socket.send_fds(self._control, [b'{"listener": true}\n'], [listener.fileno()])
        listener.close()

    def _point_at_proxy(self, port: int) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            self._env[name] = self._env[name.upper()] = f"http://127.0.0.1:{port}"
        self._env["no_proxy"] = self._env["NO_PROXY"] = ""

    def _stay_below_parent(self) -> None:
        kernel.prctl("dumpable", kernel.PR_SET_DUMPABLE, 0)
        kernel.die_with_parent(signal.SIGKILL)
        os.set_blocking(self._go, False)  # noqa: FBT003 - positional-only in os
        try:
            gone = os.read(self._go, 1) == b""
        except BlockingIOError:
            gone = False
        if gone:
            os._exit(_FAILED)

    def _enter(self, temporary: str) -> None:
        os.setsid()
        os.makedirs(f"{temporary}/home", mode=0o700, exist_ok=True)
        self._env = {"HOME": f"{temporary}/home", "TMPDIR": temporary} | self._env
        os.chdir(self._order.cwd)
        try:
            with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
                file.write("500")
        except OSError:
            pass

    def _confine_in_full(self) -> None:
        order = self._order
        tmp = ("/tmp", "/dev/shm", "/dev/pts")  # noqa: S108 - the box's own
        version = landlock.abi()
        if version:
            landlock.restrict(landlock.Rules(read=("/",), write=(*order.writable, *tmp), devices=("/dev",)))
        self._limit(order.processes + 1)
        everything = (seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6, seccomp.AF_NETLINK)
        seccomp.install(seccomp.Sockets(everything), shared_memory="memory" in self._controllers)
        _say(self._control, formed={"landlock": version, "controllers": sorted(self._controllers)})

    def _file_system(self, temporary: str, tasks: int) -> None:
        order = self._order
        version = landlock.abi()
        if not version:
            raise OSError("Landlock")
        if order.network != "none" and version < 4:
            raise OSError("Landlock's rules for TCP ports (Linux 6.7)")
        if order.network == "proxy":
            self._point_at_proxy(order.proxy_port)
        self._enter(temporary)
        kernel.drop_privileges(None, None)
        kernel.die_with_parent(signal.SIGKILL)
        if os.getppid() != order.launcher:
            os._exit(_FAILED)
        inside = (seccomp.AF_INET, seccomp.AF_INET6) if order.network != "none" else ()
        landlock.restrict(_file_system_rules(order, temporary))
        self._limit(tasks + order.processes)
        seccomp.install(seccomp.Sockets(inside, tcp_only=True), shared_memory="memory" in self._controllers)
        _say(self._control, formed={"landlock": version, "controllers": sorted(self._controllers)})
        self._execute()

    def _limit(self, processes: int) -> None:
        order = self._order
        limits.set_rlimits(memory=order.memory, processes=processes, seconds=order.seconds, disk=order.disk)

    def _execute(self) -> None:
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        try:
            os.execvpe(self._order.argv[0], list(self._order.argv), self._env)
        except OSError as error:
            _say(self._control, missing=error.strerror or str(error))
        os._exit(_FAILED)

    def _reap_until(self, program: int) -> None:
        while True:
            pid, status = os.wait()
            if pid == program:
                _say(self._control, status=status)
                os._exit(0)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _file_system_rules(order: Order, temporary: str) -> landlock.Rules:
    write: list[str] = [temporary]
    read: list[str] = []
    for folder in order.writable:
        _spread(folder, order.protected, write, read)
    ports = (order.proxy_port,) if order.network == "proxy" else order.ports
    return landlock.Rules(
        read=(*mounts.SYSTEM, *mounts.ETC, *_HOST_FILES, f"/proc/{os.getpid()}", *order.readable, *read),
        write=tuple(write),
        devices=tuple(f"/dev/{name}" for name in mounts.DEVICES),
        bind=() if order.network == "proxy" else ports,
        connect=ports,
    )


_HOST_FILES = (
    "/etc/passwd", "/etc/group", "/etc/hosts", "/etc/nsswitch.conf", "/etc/resolv.conf", "/etc/host.conf",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems", "/proc/loadavg",
    "/proc/uptime", "/proc/sys/kernel/osrelease", "/proc/sys/kernel/cap_last_cap", "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu", "/sys/kernel/mm/transparent_hugepage",
)  # fmt: skip


def _spread(folder: str, protected: tuple[str, ...], write: list[str], read: list[str]) -> None:
    """Landlock cannot take a part out of what it allows: what stands beside the protected is allowed one by one."""
    if not any(_within(path, folder) for path in protected):
        write.append(folder)
        return
    read.append(folder)
    if folder not in protected:
        for name in os.listdir(folder):
            inner = os.path.join(folder, name)
            if not os.path.islink(inner):
                _spread(inner, protected, write, read)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))


_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
