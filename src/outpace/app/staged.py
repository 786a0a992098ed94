"""Environments that are there for seconds: a release behind a proxy of its own, with databases of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outpace.app.rollout_parts import Candidate
from outpace.app.staging import Cost, Prepared
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.traffic import Traffic
from outpace.delivery.exchanges.comparison import Comparison
from outpace.delivery.staging.resemblance import Resemblance
from outpace.model.errors import ToolFailed
from outpace.model.release import Digest


class Stage(Struct, frozen=True, kw_only=True):
    """One that is up. `seconds`: until it answered; `cpu_s`: of its processes and its copies until then."""

    name: str
    release: Digest
    revision: str
    url: str
    began: datetime
    seconds: float
    cpu_s: float
    copies: Cost
    shared: tuple[str, ...] = ()  # variables that point at the same things as production's
    warnings: tuple[str, ...] = ()


OLD, NEW = "compare-old", "compare-new"
MIGRATION_SECONDS = 600.0


class Ground(Protocol):
    """Where stages stand."""

    def all(self) -> tuple[Stage, ...]: ...
    def prepare(self, name: str) -> Prepared:
        """Masked copies of the databases that are declared."""
        ...

    def runtime(self, name: str, prepared: Prepared) -> Runtime:
        """An edge of its own, whose processes get the copies' variables."""
        ...

    def candidate(self, release: Digest, prepared: Prepared) -> Candidate: ...
    def url(self, name: str) -> str: ...
    def keep(self, stage: Stage) -> None: ...
    def gone(self, name: str) -> None:
        """Processes, copies and files; whatever of them is left, also of one that was killed half-way."""
        ...

    def cpu_seconds(self, name: str) -> float: ...
    def shared(self) -> tuple[str, ...]: ...


class Up(Struct, frozen=True, kw_only=True):
    application: str
    stage: Stage
    resemblance: Resemblance


class Stages(Struct, frozen=True, kw_only=True):
    application: str
    stages: tuple[Stage, ...]


def _started(runtime: Runtime, name: str, candidate: Candidate) -> None:
    """As production starts it: the copies' schema first. Raises ToolFailed."""
    runtime.up()
    why = runtime.finish(candidate.migrate, MIGRATION_SECONDS) if candidate.migrate is not None else ""
    if why:
        raise ToolFailed(f"{name}: its migration failed: {why}", hint="it would have failed in production too")
    runtime.start(candidate.program, candidate.instances)
    ill = runtime.healthy(candidate.release, candidate.start_s)
    if ill:
        raise ToolFailed(f"{name} never became healthy: {ill}", hint="its release may need what staging lacks")
    runtime.admit()
    runtime.route(Traffic(baseline=candidate.release))
    runtime.work(candidate.release, candidate.workers)


def compared(
    ground: Ground,
    old: Digest,
    new: Digest,
    replays: Callable[[str, str], Comparison],
    *,
    report: Callable[[str], None],
    now: Callable[[], datetime],
) -> tuple[Comparison, tuple[Stage, Stage]]:
    """What was recorded, asked of both releases side by side, each with copies of its own; both are gone after it."""
    try:
        stages = (up(ground, OLD, old, report=report, now=now), up(ground, NEW, new, report=report, now=now))
        return replays(stages[0].url, stages[1].url), stages
    finally:
        for name in (OLD, NEW):
            ground.gone(name)


def up(
    ground: Ground, name: str, release: Digest, *, report: Callable[[str], None], now: Callable[[], datetime]
) -> Stage:
    """The same release, the same proxy. One of that name that is there makes room first."""
    ground.gone(name)
    began = time.monotonic()
    try:
        report(f"staging {name}: copying what it needs")
        prepared = ground.prepare(name)
        candidate = ground.candidate(release, prepared)
        runtime = ground.runtime(name, prepared)
        _started(runtime, name, candidate)
        stage = Stage(
            name=name,
            release=release,
            revision=candidate.revision,
            url=ground.url(name),
            began=now(),
            seconds=round(time.monotonic() - began, 3),
            cpu_s=round(prepared.cost.cpu_seconds + ground.cpu_seconds(name), 3),
            copies=prepared.cost,
            shared=ground.shared(),
            warnings=prepared.warnings,
        )
        ground.keep(stage)
    except BaseException:
        ground.gone(name)
        raise
    report(f"staging {name} is up after {stage.seconds:.1f} s at {stage.url}")
    return stage
