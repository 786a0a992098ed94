"""What goes together is found by few questions, whoever stands in the way."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from outpace.model.package import PYPI, Package
from outpace.remediation.narrowing import narrowed
from outpace.remediation.plan import Target
from outpace.remediation.ports import Pin, Step


def steps(count: int) -> dict[Target, Step]:
    pins = [Pin(package=Package(PYPI, f"p{at}"), version="1", file="requirements.txt") for at in range(count)]
    return {Target(pin=pin, exposures=()): Step(pin=pin, version="2") for pin in pins}


def ask(some: Mapping[Target, Step], bad: set[str], asked: list[int], *, names: bool) -> str | None:
    asked.append(len(some))
    found = sorted(bad & {target.pin.package.name for target in some})
    return None if not found else found[0] if names else "something stands in the way"


@given(st.integers(0, 30), st.sets(st.integers(0, 29), max_size=4), st.booleans())
def test_all_but_those_in_the_way_are_kept(count: int, bad: set[int], names: bool) -> None:
    every, unfit, asked = steps(count), {f"p{at}" for at in bad}, list[int]()
    kept = narrowed(
        every,
        lambda some: ask(some, unfit, asked, names=names),
        lambda target, reason: target.pin.package.name == reason,
    )
    assert kept == {target: step for target, step in every.items() if target.pin.package.name not in unfit}


def test_one_in_the_way_of_sixty_four_is_found_by_a_dozen_questions_and_by_two_where_it_is_named() -> None:
    asked: list[int] = []
    narrowed(steps(64), lambda some: ask(some, {"p40"}, asked, names=False), lambda *_: False)
    assert len(asked) <= 13
    asked.clear()
    narrowed(
        steps(64),
        lambda some: ask(some, {"p40"}, asked, names=True),
        lambda target, reason: target.pin.package.name == reason,
    )
    assert asked == [64, 63]
