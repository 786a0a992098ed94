"""The versions that may replace an affected one, nearest first: same minor, then same major, then the next major.

For versions above the current one that order is PEP 440's own, so the walk goes upwards and only jumps over what the
records call affected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from packaging.version import Version

from outpace.ecosystems.pypi.versions import parse
from outpace.model.advisory import Affected, Vulnerability
from outpace.model.inventory import Component, Inventory
from outpace.model.package import Package
from outpace.remediation.lock_moves import is_prerelease
from outpace.remediation.plan import Target
from outpace.remediation.ports import Available, Found, NeedsPython, Nothing, Resolver, Step, TooNew
from outpace.remediation.world import Match

ASKED_AT_MOST = 40
LISTED_AT_MOST = 200


class Exhausted(Struct, frozen=True):
    """Why there is no further candidate."""

    found: Found


def candidates(target: Target, resolver: Resolver, match: Match) -> Iterator[Step | Exhausted]:
    """Ends with Exhausted. Pre-releases only where the pin is on one already."""
    on_one = is_prerelease(target.pin.version)
    seen = _Walk(target, resolver, match, prereleases=on_one, hidden=False)
    yield from seen
    if isinstance(seen.end, TooNew):
        yield from _Walk(target, resolver, match, prereleases=on_one, hidden=True)
    yield Exhausted(seen.end)


def prerelease_of(target: Target, resolver: Resolver, match: Match) -> str | None:
    """The lowest pre-release that nothing is known against: an offer, never a candidate."""
    if is_prerelease(target.pin.version):
        return None
    first = next(iter(_Walk(target, resolver, match, prereleases=True, hidden=False)), None)
    return None if first is None else first.version


class _Walk:
    """Asks for the lowest release above a floor, and raises the floor; `end` says why it ended."""

    def __init__(self, target: Target, resolver: Resolver, match: Match, *, prereleases: bool, hidden: bool) -> None:
        self._target = target
        self._match = match
        self._resolver = resolver
        self._prereleases = prereleases
        self._hidden = hidden
        self.end: Found = Nothing()

    def __iter__(self) -> Iterator[Step]:
        pin = self._target.pin
        demand = above(pin.version, (exposure.vulnerability for exposure in self._target.exposures))
        for _ in range(ASKED_AT_MOST):
            self.end = found = self._resolver.lowest(pin, demand, prereleases=self._prereleases, hidden=self._hidden)
            if not isinstance(found, Available | NeedsPython):
                return
            against = known_against(pin.package, found.version, self._match, self._target.ids)
            demand = above(found.version, against)
            if against:
                self.end = Nothing()
            elif isinstance(found, NeedsPython):
                return
            else:
                yield Step(pin=pin, version=found.version, released=found.released if self._hidden else None)


def known_against(package: Package, version: str, match: Match, ids: Iterable[str] = ()) -> tuple[Vulnerability, ...]:
    """What affects this version, and what of `ids` may affect it."""
    one = Inventory(source="candidate", components=(Component(package=package, version=version),))
    matched = match(one)
    hits = (exposure.vulnerability for exposure in matched.exposures)
    ours = frozenset(ids)
    doubts = (doubt.vulnerability for doubt in matched.doubts if doubt.vulnerability.id in ours)
    return (*hits, *doubts)


def above(version: str, against: Iterable[Vulnerability]) -> str:
    """The PEP 440 demand for what is above `version` and not plainly affected by any of the vulnerabilities."""
    here = parse(version)
    if here is None:
        return f"!={version}"
    vulnerabilities = tuple(against)
    floors = [floor for each in vulnerabilities if (floor := _floor(version, each)) is not None]
    bound, sign = max(floors, default=(here, ">"))
    listed = {parsed for each in vulnerabilities for parsed in _listed(each) if parsed > bound}
    demands = [_demand(bound, sign), *(f"!={text}" for text in sorted(listed)[:LISTED_AT_MOST])]
    return ",".join(demands)


def _demand(bound: Version, sign: str) -> str:
    """`>1.0` would leave out 1.0.post1, which is above it."""
    return f">={bound.public}" if sign == ">=" else f">={bound.public},!={bound.public}"


def _listed(vulnerability: Vulnerability) -> Iterator[Version]:
    for affected in _affected(vulnerability):
        yield from (parsed for text in affected.versions if (parsed := parse(text)) is not None)


def _floor(version: str, vulnerability: Vulnerability) -> tuple[Version, str] | None:
    """(first fixed, ">=") or (last affected, ">"): the nearest boundary above `version` in any range of its records."""
    return min(_bounds(version, vulnerability), default=None)


def _bounds(version: str, vulnerability: Vulnerability) -> Iterator[tuple[Version, str]]:
    here = parse(version)
    spans = (span for affected in _affected(vulnerability) for span in affected.ranges if span.type != "GIT")
    for event in (event for span in spans for event in span.events):
        fixed, last = parse(event.fixed or ""), parse(event.last_affected or "")
        if here is not None and fixed is not None and fixed > here:
            yield fixed, ">="
        if here is not None and last is not None and last >= here:
            yield last, ">"


def _affected(vulnerability: Vulnerability) -> Iterator[Affected]:
    for record in vulnerability.records:
        yield from (affected for affected in record.affected if affected.package == vulnerability.package)
