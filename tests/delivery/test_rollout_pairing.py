"""Which requests stand beside one another: by arrival alone, each once, the newest first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.rollout.pairing import WINDOW, Pairing, Stretch


def test_requests_of_the_baseline_wait_for_one_of_the_candidate() -> None:
    pairing = Pairing()
    for second in range(30):
        assert pairing.add(second, (1, 0.0), (0, 0.0), 19.0) is None
    assert pairing.add(30, (0, 0.0), (1, 1.0), 19.0) == Stretch(19, 0.0, 1, 1.0)


def test_the_newest_are_taken_first_so_that_an_outage_stands_beside_itself() -> None:
    pairing = Pairing()
    pairing.add(1, (50, 0.0), (0, 0.0), 19.0)
    assert pairing.add(2, (40, 40.0), (2, 2.0), 19.0) == Stretch(40, 40.0, 2, 2.0)


def test_what_is_old_stands_beside_nothing() -> None:
    pairing = Pairing()
    pairing.add(1, (50, 0.0), (0, 0.0), 19.0)
    assert pairing.add(2 + WINDOW, (0, 0.0), (1, 1.0), 19.0) is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=60), st.sampled_from((0.02, 1.0, 19.0)))
def test_nothing_stands_beside_two_requests(looks: list[tuple[int, int]], ratio: float) -> None:
    pairing = Pairing()
    taken = came = bad = 0.0
    for second, (baseline, candidate) in enumerate(looks):
        came += baseline
        stretch = pairing.add(second, (baseline, baseline / 2), (candidate, 0.0), ratio)
        if stretch is not None:
            taken += stretch.baseline
            bad += stretch.baseline_bad
            assert stretch.candidate == candidate > 0
    assert taken <= came
    assert bad == taken / 2
