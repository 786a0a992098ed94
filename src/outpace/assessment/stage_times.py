"""Where the days of a repository go: each stage of the wait, as measured, and the longest in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from outpace.assessment.chronicle import Chronicle
from outpace.assessment.counting import of_episodes
from outpace.assessment.episodes import Episode, History
from outpace.assessment.latency import ENDED
from outpace.assessment.moments import before
from outpace.assessment.plan import StageName, StageTime
from outpace.assessment.stages import SPAN, tags_follow
from outpace.assessment.standing import Standing, episodes_now
from outpace.statistics.curves import Estimate, Span
from outpace.statistics.intervals import median_of
from outpace.statistics.survival import survival

DAY = timedelta(days=1)
FEWEST = 5  # of fewer a median says nothing
HALF = 0.5
SPOKEN: Mapping[StageName, str] = {
    "before anybody knew": "between the release of a fix and its advisory",
    "until the first commit": "before the first commit",
    "on the branch": "on the branch",
    "until it landed": "until it landed",
    "until a tag": "between landing and the first tag that holds it",
}
NOT_SPLIT = "merge commits (a squash or a rebase erases when work on a fix began), or outpace record known"


class Passed(Struct, frozen=True, kw_only=True):
    """An episode that was followed from its opening to its landing. Days; None: not seen."""

    episode: Episode
    until_commit: float | None
    on_branch: float | None


def passed(episode: Episode) -> Passed | None:
    """A commit from before the advisory waited on its branch only; that nobody knew is no wait. None: it never ended.

    What was adopted while published, or began before the history does, has no commit that waited for it to open.
    """
    if episode.state not in ENDED or episode.began != "seen":
        return None
    first, landed = episode.stages.first_commit, episode.stages.landed or episode.closed
    if first is None or landed is None:
        return Passed(episode=episode, until_commit=None, on_branch=None)
    before = min(max((first - episode.opened) / DAY, 0.0), episode.days)
    return Passed(episode=episode, until_commit=before, on_branch=episode.days - before)


def is_split(seen: Sequence[Passed]) -> bool:
    """Branches are kept for at least half of what landed."""
    kept = sum(each.until_commit is not None for each in seen)
    return kept >= FEWEST and kept >= HALF * len(seen)


def stage_times(history: History, chronicle: Chronicle, *, at: datetime) -> tuple[StageTime, ...]:
    """In the order of time. Those of a branch are of the episodes whose branch a merge commit kept.

    Where fewer than half were kept, one stage stands for both, of all. What is still open is in none of them. A share
    is of the days of a mean fix, since not every stage is seen of every one.
    """
    seen = _followed(history)
    rows = [*_middle(seen)]
    if rows:
        rows = [*_silent(history), *rows, *_tagged(seen, chronicle, at)]
    whole = sum(row.total / row.count for row in rows)
    return tuple(replace(row, share=row.total / row.count / whole if whole else 0.0) for row in rows)


def longest_wait(history: History, stages: Sequence[StageTime], *, since: date | None = None) -> str:
    """In one sentence, with what it does not cover. `since`: of the stages older ones were left out."""
    if not stages:
        return "Too few fixes were followed from their advisory to their landing to measure a stage of the wait."
    most = max(stages, key=lambda stage: stage.share)
    begun = f" since {since}" if since else ""
    sentences = [f"{_said(most, 'The longest wait is')}{begun}."]
    if most.name == "before anybody knew":
        rest = max(stages[1:], key=lambda stage: stage.share)
        sentences.append(f"{_said(rest, 'After the advisory it is')}.")
    if any(stage.name == "until it landed" for stage in stages):
        sentences.append(f"It cannot be split further, since branches are not kept; {NOT_SPLIT} would settle it.")
    return " ".join((*sentences, *_left_out(episodes_now(history.episodes))))


def _left_out(now: Standing) -> Iterator[str]:
    more = (("still open", now.open), ("unpinned", now.unpinned), ("unknown", now.unknown))
    told = [f"{count:,} more {'is' if count == 1 else 'are'} {how}" for how, count in more if count]
    if told:
        yield f"{', '.join(told)}, and counted in none of it."


def tag_span(episode: Episode, chronicle: Chronicle, at: datetime) -> Span | None:
    """From landing to the first tag; not tagged yet: censored. None: from before it was seen that tags follow."""
    landed, tagged = episode.stages.landed or episode.closed, episode.stages.tagged
    if landed is None or landed > at or landed < before(chronicle.landings[-1].at, SPAN):
        return None
    return Span(max(((tagged or at) - landed) / DAY, 0.0), tagged is not None)


def _followed(history: History) -> list[Passed]:
    return [each for each in map(passed, history.episodes) if each is not None]


def _middle(seen: Sequence[Passed]) -> Iterator[StageTime]:
    if is_split(seen):
        kept = [each for each in seen if each.until_commit is not None]
        yield _row("until the first commit", [(each.episode, each.until_commit or 0.0) for each in kept])
        yield _row("on the branch", [(each.episode, each.on_branch or 0.0) for each in kept])
    elif len(seen) >= FEWEST:
        yield _row("until it landed", [(each.episode, each.episode.days) for each in seen])


def _silent(history: History) -> Iterator[StageTime]:
    """A fix was there, and its advisory was not; no further back than the lock files reach."""
    waits = list(_silences(history))
    if len(waits) >= FEWEST:
        yield _row("before anybody knew", waits)


def _silences(history: History) -> Iterator[tuple[Episode, float]]:
    for each in history.episodes:
        released = each.stages.fix_released
        if released is not None and each.entry == "reactive" and each.began == "seen" and each.state in ENDED:
            yield each, max((each.opened - max(released, history.since or released)) / DAY, 0.0)


def _tagged(seen: Sequence[Passed], chronicle: Chronicle, at: datetime) -> Iterator[StageTime]:
    if not tags_follow(chronicle).follows:
        return
    told = [(each.episode, span) for each in seen if (span := tag_span(each.episode, chronicle, at)) is not None]
    spans = [span for _, span in told]
    if sum(span.ended for span in spans) >= FEWEST:
        median = survival(spans, horizon=max(span.days for span in spans)).median
        yield _row("until a tag", [(episode, span.days) for episode, span in told], median)


def _row(name: StageName, waits: Sequence[tuple[Episode, float]], median: Estimate | None = None) -> StageTime:
    values = [days for _, days in waits]
    return StageTime(
        name=name,
        median=median or median_of(values),
        total=sum(values),
        share=0.0,
        count=len(values),
        of=of_episodes("", (episode for episode, _ in waits)).of,
    )


def _said(stage: StageTime, begin: str) -> str:
    bounds = stage.median
    interval = "" if bounds.low is None or bounds.high is None else f" ({bounds.low:.1f} to {bounds.high:.1f})"
    return (
        f"{begin} {SPOKEN[stage.name]}: {stage.share:.0%} of the waiting days, "
        f"{bounds.value or 0:.1f} days at the median{interval}, in {stage.count} episodes"
    )
