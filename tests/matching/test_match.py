"""An inventory against advisories: aliases, withdrawal, origins, severities, exploitation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.matching.groups import united
from outpace.matching.match import match
from outpace.model.advisory import Advisory, Fix, Scored
from outpace.model.exposure import Matched
from outpace.model.inventory import (
    Component,
    DirectUrl,
    Editable,
    Git,
    Inventory,
    LocalPath,
    Origin,
    OtherIndex,
    PublicIndex,
    Workspace,
)
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown
from tests.fakes.advisories import Advisories, record

NOW = datetime(2024, 6, 1, tzinfo=UTC)
UP_TO = ({"introduced": "0"}, {"fixed": "1.1"})
PYSEC = record("PYSEC-2099-1", "acme", *UP_TO, aliases=["CVE-2099-1"])
GHSA = record("GHSA-2222-2222-2222", "acme", *UP_TO, aliases=["CVE-2099-1"])


def matched(
    *records: Mapping[str, Any],
    version: str | None = "1.0",
    specifier: str = "",
    doubt: Unknown | None = None,
    origin: Origin = PublicIndex(),  # noqa: B008  a frozen record
    exploited: Mapping[str, date] | None = None,
) -> Matched:
    one = Component(package=Package(PYPI, "acme"), version=version, specifier=specifier, doubt=doubt, origin=origin)
    inventory = Inventory(source="files", components=(one,))
    return match(inventory, Advisories(records, exploited), now=NOW)


def test_records_that_share_an_alias_are_one_vulnerability() -> None:
    (exposure,) = matched(GHSA, PYSEC).exposures
    found = exposure.vulnerability
    assert (found.id, found.aliases) == ("PYSEC-2099-1", ("CVE-2099-1", "GHSA-2222-2222-2222"))
    assert [each.id for each in found.records] == ["GHSA-2222-2222-2222", "PYSEC-2099-1"]
    assert exposure.fixed == Fix(same_branch="1.1", nearest="1.1")


def test_a_withdrawn_record_is_no_reason_and_its_twin_lives() -> None:
    withdrawn = {**GHSA, "withdrawn": "2024-03-01T00:00:00Z"}
    (exposure,) = matched(withdrawn, PYSEC).exposures
    assert [each.id for each in exposure.vulnerability.records] == ["PYSEC-2099-1"]
    assert "GHSA-2222-2222-2222" in exposure.vulnerability.aliases
    assert matched(withdrawn).exposures == ()


def test_a_withdrawal_in_the_future_has_not_come() -> None:
    assert len(matched({**PYSEC, "withdrawn": "2024-06-01T00:00:01Z"}).exposures) == 1
    assert matched({**PYSEC, "withdrawn": "2024-06-01T00:00:00Z"}).exposures == ()


def test_the_record_that_was_modified_last_counts_whichever_came_first() -> None:
    old = record("PYSEC-2099-1", "acme", {"introduced": "0"}, modified="2024-02-02T00:00:00Z")
    new = record("PYSEC-2099-1", "acme", {"introduced": "2.0"}, modified="2024-03-02T00:00:00Z")
    assert matched(old, new).exposures == matched(new, old).exposures == ()


def test_records_that_disagree_are_affected_and_it_is_said() -> None:
    other = record("GHSA-2222-2222-2222", "acme", {"introduced": "0"}, {"fixed": "0.9"}, aliases=["CVE-2099-1"])
    (exposure,) = matched(PYSEC, other).exposures
    assert exposure.caveats == ("the records disagree: by GHSA-2222-2222-2222 it is not affected",)


def test_other_packages_and_ecosystems_of_a_record_do_not_count() -> None:
    mixed = record("GHSA-2222-2222-2222", "acme", {"introduced": "0"}, ecosystem="npm")
    mixed["affected"] += record("x", "acme-other", {"introduced": "0"})["affected"]
    mixed["affected"] += record("x", "acme", {"introduced": "2"})["affected"]
    assert matched(mixed).exposures == ()
    assert len(matched(mixed, version="2.1").exposures) == 1


@pytest.mark.parametrize(
    ("origin", "inside", "above"),
    [
        (PublicIndex(), "affected", "not"),
        (PublicIndex(beside=("https://x.invalid",)), "affected, said", "not"),
        (OtherIndex("https://x.invalid"), "affected, said", "not"),
        (DirectUrl("https://x.invalid/acme-1.0.tar.gz"), "affected, said", "not"),
        (LocalPath("wheels/acme-1.0-py3-none-any.whl"), "affected, said", "not"),
        (LocalPath("libs/acme"), "unknown", "unknown"),
        (Git("https://x.invalid/acme", "abc"), "unknown", "unknown"),
        (Workspace("."), "unknown", "unknown"),
        (Editable("."), "unknown", "unknown"),
    ],
)
def test_code_from_elsewhere_is_never_silently_safe_or_affected(origin: Origin, inside: str, above: str) -> None:
    def answer(version: str) -> str:
        found = matched(PYSEC, version=version, origin=origin)
        if found.exposures:
            return "affected, said" if found.exposures[0].caveats else "affected"
        return "unknown" if found.doubts else "not"

    assert (answer("1.0"), answer("1.1")) == (inside, above)


def test_what_is_not_pinned_is_unknown_unless_all_that_is_allowed_agrees() -> None:
    assert len(matched(PYSEC, version=None, specifier=">=1").doubts) == 1
    assert len(matched(PYSEC, version=None, specifier="<1").exposures) == 1
    unaffected = matched(PYSEC, version=None, specifier=">=1.1")
    assert (unaffected.exposures, unaffected.doubts) == ((), ())


@pytest.mark.parametrize("specifier", ["<1", ">=0.26,<0.27", "==0.26.*", "~=0.26.1"])
def test_a_demand_that_allows_affected_versions_alone_has_its_fix_named(specifier: str) -> None:
    [exposure] = matched(PYSEC, version=None, specifier=specifier).exposures
    assert exposure.fixed.nearest == "1.1"


def test_a_version_in_doubt_gives_its_own_reason_and_speaks_of_no_pin() -> None:
    doubt = Unknown("/s/web changed after the process started; restart it to run what is on disk", "restart it")
    [found] = matched(PYSEC, version=None, doubt=doubt).doubts
    assert found.unknown == doubt


def test_a_pinned_version_that_may_not_be_here_is_in_doubt_where_it_is_affected_and_nowhere_else() -> None:
    doubt = Unknown("a constraints file alone pins it", "look at what is installed")
    found = matched(PYSEC, version="1.0", doubt=doubt)
    assert ([each.unknown for each in found.doubts], found.exposures) == ([doubt], ())
    unaffected = matched(PYSEC, version="1.1", doubt=doubt)
    assert (unaffected.exposures, unaffected.doubts) == ((), ())


def test_a_version_in_doubt_is_affected_where_every_version_is() -> None:
    every = record("PYSEC-2099-1", "acme", {"introduced": "0"})
    [found] = matched(every, version=None, doubt=Unknown("it changed", "restart it")).exposures
    assert found.caveats == ("which version it is cannot be told, and every version is affected",)


def test_severity_exploitation_and_dates_come_from_every_live_record() -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    rated = {**GHSA, "severity": [{"type": "CVSS_V3", "score": vector}, {"type": "Ubuntu", "score": "high"}]}
    late = {**PYSEC, "published": "2024-03-01T00:00:00Z", "summary": "bad"}
    found = matched(rated, late, exploited={"CVE-2099-1": date(2024, 5, 1)}).exposures[0].vulnerability
    assert found.severity == Scored(9.8, "critical", vector)
    assert found.published == datetime(2024, 2, 1, tzinfo=UTC)
    assert found.summary == "bad"
    assert found.exploited is not None
    assert found.exploited.cve == "CVE-2099-1"


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=12), st.randoms())
def test_uniting_is_transitive_and_its_order_does_not_matter(pairs: list[tuple[int, int]], random: Any) -> None:
    records = [Advisory(id=f"R{at}", aliases=(f"A{one}", f"A{other}")) for at, (one, other) in enumerate(pairs)]
    shuffled = list(records)
    random.shuffle(shuffled)

    def sets(of: list[Advisory]) -> set[frozenset[str]]:
        return {frozenset(each.id for each in group) for group in united(of)}

    found = sets(records)
    assert found == sets(shuffled)
    for one in records:
        for other in records:
            together = any({one.id, other.id} <= group for group in found)
            assert together or not set(one.aliases) & set(other.aliases)
