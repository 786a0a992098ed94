"""The order of versions, for each ecosystem its own."""

from __future__ import annotations

from functools import lru_cache

from outpace.ecosystems.orders.order import Comparable, Interval, Order
from outpace.ecosystems.orders.pep440 import PEP_440, release_of
from outpace.model.package import CRATES_IO, GO, NPM, PYPI, RUBYGEMS

__all__ = ("NO_ORDER", "Comparable", "Interval", "Order", "order_of", "order_of_semver", "release_of")


def _none(_version: str) -> None:
    return None


NO_ORDER = Order(name="Outpace", parse=_none, bound=_none)
"""Of an ecosystem whose order is not known here: nothing can be said of a version but by its text."""


def order_of(ecosystem: str) -> Order:
    """By the name of the ecosystem as OSV spells it; NO_ORDER for any other."""
    return PEP_440 if ecosystem == PYPI else _other(ecosystem)


@lru_cache(maxsize=64)
def _other(ecosystem: str) -> Order:
    """Imported when first asked for, since a command that reads Python alone starts without."""
    from outpace.ecosystems.orders import gem, semver

    orders = {NPM: semver.NPM, CRATES_IO: semver.CRATES, GO: semver.GO, RUBYGEMS: gem.GEM}
    return orders.get(ecosystem, NO_ORDER)


def order_of_semver() -> Order:
    """Semantic Versioning as it is written, of no ecosystem in particular."""
    from outpace.ecosystems.orders.semver import SEMVER

    return SEMVER
