"""Many repositories: ranked by what is lost, with the unknown and the unreadable."""

from __future__ import annotations

import re

import msgspec

from outpace.formats.report.fleet_page import page
from tests.fakes import assessments
from tests.formats.report.well_formed import faults, words

FAILED = [("/srv/gone", "not a repository"), (assessments.HOSTILE, assessments.HOSTILE)]


def ranked(text: str) -> list[str]:
    body = text.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return re.findall(r"<td[^>]*><b><bdi>([^<]+)</bdi>", body)


def test_the_page_is_well_formed_and_asks_for_nothing() -> None:
    assert faults(page((*assessments.fleet(), assessments.hostile(), assessments.long_winded()), FAILED)) == []


def test_the_worst_comes_first_and_the_unknown_last() -> None:
    text = page(assessments.fleet(), FAILED)
    assert ranked(text)[0] == "archive"
    assert ranked(text)[-2:] == ["ledger", "webhooks"]
    headline = "Of what could be seen, 57% of all exposure-days are lost in 2 of 8 repositories, most in archive"
    assert f"{headline} ; of 1 nothing could be seen" in said(text)


def test_the_unknown_are_not_counted_as_well() -> None:
    text = said(page(assessments.fleet(), FAILED))
    assert "Of 1 it is unknown, which does not mean that all is well. 2 could not be read." in text
    assert "/srv/gone : not a repository" in text
    assert "To know: git fetch --unshallow" in text


def test_a_fleet_of_which_nothing_is_known_says_so() -> None:
    unknown = assessments.unknown()
    assert "Where days are lost is unknown for 2 repositories." in said(page((unknown, unknown), []))
    assert faults(page((), FAILED)) == []


def test_two_hundred_repositories_make_a_page_of_reasonable_size() -> None:
    one = assessments.watered_down()
    many = [msgspec.structs.replace(one, name=f"service-{number}") for number in range(240)]
    text = page(many, [])
    assert len(text.encode()) < 400_000
    assert "40 more repositories: outpace assess DIR... --format csv" in said(text)


def said(text: str) -> str:
    return " ".join(words(text).replace(" .", ".").split())
