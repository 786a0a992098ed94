"""The advisories as the rest of Outpace asks them. Implements `matching.ports.AdvisorySource`."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from outpace.engines.advisories.index import Index
from outpace.engines.advisories.kev import Catalog, read_catalog
from outpace.engines.advisories.places import Directory
from outpace.model.advisory import Advisory, Coverage, Exploitation
from outpace.model.errors import BadInput, NoAdvisories
from outpace.model.package import PYPI, Package

HINT = "run `outpace advisories update`; without a network, add --from FILE with a copy of OSV's all.zip"


class AdvisoryStore:
    """Opened by the first question. Raises NoAdvisories where there is nothing, DamagedData where it makes no sense,
    BadInput where the system does not let us read it."""

    def __init__(self, directory: Path) -> None:
        self._directory = Directory(directory)

    @property
    def path(self) -> Path:
        return self._directory.path

    @cached_property
    def _index(self) -> Index:
        with self._opened():
            return Index(self._directory.index)

    @cached_property
    def _catalog(self) -> Catalog | None:
        with self._opened():
            return read_catalog(self._directory.kev)

    @contextmanager
    def _opened(self) -> Generator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise NoAdvisories(f"there is no advisory data in {self.path}", hint=HINT) from error
        except OSError as error:
            raise BadInput(
                f"cannot read the advisory data in {self.path}: {error.strerror}",
                hint="make it yours, or name another folder in OUTPACE_STATE",
            ) from error

    def about(self, package: Package) -> tuple[Advisory, ...]:
        """Every record that names the package in its ecosystem, by id, with the alias lists as published."""
        return self._index.about(package)

    def named(self, ids: Iterable[str]) -> tuple[Advisory, ...]:
        """The records with these ids, withdrawn ones too."""
        return self._index.named(ids)

    def aliases(self, ids: Iterable[str]) -> frozenset[str]:
        """The ids, and every id that any live record unites them with, however many steps away."""
        return self._index.aliases(ids)

    def exploited(self, ids: Iterable[str]) -> Exploitation | None:
        """The earliest KEV entry under any alias of the ids. None without a catalog too: `coverage` tells which."""
        if self._catalog is None:
            return None
        entries = self._catalog.entries
        found = [entries[name] for name in self._index.aliases(ids) if name in entries]
        return min(found, key=lambda entry: (entry.added, entry.cve), default=None)

    def coverage(self) -> Coverage:
        """`fetched` is when the source was last seen to hold nothing newer; no `kev_cutoff` means no KEV catalog."""
        contents = self._index.contents
        receipt = self._directory.read_receipt()
        confirmed = receipt is not None and receipt.archive == contents.archive
        return Coverage(
            source=contents.source,
            ecosystem=PYPI,
            records=contents.records,
            cutoff=contents.cutoff,
            fetched=receipt.checked if receipt is not None and confirmed else contents.fetched,
            kev_cutoff=self._catalog.cutoff if self._catalog else None,
        )

    def kev_entries(self) -> int:
        return len(self._catalog.entries) if self._catalog else 0

    def forget(self) -> None:
        """What was opened is opened anew by the next question, after an update."""
        for opened in ("_index", "_catalog"):
            self.__dict__.pop(opened, None)
