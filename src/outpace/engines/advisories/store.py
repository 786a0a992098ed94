"""The advisories as the rest of Outpace asks them. Implements `matching.ports.RecordSource`."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from outpace.engines.advisories.index import Index
from outpace.engines.advisories.kev import Catalog, read_catalog
from outpace.engines.advisories.places import Directory, ecosystems_in
from outpace.model.advisory import Advisory, Coverage, Exploitation
from outpace.model.errors import BadInput, DamagedData, NoAdvisories
from outpace.model.package import PYPI, Package

HINT = "run `outpace advisories update`; without a network, add --from FILE with a copy of OSV's all.zip"
UNREADABLE = "make it yours, or name another folder in OUTPACE_STATE"


def update_of(ecosystem: str) -> str:
    """What brings the data of one ecosystem."""
    return f"run `outpace advisories update{'' if ecosystem == PYPI else f' --ecosystem {ecosystem}'}`"


class _Kept:
    """The data of one ecosystem, opened by the first question."""

    def __init__(self, root: Path, ecosystem: str) -> None:
        self.ecosystem = ecosystem
        self._root = root
        self._directory = Directory.of(root, ecosystem)

    @cached_property
    def index(self) -> Index:
        with _opened(self._root):
            return Index(self._directory.index, hint=update_of(self.ecosystem))

    def is_readable(self) -> bool:
        try:
            return bool(self.index.contents.archive)
        except DamagedData:
            return False

    def coverage(self, catalog: Catalog | None) -> Coverage:
        contents = self.index.contents
        receipt = self._directory.read_receipt()
        confirmed = receipt is not None and receipt.archive == contents.archive
        return Coverage(
            source=contents.source,
            ecosystem=self.ecosystem,
            records=contents.records,
            cutoff=contents.cutoff,
            fetched=receipt.checked if receipt is not None and confirmed else contents.fetched,
            kev_cutoff=catalog.cutoff if catalog else None,
        )


@contextmanager
def _opened(path: Path) -> Generator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NoAdvisories(f"there is no advisory data in {path}", hint=HINT) from error
    except OSError as error:
        raise BadInput(f"cannot read the advisory data in {path}: {error.strerror}", hint=UNREADABLE) from error


class AdvisoryStore:
    """Opened by the first question. Raises NoAdvisories where there is nothing, DamagedData where it makes no sense,
    BadInput where the system does not let us read it."""

    def __init__(self, directory: Path) -> None:
        self._directory = Directory(directory)

    @property
    def path(self) -> Path:
        return self._directory.path

    @cached_property
    def _kept(self) -> dict[str, _Kept]:
        """PyPI first, then the others by name. Where there is none at all, PyPI's raises what is to be said."""
        with _opened(self.path):
            return {ecosystem: _Kept(self.path, ecosystem) for ecosystem in ecosystems_in(self.path) or (PYPI,)}

    @cached_property
    def _catalog(self) -> Catalog | None:
        with _opened(self.path):
            return read_catalog(self._directory.kev)

    def about(self, package: Package) -> tuple[Advisory, ...]:
        """Every record that names the package in its ecosystem, by id, with the alias lists as published.

        Of an ecosystem that is not covered, only what records of the others say beside their own.
        """
        kept = self._kept.get(package.ecosystem)
        if kept is not None:
            return kept.index.about(package)
        return _distinct(record for each in self._kept.values() for record in each.index.about(package))

    def named(self, ids: Iterable[str]) -> tuple[Advisory, ...]:
        """The records with these ids, in their order; withdrawn ones too."""
        asked = tuple(ids)
        found = {record.id: record for each in reversed(self._kept.values()) for record in each.index.named(asked)}
        return tuple(found[each] for each in asked if each in found)

    def aliases(self, ids: Iterable[str]) -> frozenset[str]:
        """The ids, and every id that any live record unites them with, however many steps away."""
        found, before = frozenset(ids), None
        while found != before:
            before = found
            for each in self._kept.values():
                found = each.index.aliases(found)
            if len(self._kept) == 1:
                break
        return found

    def exploited(self, ids: Iterable[str]) -> Exploitation | None:
        """The earliest KEV entry under any alias of the ids. None without a catalog too: `coverage` tells which."""
        if self._catalog is None:
            return None
        entries = self._catalog.entries
        found = [entries[name] for name in self.aliases(ids) if name in entries]
        return min(found, key=lambda entry: (entry.added, entry.cve), default=None)

    def coverage(self) -> Coverage:
        """PyPI's. `fetched` is when the source was last seen to hold nothing newer; no `kev_cutoff` means no KEV
        catalog."""
        return (self._kept.get(PYPI) or _Kept(self.path, PYPI)).coverage(self._catalog)

    def coverages(self) -> tuple[Coverage, ...]:
        """Of every ecosystem of which there is data: PyPI's first."""
        return tuple(each.coverage(self._catalog) for each in self._kept.values())

    def covers(self, ecosystem: str) -> bool:
        """Whether there is data of the ecosystem itself; without, no answer about its packages is one."""
        return ecosystem in self._kept and (ecosystem != PYPI or self._directory.index.is_file())

    def unreadable(self) -> tuple[str, ...]:
        """The ecosystems beside PyPI whose index is damaged, or of another version of Outpace."""
        return tuple(name for name, kept in self._kept.items() if name != PYPI and not kept.is_readable())

    def kev_entries(self) -> int:
        return len(self._catalog.entries) if self._catalog else 0

    def forget(self) -> None:
        """What was opened is opened anew by the next question, after an update."""
        for opened in ("_kept", "_catalog"):
            self.__dict__.pop(opened, None)


def _distinct(records: Iterable[Advisory]) -> tuple[Advisory, ...]:
    found = {record.id: record for record in records}
    return tuple(found[each] for each in sorted(found))
