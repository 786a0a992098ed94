"""Advisory data: bring it, say how old it is, and see that there is some before anybody asks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from outpace.model.advisory import Coverage
from outpace.model.errors import DamagedData, NoAdvisories, UsageError
from outpace.model.refresh import NotBrought, Refresh
from outpace.model.times import now

OLD = timedelta(days=7)

Report = Callable[[str], None]


class Source(Protocol):
    """What is here. `coverage` raises NoAdvisories, or DamagedData where it must be made anew."""

    @property
    def path(self) -> Path: ...
    def coverage(self) -> Coverage: ...
    def kev_entries(self) -> int: ...
    def forget(self) -> None: ...


class Feed(Protocol):
    """Where more comes from."""

    def fetch(self, report: Report) -> Refresh: ...
    def read(self, *, advisories: Path | None, kev: Path | None, report: Report) -> Refresh: ...
    def recompile(self, report: Report) -> bool: ...


class Status(Struct, frozen=True, kw_only=True):
    """The data that is here. An age counts from the newest record, not from the last look."""

    coverage: Coverage
    age: timedelta | None  # None: no record says when it was modified
    kev_entries: int
    kev_age: timedelta | None  # None: no catalog, so it is unknown what is exploited
    path: str

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader of any answer from this data must know."""
        told: list[str] = []
        if self.age is None:
            told.append("how old the advisory data is, is unknown: no record says when it was modified")
        elif self.age > OLD:
            told.append(
                f"the advisory data is {self.age.days} days old; `outpace advisories update` brings what is newer"
            )
        if self.kev_age is None:
            told.append("whether a vulnerability is known to be exploited is unknown: there is no KEV catalog here")
        elif self.kev_age > OLD:
            told.append(f"the KEV catalog is {self.kev_age.days} days old")
        return tuple(told)


class Updated(Struct, frozen=True, kw_only=True):
    refresh: Refresh
    status: Status

    @property
    def complete(self) -> bool:
        return not isinstance(self.refresh.kev, NotBrought)


def status(source: Source, at: datetime | None = None) -> Status:
    """Raises NoAdvisories where there is nothing."""
    coverage = source.coverage()
    moment = at or now()
    return Status(
        coverage=coverage,
        age=None if coverage.cutoff is None else max(timedelta(0), moment - coverage.cutoff),
        kev_entries=source.kev_entries(),
        kev_age=None if coverage.kev_cutoff is None else _days(coverage.kev_cutoff, moment.date()),
        path=str(source.path),
    )


def _days(since: date, until: date) -> timedelta:
    return max(timedelta(0), until - since)


def update(
    source: Source, feed: Feed, *, advisories: Path | None, kev: Path | None, offline: bool, report: Report
) -> Updated:
    """From the files that are named, or else over the network; with `offline` and no file, from what is kept."""
    if advisories is not None or kev is not None:
        refresh = feed.read(advisories=advisories, kev=kev, report=report)
    elif offline:
        raise UsageError(
            "offline, there is nowhere to bring advisories from",
            hint="add --from FILE with a copy of OSV's all.zip, or leave out --offline",
        )
    else:
        refresh = feed.fetch(report)
    source.forget()
    return Updated(refresh=refresh, status=status(source))


def ensure(source: Source, feed: Callable[[], Feed], *, offline: bool, report: Report) -> Coverage:
    """The coverage of the data that is here; where there is none, it is brought once, and that is said.

    Raises NoAdvisories when there is none and `offline`, Unreachable when it cannot be fetched.
    """
    try:
        return source.coverage()
    except (NoAdvisories, DamagedData) as nothing:
        source.forget()
        if feed().recompile(report):
            return source.coverage()
        if offline:
            raise NoAdvisories(
                f"{nothing.message}, and offline none can be fetched",
                hint="run `outpace advisories update --from FILE` with a copy of OSV's all.zip",
            ) from nothing
        report(f"{nothing.message}; bringing it once")
    refresh = feed().fetch(report)
    if isinstance(refresh.kev, NotBrought):
        report(f"{refresh.kev.why}; whether a vulnerability is known to be exploited stays unknown")
    source.forget()
    return source.coverage()
