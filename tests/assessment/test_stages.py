"""Tags stand for deployments only where they follow what lands."""

from __future__ import annotations

import pytest

from outpace.assessment.chronicle import Chronicle, Horizon, Landing, Tag
from outpace.assessment.stages import tags_follow
from tests.fakes.told_histories import day


def chronicle(landings: int, *tags: tuple[float, int]) -> Chronicle:
    """A landing a week; each tag with its day and how many landings it is the first to contain."""
    return Chronicle(
        horizon=Horizon(tip="", branch="main"),
        landings=tuple(Landing(id=f"c{at}", at=day(7 * at)) for at in range(landings)),
        tags=tuple(Tag(name=f"v{at}", at=day(when), commit="", first=first) for at, (when, first) in enumerate(tags)),
    )


MONTHLY = [(28 * (month + 1), 4) for month in range(25)]


@pytest.mark.parametrize(
    ("told", "follows", "why"),
    [
        (
            chronicle(100, *MONTHLY),
            True,
            "91 of 91 landings of two years were in a tag within 60 days, after 21.0 days",
        ),
        (chronicle(100), False, "there is no tag here"),
        (chronicle(100, (350, 50)), False, "8 of 91 landings of two years were in a tag within 60 days: tags are not"),
        (chronicle(100, (800, 100)), False, "0 of 91 landings"),
        (chronicle(15, (100, 15)), False, "only 6 landings are old enough"),
        (chronicle(0, (1, 0)), False, "there is no tag here"),
    ],
    ids=["monthly", "none", "one", "one at the end", "young", "empty"],
)
def test_tags_follow_where_three_of_four_landings_are_tagged_soon(told: Chronicle, follows: bool, why: str) -> None:
    rhythm = tags_follow(told)
    assert (rhythm.follows, rhythm.why[: len(why)]) == (follows, why)
