"""What signals are read from, and the selections that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct

from outpace.assessment.attempts import Untangled
from outpace.assessment.chronicle import Chronicle, Landing
from outpace.assessment.episodes import Episode, History
from outpace.assessment.evidence import Evidence, Question, Where
from outpace.assessment.signals.limits import DEFAULT, Limits
from outpace.pipelines.events import Origin
from outpace.pipelines.surveyed import Survey
from outpace.statistics.curves import Estimate

DAY = timedelta(days=1)
SHOWN = 5


class Material(Struct, frozen=True, kw_only=True, dict=True):
    """One repository's readings. `survey` None: CI was not read. `data_until`: the last day of the advisory data."""

    chronicle: Chronicle
    history: History
    survey: Survey | None
    untangled: Untangled
    at: datetime
    data_until: datetime | None = None
    limits: Limits = DEFAULT

    @cached_property
    def reactive(self) -> tuple[Episode, ...]:
        """What was there when its advisory came, by the day on which it came."""
        return tuple(
            sorted(
                (e for e in self.history.episodes if e.entry == "reactive" and e.opened <= self.at),
                key=lambda e: (e.opened, e.ids),
            )
        )

    @cached_property
    def recent(self) -> tuple[Episode, ...]:
        return self.reactive[-self.limits.recent :]

    @cached_property
    def people(self) -> tuple[Landing, ...]:
        """Landings that no program wrote."""
        return tuple(each for each in self.chronicle.landings if not each.by_bot)

    @cached_property
    def seen_until(self) -> datetime | None:
        """The last day on which an advisory could be seen; of data that does not tell, that of the newest one."""
        published = (i.published for i in self.history.items if i.published and i.published <= self.at)
        newest = max(published, default=None)
        return newest if newest is None or self.data_until is None else min(max(newest, self.data_until), self.at)

    @cached_property
    def gone_quiet(self) -> bool:
        """Whether people stopped landing changes."""
        return bool(self.people) and self.at - self.people[-1].at > self.limits.silent

    @cached_property
    def bot_is_silent(self) -> bool:
        return any(each.sort == "bot" and each.how == "silent" for each in self.untangled.attempts)

    def within(self, span: timedelta) -> tuple[Landing, ...]:
        """People's landings of the last `span` of the history."""
        return tuple(each for each in self.people if self.people[-1].at - each.at < span)


Signal: TypeAlias = Evidence | Question
Read: TypeAlias = Callable[[Material], Signal | None]


class Signs(Struct, frozen=True, kw_only=True):
    """`episodes` are those that the latency rests on; `began` is how far the lock files reach back."""

    evidence: tuple[Evidence, ...] = ()
    questions: tuple[Question, ...] = ()
    episodes: int = 0
    began: datetime | None = None


def days(value: float) -> str:
    return f"{value:.1f} {'day' if value == 1 else 'days'}"


def estimated(estimate: Estimate) -> str:
    """A duration with its interval, in words."""
    if estimate.value is None:
        return "longer than could be followed"
    if estimate.low is None and estimate.high is None:
        return days(estimate.value)
    low = "?" if estimate.low is None else f"{estimate.low:.1f}"
    high = "no end" if estimate.high is None else f"{estimate.high:.1f}"
    return f"{days(estimate.value)} (95 %: {low} to {high})"


def half_landed(estimate: Estimate | None) -> str:
    if estimate is None:
        return "it is not told when half had landed a fix"
    if estimate.value is None:
        return "fewer than half have landed a fix"
    return f"half had landed a fix after {estimated(estimate)}"


def share(estimate: Estimate) -> str:
    if estimate.value is None:
        return "none"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.0%}"
    return f"{estimate.value:.0%} (95 %: {estimate.low:.0%} to {estimate.high:.0%})"


def commits(ids: Iterable[str]) -> tuple[Where, ...]:
    return tuple(Where(kind="commit", name=each) for each in dict.fromkeys(ids) if each)[:SHOWN]


def places(origins: Iterable[Origin]) -> tuple[Where, ...]:
    told = (Where(kind="file", name=each.file, line=each.line or None) for each in origins)
    return tuple(dict.fromkeys(told))[:SHOWN]
