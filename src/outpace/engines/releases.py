"""When releases were uploaded, asked of the package index in its JSON form (PEP 691, with the times of PEP 700).

Only of packages that the caller names; what was told is kept with its day.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace
from packaging.version import Version

from outpace.assessment.not_asked import NOT_PYPI, OPTION
from outpace.assessment.ports import Enough, Listing, Upload
from outpace.ecosystems.pypi import versions
from outpace.ecosystems.pypi.indexes import key
from outpace.engines.cache import Cache
from outpace.engines.http import Bounds, Documents, NotGiven, masked
from outpace.engines.uv import Uv
from outpace.model.errors import DamagedData, Error, ToolFailed, Unreachable
from outpace.model.fact import digest_of
from outpace.model.package import PYPI, Package
from outpace.model.times import now, parse

ACCEPT = "application/vnd.pypi.simple.v1+json"
VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
BOUNDS = Bounds(size=32 << 20, seconds=60.0, silence=15.0, tries=2)  # the largest listings have some 10 MB
SECONDS = 300.0  # for all of them
OFTEN = 10  # packages between two reports
FORMAT = 1
GONE = (404, 410)
BEGAN = datetime(2003, 1, 1, tzinfo=UTC)  # before, there was no index; who tells such times tells none
ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar")
LONGEST = 400  # characters of a file name

_DEFAULT = re.compile(r"default package index \(by default: <(https?://[^>\s]+)>\)")
_ANOTHER = f"an index that tells upload times ({VARIABLES[0]}), and {OPTION}"


def index_url(environ: Mapping[str, str]) -> str:
    """The index that uv or pip were told of, else the one that uv uses by default, as it says itself.

    Raises ToolMissing where there is no uv, ToolFailed where it does not say.
    """
    for name in VARIABLES:
        url = environ.get(name, "").strip()
        url = url.partition("=")[2] if re.match(r"[\w.-]+=", url) else url  # uv takes name=url
        if _is_http(url):
            return url
    answer = Uv(environ).call("help", "lock", cwd=Path.cwd())
    found = _DEFAULT.search(" ".join(answer.output.decode("utf-8", "replace").split()))
    if found is None:
        raise ToolFailed("uv does not say which package index it uses", hint=f"name one in {VARIABLES[0]}")
    return found[1]


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


class _File(Struct, frozen=True):
    filename: str
    uploaded: str | None = field(name="upload-time", default=None)
    yanked: bool | str = False


class _Page(Struct, frozen=True):
    name: str
    files: list[_File]


class _Kept(Struct, frozen=True):
    format: int
    day: date
    listing: Listing


class PackageIndex:
    """Implements `assessment.ports.ReleaseDates`. `asks` False: what is kept has to do."""

    def __init__(
        self,
        url: str,
        kept: Cache,
        *,
        asks: bool,
        today: date,
        report: Callable[[str], None],
        bounds: Bounds = BOUNDS,
        seconds: float = SECONDS,
    ) -> None:
        self.name = key(url)
        self._url = url
        self._cache = kept
        self._asks = asks
        self._today = today
        self._report = report
        self._bounds = bounds
        self._seconds = seconds

    def listings(self, wanted: Mapping[Package, Enough], until: datetime) -> Mapping[Package, Listing]:
        whole = min(self._today, until.date() + timedelta(days=1))
        found: dict[Package, Listing] = {}
        older: dict[Package, Listing] = {}
        for package, is_enough in wanted.items():
            kept = self._kept(package) if package.ecosystem == PYPI else None
            if package.ecosystem != PYPI:
                found[package] = NOT_PYPI
            elif kept is not None and (whole <= kept.day <= self._today or is_enough(kept.listing.uploads)):
                found[package] = kept.listing
            else:
                older[package] = Listing() if kept is None else kept.listing
        return found | (self._asked(older) if self._asks else {p: _offline(one) for p, one in older.items()})

    def _asked(self, older: Mapping[Package, Listing]) -> dict[Package, Listing]:
        """Where the index is not there, those that are left stay as they were."""
        found: dict[Package, Listing] = {}
        if not older:
            return found
        ends = time.monotonic() + self._seconds
        try:
            with closing(Documents(accept=ACCEPT, bounds=self._bounds)) as documents:
                found.update(self._in_turn(older, documents, ends))
        except Error as error:
            self._report(f"{error.message}: of some packages it stays unknown when fixes were released")
            found |= {p: _not_told(one, error.message) for p, one in older.items() if p not in found}
        return found

    def _in_turn(
        self, older: Mapping[Package, Listing], documents: Documents, ends: float
    ) -> Iterator[tuple[Package, Listing]]:
        """Raises Unreachable when it is silent about two in a row: one of them may be slow, or broken."""
        has_failed = False
        for number, (package, before) in enumerate(older.items()):
            if number % OFTEN == 0:
                self._report(f"asking {masked(self._url)} for release dates: {number} of {len(older)} packages")
            left = ends - time.monotonic()
            if left <= 0:
                raise Unreachable(f"{masked(self._url)} did not tell all release dates within {self._seconds:g} s")
            try:
                yield package, self._listing(package, before, documents, min(left, self._bounds.seconds))
                has_failed = False
            except DamagedData as error:
                yield package, _not_told(before, error.message)
            except Unreachable as error:
                if has_failed:
                    raise
                has_failed = True
                yield package, _not_told(before, error.message)

    def _listing(self, package: Package, before: Listing, documents: Documents, seconds: float) -> Listing:
        """What a password or another setting may change is not kept."""
        url = urlsplit(self._url)
        place = url._replace(path=f"{url.path.rstrip('/')}/{quote(package.name, safe='')}/", fragment="").geturl()
        document = documents.get(place, seconds=seconds)
        if isinstance(document, NotGiven):
            if document.status not in GONE:
                return _not_told(before, f"{masked(place)} answered {document.status}")
            listing = Listing(why="the package index does not have it", would_settle=_ANOTHER)
        else:
            listing = listing_of(document, package.name)
        content = msgspec.msgpack.encode(_Kept(FORMAT, self._today, listing))
        self._cache.put(self._entry(package), content)
        return listing

    def _kept(self, package: Package) -> _Kept | None:
        content = self._cache.get(self._entry(package))
        try:
            kept = None if content is None else msgspec.msgpack.decode(content, type=_Kept)
        except ValueError:  # of another version
            return None
        return kept if kept is not None and kept.format == FORMAT else None

    def _entry(self, package: Package) -> str:
        return digest_of("releases", self.name, package)


def listing_of(document: bytes, name: str) -> Listing:
    """Raises DamagedData for what is no page about the package."""
    try:
        page = msgspec.json.decode(document, type=_Page)
        uploads = _uploads(page.files, name)
    except (ValueError, RecursionError) as error:
        raise DamagedData(f"what the package index says of {name} cannot be read") from error
    if versions.normalize_name(page.name) != name:
        raise DamagedData(f"asked for {name}, the package index speaks of another package")
    if not uploads and any(file.uploaded is None for file in page.files):
        return Listing(why="the package index tells no upload times", would_settle=_ANOTHER)
    if not uploads:
        return Listing(why="the package index has no release of it", would_settle=_ANOTHER)
    return Listing(uploads=uploads)


def _uploads(files: Sequence[_File], name: str) -> tuple[Upload, ...]:
    """By version. What lies in the future was not uploaded. Raises ValueError for what is no time."""
    first: dict[Version, datetime] = {}
    latest = now()
    for file in files:
        version = None if file.yanked or file.uploaded is None else _version(file.filename, name)
        if version is None:
            continue
        at = parse(file.uploaded or "")
        if BEGAN <= at <= latest:
            first[version] = min(at, first.get(version, at))
    return tuple(Upload(str(version), at, version.is_prerelease) for version, at in sorted(first.items()))


def _version(file: str, name: str) -> Version | None:
    """That a file which pip could install tells; None where it is of another package, or tells none."""
    end = next((end for end in ARCHIVES if file.endswith(end)), None)
    if end is None or len(file) > LONGEST:
        return None
    stem = file.removesuffix(end)
    dashes = (at for at, letter in enumerate(stem) if letter == "-")
    at = next((at for at in dashes if versions.normalize_name(stem[:at]) == name), None)
    if at is None:
        return None
    told = stem[at + 1 :]
    return versions.parse(told.partition("-")[0] if end == ".whl" else told)


def _offline(kept: Listing) -> Listing:
    return _not_told(kept, "nobody may be asked (--offline), and what is kept does not tell it")


def _not_told(kept: Listing, why: str) -> Listing:
    """What was known before holds; whether it is all is open."""
    return replace(kept, why=why, would_settle=f"{OPTION}, with the package index in reach", will_last=False)
