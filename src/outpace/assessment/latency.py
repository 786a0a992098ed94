"""How long past vulnerabilities took: curves of episodes on two clocks, with what is still open counted in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from outpace.assessment.assessment import Latency
from outpace.assessment.episodes import Episode, History
from outpace.assessment.moments import after, before
from outpace.assessment.standing import items_on
from outpace.statistics.curves import Curve, Estimate, Span
from outpace.statistics.survival import left_at, survival

HORIZON = 365.0  # exposure-days are counted for a year: behind it a single forgotten one would make the mean
WITHIN = (1, 3, 7, 14, 30, 90)
ENDED = ("fixed", "removed")
MET = frozenset({"immune", "reactive"})  # what a share that was immune is of: it was here when its advisory came
RECENT = 24  # episodes
PRESENT = timedelta(days=3 * 365)
DAY = timedelta(days=1)


def latency_of(history: History, *, at: datetime, recent: int = RECENT) -> Latency:
    """Episodes that opened after `at` are left out. The shares of items are by how each met its advisory."""
    episodes = sorted((each for each in history.episodes if each.opened <= at), key=lambda each: each.opened)
    latest = episodes[len(episodes) - min(recent, len(episodes)) :]
    published = _curve(episodes, since_published)
    entries, now = Counter(item.entry for item in history.items), items_on(history.items, at)
    return Latency(
        from_published=published,
        from_released=_curve(episodes, lambda each: since_released(each, history.since)),
        recent=_curve(latest, since_published),
        recent_count=len(latest),
        immune=entries["immune"],
        reactive=entries["reactive"],
        adopted=entries["adopted"],
        open=now.open,
        unpinned=now.unpinned,
        unknown=now.unknown,
        within=tuple((days, landed_within(published, days)) for days in WITHIN) if published else (),
    )


def present(history: History, *, at: datetime) -> History:
    """The episodes of the three years before the last one, or the last 24: how it is now, not how it was before.

    Whatever became of them: were old ones kept for being open still, those that take long would be among them alone.
    """
    episodes = sorted((each for each in history.episodes if each.opened <= at), key=lambda each: each.opened)
    if not episodes:
        return replace(history, episodes=())
    since = min(before(episodes[-1].opened, PRESENT), episodes[-min(RECENT, len(episodes))].opened)
    return replace(history, episodes=tuple(each for each in episodes if each.opened >= since))


def since_published(episode: Episode) -> Span:
    """Of what was adopted while published: since then. What cannot be followed any further is censored there.

    So is what began before the history does: it took longer than that, and by how much was not seen.
    """
    return Span(episode.days, episode.state in ENDED and episode.began == "seen")


def since_released(episode: Episode, history_began: datetime | None = None) -> Span | None:
    """None: no release of a fix is known, or it came after the end.

    A release from before the advisory starts the clock of what was reactive: its fix could have been taken before
    anybody knew what for. It starts no earlier than the history, and never before what was adopted came in.
    """
    released = episode.stages.fix_released
    end = after(episode.opened, episode.days * DAY)
    if released is None or released > end:
        return None
    floor = episode.opened if episode.entry == "adopted" else history_began
    began = released if floor is None else max(released, floor)
    is_whole = episode.began == "seen" or released >= episode.opened
    return Span(max((end - began) / DAY, 0.0), episode.state in ENDED and is_whole)


def landed_within(curve: Curve, days: float) -> Estimate:
    """The share that is gone by a day."""
    left = left_at(curve, days)
    if left.value is None or left.low is None or left.high is None:
        return Estimate(value=None)
    return Estimate(value=1 - left.value, low=1 - left.high, high=1 - left.low)


def _curve(episodes: Sequence[Episode], span: Callable[[Episode], Span | None]) -> Curve | None:
    spans: Iterable[Span | None] = map(span, episodes)
    followed = [each for each in spans if each is not None]
    return survival(followed, horizon=HORIZON) if followed else None
