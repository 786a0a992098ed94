"""What counts as open on a day, what as not known, and that no doubt is ever counted as none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from outpace.assessment.episodes import Gap, Item
from outpace.assessment.evidence import Evidence
from outpace.assessment.signals import outcomes
from outpace.assessment.signals.material import Signal
from outpace.assessment.standing import Standing, Stands, episodes_now, item_on, items_on
from tests.assessment.chronicles import chronicle, day, episode, episodes, history, item, landings, material

OPEN = item(1_200, "reactive")
UNPINNED = replace(
    OPEN,
    state="unpinned",
    gaps=(Gap(since=day(1_250), until=None, why="requirements.txt: no version is pinned", kind="unpinned"),),
)
LOST = replace(UNPINNED, state="unknown", gaps=(Gap(since=day(1_250), until=None, why="a fork", kind="elsewhere"),))
NEVER_TOLD = replace(UNPINNED, windows=(), entry="unknown", gaps=(replace(UNPINNED.gaps[0], since=day(1_200)),))
MENDED = replace(item(1_200, "reactive", closed=1_240), gaps=UNPINNED.gaps)  # fixed, and a range much later
RESOLVED = replace(OPEN, gaps=(replace(UNPINNED.gaps[0], until=day(1_260)),))
BEFORE = replace(UNPINNED, windows=(), entry="unknown", state="unknown", gaps=(replace(RESOLVED.gaps[0]),))


@pytest.mark.parametrize(
    ("met", "on", "expected"),
    [
        (OPEN, 1_199, "over"),
        (OPEN, 1_300, "open"),
        (UNPINNED, 1_249, "open"),
        (UNPINNED, 1_300, "unpinned"),
        (LOST, 1_300, "unknown"),
        (NEVER_TOLD, 1_199, "over"),
        (NEVER_TOLD, 1_300, "unpinned"),
        (MENDED, 1_300, "over"),
        (RESOLVED, 1_255, "open"),  # a doubt that ended counts as exposed
        (BEFORE, 1_300, "over"),
        (replace(OPEN, published=None, windows=()), 1_300, "open"),
    ],
)
def test_what_stands_in_doubt_on_a_day_is_neither_open_nor_over(met: Item, on: float, expected: Stands) -> None:
    assert item_on(met, day(on)) == expected


def test_every_one_is_counted_once_and_a_doubt_by_its_kind() -> None:
    met = (OPEN, UNPINNED, LOST, MENDED)
    assert items_on(met, day(1_300)) == Standing(open=1, unpinned=1, unknown=1, over=1)
    waits = (episode(1, 9), episode(2, 9, state="unpinned"), episode(3, 9, state="unknown"), episode(4, 9))
    assert episodes_now(waits) == Standing(unpinned=1, unknown=1, over=2)
    assert Standing(unpinned=1, unknown=1_200).doubts() == "1 unpinned, 1,200 unknown"
    assert Standing(unpinned=1, unknown=2).untold == 3


def told(signal: Signal | None) -> Evidence:
    assert isinstance(signal, Evidence)
    return signal


def test_a_pin_that_became_a_range_is_not_counted_open_and_not_counted_mended() -> None:
    late = item(1_390, "immune")
    signal = told(outcomes.open_with_fix(material(past=history(met=(UNPINNED, NEVER_TOLD, LOST, late)))))
    assert signal.says == (
        "Open with a fix: 0 today, 0 on 2024-10-25 (the last day on which an advisory could be seen), 0 a year before "
        "it; of 3 more it is not known today (2 unpinned, 1 unknown)."
    )
    assert signal.speaks_for is None
    assert [(each.says, len(each.of)) for each in signal.counts][-1] == ("of 3 more", 3)


def test_what_is_in_doubt_is_no_growth_now_and_what_was_in_doubt_then_takes_growth_away() -> None:
    quiet = chronicle(landings(range(0, 1_000, 3)))
    many = tuple(replace(UNPINNED, id=f"PYSEC-{n}") for n in range(3))
    then = tuple(replace(NEVER_TOLD, id=f"PYSEC-9{n}", published=day(200)) for n in range(3))
    opened = tuple(replace(OPEN, id=f"PYSEC-8{n}") for n in range(3))
    found = [told(outcomes.open_with_fix(material(own=quiet, past=history(met=met)))) for met in (many, opened)]
    assert [each.speaks_for for each in found] == [None, "stalled"]
    doubted = tuple(replace(each, gaps=(replace(each.gaps[0], since=day(210)),)) for each in then)
    assert told(outcomes.open_with_fix(material(own=quiet, past=history(met=(*opened, *doubted))))).speaks_for is None


def test_none_is_said_to_be_open_of_the_last_exposures_only_where_none_is_in_doubt() -> None:
    doubtful = (episode(1_300, 9, state="unpinned"), episode(1_310, 9, state="unknown"))
    for more, expected in (
        ((), "none is still open."),
        (doubtful, "none is known to be open, 1 unpinned, 1 unknown."),
        ((episode(1_320, 9, state="open"), *doubtful), "1 is still open, 1 unpinned, 1 unknown."),
    ):
        signal = told(outcomes.latency(material(past=history((*episodes(12, 3), *more)))))
        assert signal.says.endswith(expected)
        assert all(each.says in signal.says for each in signal.counts)
