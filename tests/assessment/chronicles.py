"""Histories made by hand for the tests of signals, verdicts and attempts: days are counted from the first one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from outpace.assessment.attempts import Attempt, Outcome, Untangled
from outpace.assessment.chronicle import Chronicle, Horizon, Landing, Said, Tag, Touch
from outpace.assessment.episodes import Entry, Episode, History, Item, Stages, Window
from outpace.assessment.signals.material import Material
from outpace.model.package import Package
from outpace.pipelines.events import Origin
from outpace.pipelines.surveyed import Absent, Bot, Job, Pipeline, Present, Survey, Task
from outpace.statistics.curves import Estimate

FIRST = datetime(2021, 1, 4, 12, tzinfo=UTC)
FLASK = Package("PyPI", "flask")
AT = FIRST + timedelta(days=1_460)


def day(number: float) -> datetime:
    return FIRST + timedelta(days=number)


def landing(
    number: float, *, by_bot: bool = False, said: Said = "", files: int = 3, branch: float | None = None
) -> Landing:
    """`branch` is how many days before the landing its branch began."""
    return Landing(
        id=f"c{number:g}",
        at=day(number),
        by_bot=by_bot,
        said=said,
        files=files,
        is_merge=branch is not None,
        branch_began=None if branch is None else day(number - branch),
    )


def landings(days: Iterable[float], *, by_bot: bool = False) -> tuple[Landing, ...]:
    return tuple(landing(number, by_bot=by_bot) for number in days)


def touch(number: float, path: str, kind: Literal["added", "changed", "deleted"] = "added") -> Touch:
    return Touch(landing=f"c{number:g}", at=day(number), path=path, kind=kind)


def chronicle(
    own: Sequence[Landing] | None = None,
    *,
    touches: Sequence[Touch] = (),
    tags: Sequence[Tag] = (),
    shallow: bool = False,
) -> Chronicle:
    """By default somebody lands a change every third day."""
    found = tuple(sorted(landings(range(0, 1_460, 3)) if own is None else own, key=lambda each: each.at))
    return Chronicle(
        horizon=Horizon(
            tip=found[-1].id if found else "",
            branch="main",
            shallow=shallow,
            landings=len(found),
            began=found[0].at if found else None,
            ended=found[-1].at if found else None,
        ),
        landings=found,
        touches=tuple(touches),
        tags=tuple(tags),
    )


def episode(
    opened: float,
    days: float,
    *,
    state: Literal["fixed", "removed", "open", "unpinned", "unknown"] = "fixed",
    entry: Entry = "reactive",
    first_commit: float | None = None,
    tagged: float | None = None,
) -> Episode:
    """`first_commit` and `tagged` are days after it opened."""
    return Episode(
        package=FLASK,
        ids=(f"PYSEC-{opened:g}",),
        state=state,
        entry=entry,
        opened=day(opened),
        closed=None if state == "open" else day(opened + days),
        commit="" if state == "open" else f"fix{opened:g}",
        days=days,
        exposed_days=days,
        stages=Stages(
            published=day(opened),
            first_commit=None if first_commit is None else day(opened + first_commit),
            first_commit_id="" if first_commit is None else f"first{opened:g}",
            landed=None if state == "open" else day(opened + days),
            tagged=None if tagged is None else day(opened + tagged),
        ),
    )


def episodes(count: int, days: float, *, since: float = 100, every: float = 40) -> tuple[Episode, ...]:
    """Their median is `days`; they vary by a fifth, as intervals ask for."""
    return tuple(episode(since + every * number, days * (0.8 + number % 5 / 10)) for number in range(count))


def item(published: float, entry: Entry, *, closed: float | None = None, fix: float | None = None) -> Item:
    windows = (
        () if entry == "immune" else (Window(opened=day(published), closed=None if closed is None else day(closed)),)
    )
    return Item(
        package=FLASK,
        id=f"PYSEC-{published:g}",
        published=day(published),
        entry=entry,
        state="immune" if entry == "immune" else "open" if closed is None else "fixed",
        opened=day(published) if windows else None,
        closed=None if closed is None else day(closed),
        windows=windows,
        stages=Stages(published=day(published), fix_released=None if fix is None else day(fix)),
    )


def items(immune_then: int, of_then: int, immune_now: int, of_now: int) -> tuple[Item, ...]:
    """Advisories of an older and a newer half, each of another package; what was not immune was fixed after three
    days.
    """

    def half(since: float, immune: int, of_all: int) -> list[Item]:
        days = [since + 10 * number for number in range(of_all)]
        met = [item(d, "immune") if n < immune else item(d, "reactive", closed=d + 3) for n, d in enumerate(days)]
        return [replace(each, package=Package("PyPI", f"flask-{n}")) for n, each in enumerate(met)]

    return (*half(100, immune_then, of_then), *half(800, immune_now, of_now))


def history(own: Sequence[Episode] = (), met: Sequence[Item] = (), *, since: float | None = 0) -> History:
    return History(episodes=tuple(own), items=tuple(met), since=None if since is None else day(since))


def bot(
    introduced: float,
    before: tuple[int, Estimate | None] | None,
    after: tuple[int, Estimate | None] | None,
    *,
    silent_since: float | None = None,
) -> Attempt:
    return Attempt(
        sort="bot",
        name="Dependabot",
        introduced=day(introduced),
        last_changed=day(introduced),
        abandoned=None if silent_since is None else day(silent_since),
        how="in use" if silent_since is None else "silent",
        before=None
        if before is None
        else Outcome(since=day(0), until=day(introduced), episodes=before[0], median=before[1]),
        after=None if after is None else Outcome(since=day(introduced), until=AT, episodes=after[0], median=after[1]),
    )


def survey(*tasks: Task, jobs: Sequence[Job] = (), bots: Sequence[Bot] = (), tests: bool = True) -> Survey:
    """One workflow; its tests are seen, or proved to be lacking."""
    origin = Origin(".github/workflows/ci.yml", 3)
    own = (Job(name="ci", origin=origin, tasks=tasks), *jobs)
    return Survey(
        pipelines=(Pipeline(system="GitHub Actions", file=origin.file, jobs=own),),
        bots=tuple(bots),
        tests=Present(where=(origin,)) if tests else Absent(read=len(own)),
        scans=Absent(read=len(own)),
        deploys=Absent(read=len(own)),
        coverage_gate=Absent(read=len(own)),
    )


def material(
    *,
    own: Chronicle | None = None,
    past: History | None = None,
    ci: Survey | None = None,
    attempts: Sequence[Attempt] = (),
    at: datetime = AT,
) -> Material:
    return Material(
        chronicle=chronicle() if own is None else own,
        history=history() if past is None else past,
        survey=ci,
        untangled=Untangled(attempts=tuple(attempts)),
        at=at,
    )
