"""How a deadline is shown by `outpace match`: in the text, the JSON, the table and the comment."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from msgspec import structs
from rich.console import Console

from outpace.app.deadlines import Record, of_match
from outpace.app.match import View
from outpace.formats import csv_table, markdown
from outpace.formats.deadlines import lines
from outpace.formats.match import answer
from outpace.formats.match_text import text
from outpace.model.deadline import Assessed, Deadline, Due, NotBegun, Waits
from outpace.model.unknown import Unknown
from tests.formats.matched import NOW, view

EXPLOITED = Deadline(name="exploited", within="126 days", since="published", kev=True)
SEVERE = Deadline(name="severe", within="100 days", since="published", severity="critical")
AUTOMATABLE = Deadline(name="automatable", within="1 day", since="published", automatable=True)
EVERY = Deadline(name="every", within="90 days")
NOTHING = Record()


def due_in(*deadlines: Deadline, record: Record | Unknown = NOTHING) -> View:
    found = view(a="acme==1.0\n")
    return structs.replace(found, due=of_match(found.matched, deadlines, record, now=NOW))


def shown(of: View) -> list[str]:
    page = io.StringIO()
    Console(file=page, width=140, highlight=False, emoji=False, markup=False).print(text(of))
    return [line.strip() for line in page.getvalue().splitlines()]


def test_the_text_says_under_each_exposure_what_is_due() -> None:
    page = shown(due_in(EXPLOITED, AUTOMATABLE, EVERY))
    begin = page.index("CVE-2099-1")
    would = "would be due 2024-02-02 (automatable) if automatable: the records do not say it (AU in a CVSS 4.0 vector)"
    not_begun = (
        "due 90 days after it is known (every): nothing of it is on record here (would begin it: outpace respond)"
    )
    assert page[begin + 1 : begin + 3] == ["due 2024-06-06 (exploited), in 5 days", would]
    assert not_begun in page[begin + 3 :]
    assert "overdue since 2024-05-11 (severe)" in shown(due_in(EXPLOITED, SEVERE))


def test_nothing_is_shown_where_nothing_is_declared() -> None:
    assert not any("due" in line for line in shown(due_in()))
    assert "Due" not in markdown.document(due_in()).decode()
    assert [each["due"] for each in json.loads(answer(due_in()))["result"]["exposures"]] == [None, None]


def test_the_json_says_the_same_and_what_is_undecided() -> None:
    first, second = json.loads(answer(due_in(EXPLOITED, AUTOMATABLE)))["result"]["exposures"]
    undecided = {
        "name": "automatable",
        "at": "2024-02-02T00:00:00Z",
        "would_hold": ["automatable"],
        "why": ["the records do not say it (AU in a CVSS 4.0 vector)"],
        "would_settle": [""],
    }
    assert first["due"] == {
        "state": "due",
        "name": "exploited",
        "at": "2024-06-06T00:00:00Z",
        "counted_from": "published",
        "begun": "2024-02-01T00:00:00Z",
        "within": None,
        "undecided": [undecided],
    }
    assert (second["due"]["state"], second["due"]["undecided"]) == ("none", [undecided])


def test_the_table_and_the_comment_have_a_column_for_it() -> None:
    of = due_in(SEVERE)
    found = csv.DictReader(io.StringIO(csv_table.document(of).decode(), newline=""))
    assert [row["due"] for row in found] == ["overdue since 2024-05-11 (severe)", ""]
    page = markdown.document(of).decode().splitlines()
    assert page[4].endswith("| Fixed in | Due |")
    assert page[5].count("|") == page[4].count("|")
    assert page[6].endswith("| overdue since 2024-05-11 (severe) |")


def test_what_is_not_known_of_the_facts_leaves_it_open() -> None:
    several = Unknown("several applications are declared here", "outpace clock --name APPLICATION")
    first, *_ = due_in(EVERY, record=several).due.values()
    settle = "(would settle it: outpace clock --name APPLICATION)"
    assert list(lines(first, NOW)) == [f"due on an unknown day (every), if it was known: {several.why} {settle}"]


DUE = Due(name="a", at=NOW, since="known", begun=NOW - timedelta(days=3))
WAITS = Waits(name="a", at=NOW, since="matched", within="3 days", not_begun=NotBegun("nobody looked"))


@pytest.mark.parametrize(
    ("due", "after", "said"),
    [
        (DUE, timedelta(days=-3), "due 2024-06-01 (a), in 3 days"),
        (DUE, timedelta(hours=-47), "due 2024-06-01 (a), in 1 day"),
        (DUE, timedelta(hours=-2), "due 2024-06-01 (a), in 2 hours"),
        (DUE, timedelta(), "due 2024-06-01 (a), in less than an hour"),
        (DUE, timedelta(seconds=1), "overdue since 2024-06-01 (a)"),
        (structs.replace(DUE, ended=NOW), timedelta(days=9), "met: it was due 2024-06-01 (a)"),
        (structs.replace(DUE, ended=NOW + timedelta(1)), timedelta(days=9), "missed: it was due 2024-06-01 (a)"),
        (WAITS, timedelta(), "due 3 days after it is matched (a): nobody looked"),
    ],
)
def test_every_state_has_its_own_words(due: Due | Waits, after: timedelta, said: str) -> None:
    assert list(lines(Assessed(due=due), NOW + after)) == [said]
