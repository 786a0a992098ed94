"""Whether changes became larger and rarer after reverts and hotfixes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outpace.assessment.attempts import Upheaval
from outpace.assessment.chronicle import Landing, Said
from outpace.assessment.upheavals import upheavals
from tests.assessment.chronicles import chronicle, day, landing, landings

AT = (150, 270, 410, 505, 690, 800, 930, 1_120, 1_210, 1_380)  # when it was reverted


def afraid(*, files: int, every: float, weeks: int = 10) -> list[Landing]:
    """One change a day of three files; for some weeks after a revert others, as large and as rare as is said."""
    own: list[Landing] = []
    number = 0.0
    while number < 1_460:
        after = any(at < number <= at + 7 * weeks for at in AT)
        own.append(landing(number, files=files if after else 3))
        number += every if after else 1
    return [*own, *(landing(at + 0.5, said="revert") for at in AT)]


def fear(own: Iterable[Landing]) -> str:
    return upheavals(chronicle(tuple(own)))[1]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (afraid(files=12, every=4), "they became larger and rarer."),
        (afraid(files=12, every=1), "they became larger, not rarer."),
        (afraid(files=3, every=4), "they became rarer, not larger."),
        (afraid(files=3, every=1), "nothing stands out."),
        (afraid(files=1, every=1), "nothing stands out."),  # smaller is no fear
    ],
    ids=["both", "larger", "rarer", "nothing", "smaller"],
)
def test_fear_is_what_stands_out_of_the_historys_own_variation(own: Sequence[Landing], expected: str) -> None:
    assert fear(own).endswith(expected)


def test_a_trifle_is_no_change_however_far_it_lies_outside_of_what_is_usual() -> None:
    """12 files where there were 10, and no draw of this history comes near."""
    own = [replace(each, files=12 if each.files == 12 else 10) for each in afraid(files=12, every=1)]
    found = fear(own)
    assert (
        "changes were 1.16 times as large as in the 8 weeks before (elsewhere in this history: 0.89 to 1.08)" in found
    )
    assert found.endswith("nothing stands out.")


def test_a_history_at_the_end_of_the_calendar_is_told() -> None:
    shift = datetime(9999, 12, 31, tzinfo=UTC) - day(1_460)
    own = chronicle(tuple(afraid(files=12, every=4)))
    moved = replace(own, landings=tuple(replace(each, at=each.at + shift) for each in own.landings))
    assert upheavals(moved)[1] == upheavals(own)[1]


def test_random_reverts_in_a_restless_history_seldom_stand_out() -> None:
    """Seasons and sizes vary; reverts fall anywhere. A test at 2.5 % may be wrong now and then, not often."""
    answers: list[str] = []
    for seed in range(12):
        chance = random.Random(seed)
        days = sorted(chance.uniform(0, 1_460) for _ in range(900))
        said = set(chance.sample(range(900), 15))
        own = [
            landing(d, files=round(chance.lognormvariate(1, 1)) + 1, said="revert" if n in said else "")
            for n, d in enumerate(days)
        ]
        answers.append(fear(own).rpartition(": ")[2])
    assert answers.count("nothing stands out.") >= 10


def test_fear_tells_its_counts_and_what_is_usual_elsewhere() -> None:
    found = fear(afraid(files=12, every=4))
    assert found.startswith(
        "In the 8 weeks after 10 reverts and hotfixes, changes were 4.00 times as large as in the 8 "
    )
    assert "elsewhere in this history: 0." in found


def test_one_seed_gives_one_answer() -> None:
    own = chronicle(tuple(afraid(files=12, every=4)))
    assert upheavals(own) == upheavals(own)


def test_few_upheavals_are_told_without_an_answer() -> None:
    own = [*landings(range(0, 400, 2)), landing(200.5, said="revert"), landing(399.5, said="hotfix")]
    assert fear(own) == (
        "2 reverts and hotfixes, 1 with 8 weeks of work on both sides: too few to say whether changes became larger "
        "and rarer after them."
    )


def test_an_upheaval_tells_what_was_around_it_and_when_it_was_as_busy_as_before() -> None:
    before = [landing(number, files=2) for number in range(100)]
    after = [landing(number, files=10) for number in range(101, 171, 7)]
    again = [landing(number, files=2) for number in range(171, 300)]
    own = [*before, landing(100, said="hotfix", files=1), *after, *again]
    assert upheavals(chronicle(tuple(own)))[0] == (
        Upheaval(
            at=day(100),
            commit="c100",
            said="hotfix",
            files_before=2.0,
            files_after=10.0,
            weekly_before=7.0,
            weekly_after=1.0,
            weeks_until_back=11.0,
        ),
    )


def test_a_side_that_the_history_cuts_off_is_not_told() -> None:
    (found,) = upheavals(chronicle((*landings(range(300)), landing(299.5, said="revert"))))[0]
    assert (found.files_before, found.files_after, found.weekly_before, found.weekly_after) == (None,) * 4


def test_programs_changes_are_no_part_of_it() -> None:
    noisy = [*afraid(files=12, every=4), *landings([n + 0.3 for n in range(1_460)], by_bot=True)]
    assert fear(noisy) == fear(afraid(files=12, every=4))


def test_an_empty_history_has_none() -> None:
    assert upheavals(chronicle(())) == (
        (),
        (
            "0 reverts and hotfixes, 0 with 8 weeks of work on both sides: too few to say whether changes became "
            "larger and rarer after them."
        ),
    )


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["", "revert", "hotfix"]), st.integers(0, 9)), max_size=60)
)
def test_any_history_has_an_answer(steps: list[tuple[int, Said, int]]) -> None:
    own = chronicle(tuple(landing(number, said=said, files=files) for number, said, files in steps))
    found, sentence = upheavals(own)
    assert len(found) == sum(said != "" for _, said, _ in steps)
    assert sentence.endswith(".")
