"""Published statements that versions of packages are vulnerable (OSV schema 1.7)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.model.package import Package
from outpace.model.unknown import Unknown


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One boundary of a range; exactly one of the four is set in a valid record."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class Range(Struct, frozen=True, kw_only=True):
    """`type` is ECOSYSTEM, SEMVER or GIT. Events come in any order."""

    type: str
    events: tuple[Event, ...] = ()


class Affected(Struct, frozen=True, kw_only=True, omit_defaults=True):
    package: Package
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    severity: tuple[Rating, ...] = ()


class Rating(Struct, frozen=True, kw_only=True):
    """A severity as published: `type` is CVSS_V2, CVSS_V3, CVSS_V4 or another word; `score` is the vector."""

    type: str
    score: str


class Advisory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One OSV record, as far as Outpace uses it."""

    id: str
    affected: tuple[Affected, ...] = ()
    aliases: tuple[str, ...] = ()
    summary: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    withdrawn: datetime | None = None
    severity: tuple[Rating, ...] = ()
    digest: str = ""  # sha256 of the record as it was received


class Scored(Struct, frozen=True, tag=True):
    """A CVSS base score computed from the vector; `rating` is the standard's word for it."""

    score: float
    rating: str
    vector: str


class VectorOnly(Struct, frozen=True, tag=True):
    """A vector that Outpace cannot compute a score from."""

    vector: str


Severity: TypeAlias = Scored | VectorOnly | Unknown


class Exploitation(Struct, frozen=True, kw_only=True):
    """An entry of CISA's Known Exploited Vulnerabilities catalog."""

    cve: str
    added: date
    due: date | None = None
    ransomware: bool = False


class Vulnerability(Struct, frozen=True, kw_only=True):
    """Records that are aliases of one another, united, as they speak of one package."""

    id: str  # of the record that is shown; PYSEC before GHSA before CVE before others
    package: Package
    aliases: tuple[str, ...] = ()  # every other id of the group, sorted
    records: tuple[Advisory, ...] = ()  # the live ones, by id
    summary: str = ""
    severity: Severity = Unknown("the records give none")
    published: datetime | None = None  # the earliest of the records
    exploited: Exploitation | None = None

    @property
    def ids(self) -> frozenset[str]:
        return frozenset((self.id, *self.aliases))


class Coverage(Struct, frozen=True, kw_only=True):
    """Where the advisory data comes from and how far it reaches."""

    source: str  # a URL or a path, masked
    ecosystem: str
    records: int
    cutoff: datetime | None  # the newest `modified` among the records
    fetched: datetime
    kev_cutoff: date | None = None


class Fix(Struct, frozen=True, kw_only=True):
    """The versions that records name as fixed, above the one in question."""

    same_branch: str | None = None  # the one that closes the range which the version is in
    nearest: str | None = None  # the smallest fixed version above, which may be on another branch
    assumed: bool = False  # the record ends in last_affected: above it is only assumed to be fixed
    after: str | None = None  # that last affected version, where nothing that is named as fixed ends the range
