import sys

import pytest

from meter.counters import Counter, LockedCounter, hammer


def test_no_count_is_lost_between_threads():
    assert all(hammer(Counter()) == 8000 for _ in range(10))


def test_no_count_is_lost_under_a_lock():
    assert hammer(LockedCounter()) == 8000


def test_no_count_is_lost_under_a_lock_when_threads_switch_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        assert hammer(LockedCounter(), threads=3, times=300) == 900
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("kind", [Counter, LockedCounter])
@pytest.mark.parametrize("amounts", [(), (1,), (1, 2, 3)])
def test_a_counter_adds_up(kind, amounts):
    counter = kind()
    for amount in amounts:
        counter.add(amount)
    assert counter.value == sum(amounts)


def test_a_counter_never_shrinks():
    with pytest.raises(ValueError, match="only grows"):
        Counter().add(-1)
