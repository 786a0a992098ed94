"""Signals of how work flows: how often it is integrated, in which portions, and how it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from outpace.assessment.chronicle import Tag
from outpace.assessment.counting import of_episodes, of_landings, of_tags
from outpace.assessment.episodes import Episode
from outpace.assessment.evidence import Evidence, Question, Where
from outpace.assessment.latency import HORIZON, since_published
from outpace.assessment.signals.material import DAY, SHOWN, Material, Signal, commits, days, estimated, share
from outpace.model.words import counted
from outpace.statistics.intervals import median_of, proportion
from outpace.statistics.survival import survival

YEAR = timedelta(days=365)


def activity(material: Material) -> Signal | None:
    """Silence of people: a repository that nobody changes."""
    if not material.people:
        return None
    last = material.people[-1]
    quiet = max(material.at - last.at, timedelta())
    return Evidence(
        signal="activity",
        says=f"The last change by a person landed on {last.at:%Y-%m-%d}, "
        f"{counted(quiet.days, 'day')} before this assessment.",
        speaks_for="stalled" if material.gone_quiet else None,
        strength="practice",
        misreading="It may be finished, archived or moved elsewhere; a clone that was not fetched looks the same.",
        where=commits([last.id]),
    )


def integration_days(material: Material) -> Signal | None:
    year = material.within(YEAR)
    if not year:
        return None
    found = len({each.at.date() for each in year})
    within = (each for each in material.chronicle.landings if year[0].at <= each.at <= year[-1].at)
    bots = [each for each in within if each.by_bot]
    left_out = f"; {len(bots):,} by programs {'is' if len(bots) == 1 else 'are'} not counted" if bots else ""
    return Evidence(
        signal="integration-days",
        says=f"On {counted(found, 'day')} of the year until {year[-1].at:%Y-%m-%d} changes by people landed, "
        f"{len(year):,} in all{left_out}.",
        speaks_for=None,
        strength="practice",
        misreading="A small or finished repository needs few; programs under a person's name look like people.",
        counts=(of_landings(f"{len(year):,} in all", year), of_landings(f"{len(bots):,} by programs", bots)),
    )


def batch_size(material: Material) -> Signal | None:
    year = [each for each in material.within(YEAR) if each.files]
    if len(year) < material.limits.branches:
        return None
    size = median_of(float(each.files) for each in year)
    if size.value is None:
        return None
    files = f"{size.value:g} file{'' if size.value == 1 else 's'}"
    bounds = "" if size.low is None or size.high is None else f" (95 %: {size.low:g} to {size.high:g})"
    return Evidence(
        signal="batch-size",
        says=f"The median change of the last year touches {files}{bounds}, lock files left out; {len(year):,} changes.",
        speaks_for="true" if size.value <= material.limits.small_change else None,
        strength="practice",
        misreading="Generated and vendored files make changes look large; a merge counts as one, as large as its "
        "branch.",
        counts=(of_landings(f"{len(year):,} changes", year),),
    )


def branch_age(material: Material) -> Signal | None:
    """From a branch's first own commit to its merge, of the last two years."""
    kept = [m for m in material.within(2 * YEAR) if m.is_merge]
    merges = [(m.at - m.branch_began) / DAY for m in kept if m.branch_began]
    if len(merges) < material.limits.branches:
        return Question(
            what="how long branches live",
            why=f"{counted(len(merges), 'merge')} of the last two years kept a branch: squashing and rebasing erase it",
            would_settle="merge commits, or the times of the service that holds the pull requests",
        )
    age = median_of(max(each, 0.0) for each in merges)
    day = proportion(sum(each <= 1 for each in merges), len(merges))
    old = age.value is not None and age.value > material.limits.old_branch / DAY
    return Evidence(
        signal="branch-age",
        says=f"Half of {len(merges)} branches were merged within {estimated(age)} of their first commit; "
        f"{share(day)} within a day.",
        speaks_for="watered-down" if old else None,
        strength="practice",
        misreading="Rebasing and branches that are made to release make them look young, long-lived ones old.",
        counts=(of_landings(f"{len(merges)} branches", (m for m in kept if m.branch_began)),),
    )


def revert_rate(material: Material) -> Signal | None:
    if not material.people:
        return None
    reverts = [each for each in material.people if each.said == "revert"]
    rate = proportion(len(reverts), len(material.people))
    return Evidence(
        signal="revert-rate",
        says=f"{share(rate)} of {len(material.people):,} changes say that they revert another.",
        speaks_for=None,
        strength="practice",
        misreading="Many reverts may mean that rolling back is safe and usual, as in the fastest team that was "
        "measured.",
        where=commits(each.id for each in reversed(reverts)),
        counts=(of_landings(share(rate), reverts),),
    )


def release_cadence(material: Material) -> Signal | None:
    """Only where tags follow the landings; elsewhere they tell nothing of deployments."""
    found = _releases(material)
    if isinstance(found, Question):
        return found
    gap, size, tags = found
    train = gap > material.limits.train_gap / DAY and size >= material.limits.train_size
    waited = [e for e in material.reactive if e.stages.landed is not None and e.stages.tagged]
    waits = _waits(waited)
    return Evidence(
        signal="release-trains" if train else "release-cadence",
        says=f"Half of the last {len(tags)} tags came within {days(gap)} of the one before and gathered {size:g} "
        f"changes or more{waits}.",
        speaks_for="watered-down" if train else None,
        strength="practice",
        misreading="A tag is not a deployment; libraries gather changes on purpose.",
        where=tuple(Where(kind="tag", name=each.name) for each in reversed(tags))[:SHOWN],
        counts=(
            of_tags(f"the last {len(tags)} tags", (each.name for each in tags)),
            of_episodes(f"{len(waited)} fixes", waited),
        ),
    )


def _releases(material: Material) -> tuple[float, float, tuple[Tag, ...]] | Question:
    limits, landings = material.limits, material.chronicle.landings
    last = landings[-1].at if landings else material.at
    tags = tuple(
        sorted(
            (t for t in material.chronicle.tags if last - t.at < 2 * YEAR and t.at <= material.at), key=lambda t: t.at
        )
    )
    contained = sum(each.first for each in tags)
    landed = sum(last - each.at < 2 * YEAR for each in landings)
    if len(tags) < limits.tags or contained < limits.tagged_share * landed:
        return Question(
            what="when a change that has landed reaches production",
            why=f"{counted(len(tags), 'tag')} of the last two years, first to contain {contained:,} of {landed:,} "
            "changes: tags do not tell of releases here",
            would_settle="deployments on record: outpace record deployed ADVISORY --at TIME",
        )
    gap = median_of(_apart(a.at, b.at) for a, b in pairwise(tags)).value or 0.0
    return gap, median_of(float(each.first) for each in tags).value or 0.0, tags


def _apart(earlier: datetime, later: datetime) -> float:
    return (later - earlier) / DAY


def _waits(episodes: Sequence[Episode]) -> str:
    waits = [
        _apart(e.stages.landed, e.stages.tagged) for e in episodes if e.stages.landed is not None and e.stages.tagged
    ]
    return f"; half of {len(waits)} fixes waited {estimated(median_of(waits))} for a tag" if waits else ""


def first_commit_wait(material: Material) -> Signal | None:
    """How much of the wait lay before anybody wrote a line, where merges kept the branch."""
    split = [e for e in material.recent if _parts(e) is not None]
    told = [parts for e in split if (parts := _parts(e)) is not None]
    if len(told) < material.limits.fewest:
        return None
    before, whole = sum(a for a, _ in told), sum(b for _, b in told)
    if whole <= 0:
        return None
    median = survival((since_published(e) for e in material.recent), horizon=HORIZON).median.value
    slow = median is None or median > material.limits.fast_days
    return Evidence(
        signal="first-commit-wait",
        says=f"Of the days that {len(told)} exposures waited, {before / whole:.0%} had passed before the first commit.",
        speaks_for="watered-down" if slow and before / whole > material.limits.waiting_share else None,
        strength="practice",
        misreading="In 268 such exposures of six repositories it was 70 %, fast ones among them; without merge commits "
        "it cannot be seen.",
        where=commits(e.stages.first_commit_id for e in material.recent),
        counts=(of_episodes(f"{len(told)} exposures", split),),
    )


def _parts(episode: Episode) -> tuple[float, float] | None:
    first, landed = episode.stages.first_commit, episode.stages.landed
    if first is None or landed is None:
        return None
    return max(_apart(episode.opened, first), 0.0), max(_apart(episode.opened, landed), 0.0)
