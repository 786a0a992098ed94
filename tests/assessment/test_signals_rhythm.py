"""What the flow of changes says of a repository's path, and how it is misread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from outpace.assessment.chronicle import Landing, Tag
from outpace.assessment.episodes import Episode
from outpace.assessment.evidence import Count, Evidence, Question, Where
from outpace.assessment.signals import rhythm
from outpace.assessment.signals.material import Material, Signal
from tests.assessment.chronicles import chronicle, day, episode, episodes, history, landing, landings, material


def told(signal: Signal | None) -> tuple[str, str | None] | None:
    """Its slug and the path that it speaks for; of a question, what it asks."""
    match signal:
        case Evidence(signal=slug, speaks_for=path):
            return slug, path
        case Question(what=what):
            return "?", what
        case None:
            return None


def of(own: Sequence[Landing], tags: Sequence[Tag] = (), past: Sequence[Episode] = ()) -> Material:
    return material(own=chronicle(own, tags=tags), past=history(past))


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (landings(range(0, 1_460, 3)), ("activity", None)),
        (landings(range(0, 1_096, 3)), ("activity", None)),  # 365 days before: not longer than a year
        (landings(range(0, 1_000, 3)), ("activity", "stalled")),
        (landings(range(0, 1_000, 3)) + landings(range(1_000, 1_460, 3), by_bot=True), ("activity", "stalled")),
        (landings([2_000]), ("activity", None)),  # a date in the future
        ((), None),
    ],
    ids=["busy", "a year ago", "silent", "only programs", "future", "empty"],
)
def test_activity_is_of_people(own: tuple[Landing, ...], expected: tuple[str, str | None] | None) -> None:
    assert told(rhythm.activity(of(own))) == expected


def test_days_of_integration_leave_programs_out() -> None:
    busy = landings([1_400, 1_400.2, 1_410, 1_450]) + landings(range(1_401, 1_449), by_bot=True)
    assert rhythm.integration_days(of(busy)) == Evidence(
        signal="integration-days",
        says="On 3 days of the year until 2024-12-24 changes by people landed, 4 in all; 48 by programs "
        "are not counted.",
        speaks_for=None,
        strength="practice",
        misreading="A small or finished repository needs few; programs under a person's name look like people.",
        counts=(
            Count(says="4 in all", of=rhythm.commits(["c1450", "c1410", "c1400.2", "c1400"])),
            Count(says="48 by programs", of=tuple(Where(kind="commit", name=f"c{n}") for n in range(1_448, 1_400, -1))),
        ),
    )


@pytest.mark.parametrize(
    ("files", "count", "expected"),
    [(2, 50, ("batch-size", "true")), (5, 50, ("batch-size", "true")), (6, 50, ("batch-size", None)), (2, 19, None)],
)
def test_changes_are_small_where_one_reader_sees_all_of_them(
    files: int, count: int, expected: tuple[str, str | None] | None
) -> None:
    own = [landing(1_400 + n, files=files) for n in range(count)]
    assert told(rhythm.batch_size(of(own))) == expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ([landing(1_400 + n, branch=0.5) for n in range(20)], ("branch-age", None)),
        ([landing(1_400 + n, branch=30) for n in range(20)], ("branch-age", "watered-down")),
        ([landing(1_400 + n, branch=0.5) for n in range(19)], ("?", "how long branches live")),
        (landings(range(0, 1_460, 3)), ("?", "how long branches live")),  # squashed: nothing is left of them
        ([landing(400 + n, branch=30) for n in range(20)] + [landing(1_459)], ("?", "how long branches live")),
    ],
    ids=["young", "old", "few", "squashed", "long ago"],
)
def test_the_age_of_branches_is_told_only_where_merges_kept_them(
    own: Sequence[Landing], expected: tuple[str, str | None]
) -> None:
    assert told(rhythm.branch_age(of(own))) == expected


def test_reverts_speak_for_no_path() -> None:
    own = [*landings(range(99)), landing(99, said="revert"), landing(100, by_bot=True, said="revert")]
    assert rhythm.revert_rate(of(own)) == Evidence(
        signal="revert-rate",
        says="1% (95 %: 0% to 5%) of 100 changes say that they revert another.",
        speaks_for=None,
        strength="practice",
        misreading="Many reverts may mean that rolling back is safe and usual, as in the fastest team that was "
        "measured.",
        where=rhythm.commits(["c99"]),
        counts=(Count(says="1% (95 %: 0% to 5%)", of=rhythm.commits(["c99"])),),
    )


def tags(every: float, gathers: int, count: int = 8) -> tuple[Tag, ...]:
    days = [1_459 - every * number for number in range(count)]
    return tuple(Tag(name=f"v{n:g}", at=day(n), commit=f"c{n:g}", first=gathers) for n in days)


DEPLOYED = ("?", "when a change that has landed reaches production")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (tags(60, 30), ("release-trains", "watered-down")),
        (tags(7, 30, count=20), ("release-cadence", None)),  # often
        (tags(60, 19, count=12), ("release-cadence", None)),  # few changes each
        (tags(60, 30, count=3), DEPLOYED),
        (tags(60, 2), DEPLOYED),  # most changes are in no tag
        ((), DEPLOYED),
    ],
    ids=["trains", "often", "small", "few tags", "tags beside the work", "none"],
)
def test_releases_in_trains_are_told_only_where_tags_follow_the_work(
    found: tuple[Tag, ...], expected: tuple[str, str | None]
) -> None:
    assert told(rhythm.release_cadence(of(landings(range(0, 1_460, 3)), tags=found))) == expected


def test_a_cadence_tells_how_long_fixes_waited_for_a_tag() -> None:
    past = [episode(100 + 40 * n, 3, tagged=13) for n in range(6)]
    signal = rhythm.release_cadence(of(landings(range(0, 1_460, 3)), tags=tags(60, 30), past=past))
    assert isinstance(signal, Evidence)
    assert signal.says == (
        "Half of the last 8 tags came within 60.0 days of the one before and gathered 30 changes or more; half of 6 "
        "fixes waited 10.0 days (95 %: 10.0 to 10.0) for a tag."
    )


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ([episode(100 + 40 * n, 40, first_commit=30) for n in range(6)], ("first-commit-wait", "watered-down")),
        ([episode(100 + 40 * n, 40, first_commit=10) for n in range(6)], ("first-commit-wait", None)),
        (
            [episode(100 + 40 * n, 4, first_commit=3) for n in range(6)],
            ("first-commit-wait", None),
        ),  # fast
        ([episode(100 + 40 * n, 40, first_commit=-20) for n in range(6)], ("first-commit-wait", None)),  # before it
        ([episode(100 + 40 * n, 40, first_commit=30) for n in range(5)], None),
        (episodes(24, 40), None),  # squashed
    ],
    ids=["waits", "is under way", "fast", "was there already", "few", "squashed"],
)
def test_the_wait_before_the_first_commit_speaks_where_it_is_most_of_a_long_one(
    past: Sequence[Episode], expected: tuple[str, str | None] | None
) -> None:
    assert told(rhythm.first_commit_wait(of(landings(range(0, 1_460, 3)), past=past))) == expected


@pytest.mark.parametrize("signal", [rhythm.integration_days, rhythm.batch_size, rhythm.revert_rate])
def test_a_history_without_landings_says_nothing(signal: Callable[[Material], Signal | None]) -> None:
    assert signal(of(())) is None
