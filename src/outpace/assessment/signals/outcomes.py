"""Signals of what came out of it: how long fixes took, how many were not needed, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from outpace.assessment.counting import of_episodes, of_items
from outpace.assessment.episodes import Episode, Item
from outpace.assessment.evidence import Count, Evidence, Path, Question, Where
from outpace.assessment.latency import HORIZON, MET, since_published
from outpace.assessment.moments import before
from outpace.assessment.signals.material import SHOWN, Material, Signal, half_landed, share
from outpace.assessment.standing import DOUBTS, episode_now, episodes_now, item_on, items_on
from outpace.model.package import Package
from outpace.model.words import counted
from outpace.statistics.curves import Curve, Estimate
from outpace.statistics.intervals import share_of_groups
from outpace.statistics.survival import survival

YEAR = timedelta(days=365)
STALE = timedelta(days=30)  # what came since is not among what is open today


def latency(material: Material) -> Signal | None:
    """How long the last ones took, by Kaplan and Meier's median: what is still open counts as long as it was seen."""
    recent, limits = material.recent, material.limits
    if len(recent) < limits.fewest:
        return Question(
            what="how fast fixes land here",
            why=f"{counted(len(recent), 'exposure')} that began with an advisory: too few to tell a median",
            would_settle="more history of lock files, or more recent advisory data",
        )
    curve = survival((since_published(e) for e in recent), horizon=HORIZON)
    still = [e for e in recent if episode_now(e) == "open"]
    untold = [e for e in recent if episode_now(e) in DOUBTS]
    followed, left = f"the last {len(recent)} exposures", f"{len(still) or 'none'} {'are' if len(still) > 1 else 'is'}"
    doubts = episodes_now(untold).doubts()
    slowest = sorted(recent, key=lambda e: e.days, reverse=True)
    return Evidence(
        signal="latency",
        says=f"Of {followed} that began with an advisory, since {recent[0].opened:%Y-%m}, "
        f"{half_landed(curve.median)}; {left} {_still(len(still), doubts)}.",
        speaks_for=_speed(curve, limits.fast_days, limits.slow_days),
        strength="outcome",
        misreading="An advisory that was published years after its fix looks fast, one of NVD's late date as well; "
        "landed is not deployed.",
        where=tuple(_place(each) for each in slowest[:SHOWN]),
        counts=(of_episodes(followed, recent), of_episodes(left, still), *_of_doubts(doubts, untold)),
    )


def _still(known: int, doubts: str) -> str:
    """None is open only where none is in doubt."""
    if not doubts:
        return "still open"
    return f"still open, {doubts}" if known else f"known to be open, {doubts}"


def _of_doubts(doubts: str, untold: Sequence[Episode]) -> tuple[Count, ...]:
    return (of_episodes(doubts, untold),) if untold else ()


def _speed(curve: Curve, fast: float, slow: float) -> Path | None:
    median = curve.median.value
    if median is None:
        return "watered-down" if curve.points[-1].days >= slow else None
    if median <= fast:
        return "true"
    return "watered-down" if median > slow else None


def latency_lately(material: Material) -> Signal | None:
    """Of the last two years that could be seen, where the last exposures reach further back; decides nothing."""
    until, limits = material.seen_until, material.limits
    if until is None:
        return None
    late = [each for each in material.recent if until - each.opened < 2 * YEAR]
    if len(late) < limits.fewest or len(late) == len(material.recent):
        return None
    curve = survival(map(since_published, late), horizon=HORIZON)
    return Evidence(
        signal="latency-lately",
        says=f"Of the {len(late)} that began since {late[0].opened:%Y-%m}, {half_landed(curve.median)}.",
        speaks_for=_speed(curve, limits.fast_days, limits.slow_days),
        strength="outcome",
        misreading="They are few, and no rule asks for them: a turn for the better shows here first, and so does luck.",
        counts=(of_episodes(f"the {len(late)}", late),),
    )


def latency_trend(material: Material) -> Signal | None:
    limits = material.limits
    earlier = material.reactive[: -limits.recent]
    if min(len(earlier), len(material.recent)) < limits.fewest:
        return None
    curves = (survival(map(since_published, part), horizon=HORIZON) for part in (earlier, material.recent))
    then, now = (each.median for each in curves)
    return Evidence(
        signal="latency-trend",
        says=f"Of the {len(earlier)} exposures before the last {len(material.recent)}, {half_landed(then)}; of the "
        f"last ones, {half_landed(now)}.",
        speaks_for=_moved(then, now),
        strength="outcome",
        misreading="More dependencies, other people and other advisories came at the same time.",
        counts=(
            of_episodes(f"the {len(earlier)} exposures", earlier),
            of_episodes(f"the last {len(material.recent)}", material.recent),
        ),
    )


def _moved(then: Estimate, now: Estimate) -> Path | None:
    """Only where the two intervals do not meet."""
    if now.high is not None and then.low is not None and now.high < then.low:
        return "true"
    if then.high is not None and now.low is not None and now.low > then.high:
        return "watered-down"
    return None


def immune_share(material: Material) -> Signal | None:
    """Of what an advisory could have met: the newer half beside the older one. What one package met in one month is
    one draw, since one bump decides it: twenty advisories of one day are no twenty trials.
    """
    draws = _draws(material)
    half, count = len(draws) // 2, sum(map(len, draws))
    if half < material.limits.advisories:
        told = f"{counted(count, 'advisory') if count == 1 else f'{count:,} advisories'} met these lock files"
        return Question(
            what="how often freshness makes an advisory a non-event",
            why=f"{told}, in {counted(len(draws), 'month')} of a package: too few to compare halves",
            would_settle="more history of lock files",
        )
    older, newer = ([item for draw in part for item in draw] for part in (draws[:half], draws[half:]))
    before, after = _immune(draws[:half]), _immune(draws[half:])
    last = f"the last {len(newer)} advisories"
    return Evidence(
        signal="immune-share",
        says=f"{share(after)} of {last} met a version that was already fixed; of the {len(older)} before, "
        f"{share(before)} did. What one package met in a month is one draw: {len(draws) - half} and {half}.",
        speaks_for=_freshness(before, after, material.limits.immune_share),
        strength="outcome",
        misreading="Advisories that are published long after their fix, and a lock file that is missing for a time, "
        "make it look better.",
        counts=(of_items(last, newer), of_items(f"the {len(older)} before", older)),
    )


def _draws(material: Material) -> list[list[Item]]:
    """By month and package."""
    met: dict[tuple[str, Package], list[Item]] = {}
    for item in material.history.items:
        if item.published and item.entry in MET:
            met.setdefault((f"{item.published:%Y-%m}", item.package), []).append(item)
    return [sorted(met[key], key=lambda item: (item.published, item.id)) for key in sorted(met)]


def _immune(draws: Sequence[Sequence[Item]]) -> Estimate:
    return share_of_groups((sum(item.entry == "immune" for item in draw), len(draw)) for draw in draws)


def _freshness(before: Estimate, after: Estimate, usual: float) -> Path | None:
    if before.value is None or after.low is None or after.high is None:
        return None
    good = after.low > usual or after.low > before.value
    bad = after.high < usual or after.high < before.value
    if good == bad:
        return None
    return "true" if good else "watered-down"


def open_with_fix(material: Material) -> Signal | None:
    """Today, and on the last day on which an advisory could be seen, beside a year before that.

    None open today tells nothing by itself: with old data it is only that long ago was mended since.
    """
    until = material.seen_until
    if (blind := material.history.blind_since) is not None:
        return Question(
            what="what is open with a fix today",
            why=f"no lock file could be read since {blind:%Y-%m-%d}",
            would_settle="a lock file that can be read",
        )
    if until is None:
        return None
    now, seen, then = (_standing_at(material, day) for day in (material.at, until, before(until, YEAR)))
    undated = sum(i.state == "open" and i.published is None for i in material.history.items)
    told = all(i.stages.fix_released for each in (now, seen, then) for i in each.open)
    silence = material.gone_quiet or material.bot_is_silent
    return Evidence(
        signal="open-with-fix",
        says=f"Open{' with a fix' if told else ''}{_when(material, until, len(now.open), len(seen.open))}, "
        f"{len(then.open)} a year before it{'' if told else '; of some it is not known when a fix came out'}"
        f"{_untold(now)}{_without_dates(undated)}.",
        speaks_for="true"
        if not any((now.open, now.untold, seen.open, seen.untold, undated))
        else _growth(now, then, material.limits.grew_by, "stalled" if silence else "watered-down"),
        strength="outcome",
        misreading="What is open may not be reachable, or be for development only; what advisories came later is "
        "not in the data.",
        where=_advisories(i.id for i in now.open),
        counts=(
            of_items(f"{len(now.open)} today", now.open),
            of_items(f"{len(seen.open)} on {_day(material, until)}", seen.open),
            of_items(f"{len(then.open)} a year before it", then.open),
            *((of_items(f"of {len(now.untold)} more", now.untold),) if now.untold else ()),
        ),
    )


class Standings(NamedTuple):
    """What was open on a day, and what may have been."""

    day: datetime
    open: tuple[Item, ...]
    untold: tuple[Item, ...]


def _standing_at(material: Material, day: datetime) -> Standings:
    """With a fix, or nobody knows when one came."""
    mendable = [
        item
        for item in material.history.items
        if item.published and (item.stages.fix_released is None or item.stages.fix_released <= day)
    ]
    return Standings(
        day,
        tuple(item for item in mendable if item_on(item, day) == "open"),
        tuple(item for item in mendable if item_on(item, day) in DOUBTS),
    )


def _untold(now: Standings) -> str:
    if not now.untold:
        return ""
    return f"; of {len(now.untold)} more it is not known today ({items_on(now.untold, now.day).doubts()})"


def _day(material: Material, until: datetime) -> str:
    return "that day" if _is_old(material, until) else f"{until:%Y-%m-%d}"


def _when(material: Material, until: datetime, now: int, seen: int) -> str:
    """Of data that ended long ago, what is open today is what they knew of."""
    if _is_old(material, until):
        return f", in data that end on {until:%Y-%m-%d}: {now} today, {seen} on that day"
    return f": {now} today, {seen} on {until:%Y-%m-%d} (the last day on which an advisory could be seen)"


def _is_old(material: Material, until: datetime) -> bool:
    return material.data_until is not None and material.at - until > STALE


def _without_dates(count: int) -> str:
    return (
        f"; {count} more {'is' if count == 1 else 'are'} open today of which no record says since when" if count else ""
    )


def without_dates(material: Material) -> Signal | None:
    """No wait begins without a day, so that no curve and no share holds them."""
    met = [i for i in material.history.items if i.published is None and i.state in {"open", "unknown"}]
    if not met:
        return None
    still = sum(i.state == "open" for i in met)
    noun = "1 advisory" if len(met) == 1 else f"{len(met):,} advisories"
    return Question(
        what=f"how long {noun} without a date of publication waited",
        why=f"no record tells that day: {still:,} open, {len(met) - still:,} unknown, in no curve and in no share",
        would_settle="advisory data that tell it: outpace advisories update",
    )


def _growth(now: Standings, then: Standings, grew_by: int, slows: Path) -> Path | None:
    """What may have been open then does not count as growth, nor what may be now."""
    return slows if len(now.open) - len(then.open) - len(then.untold) >= grew_by else None


def _place(episode: Episode) -> Where:
    """The change that ended it, else what is still open."""
    return Where(kind="commit", name=episode.commit) if episode.commit else Where(kind="advisory", name=episode.ids[0])


def _advisories(ids: Iterable[str]) -> tuple[Where, ...]:
    return tuple(Where(kind="advisory", name=each) for each in dict.fromkeys(ids))[:SHOWN]
