"""Release dates for which nobody was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from outpace.assessment.ports import Enough, Listing
from outpace.model.package import PYPI, Package

OPTION = "outpace assess --release-dates"
NOT_ASKED = Listing(why="the package index was not asked", would_settle=OPTION)
NOT_PYPI = Listing(
    why="only the index of Python's packages can be asked so far",
    would_settle="the upload times of its registry, looked up by hand",
)


class NotAsked:
    """Implements `ports.ReleaseDates`, and asks nobody."""

    name = ""

    def listings(self, wanted: Mapping[Package, Enough], until: datetime) -> Mapping[Package, Listing]:
        del until
        return {package: NOT_ASKED if package.ecosystem == PYPI else NOT_PYPI for package in wanted}
