"""Where the days of a repository go: each stage of the wait, as measured, and the longest in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from outpace.assessment.chronicle import Chronicle, first_tags
from outpace.assessment.counting import of_episodes
from outpace.assessment.draws import FEWEST as SHARED_BY
from outpace.assessment.draws import banded, drawn_together
from outpace.assessment.episodes import Episode, History
from outpace.assessment.latency import ENDED
from outpace.assessment.moments import before
from outpace.assessment.plan import Lately, StageName, StageTime
from outpace.assessment.stages import SPAN, tags_follow
from outpace.assessment.standing import Standing, episodes_now
from outpace.statistics.curves import Span
from outpace.statistics.intervals import median_of
from outpace.statistics.survival import survival

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
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
    rows = [*_middle(seen, chronicle)]
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
    sentences = [f"{_said(most, 'The longest wait was' if most.is_over else 'The longest wait is')}{begun}."]
    if most.is_over:
        sentences.append(over(most))
    rest = [stage for stage in stages if stage.name != "before anybody knew" and not stage.is_over]
    if most.name == "before anybody knew" and rest:
        sentences.append(f"{_said(max(rest, key=lambda stage: stage.share), 'After the advisory it is')}.")
    elif most.is_over and rest:
        sentences.append(f"{_said(max(rest, key=lambda stage: stage.share), 'What is left is')}.")
    if any(stage.name == "until it landed" for stage in stages):
        sentences.append(f"It cannot be split further, since branches are not kept; {NOT_SPLIT} would settle it.")
    return " ".join((*sentences, *_left_out(episodes_now(history.episodes))))


def _left_out(now: Standing) -> Iterator[str]:
    more = (("still open", now.open), ("unpinned", now.unpinned), ("unknown", now.unknown))
    told = [f"{count:,} more {'is' if count == 1 else 'are'} {how}" for how, count in more if count]
    if told:
        yield f"{', '.join(told)}, and counted in none of it."


def over(stage: StageTime) -> str:
    """That a wait is over: when it was, and how it is since."""
    lately, landed = stage.lately, stage.landed
    assert lately is not None
    when = f", of what landed from {landed[0]} to {landed[1]}," if landed else ""
    days = f"{lately.median.value or 0.0:.1f} days"
    how = (
        f"{lately.count} fixes passed it within {days}"
        if lately.of == "fixes"
        else f"{lately.count} tags held changes that had waited {days} or less"
    )
    return f"That wait{when} is over: since {lately.since}, half of {how}."


def tag_span(episode: Episode, chronicle: Chronicle, at: datetime) -> Span | None:
    """From landing to the first tag; not tagged yet: censored. None: from before it was seen that tags follow."""
    landed, tagged = episode.stages.landed or episode.closed, episode.stages.tagged
    if landed is None or landed > at or landed < before(chronicle.landings[-1].at, SPAN):
        return None
    return Span(max(((tagged or at) - landed) / DAY, 0.0), tagged is not None)


def _followed(history: History) -> list[Passed]:
    return [each for each in map(passed, history.episodes) if each is not None]


def _middle(seen: Sequence[Passed], chronicle: Chronicle) -> Iterator[StageTime]:
    if is_split(seen):
        kept = [each for each in seen if each.until_commit is not None]
        yield _of_fixes(
            "until the first commit", [(each.episode, each.until_commit or 0.0) for each in kept], chronicle
        )
        yield _of_fixes("on the branch", [(each.episode, each.on_branch or 0.0) for each in kept], chronicle)
    elif len(seen) >= FEWEST:
        yield _of_fixes("until it landed", [(each.episode, each.episode.days) for each in seen], chronicle)


def _of_fixes(name: StageName, waits: Sequence[tuple[Episode, float]], chronicle: Chronicle) -> StageTime:
    row = _row(name, waits)
    if not chronicle.landings:
        return row
    since = before(chronicle.landings[-1].at, YEAR)
    late = drawn_together((_landed_on(each), days) for each, days in waits if (each.closed or since) > since)
    count = sum(map(len, late))
    if len(late) < SHARED_BY or count == len(waits):
        return row
    return replace(row, lately=Lately(median=banded(late, median_of), count=count, of="fixes", since=since.date()))


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
    """Its median of draws by tag: fixes that one tag held are one wait. Not tagged yet is one more."""
    if not tags_follow(chronicle).follows:
        return
    told = [(each.episode, span) for each in seen if (span := tag_span(each.episode, chronicle, at)) is not None]
    spans = [span for _, span in told]
    if sum(span.ended for span in spans) < FEWEST:
        return
    longest = max(span.days for span in spans)
    draws = drawn_together((str(episode.stages.tagged or ""), span) for episode, span in told)
    middle = banded(draws, lambda drawn: survival(drawn, horizon=longest).median)
    row = _row("until a tag", [(episode, span.days) for episode, span in told])
    shared = None if len(draws) == len(told) else len(draws)
    yield replace(row, median=middle, draws=shared, lately=_tagged_lately(chronicle, at))


def _tagged_lately(chronicle: Chronicle, at: datetime) -> Lately | None:
    """Of everything that landed in the last year: for each tag, how long half of what it held had waited."""
    tags, since = first_tags(chronicle), before(chronicle.landings[-1].at, YEAR)
    waits: dict[str, list[float]] = {}
    for landing in chronicle.landings:
        if landing.at > since:
            tag = tags.get(landing.id)
            waits.setdefault("" if tag is None else tag.name, []).append(((tag.at if tag else at) - landing.at) / DAY)
    if len(waits) < SHARED_BY:
        return None
    middle = median_of(median(each) for each in waits.values())
    return Lately(median=middle, count=len(waits), of="tags", since=since.date())


def _row(name: StageName, waits: Sequence[tuple[Episode, float]]) -> StageTime:
    draws = drawn_together((_landed_on(episode), days) for episode, days in waits)
    days_of = sorted(episode.closed.date() for episode, _ in waits if episode.closed is not None)
    return StageTime(
        name=name,
        median=banded(draws, median_of),
        total=sum(days for _, days in waits),
        share=0.0,
        count=len(waits),
        of=of_episodes("", (episode for episode, _ in waits)).of,
        draws=None if len(draws) == len(waits) else len(draws),
        landed=(days_of[0], days_of[-1]) if days_of else None,
    )


def _landed_on(episode: Episode) -> str:
    """Its day: what landed on one day was decided as one."""
    return "" if episode.closed is None else f"{episode.closed:%Y-%m-%d}"


def _said(stage: StageTime, begin: str) -> str:
    bounds = stage.median
    interval = "" if bounds.low is None or bounds.high is None else f" ({bounds.low:.1f} to {bounds.high:.1f})"
    one, many = ("tag", "tags") if stage.name == "until a tag" else ("day of landing", "days of landing")
    shared = "" if stage.draws is None else f" that share {stage.draws} {one if stage.draws == 1 else many}"
    return (
        f"{begin} {SPOKEN[stage.name]}: {stage.share:.0%} of the waiting days, "
        f"{bounds.value or 0:.1f} days at the median{interval}, in {stage.count} episodes{shared}"
    )
