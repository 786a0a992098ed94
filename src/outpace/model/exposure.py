"""An inventory meets the advisories: what is affected, and what cannot be said."""

from __future__ import annotations

from msgspec import Struct

from outpace.model.advisory import Coverage, Fix, Vulnerability
from outpace.model.inventory import Component, Inventory
from outpace.model.unknown import Unknown


class Exposure(Struct, frozen=True, kw_only=True):
    """A component that a vulnerability affects."""

    component: Component
    vulnerability: Vulnerability
    fixed: Fix = Fix()
    caveats: tuple[str, ...] = ()


class Doubt(Struct, frozen=True, kw_only=True):
    """A component of which it cannot be said whether a vulnerability affects it."""

    component: Component
    vulnerability: Vulnerability
    unknown: Unknown


class Matched(Struct, frozen=True, kw_only=True):
    """Everything that could be said of one inventory. What is in neither list is not affected by what is covered."""

    inventory: Inventory
    exposures: tuple[Exposure, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    coverage: Coverage | None = None
