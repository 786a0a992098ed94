"""What can be said of one vulnerability in one environment, and what was verified there."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from outpace.delivery import probing, verify
from outpace.delivery.probing import Probed
from outpace.model.advisory import Vulnerability
from outpace.model.application import Environment
from outpace.model.fact import digest_of
from outpace.model.inventory import Editable, Inventory, Workspace
from outpace.model.observation import NotRunning, Observation, Running, Told
from outpace.model.package import Package
from outpace.model.probe import Exploited, Probe, ProbeUndecided
from outpace.stories.case import Absent, OutOfSight, Present, Sight, Unseen
from outpace.stories.history import History
from outpace.stories.kinds import Body, ProbeSeen, Reopened, Verified
from outpace.stories.ports import World


class Looked(NamedTuple):
    """What an environment showed in this pass."""

    environment: Environment
    observation: Observation

    @property
    def running(self) -> str:
        return running(self.observation)

    def rests_on(self, history: History, *, gone: Package | None = None) -> tuple[str, ...]:
        """Keys of what somebody told, where that is all that is known of the environment: with it falls what was
        concluded. That a package is `gone` rests on an earlier one too, which named it."""
        match self.observation.seen:
            case Told(inventory=Inventory() as told) if self.environment.observe.recorded is not None:
                keys = [history.told(self.environment, told)]
                if gone is not None:
                    keys.append(history.named(self.environment, told.source, gone))
                return tuple(dict.fromkeys(key for key in keys if key is not None))
            case _:
                return ()


def running(observation: Observation) -> str:
    """A digest that changes when a process is replaced, or what it runs."""
    match observation.seen:
        case Running(processes=processes):
            return digest_of([(p.pid, p.started, p.inventory) for p in processes])
        case Told(inventory=inventory):
            return digest_of(inventory)
        case NotRunning():
            return digest_of("nothing")


def is_news(looked: Looked, last: Observation | None) -> bool:
    """Whether something was seen to run, and it is not what was last seen there. A copy of what somebody told is
    nothing that was seen: it would outlive a retraction."""
    match looked.observation.seen:
        case NotRunning():
            return False
        case Told() if looked.environment.observe.recorded is not None:
            return False
        case _:
            pass
    return last is None or running(last) != looked.running


def probe_of(vulnerability: Vulnerability, probes: tuple[Probe, ...]) -> Probe | None:
    return next((probe for probe in probes if vulnerability.ids & set(probe.advisories)), None)


def program_of(inventory: Inventory) -> frozenset[Package]:
    """What the locks install wherever the application runs: asked for directly where they tell, under no condition."""
    always = [
        one
        for one in inventory.components
        if not one.marker and not one.groups and not isinstance(one.origin, Workspace | Editable)
    ]
    direct = [one for one in always if one.direct]
    return frozenset(one.package for one in direct or always)


def look(
    vulnerability: Vulnerability,
    looked: Looked,
    world: World,
    history: History,
    *,
    probes: tuple[Probe, ...],
    program: frozenset[Package],
    now: datetime,
) -> tuple[Sight, tuple[tuple[Body, tuple[object, ...]], ...]]:
    """The sight, and the facts to keep, each with what it was derived from."""
    environment = looked.environment
    probe = probe_of(vulnerability, probes) if environment.probe else None
    told: list[tuple[Body, tuple[object, ...]]] = []
    before, after = None, None
    if probe is not None:
        before, after = _probed(vulnerability, probe, looked, world, history, now, told)
    earlier = history.observations(environment)
    standing = history.verified(vulnerability.ids, environment.name)
    doubted = history.doubted(vulnerability.ids, environment.name)
    stands: verify.Standing | None = None
    if standing is not None:
        stands = verify.still_stands(
            standing,
            vulnerability,
            looked.observation,
            world.rematch,
            probe=probe,
            after=after,
            earlier=earlier,
            program=program,
        )
        match stands:
            case verify.Stands() if doubted is None:
                return Absent(standing.how), tuple(told)
            case verify.Stands():  # it can be seen again
                rests = looked.rests_on(history, gone=None if standing.versions else vulnerability.package)
                return _kept(standing, vulnerability, looked, told, rests, probes=probes, now=now)
            case verify.InDoubt(why, settle):
                return OutOfSight(why, settle, doubted or now), tuple(told)
            case verify.Reopened():
                pass
    found = verify.verify(
        vulnerability,
        looked.observation,
        world.rematch,
        probe=probe,
        before=before,
        after=after,
        earlier=earlier,
        program=program,
    )
    is_gone = isinstance(found, verify.Verified) and not found.versions
    rests = looked.rests_on(history, gone=vulnerability.package if is_gone else None)
    if isinstance(stands, verify.Reopened) and not isinstance(found, verify.Verified):
        body = Reopened(
            vulnerabilities=_ids(vulnerability), why=stands.why, environment=environment.name, rests_on=rests
        )
        told.append((body, (environment.name, vulnerability.id, looked.running, stands.why, now)))
    return _kept(found, vulnerability, looked, told, rests, probes=probes, now=now)


def _kept(
    found: verify.Verification,
    vulnerability: Vulnerability,
    looked: Looked,
    told: list[tuple[Body, tuple[object, ...]]],
    rests: tuple[str, ...],
    *,
    probes: tuple[Probe, ...],
    now: datetime,
) -> tuple[Sight, tuple[tuple[Body, tuple[object, ...]], ...]]:
    environment = looked.environment
    match found:
        case verify.StillExposed(why):
            return Present(why), tuple(told)
        case verify.UnknownYet(why, settle):
            return Unseen(why, settle), tuple(told)
        case verify.Verified(how=how) as verified:
            declared = probe_of(vulnerability, probes)
            said = how if environment.probe or declared is None else _without_probe(how, environment)
            body = Verified(
                vulnerabilities=_ids(vulnerability),
                environment=environment.name,
                how=said,
                verified=verified,
                rests_on=rests,
            )
            told.append((body, (environment.name, vulnerability.id, verified, looked.running, now)))
            return Absent(said), tuple(told)


def _without_probe(how: str, environment: Environment) -> str:
    return f"{how} (its probe may not be sent to {environment.name})"


def _ids(vulnerability: Vulnerability) -> tuple[str, ...]:
    return (vulnerability.id, *vulnerability.aliases)


def _probed(
    vulnerability: Vulnerability,
    probe: Probe,
    looked: Looked,
    world: World,
    history: History,
    now: datetime,
    told: list[tuple[Body, tuple[object, ...]]],
) -> tuple[Probed | None, Probed | None]:
    """The last time that it exploited something, and the result on what runs now; sent once to each process."""
    digest = probing.digest(probe)
    seen = history.probed(looked.environment.name, digest)
    exploited = [probed for probed, _ in seen if isinstance(probed.result, Exploited)]
    current = [p for p, running in seen if running == looked.running and not isinstance(p.result, ProbeUndecided)]
    if current:
        return (exploited[-1] if exploited else None), current[-1]
    if isinstance(looked.observation.seen, NotRunning):
        return (exploited[-1] if exploited else None), None
    fresh = Probed(result=world.probe(looked.environment, probe), at=now, probe=digest)
    body = ProbeSeen(
        vulnerabilities=_ids(vulnerability),
        probe=digest,
        running=looked.running,
        result=fresh.result,
        environment=looked.environment.name,
    )
    told.append((body, (looked.environment.name, digest, looked.running, fresh.result)))
    if isinstance(fresh.result, Exploited):
        exploited.append(fresh)
    return (exploited[-1] if exploited else None), fresh
