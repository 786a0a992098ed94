"""Records: rare where blocks come in no order, and all there is where something leaks."""

from __future__ import annotations

from itertools import permutations
from math import exp, log
from random import Random

import pytest

from outpace.statistics.records import Records, slope


@pytest.mark.parametrize("blocks", [2, 4, 6])
def test_records_win_nothing_on_average_over_all_orders(blocks: int) -> None:
    """Exactly: every order of different values is as likely as any other."""
    wins: list[float] = []
    for order in permutations(range(blocks)):
        records = Records(step=0)
        for value in order:
            records.add(value)
        wins.append(exp(records.log_e))
    assert sum(wins) / len(wins) == pytest.approx(1)


def test_noise_is_seldom_taken_for_a_leak_however_often_one_looks() -> None:
    random = Random(8)
    alarms = 0
    for _ in range(1000):
        records, reached = Records(step=0), False
        for _ in range(60):
            records.add(random.gauss(100, 5))
            reached = reached or records.log_e >= log(20)
        alarms += reached
    assert alarms <= 50 + 3 * 7


def test_ten_blocks_that_each_grow_are_enough() -> None:
    records = Records(step=0.5)
    for block in range(10):
        records.add(100 + block)
    assert records.log_e > log(40_000)


def test_growth_below_the_step_is_no_record() -> None:
    records = Records(step=2)
    for block in range(30):
        records.add(100 + block)
    assert records.log_e < 0


def test_a_slope_is_not_led_astray_by_a_wild_block() -> None:
    assert slope([0, 1, 2, 900, 4, 5, 6]) == 1
    assert slope([7]) == 0
