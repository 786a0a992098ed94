"""Finds what runs, in the way that an environment declares, and says what it would have loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from outpace.delivery import told
from outpace.delivery.evidence import SETTLE
from outpace.model.application import Application, Environment, Observe
from outpace.model.errors import EngineError, UsageError
from outpace.model.inventory import Inventory
from outpace.model.observation import NotRunning, Observation, Process, Running, Seen, Told
from outpace.model.package import Package
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.sandbox import run

if TYPE_CHECKING:
    from outpace.engines.processes import Look

COMMAND_TIMEOUT = timedelta(seconds=60)
COMMAND_LIMIT = 16 << 20
PID_FILE_LIMIT = 64
REUSED_AFTER = 2.0  # seconds after its pid file was written at which a process must be another one


def nothing_recorded(_name: str) -> Inventory | None:
    return None


class Observer:
    """Implements `delivery.ports.Observer`.

    `packages` are those whose files are compared; None compares all. A process that is younger than `settle` seconds
    is waited for, since it may not have loaded what it will run.
    """

    def __init__(
        self,
        base: Path,
        *,
        recorded: Callable[[str], Inventory | None] = nothing_recorded,
        serving: Callable[[], Mapping[int, str]] = dict[int, str],
        packages: frozenset[Package] | None = None,
        settle: float = SETTLE,
    ) -> None:
        self.settle = settle
        self.base = base
        self.recorded = recorded
        self.serving = serving  # the edge's processes that users are sent to, with their releases
        self.packages = packages
        self.digests: dict[tuple[int, int, int, int], str] = {}

    def observe(
        self, application: Application, environment: Environment, last: Observation | None = None
    ) -> Observation:
        seen = self._seen(application, environment, last)
        return Observation(application=application.name, environment=environment.name, at=now(), seen=seen)

    def _seen(self, application: Application, environment: Environment, last: Observation | None) -> Seen:
        place = self.base / application.path
        observe = environment.observe
        match observe:
            case Observe(command=tuple() as command):
                return self._command(command, place)
            case Observe(recorded=str() as name):
                inventory = self.recorded(name) or self.recorded(environment.name)
                settle = f"outpace record observed --environment {environment.name} --inventory FILE"
                missing = Unknown(f"nothing is recorded of {environment.name}", settle)
                return Told(by=f"record {name}", inventory=inventory or missing)
            case Observe(edge=True):
                return self._edge(last)
            case _ if sys.platform != "linux":
                return NotRunning(f"processes are read on Linux only, and this is {sys.platform}")
            case _:
                return self._processes(place, observe, last)

    def _command(self, command: tuple[str, ...], place: Path) -> Told:
        by = " ".join(command)[:80]
        try:
            done = run(command, cwd=place, timeout=COMMAND_TIMEOUT, limit=COMMAND_LIMIT)
        except (EngineError, UsageError) as error:
            return Told(by=by, inventory=Unknown(error.message, error.hint))
        if done.truncated:
            return Told(by=by, inventory=Unknown(f"it printed more than {COMMAND_LIMIT >> 20} MiB"))
        return Told(by=by, inventory=told.inventory_of(done.stdout, by=by))

    def _edge(self, last: Observation | None) -> Seen:
        from outpace.engines.processes import Look

        releases = dict(self.serving())
        if not releases:
            return NotRunning("the edge sends users to no release: outpace edge status")
        look = Look(packages=self.packages, last=last, digests=self.digests, settle=self.settle)
        seen = look.running(tuple(releases), missing="the edge's processes ended while they were looked at")
        if not isinstance(seen, Running):
            return seen
        parents = {pid: entry.parent for pid, entry in look.table.items()}
        known = tuple(_of_release(each, releases, parents) for each in seen.processes)
        return replace(seen, processes=tuple(each for each in known if each.release))

    def _processes(self, place: Path, observe: Observe, last: Observation | None) -> Seen:
        from outpace.engines.processes import Look

        look = Look(packages=self.packages, last=last, digests=self.digests, settle=self.settle)
        found = _found(observe, place, look)
        if isinstance(found, NotRunning):
            return found
        if isinstance(found, Unknown):
            return Running(processes=(), inventory=found)
        return look.running(found, missing=f"{_described(observe)} ended while it was looked at")


def _of_release(process: Process, releases: Mapping[int, str], parents: Mapping[int, int]) -> Process:
    """Its own, or that of the process that started it."""
    pid = process.pid
    while pid and pid not in releases:
        pid = parents.get(pid, 0)
    return replace(process, release=releases.get(pid, ""))


def _found(observe: Observe, place: Path, look: Look) -> tuple[int, ...] | NotRunning | Unknown:
    match observe:
        case Observe(pid_file=str() as name):
            return _by_pid_file(place / name, look)
        case Observe(port=int() as port):
            return _by_port(port, look)
        case Observe(unit=str() as unit):
            return _by_unit(unit, look)
        case Observe(process=str() as pattern):
            return _by_command(pattern, look)
        case _:
            raise AssertionError("one way to observe is always set")


def _by_pid_file(path: Path, look: Look) -> tuple[int, ...] | NotRunning:
    from outpace.engines.processes.clock import Clock

    try:
        with path.open("rb") as file:
            text = file.read(PID_FILE_LIMIT).split()
            written = os.fstat(file.fileno()).st_mtime
        pid = int(text[0])
    except OSError as error:
        return NotRunning(f"the pid file {path} cannot be read: {(error.strerror or 'unknown').lower()}")
    except (ValueError, IndexError):
        return NotRunning(f"the pid file {path} holds no process id")
    entry = look.table.get(pid)
    if entry is None:
        return NotRunning(f"the pid file {path} names process {pid}, which does not run")
    if Clock.read().wall(entry.started) > written + REUSED_AFTER:
        return NotRunning(f"the pid file {path} names process {pid}, which started after it was written")
    return (pid,)


def _by_port(port: int, look: Look) -> tuple[int, ...] | NotRunning | Unknown:
    if not look.sockets.listens(port):
        return NotRunning(f"nothing listens on port {port}")
    found = tuple(sorted(look.sockets.serving(frozenset({port}), look.table)))
    return found or Unknown(
        f"who listens on port {port} belongs to another user", "run Outpace as that user or as root"
    )


def _by_unit(unit: str, look: Look) -> tuple[int, ...] | NotRunning:
    """systemd puts what it starts into a control group of the unit's name, which everybody may read."""
    from outpace.engines.processes import proc

    name = unit if "." in unit else f"{unit}.service"
    found = tuple(pid for pid in sorted(look.table) if name in proc.cgroup_units(pid))
    return found or NotRunning(f"no process belongs to the unit {name}")


def _by_command(pattern: str, look: Look) -> tuple[int, ...] | NotRunning:
    """Among our own user's processes; root's Outpace sees everybody's. Never Outpace itself or who called it."""
    from outpace.engines.processes import proc

    ours = proc.ancestors(os.getpid(), look.table)
    user = os.getuid()
    found = tuple(
        pid
        for pid in sorted(look.table)
        if pid not in ours and user in (0, proc.owner(pid)) and pattern in proc.command_text(pid)
    )
    return found or NotRunning(f"no process has {pattern!r} in its command line")


def _described(observe: Observe) -> str:
    ways = {name: getattr(observe, name) for name in observe.__struct_fields__}
    return next(f"{name} {value}" for name, value in ways.items() if value is not None)
