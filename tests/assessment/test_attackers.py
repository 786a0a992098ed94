"""The attackers' curve, and when a repository is behind it."""

from __future__ import annotations

import pytest

from outpace.assessment.attackers import AttackCurve, Behind, Mark, ahead, curve, days_behind, exploited_by
from outpace.statistics.curves import Curve, Span
from outpace.statistics.survival import survival


def mark(days: float, exploited: float) -> Mark:
    return Mark(days=days, exploited=exploited, source="somebody", url="https://example.invalid", caveat="made up")


ATTACK = AttackCurve(marks=(mark(0, 0.2), mark(10, 0.5), mark(100, 0.75)), caveat="made up")


def of(*days: float, still_open: int = 0) -> Curve:
    return survival([Span(d, True) for d in days] + [Span(200, False)] * still_open, horizon=365)


def test_every_number_names_its_source_its_address_and_its_caveat() -> None:
    attack = curve()
    for each in (*attack.marks, *attack.others):
        assert all((each.source, each.url.startswith("https://"), each.caveat)), each
    assert attack.caveat


def test_the_line_is_of_one_publication_and_rises_with_the_days() -> None:
    marks = curve().marks
    assert len({(m.source, m.url) for m in marks}) == 1
    assert [m.days for m in marks] == sorted({m.days for m in marks})
    assert [m.exploited for m in marks] == sorted({m.exploited for m in marks})


def test_other_publications_stand_beside_the_line_and_not_in_it() -> None:
    attack = curve()
    assert not {m.source for m in attack.marks} & {m.source for m in attack.others}


@pytest.mark.parametrize(
    ("days", "share"), [(-1, 0), (0, 0.2), (9.9, 0.2), (10, 0.5), (99, 0.5), (100, 0.75), (4000, 0.75)]
)
def test_between_two_marks_no_more_is_exploited_than_the_first_said(days: float, share: float) -> None:
    assert exploited_by(ATTACK, days) == share


@pytest.mark.parametrize(
    ("left", "behind", "sentence"),
    [
        pytest.param(
            of(*[3] * 9, 5),
            (Behind(since=0, until=3),),
            "Until day 3 more of these are open than attackers leave unexploited: 100% beside 80% on day 0.",
            id="fast",
        ),
        pytest.param(
            of(2, 2, 2, 50, 50, 50, 50, 50, 150, 150),
            (Behind(since=0, until=2), Behind(since=10, until=50)),
            "Until day 2, and again from day 10 until day 50 more of these are open than attackers leave "
            "unexploited: 100% beside 80% on day 0.",
            id="behind twice",
        ),
        pytest.param(
            of(40, still_open=9),
            (Behind(since=0, until=None),),
            "From day 0 on more of these are open than attackers leave unexploited: 100% beside 80% on day 0.",
            id="never ahead",
        ),
        pytest.param(
            of(*[0] * 9, 4),
            (),
            "At no time were more of these open than attackers leave unexploited, by what is published of them.",
            id="at once",
        ),
    ],
)
def test_it_is_behind_while_more_is_open_than_attackers_left(
    left: Curve, behind: tuple[Behind, ...], sentence: str
) -> None:
    assert (days_behind(left, ATTACK), ahead(left, ATTACK)) == (behind, sentence)
