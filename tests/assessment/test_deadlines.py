"""Which deadline is due, and what is said where that cannot be decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from outpace.assessment.deadlines import NO_DATE, NO_KEV, NO_SCORE, NOT_SAID, Circumstances, assess, of_vulnerability
from outpace.model.advisory import Advisory, Affected, Rating, Scored, VectorOnly, Vulnerability
from outpace.model.deadline import Assessed, Deadline, Due, NotBegun, Undecided, Waits
from outpace.model.package import Package
from outpace.model.unknown import Unknown

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KNOWN, PUBLISHED = NOW - timedelta(days=1), NOW - timedelta(days=10)
NOT_YET = NotBegun("nobody matched it", "outpace respond")
TOLD = Circumstances(
    in_kev=True,
    score=8.0,
    automatable=True,
    starts={"published": PUBLISHED, "known": KNOWN, "matched": NOT_YET},
    seen_in={"production": True, "staging": False},
)
EVERY = Deadline(name="every", within="90 days")
KEV = Deadline(name="kev", within="3 days", kev=True)
EVERY_DUE = Due(name="every", at=KNOWN + timedelta(days=90), since="known", begun=KNOWN)
KEV_DUE = Due(name="kev", at=KNOWN + timedelta(days=3), since="known", begun=KNOWN)


def test_the_shortest_of_those_that_hold_is_due_whatever_their_order() -> None:
    assert assess((EVERY, KEV), TOLD, now=NOW) == assess((KEV, EVERY), TOLD, now=NOW) == Assessed(due=KEV_DUE)


def test_what_counts_is_which_ends_first_and_not_which_is_shorter() -> None:
    early = Deadline(name="early", within="11 days", since="published")
    due = Due(name="early", at=PUBLISHED + timedelta(days=11), since="published", begun=PUBLISHED)
    assert assess((KEV, early), TOLD, now=NOW) == Assessed(due=due)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"kev": True}, True),
        ({"kev": False}, False),
        ({"severity": "critical"}, False),
        ({"severity": "high"}, True),
        ({"severity": 8.0}, True),
        ({"severity": 8.1}, False),
        ({"environment": "production"}, True),
        ({"environment": "staging"}, False),
        ({"automatable": True}, True),
        ({"automatable": False}, False),
        ({"kev": True, "severity": "critical"}, False),
        ({}, True),
    ],
)
def test_a_deadline_holds_where_every_condition_does(condition: dict[str, Any], holds: bool) -> None:
    deadline = structs.replace(EVERY, **condition)
    assert assess((deadline,), TOLD, now=NOW) == Assessed(due=EVERY_DUE if holds else None)


@pytest.mark.parametrize(
    ("condition", "told", "unknown"),
    [
        ({"kev": True}, {"in_kev": NO_KEV}, ("in KEV", NO_KEV)),
        ({"kev": False}, {"in_kev": NO_KEV}, ("not in KEV", NO_KEV)),
        ({"severity": "low"}, {"score": NO_SCORE}, ("the severity is at least low", NO_SCORE)),
        ({"automatable": True}, {"automatable": NOT_SAID}, ("automatable", NOT_SAID)),
        ({"environment": "edge"}, {}, ("exposed in edge", TOLD.not_seen)),
    ],
)
def test_a_condition_that_cannot_be_decided_is_said(
    condition: dict[str, Any], told: dict[str, object], unknown: tuple[str, Unknown]
) -> None:
    found = assess((Deadline(name="kev", within="3 days", **condition), EVERY), structs.replace(TOLD, **told), now=NOW)
    assert found == Assessed(due=EVERY_DUE, undecided=(Undecided(name="kev", at=KEV_DUE.at, unknown=(unknown,)),))


def test_what_is_unknown_is_left_out_only_where_it_changes_nothing() -> None:
    told = structs.replace(TOLD, score=NO_SCORE)
    later = structs.replace(EVERY, name="later", severity="low")
    fails = structs.replace(KEV, name="fails", kev=False, severity="low", within="1 hour")
    assert assess((KEV, later, fails), told, now=NOW) == Assessed(due=KEV_DUE)


def test_a_begin_that_has_not_come_is_counted_from_now_and_one_that_is_unknown_is_said() -> None:
    waits = Deadline(name="waits", within="1 day", since="matched")
    at = NOW + timedelta(days=1)
    assert assess((EVERY, waits), TOLD, now=NOW) == Assessed(
        due=Waits(name="waits", at=at, since="matched", within="1 day", not_begun=NOT_YET)
    )
    undated = structs.replace(TOLD, starts={**TOLD.starts, "known": NO_DATE})
    begin = ("it was known", NO_DATE)
    assert assess((KEV,), undated, now=NOW) == Assessed(undecided=(Undecided(name="kev", at=None, unknown=(begin,)),))


def test_a_record_of_the_last_year_there_is_ends_with_it() -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)
    told = structs.replace(TOLD, starts={**TOLD.starts, "known": last})
    at = datetime.max.replace(tzinfo=UTC)
    assert assess((EVERY,), told, now=NOW) == Assessed(due=Due(name="every", at=at, since="known", begun=last))


def test_nothing_is_due_where_nothing_is_declared() -> None:
    assert assess((), TOLD, now=NOW) == Assessed()


ACME = Package("PyPI", "acme")


def rated(*vectors: str, of: Package = ACME) -> Vulnerability:
    ratings = tuple(Rating(type="CVSS_V4", score=vector) for vector in vectors)
    records = (Advisory(id="A-1", affected=(Affected(package=of, severity=ratings),)),)
    return Vulnerability(id="A-1", package=ACME, records=records)


@pytest.mark.parametrize(
    ("vulnerability", "automatable"),
    [
        (rated("CVSS:4.0/AV:N/AU:Y"), True),
        (rated("CVSS:4.0/AV:N/AU:N"), False),
        (rated("CVSS:4.0/AV:N/AU:N", "CVSS:4.0/AV:N/AU:Y"), True),
        (rated("CVSS:4.0/AV:N/AU:X"), NOT_SAID),
        (rated("CVSS:4.0/AU:Y", of=Package("PyPI", "other")), NOT_SAID),
        (rated(), NOT_SAID),
    ],
)
def test_automatable_is_what_the_records_of_the_package_say(
    vulnerability: Vulnerability, automatable: bool | Unknown
) -> None:
    assert of_vulnerability(vulnerability, None) == (NO_KEV, vulnerability.severity, automatable)


def test_a_vector_without_a_score_leaves_the_severity_unknown() -> None:
    found = structs.replace(rated(), severity=VectorOnly("odd"))
    assert of_vulnerability(found, None)[1] == NO_SCORE
    assert of_vulnerability(structs.replace(found, severity=Scored(7.5, "high", "v")), None)[1] == 7.5
