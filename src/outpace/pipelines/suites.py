"""How the project's own CI tests it: command, environment, Python, services, and what stays unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from outpace.pipelines.circleci import circle_jobs
from outpace.pipelines.events import Event, Installs, LookUp, Origin, Pairs, Runs, Unreadable
from outpace.pipelines.follow import Follower, Place
from outpace.pipelines.github_actions import github_jobs
from outpace.pipelines.gitlab_ci import gitlab_jobs
from outpace.pipelines.jobs import Job, Refused, Step
from outpace.pipelines.shell import is_open

MOST_JOBS = 200
MOST_TOLD = 12
# Values that lead to machines of the pipeline's own, or that are only of use there.
NOT_OURS = ("PATH", "HOME", "GITHUB_TOKEN", "PYTHONPATH", "VIRTUAL_ENV", "CI")


class Suite(Struct, frozen=True, kw_only=True):
    """`origin` is the step of the pipeline; `written` is where the command itself stands, often another file."""

    command: tuple[str, ...]
    origin: Origin
    written: Origin
    env: Pairs = ()
    unset: tuple[str, ...] = ()  # variables that it is given, and whose value only the CI knows
    directory: str = ""
    install: tuple[str, ...] = ()
    installed_at: Origin | None = None
    pythons: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    job: str = ""
    rank: tuple[int, ...] = ()


class Tested(Struct, frozen=True, kw_only=True):
    """`suites` begin with the one that speaks most for a change; `refused` are definitions that could not be read."""

    suites: tuple[Suite, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def first(self) -> Suite | None:
        return self.suites[0] if self.suites else None

    @property
    def others(self) -> tuple[Suite, ...]:
        """Those that run another command than the first, each command once."""
        seen = {(suite.command, suite.directory) for suite in self.suites[:1]}
        found: list[Suite] = []
        for suite in self.suites[1:]:
            if (suite.command, suite.directory) not in seen:
                seen.add((suite.command, suite.directory))
                found.append(suite)
        return tuple(found)


def suites_of_ci(paths: Sequence[str], look_up: LookUp) -> Tested:
    refused: list[str] = []
    read: list[_Read] = []
    found = (*github_jobs(paths, look_up), *gitlab_jobs(paths, look_up), *circle_jobs(paths, look_up))
    for job in found[:MOST_JOBS]:
        match job:
            case Refused(why=why, origin=origin):
                refused.append(f"{origin}: {why}")
            case Job():
                read.append(_read(job, look_up))
    folders = {parent for path in paths for parent in _parents(path)}
    suites = [suite for each in read for suite in _suites(each, read) if suite.directory in folders]
    if not suites:
        refused += [why for each in read for why in each.unread]
    return Tested(
        suites=tuple(sorted(suites, key=lambda suite: suite.rank)), refused=tuple(dict.fromkeys(refused))[:MOST_TOLD]
    )


def _parents(path: str) -> Iterator[str]:
    """Every folder that it lies in, the root being the empty one."""
    while path:
        path = path.rpartition("/")[0]
        yield path


class _Read(Struct, frozen=True, kw_only=True):
    job: Job
    steps: tuple[tuple[Step, tuple[Event, ...]], ...]

    @property
    def unread(self) -> Iterator[str]:
        yield from (f"{self.job.origin.file}:{line}: {why}" for why, line in self.job.unread)
        for _, events in self.steps:
            yield from (f"{each.origin}: {each.why}" for each in events if isinstance(each, Unreadable))

    @property
    def installs(self) -> tuple[Installs, ...]:
        return tuple(each for _, events in self.steps for each in events if isinstance(each, Installs))


def _read(job: Job, look_up: LookUp) -> _Read:
    follower = Follower(look_up)
    steps = [
        (
            step,
            tuple(
                follower.script(
                    step.script,
                    Place(file=job.origin.file, directory=step.directory, env=step.env),
                    line=step.line,
                )
            ),
        )
        for step in job.steps
    ]
    return _Read(job=job, steps=tuple(steps))


def _suites(read: _Read, others: Sequence[_Read]) -> Iterator[Suite]:
    """What a step installs counts for the suites after it; a job that installs nothing may take over what it needs."""
    job = read.job
    needed = [
        each
        for other in others
        if not read.installs and other.job.name in job.needs and other.job.origin.file == job.origin.file
        for each in other.installs
    ]
    install: dict[str, None] = {word: None for each in needed for word in each.what}
    installed_at = needed[0].origin if needed else None
    unread = [f"{job.origin.file}:{line}: {why}" for why, line in job.unread]
    for step, events in read.steps:
        if any(isinstance(event, Installs | Runs) for event in events):
            missed = (each for each in events if isinstance(each, Unreadable) and not each.why.startswith("`if`"))
            unread += [f"{each.origin}: {each.why}" for each in missed]
        for event in events:
            match event:
                case Installs(what=what, origin=origin):
                    install.update(dict.fromkeys(what))
                    installed_at = installed_at or origin
                case Runs() as run:
                    yield Suite(
                        command=run.words,
                        origin=Origin(job.origin.file, step.line),
                        written=run.origin,
                        env=tuple((n, v) for n, v in run.env if n not in NOT_OURS and not is_open(v)),
                        unset=_unset(step, run),
                        directory=run.directory,
                        install=tuple(install),
                        installed_at=installed_at,
                        pythons=job.pythons,
                        services=job.services,
                        left_out=run.left_out,
                        unread=tuple(dict.fromkeys(unread))[:MOST_TOLD],
                        job=job.name,
                        rank=_rank(job, run),
                    )
                case _:
                    pass


def _unset(step: Step, run: Runs) -> tuple[str, ...]:
    given = {name: is_open(value) for name, value in run.env}
    names = {*(name for name, is_unknown in given.items() if is_unknown), *(n for n in step.unset if n not in given)}
    return tuple(sorted(names.difference(NOT_OURS)))[:MOST_TOLD]


def _rank(job: Job, run: Runs) -> tuple[int, ...]:
    """What a change has to pass, on Linux, on the whole suite, without services, comes first."""
    narrow = sum(
        word in ("-k", "-m") or word.startswith(("tests/", "test/", "e2e", "integration")) for word in run.words
    )
    aside = any(part in job.name.lower() or part in run.origin.file.lower() for part in ASIDE)
    return (
        0 if job.is_for_changes else 1,
        0 if job.is_linux else 1,
        1 if aside else 0,
        1 if "e2e" in " ".join(run.words).replace("not e2e", "") else 0,
        len(job.services),
        1 if narrow else 0,
    )


ASIDE = (
    "coverage", "nightly", "bench", "docs", "doc_", "e2e", "integration", "lint", "release", "publish", "scheduled",
    "deploy", "plugin", "weekly", "downstream",
)  # fmt: skip
NARROW = ("tests/", "test/", "e2e", "integration")
