"""The edge's folder: files that the engine and the watchdog share, each replaced by one rename."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from outpace.delivery.edge.standing import Good, Instance, Program, Rollout, Service
from outpace.engines.envoy.counting import Kept
from outpace.engines.envoy.locks import alone
from outpace.engines.envoy.watchdog import STEADY, boot, born, lay
from outpace.model.errors import DamagedData, DiskFull, EngineError
from outpace.model.release import SHORT, Digest

T = TypeVar("T")

LEASE_SECONDS = 3.0
TELLING_SECONDS = 1.0
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
MENDS = "outpace edge up puts it aside and makes it anew, where it can"
RESTLESS = 5
"""Ends in a row, each soon after its start, after which a worker is said to be unable to work."""
UNSTARTED = "cannot be started"
"""So the watchdog begins what it writes as the log of what it did not start."""
PADDED = 256
"""Bytes of the lease: it is written over in its place, which needs no room on the disk."""


class Lease(Struct, frozen=True, kw_only=True):
    rollout: str
    boot: str
    until: float  # seconds since the machine was started


class Declared(Program, frozen=True, kw_only=True):
    """What the watchdog starts: a program at its port."""

    port: int = 0
    service: Service = "serving"

    @property
    def program(self) -> Program:
        return Program(**{name: getattr(self, name) for name in Program.__struct_fields__})


class Workers(Struct, frozen=True, kw_only=True):
    release: Digest | None = None
    workers: dict[str, Declared] = {}


class Process(Struct, frozen=True, kw_only=True):
    pid: int = 0
    born: str = ""
    boot: str = ""
    starts: int = 0  # in a row, each of them soon after the one before
    total: int = 0
    at: float = 0.0  # of the last start, in seconds since the machine was started

    @property
    def living(self) -> int:
        """Its process id; 0: it does not run. Numbers are given again, so it is that very one."""
        return self.pid if self.pid > 0 and self.boot == boot() and born(self.pid) == self.born else 0

    @property
    def is_restless(self) -> bool:
        """It ended, again and again, soon after its start. One that goes on may work; one that went on for long did."""
        if self.living or self.starts < RESTLESS or self.boot != boot():
            return False
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.at <= STEADY


class Place:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.xds = folder / "xds"
        self.trails = folder / "trails"

    def make(self) -> None:
        for path in (self.folder, self.xds, self.trails, *(self.folder / name for name in ("instances", "stopping"))):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, path: Path, content: bytes, *, lasts: bool = True) -> None:
        """Whole or not at all; `lasts`: also where the machine loses its power. Raises DiskFull."""
        try:
            lay(path, content, lasts=lasts)
        except OSError as error:
            raise unwritten(path, error) from error

    def rollout(self) -> Rollout | None:
        return self._read("rollout.json", Rollout)

    @contextmanager
    def telling(self) -> Generator[bool]:
        """Best effort: a disk that is full, or another that hangs, keeps nobody from saying how a rollout ends."""
        with ExitStack() as stack:
            is_mine = False
            with suppress(OSError):
                is_mine = stack.enter_context(alone(self.folder / "rollout.lock", TELLING_SECONDS))
            yield is_mine

    def keep_rollout(self, rollout: Rollout) -> None:
        self.write(self.folder / "rollout.json", msgspec.json.encode(rollout))

    def good(self) -> Good | None:
        return self._read("good.json", Good)

    def keep_good(self, good: Good) -> None:
        self.write(self.folder / "good.json", msgspec.json.encode(good))

    def renew(self, rollout: str) -> None:
        """For `LEASE_SECONDS` from now, by the clock since boot."""
        until = time.clock_gettime(time.CLOCK_BOOTTIME) + LEASE_SECONDS
        lease = msgspec.json.encode(Lease(rollout=rollout, boot=boot(), until=until)).ljust(PADDED)
        path = self.folder / "lease.json"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(descriptor, lease, 0)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise unwritten(path, error) from error

    def instances(self) -> tuple[Instance, ...]:
        return tuple(
            self._seen(path.stem, declared)
            for path in sorted((self.folder / "instances").glob("*.json"))
            if (declared := self._decoded(path, Declared)) is not None
        )

    def _seen(self, name: str, declared: Declared) -> Instance:
        process = self._process(name)
        return Instance(
            name=name,
            release=declared.release,
            port=declared.port,
            ready=declared.ready,
            pid=process.living,
            starts=process.total,
            service=declared.service,
            program=declared.program,
        )

    def of(self, release: Digest) -> tuple[Instance, ...]:
        return tuple(each for each in self.instances() if each.release == release)

    def pid(self, name: str) -> int:
        """Of a process that the watchdog keeps; 0: it does not run."""
        return self._process(name).living

    def _process(self, name: str) -> Process:
        return self._decoded(self.folder / "processes" / f"{name}.json", Process) or Process()

    def declare(self, program: Program, port: int, service: Service) -> None:
        """Under a name of its own, and never another program under it: what is declared is what was started."""
        folders = [self.folder / name for name in ("instances", "stopping", "processes")]
        taken = {path.stem for folder in folders for path in folder.glob("*.json")}
        names = (f"{program.release[:SHORT]}-{number}" for number in count())
        name = next(name for name in names if name not in taken)
        self.forget_unstarted(name)
        self._keep(name, declared(program, port, service))

    def mark(self, name: str, service: Service) -> None:
        found = self._decoded(self.folder / "instances" / f"{name}.json", Declared)
        if found is not None and found.service != service:
            self._keep(name, replace(found, service=service))

    def _keep(self, name: str, declared: Declared) -> None:
        self.write(self.folder / "instances" / f"{name}.json", msgspec.json.encode(declared))

    def dismiss(self, name: str) -> None:
        """The watchdog asks it to end."""
        try:
            (self.folder / "instances" / f"{name}.json").rename(self.folder / "stopping" / f"{name}.json")
        except FileNotFoundError:
            pass

    def counted(self) -> Kept | None:
        return self._read("counted.json", Kept)

    def uncounted_s(self) -> float | None:
        """Seconds since an engine last kept what it counted; None where none did in this boot."""
        kept = self.counted()
        if kept is None or kept.boot != boot():
            return None
        return max(time.clock_gettime(time.CLOCK_BOOTTIME) - kept.began - kept.at, 0.0)

    def keep_counted(self, kept: Kept) -> None:
        """At each look; what Envoy counted is gone with the machine anyway."""
        self.write(self.folder / "counted.json", msgspec.json.encode(kept), lasts=False)

    def workers(self, name: str = "workers.json") -> Workers:
        return self._read(name, Workers) or Workers()

    def restless(self) -> tuple[str, ...]:
        """Workers that end as soon as they are started, or cannot be, each with what it said."""
        found: list[str] = []
        for name in self.workers().workers:
            process, words = self._process(name), self.last_words(name)
            if process.is_restless:
                found.append(f"{name} ended {process.starts} times{f': {words}' if words else ''}")
            elif not process.starts and UNSTARTED in words:
                found.append(f"{name} {words}")
        return tuple(found)

    def keep_workers(self, workers: Workers, name: str = "workers.json") -> None:
        self.write(self.folder / name, msgspec.json.encode(workers))

    def last_words(self, name: str, limit: int = 300) -> str:
        """The end of what the process said, in one line."""
        try:
            with (self.folder / "logs" / f"{name}.log").open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - 8 * limit))
                lines = file.read().decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        last = next((line for line in reversed(lines) if any(one.isalnum() for one in line)), "")
        return "".join(one for one in last if one.isprintable()).strip()[:limit]

    def forget_unstarted(self, name: str) -> None:
        """Why it was not started once is no reason now. Where it still is one, the watchdog says so again."""
        if UNSTARTED in self.last_words(name) and not self.pid(name):
            os.truncate(self.folder / "logs" / f"{name}.log", 0)

    def _read(self, name: str, kind: type[T]) -> T | None:
        return self._decoded(self.folder / name, kind)

    def _decoded(self, path: Path, kind: type[T]) -> T | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, OSError) as error:
            raise DamagedData(f"{path} cannot be read: {error}", hint=MENDS) from error


def declared(program: Program, port: int = 0, service: Service = "serving") -> Declared:
    return Declared(**asdict(program.at(port)), port=port, service=service)


def unwritten(path: Path, error: OSError) -> EngineError:
    if error.errno in NO_ROOM:
        return DiskFull(f"{path.name} cannot be written: the disk is full", hint="free some space on the disk")
    return EngineError(f"{path} cannot be written: {error.strerror}", hint="look at who owns the state directory")
