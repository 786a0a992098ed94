"""Which versions a process is evidence of: it must have started after the files that it would have loaded."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from outpace.model.inventory import Component, Inventory, Origin, PublicIndex, Unread
from outpace.model.package import Package
from outpace.model.unknown import Unknown

DOUBT = 1.0  # seconds that a foreign clock, as of a network file system, is given
TICK = 0.012  # the same for files and processes that one kernel stamps: its coarsest tick is 10 ms

CLOCK = "set the clock right, restart it, then look again"
RESTART = "restart it, then look again"
UNCHANGED = "restart it without changing its files on the way, then look again"
REPAIR = "install it anew, restart it, then look again"
ONE_COPY = "leave one copy of it where Python may look, restart it, then look again"
ORPHAN = "it was forked by a process that has ended, so that nobody can tell when it loaded what it runs"
ARCHIVE_FIRST = "an archive that Python looks into first, which is not read"
RUNS_CODE = "a line of code, which may change where Python looks"
TOO_MUCH = "more than is read of it, which may change where Python looks"
BEGUN = "it was begun by a process that has ended, so that nobody can tell where it looks first"
LOST = "it is not where the process is now, and nobody can tell where that was begun"
HIDES = frozenset({ARCHIVE_FIRST, ORPHAN, RUNS_CODE, TOO_MUCH, BEGUN, LOST})  # another copy than the one that was read
SETTLE = 1.0  # seconds that a process gets to load what it runs, before anything is said of it


class Manifest(Struct, frozen=True, kw_only=True):
    """What a distribution on disk says of itself. Times are seconds since boot, as for processes."""

    package: Package
    version: str
    where: str  # its metadata directory
    changed: float  # the newest change of its metadata and of the files that it lists
    latest: str = ""  # the file that changed last
    margin: float = DOUBT  # how far that clock may be off
    problem: str = ""  # why it cannot be believed, whatever the clock says
    repair: str = REPAIR  # what would settle that
    modules: tuple[str, ...] = ()  # top-level names that it brings
    origin: Origin = PublicIndex()


class Believed(Struct, frozen=True, tag=True):
    pass


class Doubted(Struct, frozen=True, tag=True):
    """The manifest says nothing about what the process has loaded."""

    why: str
    would_settle: str = RESTART


Belief: TypeAlias = Believed | Doubted


def belief(manifest: Manifest, *, started: float, now: float, settle: float = SETTLE) -> Belief:
    """Whether a process that started then must have loaded what the manifest says."""
    latest = manifest.latest or manifest.where
    if manifest.problem:
        return Doubted(manifest.problem, manifest.repair)
    if manifest.changed > now + manifest.margin:
        return Doubted(
            f"{latest} changed in the future: the clock was set back, so nothing can be ordered by it", CLOCK
        )
    if now - started < settle:
        return Doubted(
            f"the process started less than {settle:g} s ago and may not have loaded it; look again", "look again"
        )
    if manifest.changed - started > manifest.margin:
        return Doubted(f"{latest} changed after the process started; restart it to run what is on disk", UNCHANGED)
    if started - manifest.changed <= manifest.margin:
        why = f"{latest} changed within {manifest.margin:g} s of the start of the process; restart it"
        return Doubted(why, UNCHANGED)
    return Believed()


def gaps(site: str, changed: float, *, started: float, margin: float) -> Unknown | None:
    """What was taken from a directory after the process started leaves no trace in it; `changed`: when its list of
    names did, in seconds since boot."""
    if changed + margin < started:
        return None
    return Unknown(f"{site} changed after the process started: what was taken from it since may still run", RESTART)


def inventory_of(
    source: str,
    manifests: tuple[Manifest, ...],
    *,
    started: float,
    now: float,
    settle: float = SETTLE,
    last: tuple[Component, ...] = (),
    unread: tuple[Unread, ...] = (),
) -> Inventory:
    """What the process runs.

    What was seen in that same process before (`last`) counts for as long as it runs, beside what the disk says by now
    and also where that says nothing any more: a process does not change what it has loaded. A version in doubt that
    was never seen is None, with a reason.
    """
    seen = {one: None for one in last if one.version is not None}
    components: list[Component] = list(seen)
    doubts: list[Unread] = []
    for manifest in manifests:
        known = [one.version for one in seen if one.package == manifest.package]
        match belief(manifest, started=started, now=now, settle=settle):
            case Doubted(why, would_settle) if not known:
                doubt = Unknown(why, would_settle)
                doubts.append(Unread(file=manifest.where, why=f"{manifest.package.name}: {why}"))
                components.append(
                    Component(package=manifest.package, version=None, origin=manifest.origin, doubt=doubt)
                )
            case Believed() if manifest.version not in known:
                components.append(Component(package=manifest.package, version=manifest.version, origin=manifest.origin))
            case _:
                pass
    return Inventory(
        source=source,
        components=tuple(sorted(components, key=lambda one: (one.package, one.version or ""))),
        unread=(*unread, *doubts),
        files=tuple(sorted(manifest.where for manifest in manifests)),
    )
