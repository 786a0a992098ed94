"""The most urgent exposure comes first, each with where its story stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

from outpace.app.clock import Clock, Timed
from outpace.app.urgent import urgent
from outpace.assessment.clock import Waiting, Waterfall
from outpace.model.advisory import Exploitation, Scored, Severity, Vulnerability
from outpace.model.deadline import Assessed, Due
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component, Inventory
from outpace.model.milestone import Kind
from outpace.model.package import Package
from outpace.model.unknown import Unknown

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ACME = Package("PyPI", "acme")
COMPONENT = Component(package=ACME, version="1.0")
WAITS = Waterfall(waiting=Waiting(awaiting=Kind.PROPOSED, after=Kind.MATCHED, since=NOW, so_far=NOW - NOW))
NONE_KNOWN = Unknown("the records give none")


def exposure(name: str, severity: Severity = NONE_KNOWN, *, exploited: bool = False, alias: str = "") -> Exposure:
    listed = Exploitation(cve="CVE-1", added=date(2026, 1, 1)) if exploited else None
    about = Vulnerability(id=name, package=ACME, aliases=(alias,) if alias else (), severity=severity, exploited=listed)
    return Exposure(component=COMPONENT, vulnerability=about)


def timed(name: str, waterfall: Waterfall = WAITS, **more: object) -> Timed:
    return Timed(id=name, aliases=(), components=((ACME, "1.0"),), waterfall=waterfall, **more)  # type: ignore[arg-type]


def clock(*rows: Timed) -> Clock:
    return Clock(application="shop", at=NOW, exposures=rows)


def matched(*exposures: Exposure, doubts: tuple[Doubt, ...] = ()) -> Matched:
    return Matched(inventory=Inventory(source="files"), exposures=exposures, doubts=doubts)


def test_exploited_ones_come_first_then_by_deadline_then_by_severity() -> None:
    due = Assessed(due=Due(name="soon", at=NOW, since="known", begun=NOW))
    found = urgent(
        matched(
            exposure("unscored"),
            exposure("low", Scored(2.0, "low", "")),
            exposure("critical", Scored(9.8, "critical", "")),
            exposure("due"),
            exposure("exploited", exploited=True),
        ),
        clock(timed("due", due=due)),
    )
    assert [each.id for each in found] == ["exploited", "due", "critical", "low", "unscored"]


def test_a_story_is_joined_by_any_id_and_what_only_the_record_knows_is_there_too() -> None:
    found = urgent(matched(exposure("PYSEC-1", alias="CVE-1")), clock(timed("CVE-1"), timed("CVE-2")))
    assert [(each.id, each.timed.id if each.timed else "", each.state) for each in found] == [
        ("CVE-2", "CVE-2", "open"),
        ("PYSEC-1", "CVE-1", "open"),
    ]


def test_what_cannot_be_judged_is_unknown_and_only_what_is_over_is_closed() -> None:
    doubt = Doubt(component=COMPONENT, vulnerability=exposure("doubted").vulnerability, unknown=Unknown("no pin"))
    unmatched = timed("unmatched", unmatched=Unknown("no record speaks of it"))
    found = urgent(matched(doubts=(doubt,)), clock(unmatched, timed("over", Waterfall(), closed="verified")))
    assert {each.id: each.state for each in found} == {"doubted": "unknown", "unmatched": "unknown", "over": "closed"}
