"""What every source of release dates promises, the package index and the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outpace.assessment.ports import Listing, ReleaseDates, Upload
from outpace.engines.cache import Cache
from outpace.engines.releases import PackageIndex
from outpace.model.package import PYPI, Package
from outpace.model.times import now
from tests.fakes.index import Index, Release
from tests.fakes.told_releases import ToldReleases

ACME, NOWHERE = Package(PYPI, "acme"), Package(PYPI, "nowhere")
TOLD = (
    Upload("1.0", datetime(2024, 1, 1, tzinfo=UTC)),
    Upload("1.1rc1", datetime(2024, 2, 1, tzinfo=UTC), is_prerelease=True),
    Upload("1.1", datetime(2024, 2, 9, tzinfo=UTC)),
)


@pytest.fixture(params=["index", "fake"])
def dates(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseDates]:
    if request.param == "fake":
        yield ToldReleases({"acme": TOLD})
        return
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    served = [Release(version=one.version, upload_time=one.at.isoformat()) for one in reversed(TOLD)]
    with Index({"acme": served}) as index:
        yield PackageIndex(index.url, Cache(tmp_path), asks=True, today=now().date(), report=lambda _: None)


def test_each_package_has_a_listing_by_version(dates: ReleaseDates) -> None:
    found = dates.listings({ACME: lambda _: False, NOWHERE: lambda _: False}, now())
    assert list(found) == [ACME, NOWHERE]
    assert found[ACME] == Listing(uploads=TOLD)


def test_what_is_not_known_says_why_and_what_would_settle_it(dates: ReleaseDates) -> None:
    found = dates.listings({NOWHERE: lambda _: False}, now())[NOWHERE]
    assert found.uploads == ()
    assert found.why
    assert found.would_settle


def test_whoever_is_asked_has_a_name(dates: ReleaseDates) -> None:
    assert dates.name
