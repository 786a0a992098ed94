"""The stages between an advisory and its fix on the default branch, and whether tags tell of deployments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from outpace.assessment.chronicle import Chronicle, Landing, Tag, first_tags
from outpace.assessment.episodes import Item, Stages
from outpace.assessment.items import Run
from outpace.assessment.pool import Pool, key_of
from outpace.assessment.ports import BranchCommit
from outpace.ecosystems.osv import Evaluation, NotAffected
from outpace.model.package import Package
from outpace.model.times import from_timestamp

SPAN = timedelta(days=730)
SOON = timedelta(days=60)
FEWEST = 12
SHARE = 0.75


class Rhythm(NamedTuple):
    """Whether a tag may stand for a deployment here, and why."""

    follows: bool
    why: str


class Brought(NamedTuple):
    """The commits of merged branches, and what their lock files pin."""

    commits: Mapping[str, Sequence[BranchCommit]]
    pool: Pool
    kinds: Mapping[str, str]


def stages_of(
    item: Item,
    run: Run,
    *,
    fix_released: datetime | None,
    verdicts: Mapping[int, Evaluation],
    landings: Sequence[Landing],
    tags: Mapping[str, Tag],
    brought: Brought,
) -> Stages:
    """`tags` are the first that contain a landing, by its id."""
    if run.landing is None:
        return Stages(fix_released=fix_released, published=item.published)
    landing, tag = landings[run.landing], tags.get(landings[run.landing].id)
    first = first_commit(item.package, run, verdicts, brought, brought.commits.get(landing.id, ()))
    return Stages(
        fix_released=fix_released,
        published=item.published,
        first_commit=None if first is None else from_timestamp(first.at),
        first_commit_id="" if first is None else first.id,
        landed=landing.at,
        tagged=None if tag is None else tag.at,
        tag="" if tag is None else tag.name,
    )


def first_commit(
    package: Package, run: Run, verdicts: Mapping[int, Evaluation], brought: Brought, commits: Iterable[BranchCommit]
) -> BranchCommit | None:
    """The first of a merged branch after which a file that was affected no longer is, by that file's own content."""
    for commit in commits:
        for path, blob in commit.changes:
            if path in run.files and _mends(package, run, verdicts, brought, path, blob):
                return commit
    return None


def _mends(
    package: Package, run: Run, verdicts: Mapping[int, Evaluation], brought: Brought, path: str, blob: str
) -> bool:
    """A branch may be older than the package: that it is not there ends nothing unless it was removed in the end."""
    key = key_of(brought.kinds[path], blob)
    if not blob or key not in brought.pool:
        return not blob and run.end == "removed"
    held = brought.pool.held(key)
    if isinstance(held, str):
        return False
    pins = brought.pool.pins
    answers = [verdicts[at] for at in held if pins[at].name == package.name and pins[at].ecosystem == package.ecosystem]
    if not answers:
        return run.end == "removed"
    return all(isinstance(answer, NotAffected) for answer in answers)


def tags_follow(chronicle: Chronicle) -> Rhythm:
    """Tags may stand for deployments where three of four landings of two years were in one within 60 days.

    The last 60 days are left out, since their tags may be to come. A repository that is deployed from its default
    branch tags rarely or never, and what it tags then tells nothing of when something ran.
    """
    if not chronicle.landings or not chronicle.tags:
        return Rhythm(follows=False, why="there is no tag here")
    tags = first_tags(chronicle)
    until = chronicle.landings[-1].at - SOON
    begin = bisect_left(chronicle.landings, until - SPAN, key=lambda landing: landing.at)
    end = bisect_left(chronicle.landings, until, key=lambda landing: landing.at)
    if end - begin < FEWEST:
        return Rhythm(follows=False, why=f"only {end - begin} landings are old enough to tell whether tags follow them")
    old = chronicle.landings[begin:end]
    waits = [tags[landing.id].at - landing.at for landing in old if landing.id in tags]
    soon = sum(wait <= SOON for wait in waits)
    said = f"{soon} of {end - begin} landings of two years were in a tag within {SOON.days} days"
    if soon < SHARE * (end - begin):
        return Rhythm(follows=False, why=f"{said}: tags are not when it is deployed")
    return Rhythm(
        follows=True, why=f"{said}, after {median(wait / timedelta(days=1) for wait in waits):.1f} days (median)"
    )
