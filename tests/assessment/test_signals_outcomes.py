"""What outcomes say of a repository's path, and from where on."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from outpace.assessment.chronicle import Chronicle
from outpace.assessment.episodes import Episode, Item
from outpace.assessment.evidence import Count, Evidence, Path, Question, Where
from outpace.assessment.signals import effects, outcomes
from outpace.assessment.signals.material import Signal
from outpace.assessment.untangling import outcome
from outpace.statistics.curves import Estimate
from tests.assessment.chronicles import (
    AT,
    bot,
    chronicle,
    day,
    episode,
    episodes,
    history,
    item,
    items,
    landings,
    material,
)


def spoken(signal: Signal | None) -> str | None:
    """The path that it speaks for, or what it is otherwise."""
    match signal:
        case Evidence(speaks_for=path):
            return path or "no path"
        case Question():
            return "a question"
        case None:
            return None


OPEN = tuple(episode(100 + 40 * n, 1_360 - 40 * n, state="open") for n in range(8))


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (episodes(24, 3), "true"),
        (episodes(24, 7), "true"),
        (episodes(24, 8), "no path"),
        (episodes(24, 30), "no path"),
        (episodes(24, 31), "watered-down"),
        (OPEN, "watered-down"),
        (episodes(5, 3), "a question"),
        ((), "a question"),
        (episodes(12, 90) + episodes(24, 3, since=600, every=30), "true"),  # the last 24 count
        (tuple(episode(1_450 + n, 10 - n, state="open") for n in range(8)), "no path"),  # open, but for days only
        (tuple(episode(100 + 40 * n, 3, entry="adopted") for n in range(24)), "a question"),  # no advisory began it
        (episodes(24, 3, since=2_000), "a question"),  # behind the day of the assessment
    ],
    ids=str,
)
def test_latency_speaks_by_the_median_of_the_last_episodes(past: tuple[Episode, ...], expected: str) -> None:
    assert spoken(outcomes.latency(material(past=history(past)))) == expected


def test_latency_tells_its_median_its_interval_and_the_slowest_commits() -> None:
    past = history([episode(100 + 40 * n, n + 1) for n in range(11)] + [episode(900, 560, state="open")])
    assert outcomes.latency(material(past=past)) == Evidence(
        signal="latency",
        says="Of the last 12 exposures that began with an advisory, since 2021-04, half had landed a fix after 6.0 "
        "days (95 %: 2.0 to 10.0); 1 is still open.",
        speaks_for="true",
        strength="outcome",
        misreading="An advisory that was published years after its fix looks fast, one of NVD's late date as well; "
        "landed is not deployed.",
        where=(
            Where(kind="advisory", name="PYSEC-900"),
            *(Where(kind="commit", name=f"fix{100 + 40 * n}") for n in (10, 9, 8, 7)),
        ),
        counts=(
            Count(says="the last 12 exposures", of=tuple(map(exposed, (*range(100, 501, 40), 900)))),
            Count(says="1 is", of=(exposed(900),)),
        ),
    )


def exposed(opened: int) -> Where:
    return Where(kind="advisory", name=f"PYSEC-{opened}")


def test_every_number_that_counts_exposures_stands_in_its_sentence_and_names_as_many() -> None:
    past = history([*episodes(20, 40, since=0, every=20), *episodes(24, 3, since=500, every=20)])
    told = [outcomes.latency(material(past=past)), outcomes.latency_trend(material(past=past))]
    found = [each for each in told if isinstance(each, Evidence)]
    assert [[(c.says in each.says, len(c.of)) for c in each.counts] for each in found] == [
        [(True, 24), (True, 0)],
        [(True, 20), (True, 24)],
    ]


def test_a_bots_counts_name_the_exposures_on_either_side_of_its_coming() -> None:
    past = history([*episodes(6, 9, since=100, every=10), *episodes(6, 9, since=500, every=10)])
    sides = (outcome(past.episodes, since=day(0), until=day(400)), outcome(past.episodes, since=day(400), until=AT))
    came = replace(bot(400, None, None), before=sides[0], after=sides[1])
    signal = effects.bot_effect(material(past=past, attempts=[came]))
    assert isinstance(signal, Evidence)
    assert [(c.says, c.of) for c in signal.counts] == [
        ("6 exposures", tuple(exposed(500 + 10 * n) for n in range(6))),
        ("6 before", tuple(exposed(100 + 10 * n) for n in range(6))),
    ]


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (episodes(20, 40, since=0, every=20) + episodes(24, 3, since=500, every=20), "true"),
        (episodes(20, 3, since=0, every=20) + episodes(24, 40, since=500, every=20), "watered-down"),
        (episodes(20, 9, since=0, every=20) + episodes(24, 9, since=500, every=20), "no path"),
        (episodes(24, 9), None),
    ],
    ids=["faster", "slower", "the same", "nothing before"],
)
def test_a_trend_speaks_only_where_intervals_do_not_meet(past: tuple[Episode, ...], expected: str | None) -> None:
    assert spoken(outcomes.latency_trend(material(past=history(past)))) == expected


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (episodes(14, 60, since=100, every=20) + episodes(10, 2, since=1_000, every=20), "true"),
        (episodes(14, 2, since=100, every=20) + episodes(10, 60, since=1_000, every=20), "watered-down"),
        (episodes(14, 60, since=100, every=20) + episodes(5, 2, since=1_000, every=20), None),
        (episodes(24, 2, since=900, every=20), None),  # all of them are
        (episodes(24, 2, since=100, every=20), None),
    ],
    ids=["better", "worse", "few", "all late", "none late"],
)
def test_the_last_two_years_are_told_where_the_last_exposures_reach_further_back(
    past: tuple[Episode, ...], expected: str | None
) -> None:
    seen = material(past=history(past, [item(1_400, "immune")]))
    assert spoken(outcomes.latency_lately(seen)) == expected


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        (items(2, 20, 18, 20), "true"),  # rising, and above what is usual
        (items(10, 20, 10, 20), "no path"),
        (items(18, 20, 2, 20), "watered-down"),  # falling
        (items(1, 20, 1, 20), "watered-down"),  # low
        (items(20, 20, 16, 20), "no path"),  # falling, and still above what is usual
        (items(4, 8, 4, 8), "a question"),
        ((), "a question"),
    ],
    ids=["rising", "usual", "falling", "low", "contradicts itself", "few", "none"],
)
def test_the_immune_share_speaks_by_its_interval(met: tuple[Item, ...], expected: str) -> None:
    assert spoken(outcomes.immune_share(material(past=history(met=met)))) == expected


def test_what_was_adopted_or_not_seen_at_publication_is_no_part_of_the_immune_share() -> None:
    unmet = [item(100 + n, "adopted", closed=120) for n in range(50)] + [item(200 + n, "unknown") for n in range(50)]
    assert spoken(outcomes.immune_share(material(past=history(met=[*items(2, 20, 18, 20), *unmet])))) == "true"


def test_twenty_advisories_of_one_package_and_month_are_one_draw_of_the_immune_share() -> None:
    many = [replace(item(1_200 + n / 10, "immune"), id=f"PYSEC-9{n}") for n in range(60)]
    alone, crowded = (outcomes.immune_share(material(past=history(met=met))) for met in (many, [*items(2, 20, 2, 20)]))
    assert isinstance(alone, Question)
    assert alone.why == "60 advisories met these lock files, in 1 month of a package: too few to compare halves"
    assert isinstance(crowded, Evidence)
    assert crowded.speaks_for == "watered-down"
    both = outcomes.immune_share(material(past=history(met=[*items(9, 20, 2, 20), *many])))
    assert isinstance(both, Evidence)
    assert both.speaks_for is None  # one crowded month outweighs the rest in the share, and tells little
    assert both.says.endswith("What one package met in a month is one draw: 21 and 20.")


QUIET = chronicle(landings(range(0, 1_000, 3)))
ACTIVE = chronicle()
LATE = item(1_390, "immune")
OLD = tuple(item(200 + number, "reactive", fix=190) for number in range(3))
NEW = tuple(item(1_200 + number, "reactive", fix=1_190) for number in range(3))
FIXED = tuple(item(1_200 + number, "reactive", fix=1_190, closed=1_440) for number in range(3))
FIXLESS = tuple(item(1_200 + number, "reactive", fix=2_000) for number in range(3))


@pytest.mark.parametrize(
    ("met", "own", "silent_bot", "expected"),
    [
        ((LATE,), ACTIVE, False, "true"),
        ((item(1_200, "reactive", fix=1_190), LATE), ACTIVE, False, "no path"),
        (NEW, ACTIVE, False, "watered-down"),
        (NEW, QUIET, False, "stalled"),
        (NEW, ACTIVE, True, "stalled"),
        ((*OLD, LATE), QUIET, False, "no path"),  # no growth
        ((*FIXLESS, LATE), QUIET, False, "true"),  # no fix
        ((*FIXED, LATE), QUIET, False, "no path"),  # not on the last day on which one could be seen
        ((), QUIET, False, None),
    ],
    ids=[
        "none",
        "one",
        "grew",
        "grew in silence",
        "beside a silent bot",
        "old ones",
        "without a fix",
        "over",
        "nothing",
    ],
)
def test_open_ones_speak_by_their_growth_over_a_year(
    met: tuple[Item, ...], own: Chronicle, silent_bot: bool, expected: str | None
) -> None:
    attempts = [bot(100, None, None, silent_since=400)] if silent_bot else []
    signal = outcomes.open_with_fix(material(own=own, past=history(met=met), attempts=attempts))
    assert spoken(signal) == expected


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


@pytest.mark.parametrize(
    ("before", "after", "introduced", "expected"),
    [
        ((8, estimate(51)), (52, estimate(5.4, 3, 9)), 400, "true"),
        ((38, estimate(36)), (36, estimate(28.5, 15, 60)), 400, "no path"),
        ((24, estimate(25.8)), (21, estimate(84.9, 30, None)), 400, "watered-down"),
        ((24, estimate(25.8)), (21, estimate(84.9, 20, None)), 400, "no path"),  # as far as is known, it may be faster
        ((6, estimate(21.8, 2.8, 216)), (12, estimate(78.6, 4.6, None)), 400, "no path"),  # the intervals overlap
        ((24, estimate(25.8)), (21, estimate(None, 26, None)), 400, "watered-down"),
        ((24, estimate(25.8)), (21, estimate(None)), 400, "no path"),
        ((24, estimate(3)), (21, estimate(4, 2, 6)), 400, "no path"),  # as fast as can be asked for
        ((24, estimate(25.8)), (21, estimate(84.9, 30, None)), 1_300, "no path"),  # it came less than a year ago
        ((4, None), (21, estimate(5, 3, 9)), 400, "a question"),
        ((24, estimate(25.8)), (4, None), 400, "a question"),
        (None, (21, estimate(5, 3, 9)), 400, "a question"),
    ],
)
def test_a_bots_effect_speaks_by_what_was_before_and_after(
    before: tuple[int, Estimate | None] | None,
    after: tuple[int, Estimate | None] | None,
    introduced: float,
    expected: Path | str,
) -> None:
    assert spoken(effects.bot_effect(material(attempts=[bot(introduced, before, after)]))) == expected


def test_a_bots_effect_tells_both_counts_and_claims_no_cause() -> None:
    signal = effects.bot_effect(material(attempts=[bot(400, (8, estimate(51, 20, 90)), (52, estimate(5.4, 3, 9)))]))
    assert signal == Evidence(
        signal="bot-effect",
        says="Since Dependabot came on 2022-02-08, of 52 exposures half had landed a fix after 5.4 days (95 %: 3.0 to "
        "9.0); of 8 before, half had landed a fix after 51.0 days (95 %: 20.0 to 90.0).",
        speaks_for="true",
        strength="outcome",
        misreading="Other things changed at the same time: no cause is claimed. A bot that is configured may not be "
        "allowed to land.",
        counts=(Count(says="52 exposures", of=()), Count(says="8 before", of=())),
    )


def test_the_first_bot_is_the_one_whose_effect_is_told() -> None:
    second = bot(900, (30, estimate(5)), (20, estimate(90, 40, 120)))
    first = bot(400, (8, estimate(51)), (52, estimate(5.4, 3, 9)))
    assert spoken(effects.bot_effect(material(attempts=[second, first]))) == "true"


def test_a_bot_that_was_soon_replaced_leaves_its_place_to_the_next_one() -> None:
    first = bot(400, (8, estimate(51)), (3, None))
    second = bot(900, (11, estimate(51)), (20, estimate(5, 3, 9)))
    assert spoken(effects.bot_effect(material(attempts=[first, second]))) == "true"


def test_a_silent_bot_speaks_for_stalled_and_one_in_use_says_nothing() -> None:
    assert spoken(effects.bot_silence(material(attempts=[bot(100, None, None, silent_since=400)]))) == "stalled"
    assert effects.bot_silence(material(attempts=[bot(100, None, None)])) is None


LAST_DAY = "the last day on which an advisory could be seen"


def test_open_ones_are_told_with_the_last_day_on_which_an_advisory_could_be_seen() -> None:
    past = history(met=(*OLD, *NEW))
    data = replace(material(past=past), data_until=day(1_300))
    signals = [outcomes.open_with_fix(each) for each in (material(past=past), data)]
    assert [each.says for each in signals if isinstance(each, Evidence)] == [
        f"Open with a fix: 6 today, 6 on 2024-04-20 ({LAST_DAY}), 3 a year before it.",
        "Open with a fix, in data that end on 2024-07-27: 6 today, 6 on that day, 3 a year before it.",
    ]


def test_what_is_open_and_has_no_date_is_told_and_never_speaks_for_true() -> None:
    still = replace(item(100, "unknown"), published=None, windows=(), state="open")
    past = history(met=(LATE, still, replace(still, id="PYSEC-0", state="unknown")))
    signal = outcomes.open_with_fix(material(past=past))
    assert isinstance(signal, Evidence)
    assert signal.says.endswith("; 1 more is open today of which no record says since when.")
    assert signal.speaks_for is None
    asked = outcomes.without_dates(material(past=past))
    assert isinstance(asked, Question)
    assert asked.what == "how long 2 advisories without a date of publication waited"
    assert asked.why == "no record tells that day: 1 open, 1 unknown, in no curve and in no share"
    assert outcomes.without_dates(material(past=history(met=(LATE,)))) is None
