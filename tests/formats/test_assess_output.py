"""An assessment as text, JSON and CSV: the same numbers, and nothing left out that is not known."""

from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest
from rich.console import Console

from outpace.assessment.assessment import Assessment
from outpace.formats import assess_json, assess_text
from outpace.formats.report import assess_page
from outpace.statistics.curves import Estimate
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
    assert [(row["package"], row["state"], float(row["days"])) for row in rows if row["package"]] == [
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


def csv_of(*of: Assessment, failed: tuple[tuple[str, str], ...] = ()) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(assess_json.episodes_table(of, failed).decode())))


def test_each_row_of_the_csv_carries_how_far_it_sees() -> None:
    rows = csv_of(assessments.watered_down())
    assert {(row["as_of"], row["advisories_until"]) for row in rows} == {
        ("2026-11-26T06:00:00Z", "2026-11-25T18:02:00Z")
    }


def test_why_an_episode_is_told_as_it_is_stands_in_the_csv_and_the_json() -> None:
    made = assessments.watered_down()
    first = msgspec.structs.replace(made.history.episodes[0], why="requirements.txt need not name all")
    told = msgspec.structs.replace(made, history=msgspec.structs.replace(made.history, episodes=(first,)))
    (episode,) = json.loads(assess_json.answer(told))["result"]["episodes"]
    assert [row["why"] for row in csv_of(told)] == [episode["why"]] == ["requirements.txt need not name all"]


def test_a_repository_of_which_nothing_could_be_seen_is_an_unknown_row_of_the_csv() -> None:
    rows = csv_of(assessments.unknown(), failed=(("gone", "it is not in a git repository"),))
    assert [(row["repository"], row["state"], row["why"]) for row in rows] == [
        ("webhooks", "unknown", "there is no advisory data"),
        ("gone", "unknown", "it is not in a git repository"),
    ]


def test_counts_of_what_could_not_be_seen_read_unknown_in_text() -> None:
    page = shown(assessments.unknown())
    assert "advisories unknown: there is no advisory data" in page
    assert "still open" not in page


def test_the_text_says_that_later_advisories_cannot_be_seen() -> None:
    line = "Advisories up to 2026-11-25, no KEV catalog; what was published later cannot be seen."
    assert line in " ".join(shown(assessments.watered_down()).split())


def test_shares_that_landed_are_of_the_last_24_as_the_headline_is() -> None:
    assert "landed     of the last 24: " in shown(assessments.watered_down())


def test_a_saving_that_may_be_nothing_is_not_told_from_it_in_text() -> None:
    base = assessments.watered_down()
    unsure = msgspec.structs.replace(assessments.STEPS[0], saves=Estimate(value=1.5, low=-0.8, high=4.9))
    page = shown(msgspec.structs.replace(base, plan=msgspec.structs.replace(base.plan, steps=(unsure,))))
    assert "not told from nothing (-0.8 to 4.9 days an episode)" in " ".join(page.split())


def test_a_clone_without_all_files_says_so_in_text() -> None:
    base = assessments.watered_down()
    lacking = msgspec.structs.replace(base.horizon, partial=True)
    assert "the clone is partial" in " ".join(shown(msgspec.structs.replace(base, horizon=lacking)).split())


def test_a_fleet_in_text_counts_nothing_of_what_could_not_be_seen() -> None:
    page = io.StringIO()
    Console(file=page, width=140).print(assess_text.fleet([assessments.unknown(), assessments.watered_down()], []))
    lines = page.getvalue().splitlines()
    assert lines[0].startswith("Of what could be seen, 100% of all exposure-days are lost in 1 of 2 repositories")
    assert lines[0].endswith("; of 1 nothing could be seen.")
    row = next(line for line in lines if line.startswith("webhooks"))
    assert row.split() == ["webhooks", *["unknown"] * 6]


def test_few_episodes_have_no_median_in_the_text_of_a_fleet() -> None:
    few = assessments.few(assessments.watered_down(), 3)
    page = io.StringIO()
    Console(file=page, width=140).print(assess_text.fleet([few], []))
    row = next(line for line in page.getvalue().splitlines() if line.startswith("storefront"))
    assert " ".join(row.split()).startswith("storefront watered-down 3 too few too few")


def test_what_an_earlier_plan_promised_is_in_the_json_and_in_the_report() -> None:
    made = assessments.watered_down()
    assert made.plan.baseline is not None
    told = json.loads(assess_json.answer(made))["result"]["plan"]["baseline"]["planned"]
    assert [(each["lever"], each["proof"], each["measured_again"]) for each in told] == [
        (each.lever, each.proof, "2026-10-30") for each in made.plan.baseline.planned
    ]
    report = assess_page.page(made)
    assert "What 2\N{NO-BREAK SPACE}steps promised" in report
    assert all(each.proof in report for each in made.plan.baseline.planned)
