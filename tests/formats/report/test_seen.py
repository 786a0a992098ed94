"""The first sentence and the counts: nothing that was not seen reads as well, and few make no median."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from outpace.assessment.assessment import Assessment, Latency
from outpace.assessment.episodes import Episode, History, Lock, Unread
from outpace.assessment.evidence import Where
from outpace.assessment.plan import Step
from outpace.formats.report import answer, assess_page, fleet_page, measures, parts, seen
from outpace.statistics.curves import Estimate
from outpace.statistics.survival import survival
from tests.fakes import assessments
from tests.formats.report.well_formed import words

DAY = timedelta(days=1)
BLIND = Unread(path="poetry.lock", since=assessments.AT - 40 * DAY, why="an unfinished merge")
READ = Lock(path="poetry.lock", kind="poetry.lock", first=assessments.AT - 900 * DAY, versions=9)


def said(text: str) -> str:
    return " ".join(words(text).split()).replace(" .", ".").replace(" ;", ";")


def of_episodes(*waits: float, still_open: int = 0) -> Assessment:
    """Some that ended after so many days, and some that are open for 50."""
    ended = assessments.episodes(len(waits), median=1.0, left_open=0.0)
    shaped = [msgspec.structs.replace(e, days=wait, exposed_days=wait) for e, wait in zip(ended, waits, strict=True)]
    open_ones = assessments.episodes(still_open, median=1.0, left_open=1.1)
    shaped += [msgspec.structs.replace(e, days=50.0, exposed_days=50.0) for e in open_ones]
    return with_episodes(tuple(shaped))


def with_episodes(of: tuple[Episode, ...]) -> Assessment:
    base = assessments.watered_down()
    return msgspec.structs.replace(base, history=assessments.history(of), latency=assessments.latency(of))


def of_immune(immune: int, **history: object) -> Assessment:
    """Only advisories that met a safe version."""
    base = assessments.watered_down()
    seen_ = msgspec.structs.replace(assessments.history((), immune=immune), **({"locks": (READ,)} | history))
    return msgspec.structs.replace(base, history=seen_, latency=Latency(immune=immune))


def of_nothing(**history: object) -> Assessment:
    base = assessments.watered_down()
    return msgspec.structs.replace(
        base, history=msgspec.structs.replace(History(), **history), latency=Latency(), questions=()
    )


def shallow(assessment: Assessment) -> Assessment:
    cut = msgspec.structs.replace(assessment.horizon, shallow=True)
    return msgspec.structs.replace(assessment, horizon=cut)


def partial(assessment: Assessment) -> Assessment:
    lacking = msgspec.structs.replace(assessment.horizon, partial=True)
    return msgspec.structs.replace(assessment, horizon=lacking)


def at_year(year: int) -> Assessment:
    base = assessments.watered_down()
    return msgspec.structs.replace(base, at=base.at.replace(year=year))


BELOW = "what is not seen stands below."
NOT_SEEN = f"met an affected version; {BELOW}"
LAST_7 = "The last 7 fixes reached the default branch after a median of"
FIRST_DAY = "before or on the day of publication."
FEW = "{count} waits were followed, too few for a median; {ended} in sight, and the longest lasted at least 50 days."
NONE_COUNTS = "no lock file that counts was seen"


@pytest.mark.parametrize(
    ("made", "headline"),
    [
        (of_episodes(23.0), "1 fix was followed, too few for a median; it took 23 days."),
        (of_episodes(23.0, 4.0), "2 fixes were followed, too few for a median; the longest took 23 days."),
        (
            of_episodes(3.0, still_open=4),
            FEW.format(count=5, ended="1 of them ended"),
        ),
        (
            of_episodes(still_open=4),
            FEW.format(count=4, ended="none ended"),
        ),
        (
            of_episodes(3.0, still_open=8),
            "Fewer than half of the last 9 fixes landed: 8 did not, the longest for 50 days.",
        ),
        (
            of_episodes(*(float(n) for n in range(1, 8))),
            f"{LAST_7} 4 days; about a quarter of what attackers exploit is exploited {FIRST_DAY}",
        ),
        (
            of_episodes(*(float(n) for n in range(200, 207))),
            f"{LAST_7} 203 days; by then at least 50% of what attackers exploit was exploited.",
        ),
        (of_immune(6), "Each of 6 advisories met a version that was already safe."),
        (of_immune(5), "None of the 5 advisories that could be seen met an affected version; so few say little."),
        (shallow(of_immune(1)), f"The one advisory that could be seen met no affected version; {BELOW}"),
        (shallow(of_immune(40)), f"None of the 40 advisories that could be seen {NOT_SEEN}"),
        (partial(of_immune(40)), f"None of the 40 advisories that could be seen {NOT_SEEN}"),
        (of_immune(40, uncovered=(("npm", 9),)), f"None of the 40 advisories that could be seen {NOT_SEEN}"),
        (
            of_immune(40, locks=(READ, msgspec.structs.replace(READ, path="uv.lock", unreadable=3))),
            f"None of the 40 advisories that could be seen {NOT_SEEN}",
        ),
        (
            of_immune(40, unread=(BLIND,)),
            "No lock file could be read since 2026-10-17: what stands open is unknown.",
        ),
    ],
)  # fmt: skip
def test_the_first_sentence_claims_no_more_than_was_seen(made: Assessment, headline: str) -> None:
    assert said(answer.headline(made)) == headline


def test_what_is_open_is_told_where_no_date_makes_an_episode_of_it() -> None:
    base = of_immune(2)
    made = msgspec.structs.replace(base, latency=Latency(immune=2, open=15))
    assert said(answer.headline(made)) == "15 vulnerabilities stand open; for how long is unknown."


def test_the_headline_is_green_only_where_all_was_seen() -> None:
    assert "verified" in answer.headline(of_immune(6))
    assert [each for each in (of_immune(5), shallow(of_immune(40))) if "verified" in answer.headline(each)] == []


@pytest.mark.parametrize(("year", "sample"), [(2020, ", as seen in 2024,"), (2026, ""), (2027, ", as seen in 2024,")])
def test_the_year_of_the_attackers_sample_is_said_where_it_lies_far_off(year: int, sample: str) -> None:
    assert f"of what attackers exploit{sample} is exploited" in said(answer.headline(at_year(year)))


def test_the_lead_counts_vulnerabilities_and_the_report_says_what_it_is_over_all_the_history() -> None:
    made = assessments.watered_down()
    counted = msgspec.structs.replace(made, latency=msgspec.structs.replace(made.latency, open=3))
    lead, came_in = "87 episodes in 4.1 years of lock files", " (4 of the last 24 came in when already published)"
    assert said(answer.measured_over(counted)) == f"{lead}{came_in}; 3 vulnerabilities still open."
    overall = f", with a median of 17 days over all of them{came_in}; 3 vulnerabilities still open."
    assert said(answer.measured_over(counted, whole=True)) == f"{lead}{overall}"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (assessments.unknown, "there is no advisory data"),
        (of_nothing, NONE_COUNTS),
        (lambda: of_nothing(locks=(msgspec.structs.replace(READ, counted=False),)), NONE_COUNTS),
        (lambda: of_nothing(locks=(msgspec.structs.replace(READ, unreadable=9),)), "no lock file could be read"),
        (lambda: of_nothing(locks=(READ,), uncovered=(("npm", 9),)), "there is no advisory data of npm"),
        (lambda: of_nothing(locks=(READ,)), ""),
    ],
)  # fmt: skip
def test_where_nothing_can_be_counted_it_is_said_why(made: Callable[[], Assessment], why: str) -> None:
    assert seen.why_unseen(made()) == why


def test_tiles_of_what_could_not_be_seen_read_unknown() -> None:
    text = said(measures.tiles(of_nothing(), ()))
    assert text == " ".join(f"{name} unknown no lock file that counts was seen" for name in NAMES)


NAMES = ("immune", "reactive", "adopted", "still open")


def test_open_today_is_not_said_long_after_the_data_ends() -> None:
    made = assessments.watered_down()
    later = msgspec.structs.replace(made, at=made.at + 100 * DAY)
    assert "on the default branch today" in said(measures.tiles(made, ()))
    assert "on the default branch, by what was published up to 2026-11-25" in said(measures.tiles(later, ()))


def test_open_is_unknown_where_no_lock_can_be_read_today() -> None:
    made = of_episodes(*(float(n) for n in range(1, 8)))
    blind = msgspec.structs.replace(made, history=msgspec.structs.replace(made.history, unread=(BLIND,)))
    assert "what is open is unknown: no lock file could be read since 2026-10-17." in said(answer.measured_over(blind))
    assert "still open unknown no lock file could be read since 2026-10-17" in said(measures.tiles(blind, ()))


def test_a_saving_whose_interval_reaches_nothing_is_not_told_as_one() -> None:
    step = msgspec.structs.replace(assessments.STEPS[0], saves=Estimate(value=1.5, low=-0.8, high=4.9))
    shown = parts.step(step)
    assert "What it saves is not told from nothing (-0.8 to 4.9 days an episode)." in said(shown)
    assert 'class="saves"' not in shown
    assert 'class="unknown"' in shown


def test_a_saving_that_stands_apart_from_nothing_is_told() -> None:
    step: Step = assessments.STEPS[0]
    assert 'class="saves"' in parts.step(step)


def test_lock_files_that_do_not_count_are_listed_with_the_reason() -> None:
    made = assessments.watered_down()
    left = Lock(path="requirements_for_test.txt", kind="requirements", first=made.at, counted=False)
    history = msgspec.structs.replace(made.history, locks=(*made.history.locks, left))
    text = said(assess_page.page(msgspec.structs.replace(made, history=history)))
    assert "Lock files that do not count, since their name or folder is one for development" in text
    assert "outpace.toml says are deployed: requirements_for_test.txt." in text


def test_a_partial_clone_says_so_where_a_shallow_one_does() -> None:
    text = said(assess_page.page(partial(assessments.watered_down())))
    assert "the clone is partial: it lacks files" in text


def test_no_day_on_which_everything_is_open_is_compared_with_attackers() -> None:
    assert "on day 0" not in said(assess_page.page(assessments.watered_down()))
    assert "leave unexploited" not in said(assess_page.page(assessments.watered_down()))


def test_the_name_of_a_repository_keeps_its_letters() -> None:
    question = msgspec.structs.replace(assessments.QUESTIONS[0], what="mkdocs+mkdocs/repo: what runs")
    assert "mkdocs+mkdocs/repo: what runs" in said(parts.questions((question,), most=1, limit=200))


def test_few_episodes_make_no_median_in_words_or_drawing() -> None:
    made = of_episodes(3.0, 9.0)
    assert made.latency.recent == survival(
        [assessments.Span(each.days, ended=True) for each in made.history.episodes], horizon=365.0
    )
    assert "half" not in said(assess_page.page(made)).split("The same as a table")[0].split("Still open, after")[1]


def test_vulnerabilities_of_which_it_is_unknown_stand_beside_the_open_ones() -> None:
    made = assessments.watered_down()
    items = tuple(msgspec.structs.replace(each, state="unknown") for each in made.history.items[:9])
    doubtful = msgspec.structs.replace(made, history=msgspec.structs.replace(made.history, items=items))
    none_open = msgspec.structs.replace(doubtful, latency=msgspec.structs.replace(doubtful.latency, open=0))
    assert seen.still_open(doubtful) == "6 vulnerabilities still open, 9 unknown"
    assert seen.still_open(none_open) == "none known to be open, 9 unknown"
    loose = tuple(msgspec.structs.replace(each, state="unpinned") for each in made.history.items[:2])
    both = msgspec.structs.replace(made, history=msgspec.structs.replace(made.history, items=items + loose))
    assert seen.still_open(both) == "6 vulnerabilities still open, 2 unpinned, 9 unknown"


def test_a_sentence_without_room_is_left_out_whole() -> None:
    text = "The longest wait is here. It cannot be split further, since branches are not kept; merge commits do."
    assert parts.whole_sentences(text, 60) == "The longest wait is here."
    assert parts.whole_sentences(text, 200) == text
    assert parts.whole_sentences(text, 20).endswith("…")


def unpinned(sample: Assessment, count: int) -> Assessment:
    """So many of what stood open was lost from sight."""
    left = [each for each in sample.history.items if each.state == "open"][:count]
    items = tuple(
        msgspec.structs.replace(each, state="unpinned") if each in left else each for each in sample.history.items
    )
    gone = msgspec.structs.replace(sample.latency, open=sample.latency.open - len(left))
    return msgspec.structs.replace(sample, history=msgspec.structs.replace(sample.history, items=items), latency=gone)


def test_what_is_unpinned_is_said_beside_what_is_open_wherever_that_is_told() -> None:
    made = unpinned(assessments.stalled(), 3)
    assert "17 vulnerabilities still open, 3 unpinned." in said(answer.measured_over(made))
    assert "17 on the default branch today; beside them 3 unpinned" in said(measures.tiles(made, ()))
    assert "17 3 unpinned" in said(fleet_page.page((made, assessments.adopted_truly()), []))


def test_none_known_to_be_open_is_no_good_news_where_something_was_lost_from_sight() -> None:
    made = unpinned(assessments.stalled(), 20)
    assert made.latency.open == 0
    assert '<dt class="unknown">' in measures.tiles(made, ())
    assert "none known to be open, 20 unpinned." in said(answer.measured_over(made))
    assert seen.is_partly_hidden(made)


def test_a_clone_whose_last_change_is_old_says_so_first() -> None:
    made = assessments.watered_down()
    old = msgspec.structs.replace(
        made, horizon=msgspec.structs.replace(made.horizon, ended=datetime(2024, 10, 24, tzinfo=UTC))
    )
    told = "The last change that this clone holds is of 2024-10-24: what landed since, if anything, is not in it."
    assert told in said(answer.measured_over(old))
    assert "still open 6 as the clone was on 2024-10-24" in said(measures.tiles(old, ()))
    assert told not in said(answer.measured_over(made))


def test_the_same_place_is_named_once() -> None:
    twice = (Where(kind="commit", name="a" * 40), Where(kind="commit", name="a" * 40))
    assert said(parts.where(twice)) == "a" * 12


def test_a_package_that_is_gone_is_not_called_fixed() -> None:
    made = assessments.watered_down()
    *rest, last = made.history.episodes
    gone = msgspec.structs.replace(last, state="removed")
    history = msgspec.structs.replace(made.history, episodes=(*rest, gone))
    assert "The last 24 fixes and removals reached" in said(
        answer.headline(msgspec.structs.replace(made, history=history))
    )
    assert "The last 24 fixes reached" in said(answer.headline(made))


def test_those_among_the_last_that_came_in_when_published_are_counted_apart() -> None:
    assert "(4 of the last 24 came in when already published)" in said(answer.measured_over(assessments.watered_down()))


def test_of_waits_that_were_lost_from_sight_it_is_not_said_that_they_did_not_land() -> None:
    made = assessments.stalled()
    *rest, last = made.history.episodes
    lost = msgspec.structs.replace(last, state="unpinned")
    history = msgspec.structs.replace(made.history, episodes=(*rest, lost))
    told = said(answer.headline(msgspec.structs.replace(made, history=history)))
    assert "counting the 16 that did not, as far as can be told" in told
    assert "counting the 16 that did not yet" in said(answer.headline(made))
