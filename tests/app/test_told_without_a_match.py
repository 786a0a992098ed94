"""What somebody told and nothing matches: the clock and the story give one answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.app.clock import Clock, clock
from outpace.app.record import Place, Telling, record
from outpace.app.respond import View
from outpace.formats import clock as clock_output
from outpace.formats import respond as respond_output
from outpace.model.times import now
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.kinds import MatchedFact, fact_of
from outpace.stories.respond import Respond
from outpace.stories.unmatched import NEVER, NO_LONGER, NO_RECORD
from tests.fakes.advisories import Advisories
from tests.fakes.advisories import record as advisory
from tests.fakes.pipeline import SHOP, FakePipeline, package

SOURCE = Advisories([advisory("PYSEC-web", "web", {"introduced": "0"}, {"fixed": "2"}, aliases=["CVE-web"])])


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts.sqlite") as opened:
        yield opened


def tell(facts: Facts, milestone: str, advisory: str) -> None:
    record(
        Telling(milestone=milestone, advisory=advisory), Place(subject="shop@1", application="shop"), facts, now=now()
    )


def on_the_clock(facts: Facts) -> Clock:
    return clock(facts, subject="shop@1", application="shop", now=now(), source=SOURCE)


def responded(facts: Facts) -> View:
    pipeline = FakePipeline({"web": 2}, {"web": 2})
    scope = Scope(subject="shop@1", application=SHOP, environments=(), probes=(), began=now())
    story = Respond(scope, world=pipeline, hands=pipeline, facts=facts, report=lambda _: None)
    return View(application="shop", outcome=story.run(lambda _: True), at=now())


@pytest.mark.parametrize("milestone", ["known", "landed", "deployed"])
def test_an_id_that_no_record_here_has_is_unknown_until_it_is_settled(facts: Facts, milestone: str) -> None:
    tell(facts, milestone, "CVE-9999-1")
    shown, story = on_the_clock(facts), responded(facts)
    assert {each.id: each.unmatched for each in shown.exposures} == {"CVE-9999-1": NO_RECORD}
    assert (story.outcome.unknown, story.outcome.done) == ((("CVE-9999-1", NO_RECORD),), False)
    assert clock_output.text(shown).startswith(f"CVE-9999-1 in shop is unknown: {NO_RECORD.why}.\n")
    assert respond_output.text(story).splitlines()[:4] == [
        "shop: 1 unknown",
        "",
        "CVE-9999-1",
        f"  unknown: {NO_RECORD.why} (outpace advisories",
    ]
    asked = [json.loads(each)["unknown"][0] for each in (clock_output.answer(shown), respond_output.answer(story))]
    assert asked == [{"what": "CVE-9999-1", "why": NO_RECORD.why, "would_settle": NO_RECORD.would_settle}] * 2


def test_what_has_a_record_and_was_never_matched_is_open_for_neither(facts: Facts) -> None:
    tell(facts, "known", "CVE-web")
    shown, story = on_the_clock(facts), responded(facts)
    assert [(each.is_open, each.unmatched) for each in shown.exposures] == [(False, NEVER)]
    assert clock_output.text(shown).startswith(f"CVE-web in shop is not open: {NEVER.why}.\n")
    assert (story.outcome.unknown, story.outcome.done) == ((), True)


def test_a_match_whose_record_changed_so_that_it_matches_no_more_is_open_for_neither(facts: Facts) -> None:
    matched = MatchedFact(vulnerabilities=("PYSEC-web", "CVE-web"), component=package("web"), version="2")
    facts.add([fact_of("shop@1", matched, at=now(), source="outpace", inputs=(1,))])
    shown, story = on_the_clock(facts), responded(facts)
    assert [(each.is_open, each.unmatched) for each in shown.exposures] == [(False, NO_LONGER)]
    assert (story.outcome.unknown, story.outcome.done) == ((), True)


def test_what_is_matched_waits_as_before(facts: Facts) -> None:
    matched = MatchedFact(vulnerabilities=("PYSEC-web", "CVE-web"), component=package("web"), version="1")
    facts.add([fact_of("shop@1", matched, at=now(), source="outpace", inputs=(1,))])
    shown, story = on_the_clock(facts), responded(facts)
    assert [(each.is_open, each.unmatched) for each in shown.exposures] == [(True, None)]
    assert [each.case.vulnerability.id for each in story.outcome.rested] == ["PYSEC-web"]
