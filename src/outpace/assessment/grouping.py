"""Episodes: what one change of one package ended, or what is still open of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Literal, NamedTuple, TypeAlias

from outpace.assessment.chronicle import Landing
from outpace.assessment.episodes import Episode, Item, Stages, Window
from outpace.assessment.items import Run
from outpace.model.package import Package

Jump: TypeAlias = Literal["patch", "minor", "major", "other", ""]
DAY = timedelta(days=1)


class Part(NamedTuple):
    """One run of one item, with its stages. `fixes` are the nearest fixed versions that its records name, one for each
    version that was affected; empty where for one there is none."""

    item: Item
    run: Run
    stages: Stages
    fixes: tuple[str, ...] = ()


def episodes(parts: Iterable[Part], landings: Sequence[Landing]) -> tuple[Episode, ...]:
    """By date of opening. Closed by one landing, or open at the same versions: one wait of one package."""
    together: dict[object, list[Part]] = {}
    for part in parts:
        together.setdefault(_key(part.item.package, part.run), []).append(part)
    found = [_episode(sorted(every, key=lambda part: part.item.id), landings) for every in together.values()]
    return tuple(sorted(found, key=lambda episode: (episode.opened, episode.package, episode.ids)))


def _key(package: Package, run: Run) -> object:
    match run.end:
        case "fixed" | "removed":
            return package, run.end, run.landing
        case "open":
            return package, run.end, frozenset(run.before)
        case "unpinned" | "unknown":
            return package, run.end, run.until


def _episode(parts: Sequence[Part], landings: Sequence[Landing]) -> Episode:
    first = min(parts, key=lambda part: (part.run.windows[0].opened, part.run.entry != "reactive"))
    last = first.run
    opened, until = last.windows[0].opened, last.until
    closing = None if last.landing is None else landings[last.landing]
    before = _lowest(version for part in parts for version in part.run.before)
    after = _lowest(last.after)
    exploited = {part.item.exploited for part in parts}
    return Episode(
        package=first.item.package,
        ids=tuple(part.item.id for part in parts),
        state=last.end,
        why=next((part.run.why for part in parts if part.run.why), ""),
        entry=last.entry,
        opened=opened,
        began="before" if any(part.run.began == "before" for part in parts) else "seen",
        closed=None if closing is None else closing.at,
        commit="" if closing is None else closing.id,
        told="commit" if closing is None else closing.told,
        days=(until - opened) / DAY,
        exposed_days=_covered((window for part in parts for window in part.run.windows), until) / DAY,
        reopened=max(len(part.run.windows) for part in parts) - 1,
        jump=jump(before, after) if before and after else "",
        needed=_needed(before, parts),
        before=before,
        after=after,
        by_bot=None if closing is None else closing.by_bot,
        score=max((part.item.score for part in parts if part.item.score is not None), default=None),
        exploited=True if True in exploited else False if False in exploited else None,
        stages=_together([part.stages for part in parts]),
    )


def _covered(windows: Iterable[Window], until: datetime) -> timedelta:
    """Of all items together, each time counted once."""
    total, reached = timedelta(), None
    for opened, closed in sorted((window.opened, window.closed or until) for window in windows):
        begins = opened if reached is None else max(opened, reached)
        total += max(closed - begins, timedelta())
        reached = closed if reached is None else max(closed, reached)
    return total


def _together(stages: Sequence[Stages]) -> Stages:
    """The first of everything; they landed together.

    So "since the fix was released" begins when the first of what was mended at last could have been left: as the
    episode itself begins with the first of its advisories. The last fix would make a wait of years short by the
    release of the day before.
    """
    first = min(stages, key=lambda one: (one.first_commit is None, one.first_commit))
    return Stages(
        fix_released=min((one.fix_released for one in stages if one.fix_released is not None), default=None),
        published=min((one.published for one in stages if one.published is not None), default=None),
        first_commit=first.first_commit,
        first_commit_id=first.first_commit_id,
        landed=stages[0].landed,
        tagged=stages[0].tagged,
        tag=stages[0].tag,
    )


def _needed(before: str, parts: Sequence[Part]) -> Jump:
    """From the lowest version that was affected to the highest of the fixes, so that all of them are left."""
    if not before or not all(part.fixes for part in parts):
        return ""
    return jump(before, max((fix for part in parts for fix in part.fixes), key=lambda fix: (_numbers(fix), fix)))


def _lowest(versions: Iterable[str]) -> str:
    return min(versions, key=lambda version: (_numbers(version), version), default="")


def jump(before: str, after: str) -> Jump:
    """Which of the first numbers differs: the first, the second, a later one; the same in every ecosystem."""
    pairs = enumerate(zip_longest(_numbers(before), _numbers(after), fillvalue=0))
    place = next((at for at, (one, other) in pairs if one != other), None)
    if place is None or not _numbers(before) or not _numbers(after):
        return "other"
    return "major" if place == 0 else "minor" if place == 1 else "patch"


def _numbers(version: str) -> tuple[int, ...]:
    """Leading ones: of `v1.2.3-rc.1` 1, 2 and 3. An epoch or more digits than any release has give none."""
    found = re.match(r"v?(\d{1,18}(?:\.\d{1,18})*)(?![\d!])", version)
    return tuple(int(each) for each in found[1].split(".")) if found else ()
