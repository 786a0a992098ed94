"""An assessment as text, JSON and CSV: the same numbers, and nothing left out that is not known."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console

from outpace.assessment.assessment import Assessment
from outpace.formats import assess_json, assess_text
from tests.fakes import assessments

EVERY = {
    "watered-down": assessments.watered_down(),
    "true": assessments.adopted_truly(),
    "stalled": assessments.stalled(),
    "unknown": assessments.unknown(),
}
NAMED = pytest.mark.parametrize("assessment", EVERY.values(), ids=EVERY.keys())


def shown(assessment: Assessment, width: int = 80) -> str:
    page = io.StringIO()
    Console(file=page, width=width, highlight=False, emoji=False, markup=False).print(assess_text.text(assessment))
    return page.getvalue()


@NAMED
def test_it_fits_one_screen_of_eighty_columns(assessment: Assessment) -> None:
    lines = [line.rstrip() for line in shown(assessment).splitlines()]
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 80


@NAMED
def test_the_verdict_of_the_json_is_that_of_the_text(assessment: Assessment) -> None:
    verdict = json.loads(assess_json.answer(assessment))["result"]["path"]["verdict"]
    assert f"path       {verdict}" in shown(assessment)


@NAMED
def test_every_question_is_told_in_the_json_with_what_would_settle_it(assessment: Assessment) -> None:
    told = json.loads(assess_json.answer(assessment))["unknown"]
    assert [(each["what"], each["would_settle"]) for each in told] == [
        (each.what, each.would_settle) for each in assessment.questions
    ]


@NAMED
def test_episodes_are_the_same_in_csv_and_json(assessment: Assessment) -> None:
    rows = list(csv.DictReader(io.StringIO(assess_json.episodes_table([assessment]).decode())))
    episodes = json.loads(assess_json.answer(assessment))["result"]["episodes"]
    assert [(row["package"], row["state"], float(row["days"])) for row in rows] == [
        (each["package"], each["state"], each["days"]) for each in episodes
    ]


def test_text_from_a_repository_stays_text_on_a_terminal() -> None:
    assert "\x1b" not in shown(assessments.hostile())
    assert "\u202e" not in shown(assessments.hostile())


def test_a_cell_of_the_csv_is_no_formula() -> None:
    for row in csv.reader(io.StringIO(assess_json.episodes_table([assessments.hostile()]).decode())):
        assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def test_a_fleet_is_a_line_for_each_and_says_what_was_not_assessed() -> None:
    page = io.StringIO()
    table = assess_text.fleet(list(EVERY.values()), [("broken", "it is not in a git repository")])
    Console(file=page, width=100).print(table)
    lines = page.getvalue().splitlines()
    assert sum(assessment.name in line for assessment in EVERY.values() for line in lines) >= len(EVERY)
    assert "not assessed: broken: it is not in a git repository" in page.getvalue()
