"""Fixes on their way: each passes one phase after another, and waits for those before it, or for a departure."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:  # SimPy costs 0.12 s to import, and is needed by a plan alone
    from simpy import Environment, Event

Steps: TypeAlias = "Generator[Event, Any, None]"
SHORTEST_GAP = 1e-3  # of a day: departures that follow at once would never end


class Delay(Struct, frozen=True, tag=True):
    """Each takes its own time, whatever the others do."""


class Desk(Struct, frozen=True, tag=True):
    """So many are worked on at a time, for their own time; who comes first is first."""

    servers: int = 1


class Train(Struct, frozen=True, tag=True):
    """All that are ready leave together: on those days, and then every so many."""

    days: tuple[float, ...]
    every: float


Phase: TypeAlias = Delay | Desk | Train


class Job(NamedTuple):
    """One that arrives, with its own time for each phase: to be worked on, or until it is ready for a train.

    None: it does not pass that phase.
    """

    arrives: float
    times: tuple[float | None, ...]


def simulate(jobs: Sequence[Job], phases: Sequence[Phase]) -> list[tuple[float, ...]]:
    """How long each job was in each phase, waits included."""
    if all(isinstance(phase, Delay) for phase in phases):  # nobody waits for another: no clock is needed
        return [tuple(time or 0.0 for time in job.times) for job in jobs]
    import simpy

    run = _Run(simpy.Environment(), len(jobs))
    stations = [run.station(phase) for phase in phases]
    spent: list[list[float]] = [[] for _ in jobs]
    for job, into in zip(jobs, spent, strict=True):
        run.environment.process(run.go(job, stations, into))
    run.environment.run()
    return [tuple(each) for each in spent]


class _Run:
    def __init__(self, environment: Environment, jobs: int) -> None:
        self.environment = environment
        self.left = jobs

    def go(self, job: Job, stations: Sequence[_Station], spent: list[float]) -> Steps:
        """Delays are added up until somebody else matters again."""
        ahead = job.arrives
        for station, time in zip(stations, job.times, strict=True):
            if station is None or time is None:
                spent.append(time or 0.0)
                ahead += time or 0.0
                continue
            yield self.environment.timeout(ahead)
            began, ahead = self.environment.now, 0.0
            yield from station.serve(time)
            spent.append(self.environment.now - began)
        self.left -= 1

    def station(self, phase: Phase) -> _Station:
        match phase:
            case Delay():
                return None
            case Desk(servers):
                return _Desk(self.environment, servers)
            case Train(days, every):
                return _Train(self, days, max(every, SHORTEST_GAP))


class _Desk:
    def __init__(self, environment: Environment, servers: int) -> None:
        import simpy

        self.environment = environment
        self.desk = simpy.Resource(environment, capacity=servers)

    def serve(self, time: float) -> Steps:
        turn = self.desk.request()
        yield turn
        yield self.environment.timeout(time)
        self.desk.release(turn)


class _Train:
    def __init__(self, run: _Run, days: Sequence[float], every: float) -> None:
        self.run = run
        self.departure = run.environment.event()
        run.environment.process(self.depart(sorted(days), every))

    def depart(self, days: Sequence[float], every: float) -> Steps:
        for day in days:
            yield self.run.environment.timeout(max(day - self.run.environment.now, 0.0))
            self.leave()
        while self.run.left:
            yield self.run.environment.timeout(every)
            self.leave()

    def leave(self) -> None:
        departed, self.departure = self.departure, self.run.environment.event()
        departed.succeed()

    def serve(self, time: float) -> Steps:
        yield self.run.environment.timeout(time)
        yield self.departure


_Station: TypeAlias = _Desk | _Train | None  # None: each for itself
