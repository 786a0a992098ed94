"""What every RecordSource does: the store on disk and the fake in memory."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from outpace.engines.advisories import AdvisoryStore
from outpace.engines.advisories.feed import AdvisoryFeed
from outpace.matching.ports import RecordSource
from outpace.model.package import PYPI, Package
from tests.fakes.advisories import Advisories, record

RECORDS = [
    record("PYSEC-2099-1", "Acme_Web", {"introduced": "0"}, {"fixed": "1.1"}, aliases=["CVE-2099-1"]),
    record("GHSA-2222-2222-2222", "acme-web", {"introduced": "0"}, {"fixed": "1.1"}, aliases=["CVE-2099-1"]),
    record("GHSA-3333-3333-3333", "acme-web", {"introduced": "0"}, withdrawn="2024-03-01T00:00:00Z"),
    record("GHSA-4444-4444-4444", "acme-web", {"introduced": "0"}, ecosystem="npm"),
    record("PYSEC-2099-2", "acme-other", {"introduced": "0"}),
]
EXPLOITED = {"CVE-2099-1": date(2024, 5, 1), "CVE-2099-9": date(2024, 4, 1)}


def in_memory(_place: Path) -> RecordSource:
    return Advisories(RECORDS, EXPLOITED)


def on_disk(place: Path) -> RecordSource:
    records = place / "records"
    records.mkdir()
    for each in RECORDS:
        (records / f"{each['id']}.json").write_text(json.dumps(each))
    kev = place / "kev.json"
    rows = [{"cveID": cve, "dateAdded": str(added), "dueDate": str(added)} for cve, added in EXPLOITED.items()]
    catalog = {"catalogVersion": "1", "dateReleased": "2024-06-01T00:00:00Z", "count": 2, "vulnerabilities": rows}
    kev.write_text(json.dumps(catalog))
    AdvisoryFeed(place / "store").read(advisories=records, kev=kev, report=lambda _event: None)
    return AdvisoryStore(place / "store")


@pytest.fixture(params=[in_memory, on_disk])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> RecordSource:
    return request.param(tmp_path)


def test_every_record_about_the_package_is_given_by_id_and_withdrawn_ones_too(source: RecordSource) -> None:
    names = [each.id for each in source.about(Package(PYPI, "acme-web"))]
    assert names == ["GHSA-2222-2222-2222", "GHSA-3333-3333-3333", "PYSEC-2099-1"]


def test_an_ecosystem_is_never_mixed_up_with_another(source: RecordSource) -> None:
    assert [each.id for each in source.about(Package("npm", "acme-web"))] == ["GHSA-4444-4444-4444"]
    assert source.about(Package(PYPI, "nobody")) == ()


def test_a_record_is_whole(source: RecordSource) -> None:
    found = source.about(Package(PYPI, "acme-web"))[-1]
    assert (found.aliases, found.published, len(found.digest)) == (
        ("CVE-2099-1",),
        datetime(2024, 2, 1, tzinfo=UTC),
        64,
    )


def test_exploitation_is_found_through_any_alias(source: RecordSource) -> None:
    found = source.exploited(["GHSA-2222-2222-2222"])
    assert found is not None
    assert (found.cve, found.added) == ("CVE-2099-1", date(2024, 5, 1))
    assert source.exploited(["PYSEC-2099-2"]) is None
    assert source.exploited([]) is None


def test_coverage_tells_how_far_the_data_reaches(source: RecordSource) -> None:
    coverage = source.coverage()
    assert (coverage.ecosystem, coverage.cutoff) == (PYPI, datetime(2024, 2, 2, tzinfo=UTC))
    assert coverage.kev_cutoff == date(2024, 6, 1)


def test_records_are_found_by_any_id_that_means_the_same(source: RecordSource) -> None:
    ids = source.aliases(["CVE-2099-1"])
    assert ids == {"CVE-2099-1", "PYSEC-2099-1", "GHSA-2222-2222-2222"}
    assert [each.id for each in source.named(sorted(ids))] == ["GHSA-2222-2222-2222", "PYSEC-2099-1"]
    assert [each.id for each in source.named(["GHSA-3333-3333-3333"])] == ["GHSA-3333-3333-3333"]
    assert (source.aliases(["CVE-2099-8"]), source.named(["CVE-2099-8"])) == ({"CVE-2099-8"}, ())


def test_every_ecosystem_that_is_covered_is_named_with_its_own_cutoff(source: RecordSource) -> None:
    told = [(each.ecosystem, each.records, each.cutoff) for each in source.coverages()]
    newest = datetime(2024, 2, 2, tzinfo=UTC)
    assert told == [(PYPI, 4, newest), ("npm", 1, newest)]
    assert [each for each in (PYPI, "npm", "Go", "Maven") if source.covers(each)] == [PYPI, "npm"]
