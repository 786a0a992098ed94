"""What matching needs of the advisory data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from outpace.model.advisory import Advisory, Coverage, Exploitation
from outpace.model.package import Package


class AdvisorySource(Protocol):
    """Published records by package. Raises NoAdvisories where there is no data at all: silence is no answer."""

    def about(self, package: Package) -> tuple[Advisory, ...]:
        """Every record that names the package in its ecosystem, withdrawn ones too, by id.

        Of an ecosystem that is not covered, what records of others say beside their own: no answer about it.
        """
        ...

    def exploited(self, ids: Iterable[str]) -> Exploitation | None:
        """The earliest KEV entry that one of the ids, or an alias of one, names."""
        ...

    def coverage(self) -> Coverage:
        """PyPI's."""
        ...

    def coverages(self) -> tuple[Coverage, ...]:
        """Of every ecosystem that is covered, PyPI's first."""
        ...

    def covers(self, ecosystem: str) -> bool:
        """Whether there is data of the ecosystem itself."""
        ...


class RecordSource(AdvisorySource, Protocol):
    """Advisory data that also knows its records by id."""

    def aliases(self, ids: Iterable[str]) -> frozenset[str]:
        """The ids, and every id that any record unites them with."""
        ...

    def named(self, ids: Iterable[str]) -> tuple[Advisory, ...]:
        """The records with these ids; withdrawn ones too."""
        ...
