"""Verified means verified: what runs no longer matches, and the probe that worked is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.delivery import probing
from outpace.delivery.evidence import HIDES
from outpace.delivery.probing import Probed
from outpace.model.advisory import Vulnerability
from outpace.model.exposure import Matched
from outpace.model.fact import digest_of
from outpace.model.inventory import Inventory
from outpace.model.observation import NotRunning, Observation, Process, Running, Told
from outpace.model.package import Package
from outpace.model.probe import Exploited, Held, Probe, ProbeUndecided
from outpace.model.release import SHORT
from outpace.model.unknown import Unknown

Rematch: TypeAlias = Callable[[Inventory], Matched]

NAMED = 3
ANOTHER = "it may be another program"
WHICH = "let `observe` find the application: pid_file, port, unit or process"
BY_INVENTORY = "verified by inventory only"
BY_PROBE = "verified by inventory and probe"


class Verified(Struct, frozen=True, tag=True, kw_only=True):
    """Nothing that runs is affected. The digests say of what: a change of the record or of the probe asks again."""

    how: str
    running: str  # of what runs of the vulnerable package
    records: str  # of the advisory's records
    probe: str = ""  # of the probe; empty where none is declared
    versions: tuple[str, ...] = ()  # of the package, as they run; empty: it is gone


class StillExposed(Struct, frozen=True, tag=True):
    """What runs is affected, or the exploit works."""

    why: str
    pids: tuple[int, ...] = ()


class UnknownYet(Struct, frozen=True, tag=True):
    why: str
    would_settle: str = ""


Verification: TypeAlias = Verified | StillExposed | UnknownYet


class Stands(Struct, frozen=True, tag=True):
    pass


class Reopened(Struct, frozen=True, tag=True):
    why: str


class InDoubt(Struct, frozen=True, tag=True):
    """Neither confirmed nor contradicted by what was seen this time."""

    why: str
    would_settle: str = ""


Standing: TypeAlias = Stands | Reopened | InDoubt


def verify(
    vulnerability: Vulnerability,
    observation: Observation,
    rematch: Rematch,
    *,
    probe: Probe | None = None,
    before: Probed | None = None,
    after: Probed | None = None,
    earlier: tuple[Observation, ...] = (),
    program: frozenset[Package] = frozenset(),
) -> Verification:
    """`before`: the probe on the old version, in the sandbox at base or seen running; `after`: on what runs now;
    `earlier`: what was observed in the same environment before; `program`: what is always installed beside it.
    """
    seen = running(vulnerability, observation, rematch, earlier, program)
    if isinstance(seen, StillExposed | UnknownYet):
        return seen
    if probe is None:
        return _verified(BY_INVENTORY + _released(observation), vulnerability, seen)
    refusal = _by_probe(probing.digest(probe), before, after, since=_newest_start(observation))
    return refusal or _verified(BY_PROBE + _released(observation), vulnerability, seen, probe=probe)


def running(
    vulnerability: Vulnerability,
    observation: Observation,
    rematch: Rematch,
    earlier: tuple[Observation, ...] = (),
    program: frozenset[Package] = frozenset(),
) -> tuple[str, ...] | StillExposed | UnknownYet:
    """The versions of the package that run, none of them affected; every process must say so."""
    match observation.seen:
        case NotRunning(why):
            return UnknownYet(f"nothing runs: {why}", "start it, then: outpace observe")
        case Told(by=by, inventory=inventory):
            answer = _of_all(((None, f"what {by} tells", inventory),), vulnerability, rematch)
            return answer or _if_named_before(by, inventory, vulnerability.package, earlier)
        case Running(processes=(), inventory=inventory):
            return _of_all(((None, "what runs", inventory),), vulnerability, rematch)
        case Running(processes=processes):
            named = tuple((one.pid, f"process {one.pid}", one.inventory) for one in processes)
            answer = _of_all(named, vulnerability, rematch)
            return _if_ours(answer, vulnerability.package, processes, earlier, program - {vulnerability.package})


def _if_ours(
    answer: tuple[str, ...] | StillExposed | UnknownYet,
    package: Package,
    processes: tuple[Process, ...],
    earlier: tuple[Observation, ...],
    program: frozenset[Package],
) -> tuple[str, ...] | StillExposed | UnknownYet:
    """Whether what was found is the application, so that what it does not hold is gone.

    A process that is found by a number or a word may be another program. It is the application where it holds what
    the lock pins; where the package was seen before in this environment, one of them is enough.
    """
    if not isinstance(answer, tuple):
        return answer
    held = frozenset(one.package for process in processes for one in process.components)
    if program and not program & held:
        return UnknownYet(f"what runs holds nothing of what the locks pin, as {_some(program)}: {ANOTHER}", WHICH)
    if answer:
        return answer
    gaps = next((process.gaps for process in processes if process.gaps is not None), None)
    if gaps is not None:
        return UnknownYet(f"what runs does not name {package.name}, but {gaps.why}", gaps.would_settle)
    if _was_running(package, earlier) or (program and program <= held):
        return ()
    lacks = f"it lacks {_some(program - held)}" if program else "the locks pin nothing else to know it by"
    return UnknownYet(f"what runs does not name {package.name} and never did, and {lacks}: {ANOTHER}", WHICH)


def _was_running(package: Package, earlier: tuple[Observation, ...]) -> bool:
    return any(
        one.package == package
        for observation in earlier
        if isinstance(observation.seen, Running)
        for process in observation.seen.processes
        for one in process.components
    )


def _some(packages: frozenset[Package]) -> str:
    names = sorted(one.name for one in packages)
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _if_named_before(
    by: str, inventory: Inventory | Unknown, package: Package, earlier: tuple[Observation, ...]
) -> tuple[str, ...] | UnknownYet:
    """The package is gone only where the same teller has named it once.

    Nobody checked that what is told is complete. A teller that never saw the package, because its list is of another
    image, a layer, or the direct dependencies alone, would otherwise verify whatever it leaves out.
    """
    source = inventory.source if isinstance(inventory, Inventory) else ""
    for observation in earlier:
        match observation.seen:
            case Told(inventory=Inventory(source=told_by, components=components)) if told_by == source:
                if any(one.package == package for one in components):
                    return ()
            case _:
                continue
    return UnknownYet(
        f"what {by} tells does not name {package.name} and never did, which is no sign that it is gone",
        f"an inventory that names {package.name}, or another way to observe it: pid_file, port, unit or process",
    )


def _of_all(
    named: tuple[tuple[int | None, str, Inventory | Unknown], ...], vulnerability: Vulnerability, rematch: Rematch
) -> tuple[str, ...] | StillExposed | UnknownYet:
    answers = [(pid, _of_one(name, inventory, vulnerability, rematch)) for pid, name, inventory in named]
    exposed = [(pid, answer) for pid, answer in answers if isinstance(answer, StillExposed)]
    if exposed:
        return StillExposed("; ".join(answer.why for _, answer in exposed), tuple(pid for pid, _ in exposed if pid))
    for _, answer in answers:
        if isinstance(answer, UnknownYet):
            return answer
    if not any(isinstance(inventory, Inventory) and inventory.components for _, _, inventory in named):
        return UnknownYet("nothing that was seen says which packages run", "declare another way to observe it")
    return tuple(sorted({version for _, answer in answers if isinstance(answer, tuple) for version in answer}))


def _of_one(
    name: str, inventory: Inventory | Unknown, vulnerability: Vulnerability, rematch: Rematch
) -> tuple[str, ...] | StillExposed | UnknownYet:
    if isinstance(inventory, Unknown):
        return UnknownYet(f"{name}: {inventory.why}", inventory.would_settle)
    package = vulnerability.package
    matched = rematch(inventory)
    for exposure in matched.exposures:
        if exposure.component.package == package and exposure.vulnerability.ids & vulnerability.ids:
            version = exposure.component.version or "in a version that is not known"
            return StillExposed(f"{name} runs {package.name} {version}, which is affected")
    for doubt in matched.doubts:
        if doubt.component.package == package and doubt.vulnerability.ids & vulnerability.ids:
            return UnknownYet(
                f"{name}: {_reason(inventory, package.name) or doubt.unknown.why}", doubt.unknown.would_settle
            )
    return _versions(name, inventory, package)


def _versions(name: str, inventory: Inventory, package: Package) -> tuple[str, ...] | UnknownYet:
    mine = [one.version for one in inventory.components if one.package == package]
    if None in mine:
        doubts = (one.doubt for one in inventory.components if one.package == package and one.doubt is not None)
        doubt = next(doubts, Unknown("the version is not known", "an inventory that tells it"))
        return UnknownYet(f"{name}: {_reason(inventory, package.name) or doubt.why}", doubt.would_settle)
    hides = next((unread for unread in inventory.unread if unread.why in HIDES), None)
    if hides is not None:
        where = "" if hides.file == name else f"{hides.file}: "
        return UnknownYet(f"{name}: {where}{hides.why}", "restart it, or declare `observe` as a command")
    if not mine and inventory.unread:
        return UnknownYet(f"{name} was not read completely: {inventory.unread[0].why}")
    return tuple(version for version in mine if version is not None)


def _reason(inventory: Inventory, name: str) -> str:
    return next((unread.why for unread in inventory.unread if unread.why.startswith(f"{name}: ")), "")


def _by_probe(
    probe: str, before: Probed | None, after: Probed | None, *, since: datetime | None
) -> StillExposed | UnknownYet | None:
    """What keeps the probe from confirming the inventory; None where it confirms."""
    if refusal := _unless_held(probe, after, since=since):
        return refusal
    if before is None or before.probe != probe or not isinstance(before.result, Exploited):
        return UnknownYet("the probe was never seen to exploit the old version", "outpace prove, which probes base too")
    return None


def _unless_held(probe: str, after: Probed | None, *, since: datetime | None) -> StillExposed | UnknownYet | None:
    """None where what runs since then holds the probe."""
    if after is not None and isinstance(after.result, Exploited):
        return StillExposed(f"the probe still exploits what runs: {after.result.evidence}")
    if after is None or after.probe != probe or (since is not None and after.at < since):
        return UnknownYet("the probe has not been sent to what runs now", "outpace respond, where `probe = true`")
    if isinstance(after.result, ProbeUndecided):
        return UnknownYet(
            f"the probe of what runs is undecided: {after.result.why}", "mend the service, then look again"
        )
    assert isinstance(after.result, Held)
    return None


def _newest_start(observation: Observation) -> datetime | None:
    match observation.seen:
        case Running(processes=processes) if processes:
            return max(one.started for one in processes)
        case _:
            return None


def _released(observation: Observation) -> str:
    """Which release runs, where the edge says it."""
    processes = observation.seen.processes if isinstance(observation.seen, Running) else ()
    releases = sorted({one.release[:SHORT] for one in processes if one.release})
    return f", release {' and '.join(releases)}" if releases else ""


def _verified(
    how: str, vulnerability: Vulnerability, versions: tuple[str, ...], *, probe: Probe | None = None
) -> Verified:
    return Verified(
        how=how,
        running=digest_of("running", vulnerability.package, versions),
        records=records_of(vulnerability),
        probe="" if probe is None else probing.digest(probe),
        versions=versions,
    )


def records_of(vulnerability: Vulnerability) -> str:
    """Changes when a record of the same vulnerability changes, comes or goes."""
    return digest_of("records", sorted((one.id, one.digest) for one in vulnerability.records))


def still_stands(
    verified: Verified,
    vulnerability: Vulnerability,
    observation: Observation,
    rematch: Rematch,
    *,
    probe: Probe | None = None,
    after: Probed | None = None,
    earlier: tuple[Observation, ...] = (),
    program: frozenset[Package] = frozenset(),
) -> Standing:
    """Whether what was verified once may be believed today; `after`: the probe on what runs now.

    Another version that is not affected either leaves it standing. Where the record or the probe has changed, the
    question is another one: it is to be verified anew, and stays closed where that succeeds.
    """
    if verified.records != records_of(vulnerability):
        return Reopened(f"the record of {vulnerability.id} has changed since")
    if verified.probe != ("" if probe is None else probing.digest(probe)):
        return Reopened("the probe has changed since")
    match running(vulnerability, observation, rematch, earlier, program):
        case StillExposed(why):
            return Reopened(why)
        case UnknownYet(why, would_settle):
            return InDoubt(why, would_settle)
        case _ if probe is None:
            return Stands()
        case versions:
            is_same = digest_of("running", vulnerability.package, versions) == verified.running
            held = _unless_held(probing.digest(probe), after, since=_newest_start(observation))
            return _by_probe_again(held, is_same=is_same)


def _by_probe_again(held: StillExposed | UnknownYet | None, *, is_same: bool) -> Standing:
    """Versions that the probe was held by before need no second answer, unless it is that it works."""
    match held:
        case StillExposed(why):
            return Reopened(why)
        case UnknownYet(why, would_settle) if not is_same:
            return InDoubt(why, would_settle)
        case _:
            return Stands()
