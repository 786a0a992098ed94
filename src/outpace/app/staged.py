"""Environments that are there for seconds: a release behind a proxy of its own, with databases of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from outpace.app.rollout_parts import MIGRATION_SECONDS, Candidate
from outpace.app.staging import Cost, Prepared
from outpace.app.standing_up import stood_up
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.exchanges.comparison import Comparison
from outpace.delivery.staging.resemblance import Resemblance
from outpace.delivery.staging.schema import Schema
from outpace.model import times
from outpace.model.errors import Error, ToolFailed, Unmasked, UsageError
from outpace.model.release import SHORT, Digest


class Stage(Struct, frozen=True, kw_only=True):
    """One that is up. `seconds`: until it answered; `cpu_s`: of its processes and its copies until then. `sources` and
    `databases` are what was copied and the copies, by the variable that names each."""

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
    sources: dict[str, Schema] = {}
    databases: dict[str, Schema] = {}


class SideBySide(Struct, frozen=True, kw_only=True):
    """`left`: why the old release cannot go on with what the new one left; empty: it can, or it was not asked.
    `seconds` and `cpu_s` are of everything."""

    comparison: Comparison
    stages: tuple[Stage, Stage]
    left: str
    seconds: float
    cpu_s: float


OLD, NEW = "compare-old", "compare-new"


class Ground(Protocol):
    """Where stages stand."""

    def names(self) -> tuple[str, ...]:
        """Of those that were begun and are not gone."""
        ...

    def stage(self, name: str) -> Stage | None:
        """None where it never came up."""
        ...

    def runs(self, name: str) -> bool: ...
    def prepare(self, name: str, like: Prepared | None = None) -> Prepared:
        """Masked copies of the databases that are declared; or copies of such copies, with the same rows."""
        ...

    def runtime(self, name: str, prepared: Prepared) -> Runtime:
        """An edge of its own, whose processes get the copies' variables."""
        ...

    def candidate(self, release: Digest, prepared: Prepared) -> Candidate: ...
    def beside(self, name: str, release: Digest) -> str:
        """Starts this release too, on the copies of a stage that is up; its address. Raises ToolFailed."""
        ...

    def url(self, name: str) -> str: ...
    def keep(self, stage: Stage) -> None: ...
    def gone(self, name: str) -> None:
        """Processes, copies and files; whatever of them is left, also of one that was killed half-way."""
        ...

    def cpu_seconds(self, name: str) -> float: ...
    def shared(self) -> tuple[str, ...]: ...
    def reaching(self) -> tuple[str, ...]:
        """Variables that name an address or a file of production's, and are not declared to be shared."""
        ...


class Up(Struct, frozen=True, kw_only=True):
    application: str
    stage: Stage
    resemblance: Resemblance


class Left(Struct, frozen=True, kw_only=True):
    """Of an environment that nobody can use any more: `why`."""

    name: str
    why: str


class Stages(Struct, frozen=True, kw_only=True):
    application: str
    stages: tuple[Stage, ...]
    left: tuple[Left, ...] = ()


def seen(ground: Ground, application: str) -> Stages:
    names = ground.names()
    stages = {name: stage for name in names if (stage := ground.stage(name)) is not None}
    up = tuple(stage for name, stage in stages.items() if ground.runs(name))
    there = {each.name for each in up}
    left = (
        Left(
            name=name, why="nothing of it runs any more" if name in stages else "it is on its way, or was killed on it"
        )
        for name in names
        if name not in there
    )
    return Stages(application=application, stages=up, left=tuple(left))


def _tidied(ground: Ground, report: Callable[[str], None]) -> None:
    """The caller holds the application's lock, so that whoever was bringing up what is not up is dead, and so is
    whoever compared."""
    for name in ground.names():
        if name in (OLD, NEW) or ground.stage(name) is None or not ground.runs(name):
            report(f"staging: removing {name}, which a killed run or a reboot left behind")
            ground.gone(name)


def down(ground: Ground, names: Sequence[str], *, report: Callable[[str], None]) -> tuple[str, ...]:
    """Those that were there. One that does not go keeps no other: its error is raised at the end."""
    there = set(ground.names())
    failed: Error | None = None
    for name in names:
        try:
            ground.gone(name)
        except Error as error:
            report(f"staging: {name} is not gone: {error.message}")
            failed = failed or error
    if failed is not None:
        raise failed
    return tuple(name for name in names if name in there)


def _started(runtime: Runtime, name: str, candidate: Candidate) -> None:
    """As production starts it: the copies' schema first. Raises ToolFailed."""
    runtime.up()
    why = runtime.finish(candidate.migrate, MIGRATION_SECONDS) if candidate.migrate is not None else ""
    if why:
        raise ToolFailed(f"{name}: its migration failed: {why}", hint="it would have failed in production too")
    ill = stood_up(runtime, candidate)
    if ill:
        raise ToolFailed(f"{name} never became healthy: {ill}", hint="its release may need what staging lacks")


def compared(
    ground: Ground,
    old: Digest,
    new: Digest,
    replays: Callable[[Stage, Stage], Comparison],
    *,
    back: Callable[[str, str], str] | None = None,
    report: Callable[[str], None],
    now: Callable[[], datetime],
) -> SideBySide:
    """What was recorded, asked of both releases side by side, each with copies of its own, alike row by row; both are
    gone after it. `back` asks it once more, of the old release, and of the old release on what the new one left: that
    is what a rollback would meet. It says why the old one cannot go on."""
    began = time.monotonic()
    ensure_apart(ground)
    try:
        _tidied(ground, report)
        report("staging: two environments with the same copies of what they need")
        first = ground.prepare(OLD)
        second = ground.prepare(NEW, like=first)
        stages = (
            _up(ground, OLD, old, first, began, report=report, now=now),
            _up(ground, NEW, new, second, began, report=report, now=now),
        )
        found = replays(*stages)
        left = _left(ground, old, stages[0].url, back) if back is not None and found.compared else ""
        cpu_s = stages[0].copies.cpu_seconds + stages[1].copies.cpu_seconds
        cpu_s += ground.cpu_seconds(OLD) + ground.cpu_seconds(NEW)
        return SideBySide(
            comparison=found, stages=stages, left=left, seconds=time.monotonic() - began, cpu_s=round(cpu_s, 3)
        )
    finally:
        down(ground, (OLD, NEW), report=report)


def _left(ground: Ground, old: Digest, url: str, back: Callable[[str, str], str]) -> str:
    try:
        beside = ground.beside(NEW, old)
    except ToolFailed as error:
        return error.message
    return back(url, beside)


def up(
    ground: Ground,
    name: str,
    release: Callable[[], Digest],
    *,
    report: Callable[[str], None],
    now: Callable[[], datetime],
) -> Stage:
    """The same release, the same proxy. `release` is asked for once the name is known to be free. Raises UsageError
    where an environment of that name is up: what was written to it would be lost."""
    if name in (OLD, NEW):
        raise UsageError(f"{name} is what a comparison calls its own", hint="choose another name")
    _tidied(ground, report)
    there = ground.stage(name)
    if there is not None:
        raise UsageError(
            f"{name} is up at {there.url}, with {there.release[:SHORT]}, since {times.text(there.began)}",
            hint=f"outpace staging down {name}, and then again; or --as ANOTHER, for one beside it",
        )
    ensure_apart(ground)
    digest, began = release(), time.monotonic()
    try:
        report(f"staging: copying what {name} needs")
        return _up(ground, name, digest, ground.prepare(name), began, report=report, now=now)
    except BaseException:
        ground.gone(name)
        raise


def ensure_apart(ground: Ground) -> None:
    """Raises Unmasked where it would write to what is production's."""
    reaching = ground.reaching()
    if reaching:
        raise Unmasked(
            f"an environment for staging would use what {', '.join(reaching)} names: that is production's, or may be",
            hint="declare the database in [[applications.edge.staging.data]], another value in"
            f" [applications.edge.staging] variables, or, if it may: shared = {list(reaching)}".replace("'", '"'),
        )


def _up(
    ground: Ground,
    name: str,
    release: Digest,
    prepared: Prepared,
    began: float,
    *,
    report: Callable[[str], None],
    now: Callable[[], datetime],
) -> Stage:
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
        sources={each.variable: each.source for each in prepared.copies},
        databases={each.variable: each.copied for each in prepared.copies},
    )
    ground.keep(stage)
    report(f"staging: {name} is up after {stage.seconds:.1f} s at {stage.url}")
    return stage
