"""Deadlines on the clock: counted from facts, and over with the exposure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outpace.app.clock import Clock, clock
from outpace.app.deadlines import of_match, record_of
from outpace.app.match import match_inventory
from outpace.ecosystems.read import read
from outpace.formats.clock import answer, text
from outpace.model.deadline import Assessed, Deadline, Due, NotBegun, Waits
from outpace.model.package import Package
from outpace.store.facts import Facts
from outpace.stories.kinds import Body, Closed, Known, MatchedFact, Verified, fact_of
from tests.fakes.advisories import Advisories, record

NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)
NOW = NOON + timedelta(days=2)
ACME = Package("PyPI", "acme")
IDS = ("PYSEC-2099-1", "CVE-2099-1")
SOURCE = Advisories([record(IDS[0], "acme", {"introduced": "0"}, {"fixed": "1.1"}, aliases=[IDS[1]])])
RUNNING = MatchedFact(
    vulnerabilities=IDS, component=ACME, version="1.0", where="running", environment="production", published=NOON
)
KNOWN = Deadline(name="told", within="3 days")
HERE = Deadline(name="in production", within="1 day", since="matched", environment="production")
KEV = Deadline(name="exploited", within="2 hours", kev=True)


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts") as store:
        keep(store, (Known(vulnerabilities=IDS), 0), (RUNNING, 6))
        yield store


def keep(store: Facts, *told: tuple[Body, float]) -> None:
    store.add(
        fact_of("shop@1", body, at=NOON + timedelta(hours=hours), source="outpace", inputs=(body,))
        for body, hours in told
    )


def shown(facts: Facts, *deadlines: Deadline, source: Advisories = SOURCE) -> Clock:
    return clock(facts, subject="shop@1", application="shop", now=NOW, deadlines=deadlines, source=source)


def test_the_page_says_below_its_headline_what_is_due(facts: Facts) -> None:
    assert "due" not in text(shown(facts))
    assert text(shown(facts, KNOWN)).splitlines()[2] == "Due 2024-02-02 (told), in 1 day."
    page = text(shown(facts, KNOWN, HERE, KEV)).splitlines()
    assert page[2:5] == [
        "Overdue since 2024-01-31 (in production).",
        "Would be due 2024-01-30 (exploited) if in KEV: there is no catalog here (would",
        "  settle it: outpace advisories update).",
    ]


def test_what_is_over_was_met_or_missed(facts: Facts) -> None:
    keep(facts, (Verified(vulnerabilities=IDS, environment="production"), 26))
    assert "Met: it was due 2024-02-02 (told)." in text(shown(facts, KNOWN)).splitlines()
    late = Deadline(name="late", within="1 hour", since="matched")
    assert "Missed: it was due 2024-01-30 (late)." in text(shown(facts, late, KEV)).splitlines()
    assert json.loads(answer(shown(facts, late)))["result"]["exposures"][0]["due"]["state"] == "missed"


def test_an_exposure_that_was_closed_unverified_ended_with_that(facts: Facts) -> None:
    keep(facts, (Closed(vulnerabilities=IDS, how="no longer used"), 20))
    (exposure,) = shown(facts, KNOWN).exposures
    due = Due(name="told", at=NOON + timedelta(days=3), since="known", begun=NOON, ended=NOON + timedelta(hours=20))
    assert exposure.due == Assessed(due=due)


def test_a_record_that_is_not_here_leaves_its_conditions_open(facts: Facts) -> None:
    (exposure,) = shown(facts, KEV, KNOWN, source=Advisories([])).exposures
    assert exposure.due is not None
    assert [each.name for each in exposure.due.undecided] == ["exploited"]


def test_a_match_counts_from_the_same_facts_until_they_are_over(facts: Facts) -> None:
    matched = match_inventory(read(["requirements.txt"], {"requirements.txt": b"acme==1.0"}.get), SOURCE, now=NOW)

    def due() -> Assessed:
        return of_match(matched.matched, (KNOWN, HERE), record_of(facts.of("shop@1")), now=NOW)[IDS[0], ACME]

    begun = NOON + timedelta(hours=6)
    assert due() == Assessed(due=Due(name="in production", at=begun + timedelta(days=1), since="matched", begun=begun))
    keep(facts, (Verified(vulnerabilities=IDS, environment="production"), 26))
    over = NotBegun("its clock here is over", "outpace respond")
    assert due() == Assessed(
        due=Waits(name="in production", at=NOW + timedelta(days=1), since="matched", within="1 day", not_begun=over)
    )
