"""What intervals.py promises."""

import pytest
from intervals import Interval, covered, gaps, merged


def test_the_end_is_outside() -> None:
    assert [point in Interval(1, 3) for point in (0, 1, 2, 3)] == [False, True, True, False]


def test_neighbors_do_not_overlap() -> None:
    assert not Interval(0, 2).overlaps(Interval(2, 4))


def test_overlap_goes_both_ways() -> None:
    assert Interval(0, 3).overlaps(Interval(2, 4)) and Interval(2, 4).overlaps(Interval(0, 3))  # noqa: PT018  one law


def test_an_interval_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end at 1 before it starts at 2"):
        Interval(2, 1)


def test_those_that_overlap_become_one() -> None:
    assert merged([Interval(2, 5), Interval(0, 3)]) == [Interval(0, 5)]


def test_those_that_touch_become_one() -> None:
    assert merged([Interval(0, 2), Interval(2, 4)]) == [Interval(0, 4)]


def test_one_inside_another_changes_nothing() -> None:
    assert merged([Interval(0, 9), Interval(2, 4)]) == [Interval(0, 9)]


def test_empty_ones_are_dropped() -> None:
    assert merged([Interval(1, 1), Interval(3, 4)]) == [Interval(3, 4)]


def test_gaps_lie_between_and_around() -> None:
    assert list(gaps([Interval(2, 3), Interval(5, 6)], Interval(0, 8))) == [
        Interval(0, 2),
        Interval(3, 5),
        Interval(6, 8),
    ]


def test_gaps_stay_within() -> None:
    assert list(gaps([Interval(5, 9)], Interval(0, 3))) == [Interval(0, 3)]


def test_nothing_is_left_of_what_is_covered() -> None:
    assert list(gaps([Interval(0, 9)], Interval(2, 5))) == []


def test_what_overlaps_counts_once() -> None:
    assert covered([Interval(0, 4), Interval(2, 6)]) == 6


def test_the_repr_shows_both_ends() -> None:
    assert repr(Interval(1, 2)) == "Interval(start=1, end=2)"
