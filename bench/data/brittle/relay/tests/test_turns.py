import random

import pytest

from relay.turns import next_of, rotate, rounds, shuffled

WORKERS = ["ada", "grace", "edsger", "donald"]


def test_the_turns_are_not_those_of_yesterday():
    assert shuffled(WORKERS) != WORKERS


def test_nobody_is_lost_in_a_shuffle():
    assert sorted(shuffled(WORKERS)) == sorted(WORKERS)


def test_a_shuffle_leaves_the_list_as_it_was():
    before = list(WORKERS)
    shuffled(WORKERS)
    assert before == WORKERS


@pytest.mark.parametrize("seed", range(3))
def test_a_seeded_shuffle_repeats(seed):
    assert shuffled(WORKERS, random.Random(seed)) == shuffled(WORKERS, random.Random(seed))


@pytest.mark.parametrize(("current", "follows"), [("ada", "grace"), ("donald", "ada")])
def test_the_turn_passes_on(current, follows):
    assert next_of(WORKERS, current) == follows


def test_a_passing_turn_is_logged(caplog):
    with caplog.at_level("INFO", logger="relay.turns"):
        next_of(WORKERS, "ada")
    assert caplog.text.endswith("turn passes from ada\n")


def test_a_stranger_has_no_turn():
    with pytest.raises(ValueError, match="not in list"):
        next_of(WORKERS, "linus")


@pytest.mark.parametrize(("count", "expected"), [(0, []), (1, ["ada"]), (5, [*WORKERS, "ada"])])
def test_rounds_begin_again(count, expected):
    assert rounds(WORKERS, count) == expected


def test_workers_rotate():
    assert rotate([1, 2, 3]) == [2, 3, 1]


def test_rotating_warns():
    with pytest.warns(PendingDeprecationWarning):
        assert rotate([1, 2, 3], 2) == [3, 1, 2]
