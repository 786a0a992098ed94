"""Linux processes: what each is, from where it has loaded, and which versions it is evidence of."""

from __future__ import annotations

import math
import re
import time
from datetime import datetime
from typing import NamedTuple

import msgspec

from outpace.delivery import evidence
from outpace.delivery.evidence import Manifest
from outpace.engines.processes import proc
from outpace.engines.processes.clock import Clock
from outpace.engines.processes.interpreter import NotPython, Search, search_of
from outpace.engines.processes.manifests import Digests, Listing, Reader
from outpace.model.errors import NotFound
from outpace.model.inventory import Inventory, Unread
from outpace.model.observation import NotRunning, Observation, Process, Running, Seen
from outpace.model.package import Package
from outpace.model.times import from_timestamp
from outpace.model.unknown import Unknown
from outpace.sandbox import mask

SECRET = re.compile(r"(?i)(pass|secret|token|key|credential|auth)")
COMMAND_LIMIT = 120


def inventory_of(pid: int) -> Inventory:
    """What one process runs. Raises NotFound where there is no such process; what cannot be told is in `unread`."""
    look = Look()
    look.wait_for((pid,))
    process = look.process(pid)
    if process is None:
        raise NotFound(f"there is no process {pid}", hint="outpace match --pid PID, of a process that runs")
    match process.inventory:
        case Unknown(why):
            return Inventory(source=f"process {pid}", unread=(Unread(file=f"process {pid}", why=why),))
        case inventory if not process.environment:
            return msgspec.structs.replace(
                inventory, unread=(*inventory.unread, Unread(file=f"process {pid}", why="it is not Python"))
            )
        case inventory:
            return inventory


class Contents(NamedTuple):
    """What lies in the directories from which a process loads."""

    manifests: tuple[Manifest, ...]
    unread: tuple[Unread, ...]
    listed: tuple[Listing, ...]


class Look:
    """One look at the machine: the process table, the clock and each environment are read once."""

    def __init__(
        self,
        *,
        packages: frozenset[Package] | None = None,
        last: Observation | None = None,
        digests: Digests | None = None,
        settle: float = evidence.SETTLE,
    ) -> None:
        self.settle = settle
        self.digests: Digests = {} if digests is None else digests
        self.packages = packages
        self.table = proc.table()
        self.sockets = proc.Sockets()
        self.last = {one.pid: one for one in _processes(last)}
        self._environments: dict[tuple[object, ...], Contents] = {}

    def running(self, pids: tuple[int, ...], *, missing: str) -> Seen:
        """These processes with their children, and whoever serves beside them."""
        self.wait_for(proc.family(pids, self.table))
        family = proc.family(pids, self.table)
        everyone = proc.family((*family, *self._kin(family)), self.table)
        processes = tuple(one for pid in everyone if (one := self.process(pid)) is not None)
        if not processes:
            return NotRunning(missing)
        return Running(processes=processes, inventory=united(processes))

    def wait_for(self, pids: tuple[int, ...]) -> None:
        """Gives what has only just started the time to load; a second at most."""
        youngest = max((self.table[pid].started for pid in pids if pid in self.table), default=0.0)
        left = self.settle - (Clock.read().now - youngest)
        if left > 0:
            time.sleep(min(left, self.settle))
            self.table, self.sockets = proc.table(), proc.Sockets()

    def _kin(self, family: tuple[int, ...]) -> frozenset[int]:
        """Left-over workers: they serve the same ports, or were started by the same command in the same place."""
        others = frozenset(self.table) - frozenset(family)
        ports: dict[str, frozenset[int]] = {}
        for pid in family:
            network = _network(pid)
            ports[network] = ports.get(network, frozenset()) | self.sockets.ports_of(pid)
        serving = frozenset[int]()
        for pid in family:
            wanted = ports.pop(_network(pid), frozenset())
            serving |= self.sockets.serving(wanted, others, beside=pid) if wanted else frozenset()
        same = {one for pid in family if (one := _call(pid)) is not None}
        return serving | frozenset(pid for pid in others if _call(pid) in same)

    def process(self, pid: int) -> Process | None:
        """None where it has ended meanwhile."""
        before = self.table.get(pid) or proc.entry(pid)
        if before is None:
            return None
        clock = Clock.read()
        search = search_of(pid)
        try:
            inventory, gaps = self._inventory(before, search, clock)
        except proc.Gone as gone:
            inventory, gaps = Unknown(str(gone), "look again"), None
        after = proc.entry(pid)
        if after is None or after.started != before.started:
            return None
        return Process(
            pid=pid,
            started=_wall(before, clock),
            command=_shown(pid, before.name),
            environment=":".join(search.sites) if isinstance(search, Search) else "",
            inventory=inventory,
            gaps=gaps,
            image=proc.image(pid),
        )

    def _inventory(
        self, entry: proc.Entry, search: Search | NotPython | Unknown, clock: Clock
    ) -> tuple[Inventory | Unknown, Unknown | None]:
        """And why what it does not name may run all the same."""
        match search:
            case Unknown():
                return search, None
            case NotPython(name):
                return Inventory(source=f"process {entry.pid} ({name}, not Python)"), None
            case Search():
                pass
        contents = self._environment(entry.pid, search, clock)
        before = self._last(entry, clock)
        last = before if before is not None and before.image else None
        loader = proc.loader(entry, self.table)
        orphan = loader is None and (last is None or any(one.why == evidence.ORPHAN for one in _unread(last)))
        forked = (Unread(file=f"process {entry.pid}", why=evidence.ORPHAN),) if orphan else ()
        began = entry.started if loader is None else loader.started
        inventory = evidence.inventory_of(
            f"process {entry.pid}",
            tuple(_replaced(one, search.replaced) for one in contents.manifests),
            started=began,
            now=clock.now,
            settle=self.settle,
            last=() if last is None else last.components,
            unread=(*forked, *search.unread, *contents.unread),
        )
        inventory = _with_seen(inventory, before)
        if last is not None and all(one.version is not None for one in last.components):
            return inventory, last.gaps
        found = (evidence.gaps(one.site, one.changed, started=began, margin=one.margin) for one in contents.listed)
        return inventory, next((one for one in found if one is not None), None)

    def _environment(self, pid: int, search: Search, clock: Clock) -> Contents:
        key = (proc.link(pid, "ns/mnt"), proc.link(pid, "root"), search.maybe, search.path, search.sites, search.held)
        if key not in self._environments:
            mounts = proc.mounts(pid)
            reader = Reader(search, clock, mounts=mounts, packages=self.packages, digests=self.digests)
            self._environments[key] = Contents(*reader.manifests(), reader.listed())
        return self._environments[key]

    def _last(self, entry: proc.Entry, clock: Clock) -> Process | None:
        """The very same process, as it was seen before, in the program that it runs now. Without its image where it is
        not known to be that one."""
        last = self.last.get(entry.pid)
        if last is None or not isinstance(last.inventory, Inventory) or last.started != _wall(entry, clock):
            return None
        image = proc.image(entry.pid)
        if image and last.image:
            return last if image == last.image else None
        return msgspec.structs.replace(last, image="")


def _with_seen(inventory: Inventory, before: Process | None) -> Inventory:
    """What was seen of it counts even where it may have been another program."""
    seen = () if before is None else tuple(one for one in before.components if one.version is not None)
    components = dict.fromkeys((*inventory.components, *seen))
    ordered = sorted(components, key=lambda one: (one.package, one.version or ""))
    return msgspec.structs.replace(inventory, components=tuple(ordered))


def _unread(process: Process) -> tuple[Unread, ...]:
    return process.inventory.unread if isinstance(process.inventory, Inventory) else ()


def _wall(entry: proc.Entry, clock: Clock) -> datetime:
    """The same for every look at one process, unless the clock is set; a tenth of a second early at most."""
    return from_timestamp(round(entry.started + math.floor(clock.offset * 10) / 10, 2))


def united(processes: tuple[Process, ...]) -> Inventory | Unknown:
    """What is certain of all processes together. Another program beside Python takes nothing from that."""
    unknown = next((one.inventory for one in processes if isinstance(one.inventory, Unknown)), None)
    if unknown is not None:
        return unknown
    inventories = [one.inventory for one in processes if isinstance(one.inventory, Inventory)]
    if not any(one.environment for one in processes):
        return Unknown("none of its processes is Python", "declare `observe` as a command that prints an inventory")
    return Inventory(
        source=f"processes {', '.join(str(one.pid) for one in processes)}",
        components=tuple(dict.fromkeys(one for inventory in inventories for one in inventory.components)),
        unread=tuple(dict.fromkeys(one for inventory in inventories for one in inventory.unread)),
        files=tuple(sorted({one for inventory in inventories for one in inventory.files})),
    )


def shown(argv: tuple[str, ...]) -> str:
    """A command line for people: short, and without what may be a secret."""
    words: list[str] = []
    hide = False
    for word in argv:
        name, equals, _ = word.partition("=")
        words.append("***" if hide else f"{name}=***" if equals and SECRET.search(name) else word)
        hide = not equals and word.startswith("-") and bool(SECRET.search(word))
    text = mask(" ".join(" ".join(words).split()))
    return text if len(text) <= COMMAND_LIMIT else text[: COMMAND_LIMIT - 1] + "…"


def _shown(pid: int, name: str) -> str:
    try:
        return shown(proc.command_line(pid)) or f"[{name}]"
    except proc.Gone:
        return f"[{name}]"


def _replaced(manifest: Manifest, replaced: tuple[str, ...]) -> Manifest:
    """A file in the memory of the process that is no longer the one on disk tells of an upgrade beneath it."""
    if manifest.problem or not replaced:
        return manifest
    site = manifest.where.rpartition("/")[0]
    for path in replaced:
        top = path.removeprefix(f"{site}/").partition("/")[0].partition(".")[0]
        if path.startswith(f"{site}/") and top in manifest.modules:
            return msgspec.structs.replace(manifest, problem=f"it runs {path}, which was replaced on disk since")
    return manifest


def _call(pid: int) -> tuple[object, ...] | None:
    """What makes two processes siblings; None for what cannot be told."""
    try:
        argv = proc.command_line(pid)
        return (argv, proc.link(pid, "cwd"), proc.owner(pid), _network(pid)) if argv else None
    except proc.Gone:
        return None


def _network(pid: int) -> str:
    try:
        return proc.link(pid, "ns/net")
    except proc.Gone:
        return ""


def _processes(last: Observation | None) -> tuple[Process, ...]:
    return last.seen.processes if last is not None and isinstance(last.seen, Running) else ()
