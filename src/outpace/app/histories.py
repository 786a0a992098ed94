"""What past vulnerabilities did in the lock files of a repository: its history walked, read, judged and told."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from outpace.app.assess import Kept
from outpace.app.lock_versions import LockVersions, Read
from outpace.assessment.chronicle import Chronicle, Landing, Tag, first_tags
from outpace.assessment.dropped import Dropped
from outpace.assessment.episodes import History, Item, Stages
from outpace.assessment.grouping import Part, episodes
from outpace.assessment.items import Followed, Line, follow
from outpace.assessment.locks import Partial, groups, locks, moved, unread
from outpace.assessment.not_asked import NotAsked
from outpace.assessment.phases import NOT_ASKED as NOT_ASKED_FOR
from outpace.assessment.phases import seen
from outpace.assessment.ports import Enough, Histories, Listing, ReleaseDates
from outpace.assessment.releases import FixReleases, enough, undated
from outpace.assessment.stages import Brought, stages_of
from outpace.assessment.timeline import Held, timelines
from outpace.ecosystems.osv import Evaluation
from outpace.ecosystems.scan import Pin
from outpace.matching.groups import Group, groups_of
from outpace.matching.match import judge
from outpace.matching.ports import AdvisorySource
from outpace.model.package import Package

NEVER = datetime.min.replace(tzinfo=UTC)
NOT_ASKED = NotAsked()
NOBODY: Mapping[Package, Mapping[int, Held]] = MappingProxyType({})


class Verdicts(dict[int, Evaluation]):
    """Of one vulnerability, by the index of a pin of its package; judged when first asked."""

    def __init__(self, group: Group, pins: Sequence[Pin]) -> None:
        super().__init__()
        self._group = group
        self._pins = pins

    def __missing__(self, at: int) -> Evaluation:
        pin = self._pins[at]
        answer = self[at] = judge(self._group.vulnerability.package, pin.version, pin.how, self._group)
        return answer


class Course(NamedTuple):
    """One vulnerability of one package, followed."""

    verdicts: Verdicts
    followed: Followed
    fixes: FixReleases


def history_of(
    histories: Histories,
    source: AdvisorySource,
    *,
    at: datetime,
    deployed_locks: Collection[str] = (),
    kept: Kept,
    report: Callable[[str], None],
    dates: ReleaseDates = NOT_ASKED,
) -> tuple[Chronicle, History]:
    """As of `at`: what landed or was published later does not count."""
    versions = LockVersions(histories, kept, report)
    read = versions.read(deployed_locks)
    chronicle = read.walk.chronicle
    landings = chronicle.landings[: bisect_right(chronicle.landings, at, key=lambda landing: landing.at)]
    pins = read.pins(len(landings))
    report(f"judging {len(pins)} packages")
    known = {package: found for package in pins if (found := _known(package, source, at))}
    line = Line(
        landings=landings,
        pins=read.pool.pins,
        at=at,
        cut_off=chronicle.horizon.shallow,
        is_partial=Partial(read.walk.changes, read.kinds, read.pool).at,
        has_catalog=source.coverages()[0].kev_cutoff is not None,
    )
    lost = versions.lost(read)
    courses = list(_courses(read, known, pins, line, lost))
    asked = versions.asked(read, _dropped(courses, line, read))
    courses = [each for each in courses if each.followed.item.package not in asked]
    courses += _courses(read, {package: known[package] for package in asked}, pins, line, lost, asked)
    brought = Brought(versions.brought(_merges(courses, landings), read.kinds), read.pool, read.kinds)
    versions.keep()
    tags = first_tags(chronicle)
    released = dates.listings(_wanted(courses, at), at)
    told = [_told(course, brought, tags, landings, released, at) for course in courses]
    first = next((change for change in read.walk.changes if change.path in read.kinds), None)
    return chronicle, History(
        items=tuple(sorted((item for item, _ in told), key=_order)),
        episodes=episodes(chain.from_iterable(parts for _, parts in told), landings),
        locks=locks(read.walk, read.kinds, read.pool, landings),
        since=landings[first.landing].at if first is not None and first.landing < len(landings) else None,
        advisories=len({group.vulnerability.id for found in known.values() for group in found}),
        uncovered=_uncovered(pins, source),
        undated=undated(released),
        unread=unread(read.walk, read.kinds, read.pool, landings),
        moved=moved(read.walk, read.kinds, read.pool, lost, landings),
    )


def _known(package: Package, source: AdvisorySource, at: datetime) -> tuple[Group, ...]:
    """What was published by then; what has no date may have been."""
    found = groups_of(package, source, at)
    return tuple(group for group in found if (group.vulnerability.published or NEVER) <= at)


def _courses(
    read: Read,
    known: Mapping[Package, Sequence[Group]],
    pins: Mapping[Package, Sequence[int]],
    line: Line,
    lost: Mapping[int, Mapping[str, str]],
    asked: Mapping[Package, Mapping[int, Held]] = NOBODY,
) -> Iterator[Course]:
    changes = (change for change in read.walk.changes if change.landing < len(line.landings))
    packages = {at: package for package in known for at in pins[package]}
    lines = timelines(changes, read.walk.renames, pool=read.pool, kinds=read.kinds, packages=packages, lost=lost)
    together = groups(read.includes)
    for package, moments in lines.items():
        told = seen(moments, line.landings, line.pins, together, asked.get(package, NOT_ASKED_FOR))
        for group in known[package]:
            verdicts = Verdicts(group, line.pins)
            followed = follow(group.vulnerability, told, verdicts, line)
            if followed is not None:
                yield Course(verdicts, followed, FixReleases(group.vulnerability))


def _dropped(courses: Iterable[Course], line: Line, read: Read) -> set[Dropped]:
    """What left a file that need not name all, or together with the file."""
    gone = {(each.landing, each.path) for each in read.walk.changes if not each.blob}
    return {
        Dropped(course.followed.item.package, run.landing, run.files)
        for course in courses
        for run in course.followed.runs
        if run.landing is not None and run.end == "removed"
        if any((run.landing, path) in gone or line.is_partial(path, run.landing) for path in run.files)
    }


def _wanted(courses: Iterable[Course], at: datetime) -> dict[Package, Enough]:
    """The packages that were affected, by name."""
    runs: dict[Package, list[tuple[FixReleases, tuple[str, ...]]]] = {}
    for course in courses:
        for run in course.followed.runs:
            runs.setdefault(course.followed.item.package, []).append((course.fixes, run.before))
    return {package: enough(every, at) for package, every in sorted(runs.items())}


def _merges(courses: Iterable[Course], landings: Sequence[Landing]) -> list[str]:
    """Those that closed something, in order."""
    closing = {run.landing for course in courses for run in course.followed.runs if run.landing is not None}
    return [landings[at].id for at in sorted(closing) if landings[at].is_merge]


def _told(
    course: Course,
    brought: Brought,
    tags: Mapping[str, Tag],
    landings: Sequence[Landing],
    released: Mapping[Package, Listing],
    at: datetime,
) -> tuple[Item, list[Part]]:
    item, runs = course.followed
    parts = [
        Part(
            item,
            run,
            stages_of(
                item,
                run,
                fix_released=course.fixes.first(run.before, released[item.package].uploads, at),
                verdicts=course.verdicts,
                landings=landings,
                tags=tags,
                brought=brought,
            ),
            course.fixes.nearest(run.before),
        )
        for run in runs
    ]
    return replace(item, stages=parts[-1].stages if parts else Stages(published=item.published)), parts


def _order(item: Item) -> tuple[datetime, Package, str]:
    return item.opened or item.published or NEVER, item.package, item.id


def _uncovered(packages: Iterable[Package], source: AdvisorySource) -> tuple[tuple[str, int], ...]:
    counts = Counter(package.ecosystem for package in packages)
    return tuple(sorted((name, count) for name, count in counts.items() if not source.covers(name)))
