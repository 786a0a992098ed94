"""Brings advisory data: from OSV and CISA, or from files. The old data stays until the new is whole."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from outpace.engines.advisories.archive import Limits, pack
from outpace.engines.advisories.compiling import disk_is_full
from outpace.engines.advisories.exports import exported, set_apart
from outpace.engines.advisories.kept import Kept
from outpace.engines.advisories.kev import compile_catalog, read_catalog
from outpace.engines.advisories.places import Directory
from outpace.engines.http import Bounds, Downloaded, Unchanged, Validators, download, masked
from outpace.model.errors import BadInput, DamagedData, EngineError, UsageError
from outpace.model.package import PYPI
from outpace.model.refresh import AlreadyCurrent, Brought, NotAsked, NotBrought, OfEcosystem, Part, Refresh
from outpace.model.times import now

OSV_URL = "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"
KEV_URL = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
KEV_SIZE = 32 << 20

Report = Callable[[str], None]


class AdvisoryFeed:
    """Writes the directory that an AdvisoryStore reads. Implements `app.advisories.Feed`."""

    def __init__(
        self,
        directory: Path,
        *,
        osv_url: str = OSV_URL,
        kev_url: str = KEV_URL,
        limits: Limits | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._directory = Directory(directory)
        self._osv_url = osv_url
        self._kev_url = kev_url
        self._limits = limits or Limits()
        self._bounds = bounds or Bounds(size=self._limits.archive)

    def fetch(self, report: Report, ecosystems: Sequence[str] = (PYPI,)) -> Refresh:
        """All from their addresses, unless they are current. What fails beside another is told, not raised."""
        urls = {each: url_of(self._osv_url, each) for each in ecosystems}
        with self._alone(report):
            if len(urls) == 1:
                parts = {each: self._kept(each).fetch(url, self._bounds, report) for each, url in urls.items()}
            else:
                parts = {each: self._told(url, self._kept(each), report) for each, url in urls.items()}
            return _refresh(parts, self._fetch_kev_or_tell(report))

    def read(
        self, *, advisories: Path | None, kev: Path | None, report: Report, ecosystems: Sequence[str] = ()
    ) -> Refresh:
        """From the files that are named, and nothing over the network. Without `ecosystems`, all that are inside."""
        with self._alone(report):
            parts = self._read_osv(advisories, report, ecosystems) if advisories else {}
            return _refresh(parts, self._read_kev(kev, report) if kev else NotAsked())

    def recompile(self, report: Report, ecosystem: str = PYPI) -> bool:
        """Makes the index anew from the kept archive; False where there is none, or it is damaged too."""
        with self._alone(report):
            return self._kept(ecosystem).recompile(report)

    @contextmanager
    def _alone(self, report: Report) -> Generator[None]:
        with disk_is_full(self._directory.path), self._directory.alone(report):
            yield

    def _kept(self, ecosystem: str) -> Kept:
        return Kept(self._directory.path, ecosystem, self._limits)

    def _told(self, url: str, kept: Kept, report: Report) -> Part:
        try:
            return kept.fetch(url, self._bounds, report)
        except EngineError as error:
            return NotBrought(source=masked(url), why=error.message, hint=error.hint)

    def _read_osv(self, file: Path, report: Report, ecosystems: Sequence[str]) -> dict[str, Part]:
        source = str(file.absolute())
        with self._directory.incoming() as archive:
            report(f"reading {file}")
            pack(file, archive, self._limits)
            inside = exported(archive, self._limits, source=source)
            chosen = [each for each in inside.ecosystems if not ecosystems or each in ecosystems]
            if missing := sorted(set(ecosystems) - set(chosen)):
                raise DamagedData(
                    f"{source} is no export of {' or '.join(missing)}, but of {', '.join(inside.ecosystems)}",
                    hint="name the export of the ecosystem with --from",
                )
            if not inside.mixed:
                return {each: self._kept(each).read(archive, source, report) for each in chosen}
            return {each: self._read_one_of_several(archive, each, source, report) for each in chosen}

    def _read_one_of_several(self, archive: Path, ecosystem: str, source: str, report: Report) -> Part:
        kept = self._kept(ecosystem)
        with kept.incoming() as own:
            report(f"setting apart what is about {ecosystem}")
            set_apart(archive, ecosystem, own, self._limits)
            return kept.read(own, source, report)

    def _fetch_kev_or_tell(self, report: Report) -> Part:
        try:
            return self._fetch_kev(report)
        except EngineError as error:
            return NotBrought(source=masked(self._kev_url), why=error.message, hint=error.hint)

    def _fetch_kev(self, report: Report) -> Part:
        source = masked(self._kev_url)
        kept = read_catalog(self._directory.kev)
        same = kept is not None and kept.source == source
        known = Validators(etag=kept.etag, last_modified=kept.last_modified) if kept and same else Validators()
        report(f"asking {source}")
        bounds = replace(self._bounds, size=min(self._bounds.size, KEV_SIZE))
        with self._directory.incoming() as file:
            match download(self._kev_url, file, bounds=bounds, known=known, report=report):
                case Unchanged() if kept is not None:
                    self._directory.write(self._directory.kev, replace(kept, checked=now()))
                    return AlreadyCurrent(source=source, checked=now())
                case Unchanged():
                    raise DamagedData(f"{source} answered 304 to a question without validators", hint="try again later")
                case Downloaded(validators=new):
                    return self._put_kev(file.read_bytes(), source, new)

    def _read_kev(self, file: Path, report: Report) -> Part:
        report(f"reading {file}")
        try:
            with file.open("rb") as opened:
                content = opened.read(KEV_SIZE + 1)
        except OSError as error:
            raise BadInput(
                f"cannot read {file}: {error.strerror}", hint="name CISA's JSON file in --kev-from"
            ) from error
        if len(content) > KEV_SIZE:
            raise DamagedData(f"{file} is larger than the {KEV_SIZE} bytes that are accepted", hint="name CISA's JSON")
        return self._put_kev(content, str(file.absolute()), Validators())

    def _put_kev(self, content: bytes, source: str, validators: Validators) -> Brought:
        catalog = compile_catalog(
            content, source=source, fetched=now(), etag=validators.etag, last_modified=validators.last_modified
        )
        self._directory.write(self._directory.kev, catalog)
        return Brought(source=source, records=len(catalog.entries), bad=catalog.bad)


def url_of(osv_url: str, ecosystem: str) -> str:
    """Of another ecosystem, from the address of PyPI's export: OSV and its mirrors name the folder after it."""
    if ecosystem == PYPI:
        return osv_url
    before, folder, after = osv_url.rpartition(f"/{PYPI}/")
    if not folder:
        raise UsageError(
            f"{masked(osv_url)} does not tell where the advisories of {ecosystem} are",
            hint=f"name a mirror whose address ends in /{PYPI}/all.zip, or bring a file with --from",
        )
    return f"{before}/{ecosystem}/{after}"


def _refresh(parts: dict[str, Part], kev: Part) -> Refresh:
    others = tuple(OfEcosystem(ecosystem=each, part=part) for each, part in parts.items() if each != PYPI)
    return Refresh(advisories=parts.get(PYPI, NotAsked()), kev=kev, others=others)
