"""The order of versions, for each ecosystem its own."""

from __future__ import annotations

from outpace.ecosystems.orders.gem import GEM
from outpace.ecosystems.orders.order import Comparable, Interval, Order
from outpace.ecosystems.orders.pep440 import PEP_440, release_of
from outpace.ecosystems.orders.semver import CRATES, GO, NPM, SEMVER
from outpace.model.package import PYPI

__all__ = ("NO_ORDER", "SEMVER", "Comparable", "Interval", "Order", "order_of", "release_of")


def _none(_version: str) -> None:
    return None


NO_ORDER = Order(name="Outpace", parse=_none, bound=_none)
"""Of an ecosystem whose order is not known here: nothing can be said of a version but by its text."""

_ORDERS = {PYPI: PEP_440, "npm": NPM, "crates.io": CRATES, "Go": GO, "RubyGems": GEM}


def order_of(ecosystem: str) -> Order:
    """By the name of the ecosystem as OSV spells it; NO_ORDER for any other."""
    return _ORDERS.get(ecosystem, NO_ORDER)
