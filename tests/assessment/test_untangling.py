"""Earlier attempts at adoption, as a history's files of interest tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.assessment.attempts import Attempt, Outcome
from outpace.assessment.chronicle import Chronicle, Landing, Touch
from outpace.assessment.episodes import History, Lock
from outpace.assessment.evidence import Where
from outpace.assessment.untangling import attempts, outcome
from tests.assessment.chronicles import AT, chronicle, day, episode, episodes, history, landings, touch

TRAVIS, ACTIONS, BOT = ".travis.yml", ".github/workflows/ci.yml", ".github/dependabot.yml"
WEEKLY = landings(range(0, 1_460, 7))


def of(*touches: Touch, own: Sequence[Landing] = WEEKLY, past: History | None = None) -> tuple[Attempt, ...]:
    found = chronicle(own, touches=touches)
    return attempts(found, history(since=None) if past is None else past, at=AT).attempts


def told(*touches: Touch, own: Sequence[Landing] = WEEKLY) -> list[tuple[str, str, float, float | None]]:
    """Name, how, introduced and abandoned in days."""
    return [
        (
            each.name,
            each.how,
            (each.introduced - day(0)) / timedelta(days=1),
            None if each.abandoned is None else (each.abandoned - day(0)) / timedelta(days=1),
        )
        for each in of(*touches, own=own)
    ]


def test_an_attempt_tells_when_it_came_how_often_it_changed_and_where() -> None:
    assert of(touch(7, ACTIONS), touch(14, ACTIONS, "changed"), touch(21, ".github/workflows/lint.yml")) == (
        Attempt(
            sort="ci",
            name="GitHub Actions",
            introduced=day(7),
            last_changed=day(21),
            how="in use",
            changes=3,
            landings=("c7", "c14", "c21"),
            where=(
                Where(kind="commit", name="c7"),
                Where(kind="commit", name="c21"),
                Where(kind="file", name=".github/workflows/lint.yml"),
                Where(kind="file", name=ACTIONS),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("touches", "expected"),
    [
        ([touch(7, TRAVIS), touch(700, TRAVIS, "deleted")], [("Travis CI", "removed", 7, 700)]),
        (
            [touch(7, TRAVIS), touch(693, ACTIONS), touch(700, TRAVIS, "deleted")],
            [("Travis CI", "replaced", 7, 700), ("GitHub Actions", "in use", 693, None)],
        ),
        (
            [touch(7, TRAVIS), touch(300, ACTIONS), touch(700, TRAVIS, "deleted")],  # long beside each other
            [("Travis CI", "removed", 7, 700), ("GitHub Actions", "in use", 300, None)],
        ),
        (
            [touch(7, TRAVIS), touch(700, TRAVIS, "deleted"), touch(700, BOT)],  # of another sort
            [("Travis CI", "removed", 7, 700), ("Dependabot", "silent", 700, 700)],
        ),
        (
            [touch(7, ACTIONS), touch(70, ACTIONS, "deleted"), touch(70, ".github/workflows/x.yml")],  # moved
            [("GitHub Actions", "in use", 7, None)],
        ),
        (
            [touch(7, ACTIONS), touch(70, ACTIONS, "deleted"), touch(77, ACTIONS)],  # its removal was reverted
            [("GitHub Actions", "in use", 7, None)],
        ),
        (
            [touch(7, ACTIONS), touch(70, ACTIONS, "deleted"), touch(700, ACTIONS)],  # begun again
            [("GitHub Actions", "removed", 7, 70), ("GitHub Actions", "in use", 700, None)],
        ),
        ([touch(7, TRAVIS)], [("Travis CI", "in use", 7, None)]),  # no change for four years is no silence of CI
        ([touch(7, "src/app.py"), touch(7, "README.md")], []),
    ],
    ids=["removed", "replaced", "side by side", "another sort", "moved", "reverted", "again", "works", "nothing"],
)
def test_an_attempt_ends_when_all_of_its_files_are_gone(
    touches: Sequence[Touch], expected: list[tuple[str, str, float, float | None]]
) -> None:
    assert told(*touches) == expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (WEEKLY + landings(range(100, 1_450, 30), by_bot=True), ("in use", None)),
        (WEEKLY + landings(range(100, 400, 30), by_bot=True), ("silent", 370)),
        (WEEKLY + landings(range(100, 1_200, 30), by_bot=True), ("in use", None)),  # less than a year ago
        (WEEKLY, ("silent", 70)),  # it never landed anything
        (landings([*range(0, 400, 7), 1_459]) + landings(range(100, 400, 30), by_bot=True), ("in use", None)),
        (landings(range(0, 70, 7)), ("in use", None)),  # everybody went silent, not the bot
    ],
    ids=["lands", "stopped", "paused", "never landed", "nothing to do", "all silent"],
)
def test_a_bot_is_silent_when_nothing_of_programs_lands_while_work_goes_on(
    own: tuple[Landing, ...], expected: tuple[str, float | None]
) -> None:
    assert [each[1::2] for each in told(touch(70, BOT), own=own)] == [expected]


def test_a_bot_that_merges_for_people_is_not_held_for_silent() -> None:
    assert told(touch(70, ".mergify.yml")) == [("Mergify", "in use", 70, None)]


def test_outcomes_before_and_after_are_told_with_counts_and_intervals_where_there_are_five() -> None:
    past = history([*episodes(8, 40, since=100, every=20), *episodes(20, 5, since=500, every=20)])
    (found,) = of(touch(400, BOT), own=WEEKLY + landings(range(401, 1_459, 9), by_bot=True), past=past)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.since, found.before.until, found.before.episodes) == (day(0), day(400), 8)
    assert (found.after.since, found.after.until, found.after.episodes) == (day(400), AT, 20)
    assert found.before.median is not None
    assert found.after.median is not None
    assert found.after.median.value == 5
    assert found.after.median.high is not None


def test_fewer_than_five_episodes_have_no_median() -> None:
    past = [episode(100 + n, 5) for n in range(4)] + [episode(110, 9, entry="adopted")]
    found = outcome([e for e in past if e.entry == "reactive"], since=day(0), until=AT)
    assert found == Outcome(since=day(0), until=AT, episodes=4, median=None)


def test_what_was_there_from_the_beginning_has_no_before() -> None:
    past = history(episodes(24, 5))
    (found,) = of(touch(0, ACTIONS), past=past)
    assert found.before is None
    assert found.after is not None
    assert found.after.episodes == 24


def test_where_a_shallow_clone_begins_nothing_is_said_to_have_come() -> None:
    touches = [touch(0, ACTIONS), touch(70, TRAVIS)]
    found = attempts(chronicle(WEEKLY, touches=touches, shallow=True), history(since=None), at=AT).attempts
    assert [(each.name, each.began) for each in found] == [("GitHub Actions", "before"), ("Travis CI", "seen")]


def lock(path: str, kind: str, first: float, last: float | None = None) -> Lock:
    return Lock(
        path=path,
        kind=kind,
        first=day(first),
        last=None if last is None else day(last),
        versions=10,
        changed=day(last or 950),
    )


def test_lock_files_are_told_by_kind_and_one_kind_replaces_another() -> None:
    locks = (
        lock("Pipfile.lock", "Pipfile.lock", 0, 700),
        lock("poetry.lock", "poetry.lock", 690, 900),
        lock("api/poetry.lock", "poetry.lock", 900),
    )
    past = History(locks=locks, since=day(0))
    assert [(a.name, a.how, a.introduced, a.last_changed, a.abandoned, a.changes) for a in of(past=past)] == [
        ("Pipfile.lock", "replaced", day(0), day(700), day(700), 10),
        ("poetry.lock", "in use", day(690), day(950), None, 20),
    ]


PATHS = (TRAVIS, ACTIONS, BOT, ".github/workflows/codeql.yml", "Dockerfile")
TOUCHES = st.lists(
    st.tuples(st.integers(0, 1_459), st.sampled_from(PATHS), st.sampled_from(["added", "changed", "deleted"])),
    max_size=15,
)


@settings(max_examples=40)
@given(TOUCHES)
def test_any_touches_make_attempts_that_end_after_they_began(steps: list[tuple[int, str, str]]) -> None:
    touches = [
        Touch(landing=f"c{number}", at=day(number), path=path, kind="deleted" if kind == "deleted" else "added")
        for number, path, kind in sorted(steps)
    ]
    for each in of(*touches):
        assert each.introduced <= each.last_changed
        assert each.abandoned is None or each.introduced <= each.abandoned
        assert (each.how == "in use") == (each.abandoned is None)


def test_an_empty_repository_has_no_attempts() -> None:
    found = attempts(Chronicle(horizon=chronicle(()).horizon), history(since=None), at=AT)
    assert (found.attempts, found.upheavals) == ((), ())
