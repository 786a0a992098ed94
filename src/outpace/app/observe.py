"""See what is running, and whether it is still exposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outpace.delivery.ports import Observer
from outpace.delivery.verify import Rematch
from outpace.model.advisory import Coverage
from outpace.model.application import Application, Environment
from outpace.model.errors import UsageError
from outpace.model.exposure import Doubt, Exposure
from outpace.model.fact import Fact
from outpace.model.inventory import Inventory, Unread
from outpace.model.observation import NotRunning, Observation, Process, Running, Told
from outpace.model.unknown import Unknown
from outpace.stories.history import History
from outpace.stories.kinds import Observed, Retracted, fact_of
from outpace.stories.sight import Looked, is_news

OBSERVED = Observed.KIND
SOURCE = "outpace"


class Facts(Protocol):
    """The part of the store that an observation needs."""

    def add(self, facts: Iterable[Fact]) -> int: ...
    def of(self, subject: str, *kinds: str) -> tuple[Fact, ...]: ...


class Member(Struct, frozen=True, kw_only=True):
    """One process, or what somebody tells; `process` is None for the latter."""

    process: Process | None
    source: str
    packages: int  # distributions whose version is certain
    exposures: tuple[Exposure, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    unread: tuple[Unread, ...] = ()
    unknown: Unknown | None = None  # why nothing can be said of it

    @property
    def doubted(self) -> bool:
        """A package that an advisory speaks of runs in a version that the process is no evidence of."""
        return any(doubt.component.version is None for doubt in self.doubts)


class Sighting(Struct, frozen=True, kw_only=True):
    """One environment."""

    environment: str
    at: datetime
    members: tuple[Member, ...] = ()
    not_running: str = ""  # why nothing was seen
    coverage: Coverage | None = None

    @property
    def exposed(self) -> bool:
        return any(member.exposures for member in self.members)

    @property
    def doubted(self) -> bool:
        return any(member.doubted for member in self.members)

    @property
    def seen(self) -> bool:
        return not self.not_running and all(member.unknown is None for member in self.members)


class View(Struct, frozen=True, kw_only=True):
    application: str
    sightings: tuple[Sighting, ...]
    recorded: int  # facts that were new

    @property
    def coverage(self) -> Coverage | None:
        return next((one.coverage for one in self.sightings if one.coverage is not None), None)


def chosen(environments: tuple[Environment, ...], name: str | None) -> tuple[Environment, ...]:
    """The environment called `name`, or all of them. Raises UsageError where there is none."""
    found = tuple(one for one in environments if name in (None, one.name))
    if found:
        return found
    known = ", ".join(one.name for one in environments)
    if name is not None and known:
        raise UsageError(f"there is no environment {name!r}", hint=f"outpace.toml declares {known}")
    raise UsageError(
        "outpace.toml declares no environment, so it is not known where to look",
        hint='add [[environments]] with a name and, for example, observe = { pid_file = "/run/app.pid" }',
    )


def observe(
    application: Application,
    environments: tuple[Environment, ...],
    *,
    subject: str,
    observer: Observer,
    rematch: Rematch,
    facts: Facts,
    report: Callable[[str], None],
) -> View:
    """Looks once at each environment and keeps what it saw as facts; the same sight again adds nothing."""
    history = History(facts.of(subject, OBSERVED, Retracted.KIND))
    sightings: list[Sighting] = []
    added = 0
    for environment in environments:
        report(f"looking at {environment.name}")
        last = history.last_observation(environment.name)
        observation = observer.observe(application, environment, last)
        looked = Looked(environment, observation)
        if is_news(looked, last):
            body = Observed(observation=observation)
            inputs = (environment.name, looked.running, observation.at)
            added += facts.add([fact_of(subject, body, at=observation.at, source=SOURCE, inputs=inputs)])
        sightings.append(sighting(observation, rematch))
    return View(application=application.name, sightings=tuple(sightings), recorded=added)


def sighting(observation: Observation, rematch: Rematch) -> Sighting:
    """Each process is matched by itself, so that an old one among new ones has a name."""
    members: tuple[Member, ...] = ()
    not_running = ""
    coverage: Coverage | None = None
    match observation.seen:
        case NotRunning(why):
            not_running = why
        case Told(by=by, inventory=inventory):
            member, coverage = _member(None, by, inventory, rematch)
            members = (member,)
        case Running(processes=(), inventory=inventory):
            member, coverage = _member(None, "what runs", inventory, rematch)
            members = (member,)
        case Running(processes=processes):
            found = [_member(one, f"process {one.pid}", one.inventory, rematch) for one in processes]
            members = tuple(member for member, _ in found)
            coverage = next((each for _, each in found if each is not None), None)
    return Sighting(
        environment=observation.environment,
        at=observation.at,
        members=members,
        not_running=not_running,
        coverage=coverage,
    )


def _member(
    process: Process | None, source: str, inventory: Inventory | Unknown, rematch: Rematch
) -> tuple[Member, Coverage | None]:
    if isinstance(inventory, Unknown):
        return Member(process=process, source=source, packages=0, unknown=inventory), None
    matched = rematch(inventory)
    member = Member(
        process=process,
        source=source,
        packages=sum(one.version is not None for one in inventory.components),
        exposures=matched.exposures,
        doubts=matched.doubts,
        unread=inventory.unread,
    )
    return member, matched.coverage
