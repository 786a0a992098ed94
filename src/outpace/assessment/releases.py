"""When the release came out that mended a vulnerability, told from the listing of its package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from outpace.assessment.episodes import Undated
from outpace.assessment.ports import Enough, Listing, Upload
from outpace.ecosystems.orders import Comparable, order_of
from outpace.ecosystems.osv import NotAffected, evaluate, fix_above, fix_of
from outpace.ecosystems.pypi import versions
from outpace.model.advisory import Affected, Vulnerability
from outpace.model.package import Package

NEVER = datetime.min.replace(tzinfo=UTC)


class FixReleases:
    """The releases that mend one vulnerability of one package; each version is judged once."""

    def __init__(self, vulnerability: Vulnerability) -> None:
        self._package = vulnerability.package
        self._entries: tuple[Affected, ...] = tuple(
            entry
            for record in vulnerability.records
            for entry in record.affected
            if entry.package == vulnerability.package
        )
        self._safe: dict[str, bool] = {}

    def first(self, before: Sequence[str], uploads: Sequence[Upload], until: datetime) -> datetime | None:
        """When all the versions that were affected could be left; `uploads` in order. None: for one there was nothing.

        On whatever branch, the earliest upload counts of a release that is above the affected version, not affected,
        and follows one that is, by version: next to it, or with nothing between them but what came out later, to which
        the fix was carried back. So a branch that was given up mends nothing: no record names it, it stands above
        affected releases, and began before the last of them.
        """
        earliest = [self._earliest(version, uploads, until) for version in before]
        told = [at for at in earliest if at is not None]
        return max(told) if told and len(told) == len(earliest) else None

    def nearest(self, before: Sequence[str]) -> tuple[str, ...]:
        """The lowest fixed version above each of these, as the records name them; empty where one has none."""
        parse = order_of(self._package.ecosystem).parse
        found = [
            (fix_above if parse(version) is None else fix_of)(version, self._entries).nearest for version in before
        ]
        return () if None in found else tuple(fix for fix in found if fix is not None)

    def _earliest(self, version: str, uploads: Sequence[Upload], until: datetime) -> datetime | None:
        start = self._start(version)
        if start is None:
            return None
        parse = order_of(self._package.ecosystem).parse
        takes_prereleases = _is_prerelease(version)
        affected_until, first_since = NEVER, None
        found: list[datetime] = []
        for upload in uploads:
            at = parse(upload.version)
            if at is None or upload.at > until or (upload.is_prerelease and not takes_prereleases):
                continue
            if at <= start or not self._is_safe(upload.version):
                affected_until, first_since = upload.at, None
            elif first_since is None or affected_until < upload.at < first_since:
                first_since = upload.at
                found.append(upload.at)
            else:
                first_since = min(first_since, upload.at)
        return min(found, default=None)

    def _start(self, version: str) -> Comparable | None:
        """Of a range of which every version is affected, the lowest that it allows."""
        order = order_of(self._package.ecosystem)
        if (at := order.parse(version)) is not None:
            return at
        interval = order.allowed(version)
        return None if interval is None else interval.low

    def _is_safe(self, version: str) -> bool:
        if version not in self._safe:
            self._safe[version] = isinstance(evaluate(version, self._entries), NotAffected)
        return self._safe[version]


def _is_prerelease(version: str) -> bool:
    """As the index of Python's packages means it, whose listings alone are asked for."""
    parsed = versions.parse(version)
    return parsed is not None and parsed.is_prerelease


def undated(listings: Mapping[Package, Listing]) -> tuple[Undated, ...]:
    """What is not known of the listings, each reason once."""
    reasons: dict[tuple[str, str, bool], list[Package]] = {}
    for package, one in sorted(listings.items()):
        if one.why:
            reasons.setdefault((one.why, one.would_settle, one.will_last), []).append(package)
    return tuple(
        Undated(packages=tuple(packages), why=why, would_settle=would_settle, will_last=will_last)
        for (why, would_settle, will_last), packages in reasons.items()
    )


def enough(wanted: Iterable[tuple[FixReleases, Sequence[str]]], until: datetime) -> Enough:
    """Whether a listing tells what mended each of them: what was uploaded after it was made came later still."""
    every = tuple((fixes, before) for fixes, before in wanted if before)
    return lambda uploads: all(fixes.first(before, uploads, until) is not None for fixes, before in every)
