"""Which releases may go: what runs, what a rollback needs and what is young always stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.releases.retention import Going, Held, HeldLayer, going
from outpace.model.release import Digest

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def held(name: str, hours: float, *, used: float | None = None, layer: str = "") -> Held:
    at = NOW - timedelta(hours=hours)
    last = at if used is None else NOW - timedelta(hours=used)
    return Held(digest=Digest(name), built=at, used=last, layer=layer)


OLD = tuple(held(name, 100 - number) for number, name in enumerate("abcde"))  # a is the oldest


@pytest.mark.parametrize(
    ("running", "needed", "keep", "gone"),
    [
        ((), (), 3, "ab"),
        ((), (), 0, "abcde"),
        ((), (), 9, ""),
        (("a",), (), 3, "b"),
        ((), ("b",), 3, "a"),
        (("a",), ("b",), 1, "cd"),
        (("a", "e"), ("b", "d"), 0, "c"),
        ("abcde", (), 0, ""),
        ((), "abcde", 0, ""),
    ],
)
def test_the_newest_of_those_that_nothing_needs_stay(
    running: tuple[str, ...], needed: tuple[str, ...], keep: int, gone: str
) -> None:
    expected = Going(releases=tuple(Digest(each) for each in gone), layers=())
    assert going(OLD, (), running=running, needed=needed, keep=keep, now=NOW) == expected


@pytest.mark.parametrize(
    ("release", "stays"),
    [
        (held("x", 0.5), True),
        (held("x", 0.99), True),
        (held("x", 1.01), False),
        (held("x", 50, used=0.2), True),
        (held("x", 50, used=2), False),
        (held("x", -5), True),  # the clock was set back
        (held("x", 50, used=-5), True),
    ],
)
def test_what_was_built_or_given_out_within_the_hour_stays(release: Held, stays: bool) -> None:
    found = going((release,), (), running=(), needed=(), keep=0, now=NOW)
    assert found.releases == (() if stays else (release.digest,))


def test_a_layer_goes_when_no_release_that_stays_stands_on_it() -> None:
    releases = (held("a", 9, layer="one"), held("b", 8, layer="one"), held("c", 7, layer="two"))
    layers = tuple(HeldLayer(digest=name, used=NOW - timedelta(hours=9)) for name in ("one", "two", "three", "four"))
    young = HeldLayer(digest="young", used=NOW)
    found = going(releases, (*layers, young), running=("b",), needed=("four",), keep=0, now=NOW)
    assert found == Going(releases=(Digest("a"), Digest("c")), layers=("three", "two"))


NAMES = st.sampled_from([f"{letter}{number}" for letter in "rs" for number in range(6)])
HELD = st.builds(
    held, NAMES, st.floats(-2, 200), used=st.floats(-2, 200), layer=st.sampled_from(["", "l1", "l2", "l3"])
)
LAYERS = st.builds(
    lambda name, hours: HeldLayer(digest=name, used=NOW - timedelta(hours=hours)),
    st.sampled_from(["l1", "l2", "l3", "l4"]),
    st.floats(-2, 200),
)


@given(
    st.lists(HELD, unique_by=lambda each: each.digest),
    st.lists(LAYERS, unique_by=lambda each: each.digest),
    st.frozensets(NAMES),
    st.frozensets(NAMES),
    st.integers(-1, 6),
)
def test_nothing_that_runs_or_is_needed_or_young_ever_goes_nor_what_it_stands_on(
    releases: list[Held], layers: list[HeldLayer], running: frozenset[str], needed: frozenset[str], keep: int
) -> None:
    found = going(releases, layers, running=running, needed=needed, keep=keep, now=NOW)
    gone = set(found.releases)
    staying = [each for each in releases if each.digest not in gone]
    assert not gone & (running | needed)
    assert all(NOW - max(each.built, each.used) >= timedelta(hours=1) for each in releases if each.digest in gone)
    assert not {each.layer for each in staying} & set(found.layers)
    spare = [each for each in staying if each.digest not in running | needed]
    assert len(spare) >= min(max(keep, 0), len([each for each in releases if each.digest not in running | needed]))
    again = going(staying, [each for each in layers if each.digest not in found.layers], running=running,
                  needed=needed, keep=keep, now=NOW)  # fmt: skip
    assert again == Going(releases=(), layers=())
