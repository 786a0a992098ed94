"""The walk upwards: what a demand lets through, and what it must never skip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from outpace.ecosystems.osv import AffectedBy
from outpace.ecosystems.pypi.versions import parse
from outpace.matching.match import is_affected
from outpace.model.advisory import Advisory, Affected, Event, Range, Vulnerability
from outpace.model.package import PYPI, Package
from outpace.remediation.candidates import above

A = Package(PYPI, "a")


def vulnerability(*events: Event, versions: tuple[str, ...] = (), type: str = "ECOSYSTEM") -> Vulnerability:  # noqa: A002
    entry = Affected(package=A, ranges=(Range(type=type, events=events),) if events else (), versions=versions)
    return Vulnerability(id="X-1", package=A, records=(Advisory(id="X-1", affected=(entry,)),))


@pytest.mark.parametrize(
    ("version", "against", "demand"),
    [
        ("1.0", (), ">=1.0,!=1.0"),
        ("1.0", (vulnerability(Event(introduced="0"), Event(fixed="1.5")),), ">=1.5"),
        ("1.0", (vulnerability(Event(introduced="0"), Event(last_affected="1.5")),), ">=1.5,!=1.5"),
        ("1.0+cpu", (), ">=1.0,!=1.0"),
        ("1!1.0", (vulnerability(Event(introduced="0"), Event(fixed="1!2.0")),), ">=1!2.0"),
        (
            "3.2.0",
            (vulnerability(Event(introduced="4.0"), Event(fixed="4.2"), Event(introduced="0"), Event(fixed="3.2.25")),),
            ">=3.2.25",
        ),
        (
            "1.0",
            (
                vulnerability(Event(introduced="0"), Event(fixed="1.5")),
                vulnerability(Event(introduced="0"), Event(fixed="1.7")),
            ),
            ">=1.7",
        ),
        ("1.0", (vulnerability(versions=("0.9", "1.0", "1.1", "1.3")),), ">=1.0,!=1.0,!=1.1,!=1.3"),
        ("1.0", (vulnerability(Event(introduced="0"), Event(fixed="9.9"), type="GIT"),), ">=1.0,!=1.0"),
        ("2013-final", (), "!=2013-final"),
    ],
)
def test_the_demand_begins_above_what_is_known(version: str, against: tuple[Vulnerability, ...], demand: str) -> None:
    assert above(version, against) == demand


numbers = st.integers(0, 6)
pairs = st.tuples(numbers, numbers).map(lambda pair: f"{pair[0]}.{pair[1]}")


@st.composite
def affected(draw: st.DrawFn) -> Vulnerability:
    bounds = sorted(draw(st.sets(pairs, min_size=2, max_size=4)), key=Version)
    kinds = draw(st.sampled_from(["fixed", "last_affected"]))
    events = [Event(introduced=bound) if at % 2 == 0 else Event(**{kinds: bound}) for at, bound in enumerate(bounds)]
    return vulnerability(*draw(st.permutations(events)), versions=tuple(draw(st.sets(pairs, max_size=2))))


@given(pairs, affected(), pairs)
def test_no_safe_version_above_is_ever_skipped(current: str, known: Vulnerability, other: str) -> None:
    if not isinstance(is_affected(current, known), AffectedBy) or Version(other) <= Version(current):
        return
    skipped = not SpecifierSet(above(current, (known,))).contains(other, prereleases=True)
    listed_only = current in {version for record in known.records for version in record.affected[0].versions}
    if skipped and not listed_only:
        assert isinstance(is_affected(other, known), AffectedBy)


@given(pairs, affected())
def test_the_current_version_and_everything_below_stay_out(current: str, known: Vulnerability) -> None:
    demand = SpecifierSet(above(current, (known,)))
    assert not any(demand.contains(f"{major}.{minor}") for major in range(7) for minor in range(7)
                   if (parse(f"{major}.{minor}") or Version("99")) <= Version(current))  # fmt: skip
