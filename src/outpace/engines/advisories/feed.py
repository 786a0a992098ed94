"""Brings advisory data: from OSV and CISA, or from files. The old data stays until the new is whole."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from outpace.ecosystems import osv
from outpace.engines.advisories.archive import Limits, pack
from outpace.engines.advisories.compiling import compile_index, disk_is_full
from outpace.engines.advisories.index import Contents, Index
from outpace.engines.advisories.kev import compile_catalog, read_catalog
from outpace.engines.advisories.places import Directory, Receipt, digest_of, put
from outpace.engines.http import Bounds, Downloaded, Unchanged, Validators, download, masked
from outpace.model.errors import BadInput, DamagedData, EngineError
from outpace.model.refresh import AlreadyCurrent, Brought, NotAsked, NotBrought, Part, Refresh
from outpace.model.times import from_timestamp, now

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

    def fetch(self, report: Report) -> Refresh:
        """Both from their addresses, unless they are current. A catalog that cannot be had is told, not raised."""
        with self._alone(report):
            advisories = self._fetch_osv(report)
            try:
                kev = self._fetch_kev(report)
            except EngineError as error:
                kev = NotBrought(source=masked(self._kev_url), why=error.message, hint=error.hint)
            return Refresh(advisories=advisories, kev=kev)

    def read(self, *, advisories: Path | None, kev: Path | None, report: Report) -> Refresh:
        """From the files that are named, and nothing over the network."""
        with self._alone(report):
            return Refresh(
                advisories=self._read_osv(advisories, report) if advisories else NotAsked(),
                kev=self._read_kev(kev, report) if kev else NotAsked(),
            )

    def recompile(self, report: Report) -> bool:
        """Makes the index anew from the kept archive; False where there is none, or it is damaged too."""
        if not self._directory.archive.is_file():
            return False
        with self._alone(report):
            try:
                self._compile_kept(report)
            except DamagedData as error:
                report(error.message)
                return False
        return True

    @contextmanager
    def _alone(self, report: Report) -> Generator[None]:
        with disk_is_full(self._directory.path), self._directory.alone(report):
            yield

    def _fetch_osv(self, report: Report) -> Part:
        source = masked(self._osv_url)
        receipt = self._sound_receipt()
        known = _validators(receipt) if receipt is not None and receipt.source == source else Validators()
        report(f"asking {source}")
        with self._directory.incoming() as archive:
            match download(self._osv_url, archive, bounds=self._bounds, known=known, report=report):
                case Unchanged() if receipt is not None:
                    return self._confirm(receipt)
                case Unchanged():
                    raise DamagedData(f"{source} answered 304 to a question without validators", hint="try again later")
                case Downloaded(size=size, sha256=digest, validators=validators):
                    report(f"received {size:,} bytes of advisories")
                    brought = Receipt(
                        source=source,
                        etag=validators.etag,
                        last_modified=validators.last_modified,
                        fetched=now(),
                        checked=now(),
                        archive=digest,
                        index="",
                    )
                    return self._adopt(archive, brought, report)

    def _read_osv(self, file: Path, report: Report) -> Part:
        with self._directory.incoming() as archive:
            report(f"reading {file}")
            pack(file, archive, self._limits)
            at = now()
            brought = Receipt(source=str(file.absolute()), fetched=at, checked=at, archive=digest_of(archive), index="")
            return self._adopt(archive, brought, report)

    def _adopt(self, archive: Path, brought: Receipt, report: Report) -> Part:
        """Puts a new archive and its index in use, unless they are what is here already."""
        receipt = self._sound_receipt()
        if receipt is not None and (receipt.archive, receipt.source) == (brought.archive, brought.source):
            return self._confirm(receipt, _validators(brought))
        before = self._contents()
        with self._compiled(archive, brought, report) as (index, contents):
            put(archive, self._directory.archive)
            self._place(index, brought)
        return Brought(
            source=brought.source,
            records=contents.records,
            bad=contents.bad,
            unread=contents.unread,
            caveats=_caveats(before, contents),
        )

    @contextmanager
    def _compiled(self, archive: Path, brought: Receipt, report: Report) -> Generator[tuple[Path, Contents]]:
        report("compiling the index")
        with self._directory.incoming() as index:
            contents = compile_index(
                archive,
                index,
                source=brought.source,
                digest=brought.archive,
                fetched=brought.fetched,
                decode=osv.decode,
                limits=self._limits,
            )
            yield index, contents

    def _place(self, index: Path, receipt: Receipt) -> None:
        digest = digest_of(index)
        put(index, self._directory.index)
        self._directory.write(self._directory.receipt, replace(receipt, index=digest))

    def _compile_kept(self, report: Report) -> None:
        """The receipt tells where the kept archive comes from, if it is that archive's."""
        archive = self._directory.archive
        digest = digest_of(archive)
        receipt = self._directory.read_receipt()
        if receipt is None or receipt.archive != digest:
            at = from_timestamp(archive.stat().st_mtime)
            receipt = Receipt(source=f"the kept {archive}", fetched=at, checked=at, archive=digest, index="")
        with self._compiled(archive, receipt, report) as (index, _):
            self._place(index, receipt)

    def _confirm(self, receipt: Receipt, validators: Validators | None = None) -> AlreadyCurrent:
        checked = now()
        new = validators or _validators(receipt)
        confirmed = replace(receipt, checked=checked, etag=new.etag, last_modified=new.last_modified)
        self._directory.write(self._directory.receipt, confirmed)
        return AlreadyCurrent(source=receipt.source, checked=checked)

    def _sound_receipt(self) -> Receipt | None:
        """The receipt, if archive and index are the ones that it speaks of, byte for byte, and can be read."""
        receipt, contents = self._directory.read_receipt(), self._contents()
        if receipt is None or contents is None or contents.archive != receipt.archive:
            return None
        sound = digest_of(self._directory.index) == receipt.index
        return receipt if sound and digest_of(self._directory.archive) == receipt.archive else None

    def _contents(self) -> Contents | None:
        try:
            index = Index(self._directory.index)
        except (FileNotFoundError, DamagedData):
            return None
        index.close()
        return index.contents

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


def _validators(receipt: Receipt) -> Validators:
    return Validators(etag=receipt.etag, last_modified=receipt.last_modified)


def _caveats(before: Contents | None, after: Contents) -> tuple[str, ...]:
    """What looks like a mirror that fell behind, or an export that was cut: it is used, and said."""
    if before is None:
        return ()
    told: list[str] = []
    if before.cutoff and after.cutoff and after.cutoff < before.cutoff:
        told.append(
            f"the new data is older than what was here: up to {after.cutoff:%Y-%m-%d}, not {before.cutoff:%Y-%m-%d}"
        )
    if after.records * 2 < before.records:
        told.append(f"the new data has {after.records} records; there were {before.records}")
    return tuple(told)
