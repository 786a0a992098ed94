"""What an order of versions is: it parses a version, or says that it cannot order it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self

from msgspec import Struct


class Comparable(Protocol):
    """A parsed version, to be compared with others of the same order; equal ones have the same hash."""

    def __lt__(self, other: Self, /) -> bool: ...
    def __le__(self, other: Self, /) -> bool: ...
    def __gt__(self, other: Self, /) -> bool: ...
    def __ge__(self, other: Self, /) -> bool: ...
    def __hash__(self) -> int: ...


class Interval(Struct, frozen=True, kw_only=True):
    """`low` <= version < `high`; None is no bound on that side."""

    low: Comparable | None = None
    high: Comparable | None = None


def _all_of(versions: Sequence[str], *_asked: str) -> Sequence[str]:
    return versions


def _cannot_be_told(_specifier: str) -> None:
    return None


class Order(Struct, frozen=True, kw_only=True, eq=False):
    """How the versions of one ecosystem are ordered. `parse` gives None for what cannot be ordered."""

    name: str  # of its specification
    parse: Callable[[str], Comparable | None]
    bound: Callable[[str], Comparable | None]  # parses the end of a record's range, which may be written shorter
    alike: Callable[..., Sequence[str]] = _all_of  # sifts a list: those that may be equal to one of the asked
    exact: Callable[[str], str | None] = _cannot_be_told  # the one version that a specifier names
    allowed: Callable[[str], Interval | None] = _cannot_be_told  # what a specifier allows, perhaps more
    to_pin: str = ""  # what one does to a demand so that it names one version
