"""What a change refuses of a short input and lets through of a long one is told; a longer legitimate one is not."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.cases import RETURNED, Case, Leaks, Returns, Seen, Witness
from outpace.proving.ladder.stretched import LONG, stretched, told

OPEN = Witness(does="f('x:1')", exploited=Returns("True"))


def test_each_text_is_a_little_longer_and_as_long_as_a_number_of_the_change_says() -> None:
    pairs = [(one.does, other.does) for one, other in stretched([OPEN], (), (9, "nine"))]
    assert ("f('aax:1')", "f('aaaaaaaaaax:1')") in pairs
    assert ("f('x:100')", "f('x:10000000000')") in pairs
    assert ("f('x:100')", f"f('x:1{'0' * (LONG + 1)}')") in pairs


def test_only_what_is_told_by_what_comes_back_is_stretched() -> None:
    assert stretched([Witness(does="f('x')", exploited=Leaks("canary"))], (), (9,)) == ()


def seen(case: Case, value: str) -> list[Seen]:
    return [Seen(case=case.id, state=RETURNED, text=value, value=(("{}", "equal", value),))]


RESULTS = {
    "a longer one goes through": ("True", "True", "False", "True", True),
    "both are refused": ("True", "True", "False", "False", False),
    "both go through": ("True", "True", "True", "True", False),
    "base refuses the longer one": ("True", "False", "False", "True", False),
}


@pytest.mark.parametrize(("short", "long", "shorter", "longer", "is_told"), RESULTS.values(), ids=RESULTS.keys())
def test_a_length_decides_where_base_lets_both_through_and_the_change_the_longer_one(
    short: str, long: str, shorter: str, longer: str, is_told: bool
) -> None:
    (one, other), *_ = stretched([OPEN], (), ())
    base = {one.id: seen(one, short), other.id: seen(other, long)}
    change = {one.id: seen(one, shorter), other.id: seen(other, longer)}
    assert bool(told([OPEN], [(one, other)], base, change)) is is_told
