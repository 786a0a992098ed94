"""The inner half: gives up everything, step by step, and ends as the program."""

# to import pathlib takes longer than to form the box
# ruff: noqa: PTH103, PTH114, PTH118, PTH120, PTH123, PTH208, PTH211
from __future__ import annotations

import errno
import fcntl
import os
import struct

from . import kernel, landlock, limits, mounts, seccomp
from .order import Order
from .raw import signal, socket

FAILED = 125
INSIDE_USER = 1000
_SHIFTED_USERS = 0x70000000


def shifted_user(launcher: int) -> int:
    """For root: a user id that nobody else on this machine has while the launcher lives."""
    return _SHIFTED_USERS + launcher


def say(control: socket.socket, word: str, value: object) -> None:
    """One line, which the parent reads; see `confinement`."""
    line = f"{word} {value}".replace("\n", " ")
    try:
        control.sendall(line.encode(errors="replace") + b"\n")
    except OSError:
        pass


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
            shifted = shifted_user(self._order.launcher) if owner_map is not None else None
            self._full(owner_map, shifted, outside)
        else:
            self._file_system(temporary, tasks)

    def _full(self, owner_map: int | None, shifted: int | None, outside: tuple[int, int]) -> None:
        user = shifted or (0 if outside[0] == 0 else INSIDE_USER)
        self._try_own_group_root()
        socket.sethostname("sandbox")
        if self._order.network != "none":
            _loopback_up()
        if self._order.network == "nowhere":
            _every_address_is_here()
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
        places = dict.fromkeys(order.readable, root.add_readable) | dict.fromkeys(order.writable, root.add_writable)
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
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self._point_at_proxy(listener.getsockname()[1])
        descriptor = struct.pack("i", listener.fileno())
        self._control.sendmsg([b"listener \n"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)])
        listener.close()

    def _point_at_proxy(self, port: int) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            self._env[name] = self._env[name.upper()] = f"http://127.0.0.1:{port}"
        self._env["no_proxy"] = self._env["NO_PROXY"] = ""

    def _stay_below_parent(self) -> None:
        kernel.prctl("dumpable", kernel.PR_SET_DUMPABLE, 0)
        kernel.die_with_parent(signal.SIGKILL)
        os.set_blocking(self._go, False)
        try:
            gone = os.read(self._go, 1) == b""
        except BlockingIOError:
            gone = False
        if gone:
            os._exit(FAILED)

    def _enter(self, temporary: str) -> None:
        os.setsid()
        os.makedirs(f"{temporary}/home", mode=0o700, exist_ok=True)
        self._env = {"HOME": f"{temporary}/home", "TMPDIR": temporary} | self._env
        os.chdir(self._order.cwd)
        try:
            with open("/proc/self/oom_score_adj", "w", encoding="utf-8") as file:
                file.write("500")
        except OSError:
            pass

    def _confine_in_full(self) -> None:
        order = self._order
        tmp = ("/tmp", "/dev/shm", "/dev/pts")  # noqa: S108 - the box's own
        version = landlock.abi()
        if version:
            landlock.restrict(read=("/",), write=(*order.writable, *tmp), devices=("/dev",))
        self._limit(order.processes + 1)
        everything = (seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6, seccomp.AF_NETLINK)
        seccomp.install(everything, among_others=False, shared_memory="memory" in self._controllers)
        self._say_formed(version)

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
            os._exit(FAILED)
        inside = (seccomp.AF_INET, seccomp.AF_INET6) if order.network != "none" else ()
        _restrict_file_system(order, temporary)
        self._limit(tasks + order.processes)
        seccomp.install(inside, among_others=True, shared_memory="memory" in self._controllers)
        self._say_formed(version)
        self._execute()

    def _say_formed(self, version: int) -> None:
        say(self._control, "formed", f"{version} {' '.join(sorted(self._controllers))}")

    def _limit(self, processes: int) -> None:
        order = self._order
        limits.set_rlimits(memory=order.memory, processes=processes, seconds=order.seconds, disk=order.disk)

    def _execute(self) -> None:
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        say(self._control, "missing", self._try_programs())
        os._exit(FAILED)

    def _try_programs(self) -> str:
        """Not os.execvpe, which imports modules that cannot be read in here. Returns why nothing could be run."""
        name = self._order.argv[0]
        folders = [""] if "/" in name else [f"{folder}/" for folder in self._env["PATH"].split(":") if folder]
        reason = "no such file or directory"
        for folder in folders:
            try:
                os.execve(folder + name, self._order.argv, self._env)  # noqa: S606 - that is meant
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTDIR) and not (folder and error.errno == errno.EACCES):
                    reason = error.strerror or str(error)
        return reason

    def _reap_until(self, program: int) -> None:
        while True:
            pid, status = os.wait()
            if pid == program:
                say(self._control, "status", status)
                os._exit(0)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _restrict_file_system(order: Order, temporary: str) -> None:
    write: list[str] = [temporary]
    read: list[str] = []
    for folder in order.writable:
        _spread(folder, order.protected, write, read)
    ports = (order.proxy_port,) if order.network == "proxy" else order.ports
    landlock.restrict(
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
    any_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        fcntl.ioctl(any_socket.fileno(), _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))
    finally:
        any_socket.close()


_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


def _every_address_is_here() -> None:
    """`ip route add local default dev lo`, asked of the kernel directly."""
    loopback = socket.if_nametoindex("lo")
    route = struct.pack("=8BI", socket.AF_INET, 0, 0, 0, _TABLE_LOCAL, _BY_KERNEL, _SCOPE_HOST, _LOCAL, 0)
    message = route + struct.pack("=HHI", 8, _RTA_OIF, loopback)
    header = struct.pack("=IHHII", 16 + len(message), _RTM_NEWROUTE, _REQUEST_ACK_CREATE, 1, 0)
    asked = socket.socket(_AF_NETLINK, socket.SOCK_RAW, 0)
    try:
        asked.sendto(header + message, (0, 0))
        error = struct.unpack_from("=i", asked.recv(1 << 12), 16)[0]
    finally:
        asked.close()
    if error:
        raise OSError(-error, os.strerror(-error))


_AF_NETLINK, _RTM_NEWROUTE, _REQUEST_ACK_CREATE = 16, 24, 0x405
_TABLE_LOCAL, _BY_KERNEL, _SCOPE_HOST, _LOCAL, _RTA_OIF = 255, 2, 254, 2, 4
