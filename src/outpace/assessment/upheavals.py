"""Reverts and hotfixes, and whether changes became larger and rarer after them than after any other change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import exp, log
from random import Random
from statistics import fmean, median

from msgspec import Struct

from outpace.assessment.attempts import Upheaval
from outpace.assessment.chronicle import Chronicle, Landing
from outpace.assessment.moments import after

WEEKS = 8
WINDOW = timedelta(weeks=WEEKS)
WEEK = timedelta(weeks=1)
ROLLING = 4  # weeks: fewer make every holiday an end of the quiet
FEWEST_AROUND = 5  # landings on either side
FEWEST = 8  # upheavals with both sides: below, chance alone reaches anything
DRAWS = 499  # a dozen lie beyond either bound
TAIL = 0.025
STANDS_OUT = 1.5
AT_LEAST = 1.25  # times: less is no change that anybody would feel, however certain it is
LONGEST = 104  # weeks that a return is looked for


class Around(Struct, frozen=True):
    """Files a change, and changes a week, on either side of one landing."""

    files_before: float
    files_after: float
    weekly_before: float
    weekly_after: float

    @property
    def larger(self) -> float:
        return log(self.files_after / self.files_before)

    @property
    def rarer(self) -> float:
        return log(self.weekly_before / self.weekly_after)


class Rhythm:
    """People's landings in the order of time, and what is around a point of it."""

    def __init__(self, landings: Sequence[Landing]) -> None:
        self.landings = [each for each in landings if not each.by_bot]
        self.times = [each.at for each in self.landings]
        self.sizes = [max(each.files, 1) for each in self.landings]  # what changed only lock files counts as one

    def around(self, at: datetime) -> Around | None:
        """None where a side is cut by the ends of the history, or holds too little."""
        if not self.times or at - self.times[0] < WINDOW or self.times[-1] - at < WINDOW:
            return None
        before = self.sizes[bisect_left(self.times, at - WINDOW) : bisect_left(self.times, at)]
        behind = self.sizes[bisect_right(self.times, at) : bisect_right(self.times, at + WINDOW)]
        if min(len(before), len(behind)) < FEWEST_AROUND:
            return None
        return Around(float(median(before)), float(median(behind)), len(before) / WEEKS, len(behind) / WEEKS)

    def by_place(self) -> list[tuple[float, float] | None]:
        """How much larger and rarer after each landing, taken in the middle of its week: near enough for draws."""
        known: dict[int, tuple[float, float] | None] = {}
        found: list[tuple[float, float] | None] = []
        for at in self.times:
            week = (at - self.times[0]) // WEEK
            if week not in known:
                around = self.around(after(self.times[0], (week + 0.5) * WEEK))
                known[week] = (around.larger, around.rarer) if around else None
            found.append(known[week])
        return found

    def weeks_until(self, weekly: float, at: datetime) -> float | None:
        """The first week from which four weeks together are as busy as before."""
        for week in range(1, LONGEST + 1):
            if self.times[-1] - at < (week + ROLLING) * WEEK:
                return None
            start = at + week * WEEK
            count = bisect_left(self.times, start + ROLLING * WEEK) - bisect_left(self.times, start)
            if count / ROLLING >= weekly:
                return float(week)
        return None


def upheavals(chronicle: Chronicle, *, seed: int = 5) -> tuple[tuple[Upheaval, ...], str]:
    """Each revert and hotfix, and one sentence on what followed them, beside random changes of the same history."""
    rhythm = Rhythm(chronicle.landings)
    found = [each for each in rhythm.landings if each.said in {"revert", "hotfix"}]
    told = tuple((each, rhythm.around(each.at)) for each in found)
    return tuple(_upheavals(told, rhythm)), _fear(told, rhythm, Random(seed))  # noqa: S311 (draws samples, guards nothing)


def _upheavals(told: Sequence[tuple[Landing, Around | None]], rhythm: Rhythm) -> Iterator[Upheaval]:
    for landing, around in told:
        changed = around is not None and min(around.larger, around.rarer) >= log(STANDS_OUT)
        yield Upheaval(
            at=landing.at,
            commit=landing.id,
            said="revert" if landing.said == "revert" else "hotfix",
            files_before=around.files_before if around else None,
            files_after=around.files_after if around else None,
            weekly_before=around.weekly_before if around else None,
            weekly_after=around.weekly_after if around else None,
            weeks_until_back=rhythm.weeks_until(around.weekly_before, landing.at) if around and changed else None,
        )


def _fear(told: Sequence[tuple[Landing, Around | None]], rhythm: Rhythm, random: Random) -> str:
    around = [each for _, each in told if each]
    drawn = _drawn(rhythm, [each for each, seen in told if seen], random) if len(around) >= FEWEST else None
    if drawn is None:
        noun = "revert or hotfix" if len(told) == 1 else "reverts and hotfixes"
        return (
            f"{len(told)} {noun}, {len(around)} with {WEEKS} weeks of work on both sides: too few to say whether "
            "changes became larger and rarer after them."
        )
    larger, rarer, (sizes, rates) = fmean(a.larger for a in around), fmean(a.rarer for a in around), drawn
    answer = _answer(larger=_stands_out(larger, sizes), rarer=_stands_out(rarer, rates))
    return (
        f"In the {WEEKS} weeks after {len(around)} reverts and hotfixes, changes were {exp(larger):.2f} times as large "
        f"as in the {WEEKS} weeks before (elsewhere in this history: {_range(sizes)}) and {exp(-rarer):.2f} times as "
        f"frequent ({_range([-r for r in rates])}): {answer}"
    )


def _stands_out(factor: float, elsewhere: Sequence[float]) -> bool:
    """Of many draws the interval is narrow, and a trifle outside of it: it takes both."""
    return factor >= log(AT_LEAST) and factor > _upper(elsewhere)


def _answer(*, larger: bool, rarer: bool) -> str:
    match larger, rarer:
        case True, True:
            return "they became larger and rarer."
        case True, False:
            return "they became larger, not rarer."
        case False, True:
            return "they became rarer, not larger."
        case _:
            return "nothing stands out."


def _drawn(rhythm: Rhythm, found: Sequence[Landing], random: Random) -> tuple[list[float], list[float]] | None:
    """Means after the same events moved along the history, by as many landings each: spaced alike, but elsewhere.

    That is further away than the window, on average: within it they are the same events. None: there is no elsewhere.
    """
    count, by_place = len(rhythm.times), rhythm.by_place()
    places = [bisect_left(rhythm.times, each.at) for each in found]
    near = round(count * WINDOW / (rhythm.times[-1] - rhythm.times[0]))
    if count <= 4 * near:
        return None
    sizes: list[float] = []
    rates: list[float] = []
    for _ in range(DRAWS):
        shift = random.randrange(near, count - near)
        around = [each for place in places if (each := by_place[(place + shift) % count])]
        if around:
            sizes.append(sum(size for size, _ in around) / len(around))
            rates.append(sum(rate for _, rate in around) / len(around))
    return (sorted(sizes), sorted(rates)) if sizes else None


def _upper(drawn: Sequence[float]) -> float:
    return drawn[min(round(len(drawn) * (1 - TAIL)), len(drawn) - 1)]


def _range(drawn: Sequence[float]) -> str:
    """What 95 % of the draws lie in, as factors."""
    inorder = sorted(drawn)
    return f"{exp(inorder[round(len(inorder) * TAIL)]):.2f} to {exp(_upper(inorder)):.2f}"
