"""The report: whole, closed, small, and each number with its evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec import structs

from outpace.assessment.assessment import Assessment
from outpace.formats.report.assess_page import page
from tests.fakes import assessments
from tests.formats.report.well_formed import Page, faults, words

SAMPLES = (
    assessments.watered_down,
    assessments.adopted_truly,
    assessments.stalled,
    assessments.unknown,
    assessments.hostile,
    assessments.long_winded,
)
samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: each.__name__)


def said(text: str) -> str:
    return " ".join(words(text).split())


@samples
def test_the_report_is_well_formed_and_asks_for_nothing(sample: Callable[[], Assessment]) -> None:
    assert faults(page(sample())) == []


@samples
def test_the_report_stays_small(sample: Callable[[], Assessment]) -> None:
    assert len(page(sample()).encode()) < (1_100_000 if sample is assessments.long_winded else 300_000)


@samples
def test_every_picture_is_said_in_words(sample: Callable[[], Assessment]) -> None:
    pictures = re.findall(r"<svg [^>]*>", page(sample()))
    shown = [each for each in pictures if "aria-hidden" not in each]
    assert [each for each in shown if not re.search(r'aria-label="[^"]{20,}', each)] == []
    assert [each for each in pictures if "aria-label" in each and 'role="img"' not in each] == []


def test_the_checker_finds_what_is_broken() -> None:
    report = page(assessments.watered_down())
    assert faults(report.replace("</section>", "", 1)) != []
    assert faults(report.replace("<main ", '<main onclick="x()" ')) == ["attribute onclick"]
    assert faults(report.replace('href="#attackers"', 'href="#nowhere"', 1)) == ["link to nothing: #nowhere"]
    assert faults(report.replace("<main ", '<img src="https://example.invalid/x"><main ')) == [
        "img loads something",
        "attribute src",
    ]


def test_evidence_leads_to_the_rows_and_the_rows_lead_to_the_advisories() -> None:
    links = set(Page(page(assessments.watered_down())).links)
    assert {"#a-PYSEC-2024-3", f"#c-{assessments.commit(2)[:12]}", "#attackers"} <= links
    assert "https://osv.dev/vulnerability/PYSEC-2024-6" in links


def test_twenty_rows_are_shown_and_where_the_rest_stands_is_said() -> None:
    text = said(page(assessments.long_winded()))
    assert "20 of 500" in text
    assert "480 more episodes in the list of all , and in outpace assess --format csv --output episodes.csv ." in text


def test_what_could_not_be_seen_is_said_with_what_would_settle_it() -> None:
    text = said(page(assessments.unknown()))
    assert "It is unknown which path this repository is on: the history is cut, and no lock file was seen." in text
    assert "Which versions were in use : no lock file was ever on the default branch. Would settle it: a" in text
    assert "There is no advisory data here, so that nothing could be matched." in text
    assert "the clone is shallow: its history is cut" in text


def test_packages_without_advisory_data_are_counted() -> None:
    base = assessments.watered_down()
    covered = msgspec.structs.replace(base.history, uncovered=(("npm", 1_204),))
    text = said(page(msgspec.structs.replace(base, history=covered)))
    assert "Packages without advisory data here: npm (1,204)." in text


def test_the_cut_off_of_the_data_is_told() -> None:
    text = said(page(assessments.watered_down()))
    assert "As of 2026-11-26, advisory data up to 2026-11-25; what was published later cannot be seen" in text


def test_a_lower_bound_is_said_to_be_one() -> None:
    base = assessments.watered_down()
    first = msgspec.structs.replace(base.history.episodes[3], began="before", exposed_days=4_000.0)
    history = msgspec.structs.replace(base.history, episodes=(first,))
    assert "at least 4,000 days" in said(page(msgspec.structs.replace(base, history=history)))


def test_what_may_still_be_installed_is_not_shown_as_if_it_were_gone() -> None:
    base = assessments.watered_down()
    gone = structs.replace(base.history.episodes[3], state="removed", closed=assessments.AT)
    maybe = structs.replace(gone, why="requirements.txt need not name all")
    shown = [
        said(page(structs.replace(base, history=structs.replace(base.history, episodes=(each,)))))
        for each in (gone, maybe)
    ]
    assert ["may still be installed, unpinned" in each for each in shown] == [False, True]


def test_attackers_numbers_stand_with_source_and_caveat() -> None:
    text = said(page(assessments.watered_down()))
    marks = [*assessments.ATTACKERS.marks, *assessments.ATTACKERS.others]
    assert [each.caveat for each in marks if " ".join(each.caveat.split()) not in text] == []
    assert [each.source for each in marks if each.source not in text] == []


def test_hostile_text_stays_text() -> None:
    report = page(assessments.hostile())
    assert "<script" not in report
    assert "javascript:" not in report
    assert {"script", "img"} & Page(report).tags.keys() == set()
    assert "⟨202E⟩" in report


def test_a_silence_begins_on_the_same_day_in_the_picture_and_in_the_table() -> None:
    """A tool is silent since it last did something, not since its configuration was last changed."""
    sample = assessments.watered_down()
    bot = next(each for each in sample.untangled.attempts if each.how == "silent")
    later = structs.replace(
        bot, last_changed=datetime(2021, 3, 1, tzinfo=UTC), abandoned=datetime(2024, 5, 1, tzinfo=UTC)
    )
    report = page(structs.replace(sample, untangled=structs.replace(sample.untangled, attempts=(later,))))
    assert set(re.findall(r"silent since (?:<[^>]*>)*(\w+\s\d+)", report)) == {"May\N{NO-BREAK SPACE}2024"}
