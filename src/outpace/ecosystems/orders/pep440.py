"""PyPI: PEP 440, as `packaging` implements it."""

from __future__ import annotations

from packaging.version import Version

from outpace.ecosystems.orders.order import Comparable, Interval, Order
from outpace.ecosystems.pypi import versions


def release_of(version: Comparable) -> Comparable:
    """What a local build was built from; any other version is its own release."""
    return Version(version.public) if isinstance(version, Version) and version.local is not None else version


def _allowed(specifier: str) -> Interval | None:
    found = versions.allowed(specifier)
    return None if found is None else Interval(low=found.low, high=found.high)


PEP_440 = Order(
    name="PEP 440",
    parse=versions.parse,
    bound=versions.parse,
    alike=versions.alike,
    allowed=_allowed,
    to_pin="pin it with ==",
)
