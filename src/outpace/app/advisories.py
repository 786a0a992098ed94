"""Advisory data: bring it, say how old it is, and see that there is some before anybody asks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from outpace.model.advisory import Coverage
from outpace.model.errors import DamagedData, NoAdvisories, UsageError
from outpace.model.package import PYPI
from outpace.model.refresh import NotBrought, Refresh
from outpace.model.times import now

OLD = timedelta(days=7)

Report = Callable[[str], None]


class Source(Protocol):
    """What is here. `coverage`, which is PyPI's, and `coverages` raise NoAdvisories, or DamagedData where it must be
    made anew; `unreadable` are the other ecosystems of which that is so."""

    @property
    def path(self) -> Path: ...
    def coverage(self) -> Coverage: ...
    def coverages(self) -> tuple[Coverage, ...]: ...
    def unreadable(self) -> tuple[str, ...]: ...
    def kev_entries(self) -> int: ...
    def forget(self) -> None: ...


class Feed(Protocol):
    """Where more comes from."""

    def fetch(self, report: Report, ecosystems: Sequence[str] = (PYPI,)) -> Refresh: ...
    def read(
        self, *, advisories: Path | None, kev: Path | None, report: Report, ecosystems: Sequence[str] = ()
    ) -> Refresh: ...
    def recompile(self, report: Report, ecosystem: str = PYPI) -> bool: ...


class Other(Struct, frozen=True, kw_only=True):
    """What is here of one more ecosystem."""

    coverage: Coverage
    age: timedelta | None


class Status(Struct, frozen=True, kw_only=True):
    """The data that is here. An age counts from the newest record, not from the last look."""

    coverage: Coverage  # PyPI's, where there is any
    age: timedelta | None  # None: no record says when it was modified
    kev_entries: int
    kev_age: timedelta | None  # None: no catalog, so it is unknown what is exploited
    path: str
    others: tuple[Other, ...] = ()

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader of any answer from this data must know."""
        told: list[str] = []
        if self.age is None:
            told.append("how old the advisory data is, is unknown: no record says when it was modified")
        elif self.age > OLD:
            told.append(
                f"the advisory data is {self.age.days} days old; `{_update(self.coverage)}` brings what is newer"
            )
        told += [
            f"the advisory data of {each.coverage.ecosystem} is {each.age.days} days old;"
            f" `{_update(each.coverage)}` brings what is newer"
            for each in self.others
            if each.age is not None and each.age > OLD
        ]
        if self.kev_age is None:
            told.append("whether a vulnerability is known to be exploited is unknown: there is no KEV catalog here")
        elif self.kev_age > OLD:
            told.append(f"the KEV catalog is {self.kev_age.days} days old")
        return tuple(told)


def _update(coverage: Coverage) -> str:
    which = "" if coverage.ecosystem == PYPI else f" --ecosystem {coverage.ecosystem}"
    return f"outpace advisories update{which}"


class Updated(Struct, frozen=True, kw_only=True):
    refresh: Refresh
    status: Status

    @property
    def complete(self) -> bool:
        parts = (self.refresh.advisories, self.refresh.kev, *(each.part for each in self.refresh.others))
        return not any(isinstance(part, NotBrought) for part in parts)


def status(source: Source, at: datetime | None = None) -> Status:
    """Raises NoAdvisories where there is nothing."""
    coverage, *others = source.coverages()
    moment = at or now()
    return Status(
        coverage=coverage,
        age=_age(coverage, moment),
        kev_entries=source.kev_entries(),
        kev_age=None if coverage.kev_cutoff is None else _days(coverage.kev_cutoff, moment.date()),
        path=str(source.path),
        others=tuple(Other(coverage=each, age=_age(each, moment)) for each in others),
    )


def _age(coverage: Coverage, moment: datetime) -> timedelta | None:
    return None if coverage.cutoff is None else max(timedelta(0), moment - coverage.cutoff)


def _days(since: date, until: date) -> timedelta:
    return max(timedelta(0), until - since)


def update(
    source: Source,
    feed: Feed,
    *,
    advisories: Path | None,
    kev: Path | None,
    offline: bool,
    report: Report,
    ecosystems: Sequence[str] = (),
) -> Updated:
    """From the files that are named, or else over the network. Without `ecosystems`: all that a file holds, or PyPI."""
    if advisories is not None or kev is not None:
        refresh = feed.read(advisories=advisories, kev=kev, report=report, ecosystems=ecosystems)
    elif offline:
        raise UsageError(
            "offline, there is nowhere to bring advisories from",
            hint="add --from FILE with a copy of OSV's all.zip, or leave out --offline",
        )
    else:
        refresh = feed.fetch(report, ecosystems or (PYPI,))
    source.forget()
    return Updated(refresh=refresh, status=status(source))


def ensure(source: Source, feed: Callable[[], Feed], *, offline: bool, report: Report) -> Coverage:
    """The coverage of PyPI's data; where there is none, it is brought once, and that is said.

    Of other ecosystems nothing is brought unasked, but what an older Outpace compiled is compiled again.
    Raises NoAdvisories when there is none and `offline`, Unreachable when it cannot be fetched.
    """
    _recompile_others(source, feed, report)
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


def ensure_any(source: Source, feed: Callable[[], Feed], *, offline: bool, report: Report) -> tuple[Coverage, ...]:
    """What an assessment needs: the data of any ecosystem will do. Where there is none at all, PyPI's is brought once.

    Raises as `ensure` does.
    """
    _recompile_others(source, feed, report)
    try:
        return source.coverages()
    except (NoAdvisories, DamagedData):
        ensure(source, feed, offline=offline, report=report)
    return source.coverages()


def _recompile_others(source: Source, feed: Callable[[], Feed], report: Report) -> None:
    for ecosystem in source.unreadable():
        feed().recompile(report, ecosystem)
        source.forget()
