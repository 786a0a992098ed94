"""How long past vulnerabilities took, of histories written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from outpace.assessment.assessment import Latency
from outpace.assessment.episodes import Entry, Episode, History, Item, Stages, State
from outpace.assessment.latency import latency_of, present, since_published, since_released
from outpace.model.package import Package
from outpace.statistics.curves import Estimate, Span

AT = datetime(2026, 8, 1, tzinfo=UTC)
DJANGO = Package("PyPI", "django")


def day(number: float) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number)


def episode(opened: float, days: float, **changed: object) -> Episode:
    fixed = Episode(
        package=DJANGO,
        ids=("PYSEC-1",),
        state="fixed",
        entry="reactive",
        opened=day(opened),
        closed=day(opened + days),
        days=days,
        exposed_days=days,
    )
    return replace(fixed, **changed)


KINDS: dict[str, tuple[Entry, State]] = {
    "immune": ("immune", "immune"),
    "fixed": ("reactive", "fixed"),
    "open": ("reactive", "open"),
    "adopted": ("adopted", "fixed"),
}


def items(**count: int) -> tuple[Item, ...]:
    return tuple(
        Item(package=DJANGO, id=f"{name}-{n}", entry=KINDS[name][0], state=KINDS[name][1])
        for name, many in count.items()
        for n in range(many)
    )


@pytest.mark.parametrize(
    ("state", "ended"),
    [("fixed", True), ("removed", True), ("open", False), ("unpinned", False), ("unknown", False)],
)
def test_only_what_was_fixed_or_removed_has_ended(state: str, ended: bool) -> None:
    assert since_published(episode(0, 12, state=state)) == Span(12, ended)


def test_what_began_before_the_history_took_longer_than_was_seen() -> None:
    assert since_published(episode(0, 12, began="before")) == Span(12, False)


def released(at: float | None) -> Stages:
    return Stages(fix_released=None if at is None else day(at))


@pytest.mark.parametrize(
    ("told", "span"),
    [
        pytest.param(episode(10, 5, stages=released(4)), Span(11, True), id="the fix came before the advisory"),
        pytest.param(episode(10, 5, stages=released(12)), Span(3, True), id="the fix came after it"),
        pytest.param(episode(10, 5, stages=released(None)), None, id="no fix is known"),
        pytest.param(episode(10, 5, stages=released(20), state="removed"), None, id="it was gone before its fix"),
        pytest.param(episode(10, 5, stages=released(20), state="open"), None, id="open, and its fix lies ahead"),
        pytest.param(episode(10, 5, stages=released(1), entry="adopted"), Span(5, True), id="adopted after the fix"),
        pytest.param(episode(10, 5, stages=released(-99)), Span(17, True), id="the fix is older than the history"),
        pytest.param(episode(10, 5, stages=released(4), state="open"), Span(11, False), id="still open"),
        pytest.param(episode(10, 5, stages=released(4), began="before"), Span(11, False), id="its beginning not seen"),
        pytest.param(episode(10, 5, stages=released(12), began="before"), Span(3, True), id="its fix came later"),
    ],
)
def test_the_clock_of_the_fix_starts_at_its_release(told: Episode, span: Span | None) -> None:
    assert since_released(told, day(-2)) == span


def test_a_history_is_told_by_its_curves_and_counts() -> None:
    history = History(
        episodes=(
            episode(0, 2, stages=released(-1)),
            episode(30, 10),
            episode(60, 20),
            episode(90, 40, state="open", closed=None),
        ),
        items=items(immune=5, fixed=3, open=2, adopted=1),
    )
    found = latency_of(history, at=AT, recent=2)
    assert found.from_published is not None
    assert found.from_released is not None
    assert found.recent is not None
    assert (found.from_published.count, found.from_published.censored) == (4, 1)
    assert found.from_published.median.value == 10
    assert (found.from_released.count, found.from_released.median.value) == (1, 3)
    assert (found.recent_count, found.recent.count, found.recent.events) == (2, 2, 1)
    assert (found.immune, found.reactive, found.adopted, found.open) == (5, 5, 1, 2)


def test_the_share_that_landed_counts_what_is_still_open_until_it_was_seen() -> None:
    """Of 4, one landed after 2 days, one is open since day 5, one landed after 10: not two of four by then, but 5/8."""
    history = History(
        episodes=(episode(0, 2), episode(0, 5, state="open"), episode(0, 10), episode(0, 50)),
    )
    within = dict(latency_of(history, at=AT).within)
    assert {days: estimate.value for days, estimate in within.items()} == pytest.approx(
        {1: 0, 3: 0.25, 7: 0.25, 14: 0.625, 30: 0.625, 90: 1}
    )
    assert within[14].low is not None
    assert within[14].high is not None
    assert 0 < within[14].low < 0.625 < within[14].high < 1


def test_a_share_is_not_told_behind_the_longest_that_was_followed() -> None:
    within = dict(latency_of(History(episodes=(episode(0, 5, state="open"),)), at=AT).within)
    assert (within[3].value, within[7]) == (0, Estimate(value=None))


def test_the_recent_ones_are_the_last_to_open_whatever_became_of_them() -> None:
    history = History(episodes=tuple(episode(n, 300 - n) for n in range(30)))
    found = latency_of(history, at=AT)
    assert found.recent is not None
    assert (found.recent_count, found.recent.points[-1].days) == (24, 294)


def test_the_present_is_of_three_years_or_of_the_last_ones_if_those_reach_further() -> None:
    often = tuple(episode(30 * n, 5) for n in range(60))
    later = datetime(2031, 1, 1, tzinfo=UTC)
    assert present(History(episodes=often), at=later).episodes == often[23:]
    rarely = tuple(episode(60 * n, 5) for n in range(30))
    assert present(History(episodes=rarely), at=later).episodes == rarely[6:]
    assert present(History(episodes=rarely[:3]), at=later).episodes == rarely[:3]


def test_what_opened_after_the_day_of_the_assessment_is_left_out() -> None:
    assert latency_of(History(episodes=(episode(900, 0, state="open"),)), at=AT) == Latency()


def test_a_history_without_episodes_has_no_curve() -> None:
    assert latency_of(History(items=items(immune=3)), at=AT) == Latency(immune=3)
