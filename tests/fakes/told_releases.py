"""Release dates in memory; `tests/contracts/test_release_dates.py` holds them to the package index's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from outpace.assessment.ports import Enough, Listing, Upload
from outpace.model.package import PYPI, Package


class ToldReleases:
    """`told` are the releases of each package, in order; `asked` keeps which were asked for."""

    name = "told"

    def __init__(self, told: Mapping[str, Sequence[Upload]]) -> None:
        self._told = {Package(PYPI, name): tuple(uploads) for name, uploads in told.items()}
        self.asked: list[Package] = []

    def listings(self, wanted: Mapping[Package, Enough], until: datetime) -> Mapping[Package, Listing]:
        del until
        self.asked += wanted
        return {package: self._listing(package) for package in wanted}

    def _listing(self, package: Package) -> Listing:
        uploads = self._told.get(package)
        return (
            Listing(why="nothing is told of it", would_settle="telling it")
            if uploads is None
            else Listing(uploads=uploads)
        )
