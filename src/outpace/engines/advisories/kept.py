"""The data of one ecosystem: brought from its address or adopted from a file, compiled, and put in use whole."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from outpace.ecosystems import osv
from outpace.engines.advisories.archive import Limits
from outpace.engines.advisories.compiling import compile_index
from outpace.engines.advisories.index import Contents, Index
from outpace.engines.advisories.places import Directory, Receipt, digest_of, put
from outpace.engines.http import Bounds, Downloaded, Unchanged, Validators, download, masked
from outpace.model.errors import DamagedData
from outpace.model.refresh import AlreadyCurrent, Brought, Part
from outpace.model.times import from_timestamp, now

Report = Callable[[str], None]


class Kept:
    """Writes what an AdvisoryStore reads. Whoever calls it is alone in the directory."""

    def __init__(self, root: Path, ecosystem: str, limits: Limits) -> None:
        self._directory = Directory.of(root, ecosystem)
        self._ecosystem = ecosystem
        self._limits = limits

    def fetch(self, url: str, bounds: Bounds, report: Report) -> Part:
        """From its address, unless it is current."""
        source = masked(url)
        receipt = self._sound_receipt()
        known = _validators(receipt) if receipt is not None and receipt.source == source else Validators()
        report(f"asking {source}")
        with self._directory.incoming() as archive:
            match download(url, archive, bounds=bounds, known=known, report=report):
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

    def read(self, archive: Path, source: str, report: Report) -> Part:
        """From an archive beside the others, which is taken away."""
        at = now()
        brought = Receipt(source=source, fetched=at, checked=at, archive=digest_of(archive), index="")
        return self._adopt(archive, brought, report)

    @contextmanager
    def incoming(self) -> Generator[Path]:
        """A new file that `read` can take."""
        with self._directory.incoming() as path:
            yield path

    def recompile(self, report: Report) -> bool:
        """Makes the index anew from the kept archive; False where there is none, or it is damaged too."""
        if not self._directory.archive.is_file():
            return False
        try:
            self._compile_kept(report)
        except DamagedData as error:
            report(error.message)
            return False
        return True

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
                ecosystem=self._ecosystem,
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
