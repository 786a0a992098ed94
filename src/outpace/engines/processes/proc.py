"""Linux's /proc: the process table, command lines and sockets."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

PROC = Path("/proc")
READ_LIMIT = 1 << 20
USED_NAMES = frozenset(
    {"PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONUSERBASE", "PYTHONSAFEPATH", "PATH", "HOME", "PWD"}
)
FORKED_WITHOUT_EXEC = 0x40  # PF_FORKNOEXEC of the kernel's task flags
FIXED_ADDRESSES = 0x40000  # ADDR_NO_RANDOMIZE of its personality
LISTENING = "0A"
ACCEPTED = frozenset({"01", "08"})  # established, or half closed
SERVING = frozenset({LISTENING}) | ACCEPTED
DELETED = " (deleted)"


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the process table. `started` is in seconds since boot; with the pid it names a process for good."""

    pid: int
    parent: int
    state: str
    name: str
    started: float
    forked: bool = False  # and has begun no program of its own since: what it runs was loaded by whoever forked it


class Mapped(Struct, frozen=True):
    """A file in a process's memory; `deleted` means that the path names another file now, or none."""

    path: str
    deleted: bool


class Socket(Struct, frozen=True):
    """A line of /proc/net/tcp; `port` is the local one."""

    inode: str
    port: int
    state: str


class Gone(Exception):
    """The process has ended, or is not ours to read."""


Table: TypeAlias = dict[int, Entry]


def table() -> Table:
    """Every living process."""
    found = (entry(int(name)) for name in _listed(PROC) if name.isdigit())
    return {one.pid: one for one in found if one is not None}


def entry(pid: int) -> Entry | None:
    """None where there is none, or only a zombie."""
    try:
        line = _read(pid, "stat").decode("utf-8", "replace")
        head, _, tail = line.rpartition(")")
        fields = tail.split()
        ticks = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        forked = bool(int(fields[6]) & FORKED_WITHOUT_EXEC)
    except (Gone, ValueError, IndexError):
        return None
    if fields[0] in {"Z", "X", "x"}:
        return None
    return Entry(
        pid=pid, parent=int(fields[1]), state=fields[0], name=head.partition("(")[2], started=ticks, forked=forked
    )


def family(pids: Iterable[int], processes: Table) -> tuple[int, ...]:
    """The processes and all their descendants, by pid."""
    children: dict[int, list[int]] = {}
    for one in processes.values():
        children.setdefault(one.parent, []).append(one.pid)
    found: set[int] = set()
    waiting = [pid for pid in pids if pid in processes]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(children.get(pid, ()))
    return tuple(sorted(found))


def ancestors(pid: int, processes: Table) -> frozenset[int]:
    """The process itself and all above it."""
    found: set[int] = set()
    while pid in processes and pid not in found:
        found.add(pid)
        pid = processes[pid].parent
    return frozenset(found)


def loader(one: Entry, processes: Table) -> Entry | None:
    """The process that began the program which this one runs: itself, or the one that it was forked from. None where
    that has ended: its children are given to another, which runs another program."""
    program = _program(one.pid)
    while one.forked:
        parent = processes.get(one.parent)
        if parent is None or _program(parent.pid) != program:
            return None
        one = parent
    return one


def _program(pid: int) -> str:
    try:
        return link(pid, "exe")
    except Gone:
        return ""


def command_line(pid: int) -> tuple[str, ...]:
    raw = _read(pid, "cmdline").rstrip(b"\0")
    return tuple(part.decode("utf-8", "replace") for part in raw.split(b"\0")) if raw else ()


def command_text(pid: int) -> str:
    """The command line with spaces; empty where there is none to read."""
    try:
        return " ".join(command_line(pid))
    except Gone:
        return ""


def environment(pid: int, *, prefix: str = "") -> dict[str, str]:
    """The few variables that decide where Python loads from, and those of that prefix; the rest is never kept."""
    pairs = (part.decode("utf-8", "surrogateescape").partition("=") for part in _read(pid, "environ").split(b"\0"))
    return {name: value for name, _, value in pairs if name in USED_NAMES or (prefix and name.startswith(prefix))}


def image(pid: int) -> str:
    """A mark of the program that a process has begun last: the kernel lays each out at other addresses, and forks keep
    them. Empty where it does not."""
    try:
        fixed = int(_read(pid, "personality"), 16) & FIXED_ADDRESSES
        layout = (PROC / "sys/kernel/randomize_va_space").read_text().strip()
        return "" if fixed or layout == "0" else hashlib.sha256(_read(pid, "auxv")).hexdigest()[:16]
    except (Gone, OSError, ValueError):
        return ""


def owner(pid: int) -> int | None:
    try:
        return (PROC / str(pid)).stat().st_uid
    except OSError:
        return None


def link(pid: int, name: str) -> str:
    """The target of a link below /proc/PID, as exe or ns/mnt."""
    try:
        return str((PROC / str(pid) / name).readlink())
    except FileNotFoundError as error:
        raise Gone(f"process {pid} {'has ended' if entry(pid) is None else 'is a thread of the kernel'}") from error
    except OSError as error:
        raise Gone(_why(pid, error)) from error


def mapped(pid: int) -> tuple[Mapped, ...]:
    """Each mapped file once."""
    found: dict[str, Mapped] = {}
    for line in _read(pid, "maps", limit=16 * READ_LIMIT).decode("utf-8", "replace").splitlines():
        fields = line.split(None, 5)
        if len(fields) == 6 and fields[5].startswith("/"):
            path = fields[5].removesuffix(DELETED)
            found[fields[5]] = Mapped(path, path != fields[5])
    return tuple(found.values())


def mounts(pid: int) -> str:
    """Its mount points, line by line."""
    return _read(pid, "mountinfo", limit=4 * READ_LIMIT).decode("utf-8", "replace")


def cgroup_units(pid: int) -> frozenset[str]:
    """The names along its control groups: systemd's slices, services and scopes."""
    try:
        return units_in(_read(pid, "cgroup").decode("utf-8", "replace"))
    except Gone:
        return frozenset()


def units_in(text: str) -> frozenset[str]:
    """`HIERARCHY:CONTROLLERS:PATH`, line by line."""
    paths = (line.split(":", 2)[-1] for line in text.splitlines())
    return frozenset(part for path in paths for part in path.split("/") if part)


class Sockets:
    """Who holds which TCP socket; each table is read once."""

    def __init__(self) -> None:
        self._tables: dict[str, tuple[Socket, ...]] = {}
        self._held: dict[int, frozenset[str]] = {}

    def ports_of(self, pid: int) -> frozenset[int]:
        """The ports that a process listens on."""
        mine = self._holds(pid)
        return frozenset(one.port for one in self._table(pid) if one.state == LISTENING and one.inode in mine)

    def serving(self, ports: frozenset[int], pids: Iterable[int], *, beside: int | str = "self") -> frozenset[int]:
        """Who holds a socket that listens on, or was accepted from, one of the ports, in the network of `beside`."""
        return self._holding(ports, pids, SERVING, beside)

    def listening(self, port: int, pids: Iterable[int]) -> frozenset[int]:
        return self._holding(frozenset({port}), pids, frozenset({LISTENING}), "self")

    def accepted(self, port: int, pids: Iterable[int]) -> frozenset[int]:
        """Who holds a connection that was accepted from the port, and is not over."""
        return self._holding(frozenset({port}), pids, ACCEPTED, "self")

    def _holding(
        self, ports: frozenset[int], pids: Iterable[int], states: frozenset[str], beside: int | str
    ) -> frozenset[int]:
        wanted = {one.inode for one in self._table(beside) if one.port in ports and one.state in states}
        return frozenset(pid for pid in pids if wanted and wanted & self._holds(pid))

    def listens(self, port: int) -> bool:
        return any(one.state == LISTENING and one.port == port for one in self._table("self"))

    def _table(self, pid: int | str) -> tuple[Socket, ...]:
        try:
            network = str((PROC / str(pid) / "ns/net").readlink())
        except OSError:
            return ()
        if network not in self._tables:
            self._tables[network] = tuple(_tcp(pid))
        return self._tables[network]

    def _holds(self, pid: int) -> frozenset[str]:
        if pid not in self._held:
            self._held[pid] = _sockets(pid)
        return self._held[pid]


def _tcp(pid: int | str) -> Iterator[Socket]:
    for name in ("net/tcp", "net/tcp6"):
        try:
            lines = _read(pid, name, limit=16 * READ_LIMIT).decode("ascii", "replace").splitlines()[1:]
        except Gone:
            continue
        for line in lines:
            fields = line.split()
            if len(fields) > 9 and fields[3] in SERVING and fields[9] != "0":
                yield Socket(fields[9], int(fields[1].rpartition(":")[2], 16), fields[3])


def _sockets(pid: int) -> frozenset[str]:
    """The inodes of the sockets that a process holds; none where they are not ours to read."""
    folder = f"/proc/{pid}/fd"
    found: set[str] = set()
    try:
        for name in _listed(folder):
            try:
                target = os.readlink(f"{folder}/{name}")  # noqa: PTH115  thousands of them in one look
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        pass
    return frozenset(found)


def _read(pid: int | str, name: str, *, limit: int = READ_LIMIT) -> bytes:
    try:
        with (PROC / str(pid) / name).open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise Gone(_why(pid, error)) from error


def _listed(folder: str | Path) -> list[str]:
    with os.scandir(folder) as entries:
        return [one.name for one in entries]


def _why(pid: int | str, error: OSError) -> str:
    if isinstance(error, PermissionError):
        if os.geteuid() == 0:
            return f"process {pid} may not be read by root either: a container or a security module forbids it"
        return f"process {pid} belongs to another user; run Outpace as that user or as root"
    return f"process {pid} has ended"
