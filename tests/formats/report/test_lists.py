"""Each number of a page leads to what it counts, and to as many."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec import structs

from outpace.assessment.assessment import Assessment
from outpace.formats.report import answer, assess_page, brief_page
from outpace.formats.report.lists import lists
from tests.fakes import assessments
from tests.formats.report.well_formed import Page, words

NUMBER = re.compile(r'<a href="#([^"]+)" class="count">([^<]*)</a>')
ADVISORY = re.compile(r"PYSEC-\d+-\d+(?=</a>)")
COMMIT = re.compile(r"<code>[0-9a-f]{12}</code>")
SAMPLES = (assessments.watered_down, assessments.adopted_truly, assessments.stalled)
samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: each.__name__)


def inside(page: str, name: str) -> str:
    """The element of that id."""
    begun = page.index(f' id="{name}"')
    tag = re.findall(r"<([a-z]+)", page[:begun])[-1]
    depth = 0
    for mark in re.finditer(rf"<(/?){tag}[ >]", page[page.rindex("<", 0, begun) :]):
        depth += -1 if mark[1] else 1
        if not depth:
            return page[page.rindex("<", 0, begun) :][: mark.end()]
    raise AssertionError(name)


def listed(page: str, name: str) -> int:
    """How many of what it counts: rows of episodes, advisories, or commits where there is none."""
    shown = inside(page, name)
    if name in {"l-episodes", "l-newest"}:
        return shown.count("<tr id=")
    return len(ADVISORY.findall(shown)) or len(COMMIT.findall(shown))


@samples
def test_each_number_that_is_a_link_leads_to_a_list_of_as_many(sample: Callable[[], Assessment]) -> None:
    report = assess_page.page(sample())
    told = [
        (name, int(digits[0].replace(",", ""))) for name, shown in NUMBER.findall(report) if (digits := counts(shown))
    ]
    direct = [(name, number) for name, number in told if not name.endswith(("-before", "-after"))]
    assert len(direct) >= 10
    assert [(name, number, listed(report, name)) for name, number in direct if number != listed(report, name)] == []


def counts(shown: str) -> list[str]:
    """A share counts nothing by itself: its list is of those that it is a share of."""
    return [] if "%" in shown else re.findall(r"[\d,]+", shown)


def test_the_tiles_the_first_sentence_and_its_basis_are_among_them() -> None:
    names = {name for name, _ in NUMBER.findall(assess_page.page(assessments.watered_down()))}
    assert {"l-immune", "l-reactive", "l-adopted", "l-open", "l-newest", "l-episodes"} <= names
    assert {"n-latency-0", "n-step-urgent-lane-0", "n-stage-0", "n-due-1-met", "n-due-1-unknown"} <= names
    assert {"n-attempt-1-changes", "n-attempt-1-before", "n-attempt-1-after"} <= names


def test_episodes_before_and_after_an_attempt_are_named_by_their_numbers() -> None:
    report = assess_page.page(assessments.watered_down())
    assert "episodes 1 to 5 , 7 to 11 ," in " ".join(words(inside(report, "n-attempt-1-before")).split())


def test_the_brief_holds_the_lists_of_its_own_numbers_and_no_others() -> None:
    brief = brief_page.page(assessments.watered_down())
    linked = {name for name, _ in NUMBER.findall(brief)}
    held = {each for each in Page(brief).ids if each.startswith(("n-", "l-"))}
    assert held - {"l-newest", "l-episodes"} == linked - {"l-newest", "l-episodes"}
    assert "n-attempt-1-changes" not in held


def test_a_number_without_a_list_is_no_link() -> None:
    assert "href" not in answer.headline(assessments.watered_down())
    assert "href" not in answer.headline(assessments.watered_down(), {"l-something-else"})


def test_nothing_is_listed_of_nothing() -> None:
    report = assess_page.page(assessments.unknown())
    assert "What the numbers count" not in report
    assert lists(assessments.unknown()).names == frozenset()


def test_what_is_unknown_is_listed_with_the_reason() -> None:
    sample = assessments.watered_down()
    first = next(each for each in sample.history.items if each.state == "open")
    lost = structs.replace(first, state="unknown", why="requirements.txt was moved to docs, which does not count")
    items = tuple(lost if each is first else each for each in sample.history.items)
    report = assess_page.page(structs.replace(sample, history=structs.replace(sample.history, items=items)))
    assert "requirements.txt was moved to docs, which does not count" in inside(report, "l-unknown")
    assert listed(report, "l-unknown") == 1


def test_more_than_a_list_holds_is_said() -> None:
    sample = assessments.watered_down()
    evidence = sample.path.evidence[0]
    cut = structs.replace(evidence, counts=(structs.replace(evidence.counts[0], more=1_204),))
    path = structs.replace(sample.path, evidence=(cut, *sample.path.evidence[1:]))
    report = assess_page.page(structs.replace(sample, path=path))
    assert "and 1,204 more" in words(inside(report, "n-latency-0"))
