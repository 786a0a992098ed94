"""Which release mended a vulnerability, and when it came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from outpace.assessment.episodes import Undated
from outpace.assessment.not_asked import NOT_ASKED, NOT_PYPI, NotAsked
from outpace.assessment.ports import Listing, Upload
from outpace.assessment.releases import FixReleases, enough, undated
from outpace.ecosystems.pypi import versions
from outpace.matching.groups import groups_of
from outpace.model.package import NPM, PYPI, Package
from tests.fakes.advisories import Advisories, record
from tests.fakes.told_histories import day

ACME, OTHER, NODE = Package(PYPI, "acme"), Package(PYPI, "other"), Package(NPM, "acme")
END = day(1000)
ALL_BELOW_1_1 = ({"introduced": "0"}, {"fixed": "1.1"})
TWO_BRANCHES = (
    {"introduced": "1.0"}, {"fixed": "1.2.5"}, {"introduced": "2.0"}, {"fixed": "2.0.3"},
)  # fmt: skip


def fixes(*events: Mapping[str, str]) -> FixReleases:
    advisory = record("PYSEC-1", "acme", *events, published=day(30).isoformat())
    (group,) = groups_of(ACME, Advisories([advisory]), END)
    return FixReleases(group.vulnerability)


def uploads(told: Mapping[str, float]) -> tuple[Upload, ...]:
    found = {version: versions.parse(version) for version in told}
    ordered = sorted((parsed, version) for version, parsed in found.items() if parsed is not None)
    return tuple(Upload(version, day(told[version]), parsed.is_prerelease) for parsed, version in ordered)


BRANCHES = {"1.2.0": 0, "1.2.4": 100, "1.2.5": 130, "2.0": 50, "2.0.2": 110, "2.0.3": 120}


@pytest.mark.parametrize(
    ("events", "told", "before", "released"),
    [
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.1": 20}, ["1.0"], 20, id="the fix that is named"),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.2": 25}, ["1.0"], 25, id="the next, where that one is not there"),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.1": 20, "0.9.1": 9}, ["1.0"], 20, id="nothing below"),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.1rc1": 10, "1.1": 20}, ["1.0"], 20, id="no prerelease"),
        pytest.param(
            ALL_BELOW_1_1, {"1.0rc1": 0, "1.1": 20, "1.2rc1": 18}, ["1.0rc1"], 18, id="a prerelease from another"
        ),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.1": 1001}, ["1.0"], None, id="not yet"),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0}, ["1.0"], None, id="none at all"),
        pytest.param(ALL_BELOW_1_1, {}, ["1.0"], None, id="nothing is known"),
        pytest.param(TWO_BRANCHES, BRANCHES, ["1.2.4"], 120, id="the branch that was mended first"),
        pytest.param(TWO_BRANCHES, BRANCHES, ["2.0.2"], 120, id="its own branch, when nothing is above"),
        pytest.param(
            TWO_BRANCHES, {**BRANCHES, "1.3": 40, "1.4": 105}, ["1.2.4"], 120,
            id="no branch that was given up while others were affected, and that no record names",
        ),
        pytest.param(
            ALL_BELOW_1_1, {"1.0": 0, "2.0": 12, "1.1": 20}, ["1.0"], 12, id="a new branch that came mended"
        ),
        pytest.param(
            ALL_BELOW_1_1, {"1.0": 0, "1.0.9": 300, "1.1": 20, "1.2": 310}, ["1.0"], 20,
            id="although the branch below goes on without it",
        ),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.1": 20}, ["1.0", "0.9"], 20, id="one release for two versions"),
        pytest.param(
            TWO_BRANCHES, {**BRANCHES, "2.0.3": 140}, ["1.2.4", "2.0.2"], 140, id="of two versions, the later one"
        ),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.1": 20}, ["<1.1,>=1.0"], 20, id="from where a range begins"),
        pytest.param(ALL_BELOW_1_1, {"1.0": 0, "1.1": 20}, ["1.0", "as it was"], None, id="one that no order knows"),
        pytest.param(
            ({"introduced": "0"}, {"last_affected": "1.0"}), {"1.0": 0, "1.0.1": 9}, ["1.0"], 9, id="no fix is named"
        ),
        pytest.param(({"introduced": "0"},), {"1.0": 0, "1.1": 20}, ["1.0"], None, id="every version is affected"),
    ],
)  # fmt: skip
def test_the_earliest_release_that_mends_counts(
    events: Sequence[Mapping[str, str]], told: Mapping[str, float], before: Sequence[str], released: float | None
) -> None:
    found = fixes(*events).first(before, uploads(told), END)
    assert found == (None if released is None else day(released))


VERSIONS = st.builds("{}.{}".format, st.integers(0, 3), st.integers(0, 9))


@settings(deadline=None)
@given(
    told=st.dictionaries(VERSIONS, st.integers(0, 99), max_size=20),
    before=VERSIONS,
    bounds=st.lists(VERSIONS, min_size=2, max_size=2, unique=True),
    until=st.integers(0, 99),
)
def test_it_is_the_upload_of_a_release_above_that_is_not_affected_wherever_there_is_one(
    told: dict[str, int], before: str, bounds: list[str], until: int
) -> None:
    low, high = sorted(bounds, key=Version)
    safe = {
        day(at)
        for version, at in told.items()
        if Version(version) > Version(before) and not Version(low) <= Version(version) < Version(high) and at <= until
    }
    found = fixes({"introduced": low}, {"fixed": high}).first([before], uploads(dict(told)), day(until))
    assert found in safe if safe else found is None


def test_a_listing_is_enough_when_it_mends_everything() -> None:
    every = enough([(fixes(*ALL_BELOW_1_1), ["1.0"]), (fixes({"introduced": "0"}, {"fixed": "1.2"}), ["1.0"])], END)
    assert not every(uploads({"1.0": 0, "1.1": 20}))
    assert every(uploads({"1.0": 0, "1.1": 20, "1.2": 30}))


def test_where_nobody_is_asked_it_says_what_would_settle_it() -> None:
    every = enough([], END)
    assert NotAsked().listings({ACME: every, NODE: every}, END) == {ACME: NOT_ASKED, NODE: NOT_PYPI}
    assert "--release-dates" in NOT_ASKED.would_settle


def test_packages_that_are_not_known_for_one_reason_are_told_together() -> None:
    told = {OTHER: NOT_ASKED, ACME: NOT_ASKED, Package(PYPI, "known"): Listing(), NODE: NOT_PYPI}
    assert undated(told) == (
        Undated(packages=(ACME, OTHER), why=NOT_ASKED.why, would_settle=NOT_ASKED.would_settle),
        Undated(packages=(NODE,), why=NOT_PYPI.why, would_settle=NOT_PYPI.would_settle),
    )
