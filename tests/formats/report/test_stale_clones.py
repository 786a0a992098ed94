"""A clone that ends long before the day of the question says so before any number, in every output."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

from msgspec.structs import replace
from rich.console import Console, RenderableType

from outpace.assessment.assessment import Assessment
from outpace.formats import assess_json, assess_text
from outpace.formats.report import assess_page, brief_page, fleet_page
from tests.fakes import assessments

LATER = timedelta(days=761)


def stale() -> Assessment:
    made = assessments.watered_down()
    ended = replace(made.horizon, ended=made.at)
    return replace(made, horizon=ended, asked=made.at + LATER)


def on_a_terminal(made: Assessment) -> str:
    return printed(assess_text.text(made))


def printed(what: RenderableType) -> str:
    paper = StringIO()
    Console(width=200, file=paper).print(what)
    return paper.getvalue()


def test_a_stale_clone_says_its_day_before_the_first_number() -> None:
    told = f"This clone ends on {stale().at:%Y-%m-%d}, and is told as of that day"
    assert on_a_terminal(stale()).startswith(told)
    for page in (assess_page.page(stale()), brief_page.page(stale())):
        body = page[page.index("<main") :]
        assert told in body[: body.index("<h1")]
    assert "and is told as of that day" not in on_a_terminal(assessments.watered_down())


def test_a_clone_that_was_fetched_long_ago_says_that_day() -> None:
    fetched = replace(stale(), horizon=replace(stale().horizon, ended=stale().at - timedelta(days=40)))
    assert on_a_terminal(fetched).startswith(f"This clone was last fetched on {stale().at:%Y-%m-%d}")


def test_a_fleet_names_those_that_are_told_as_of_their_end() -> None:
    fleet = [stale(), assessments.stalled()]
    told = printed(assess_text.fleet(fleet, ()))
    assert f"told as of the end of the clone, long ago: {stale().name}" in told
    assert "1 ends long before today, told as of the end." in fleet_page.page(fleet, ())


def test_both_days_are_in_the_json() -> None:
    told = assess_json.result_of(stale())
    assert (told.as_of, told.asked) == (stale().at, stale().at + LATER)
    assert assess_json.result_of(assessments.watered_down()).asked is None
