"""A range's events in order: spans that open at `introduced` and close at `fixed` or `last_affected`."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from outpace.ecosystems.orders import Comparable, Order, release_of
from outpace.model.advisory import Event, Range

BEGINNING = "0"  # OSV: below every version
NO_LIMIT = "*"
FIXED, INTRODUCED, LAST_AFFECTED = range(3)


class Fixed(Struct, frozen=True, tag=True):
    version: Comparable
    text: str

    def covers(self, version: Comparable) -> bool:
        return version < self.version


class LastAffected(Struct, frozen=True, tag=True):
    version: Comparable
    text: str

    def covers(self, version: Comparable) -> bool:
        """A local build of the last affected version is still that version, although PEP 440 sorts it above."""
        if version <= self.version:
            return True
        return release_of(self.version) == self.version and release_of(version) <= self.version


class Span(Struct, frozen=True):
    """From `low` (None: the beginning) to its closing; several closings in one span contradict one another."""

    low: Comparable | None
    closings: tuple[Fixed | LastAffected, ...] = ()

    def starts_by(self, version: Comparable) -> bool:
        return self.low is None or self.low <= version

    def holds(self, version: Comparable) -> bool:
        return self.starts_by(version) and all(closing.covers(version) for closing in self.closings)


class Ordered(Struct, frozen=True):
    """The whole range. `orphans` close what nothing opened; `unordered` are versions that the order does not know."""

    spans: tuple[Span, ...]
    orphans: tuple[Fixed | LastAffected, ...]
    limits: tuple[Comparable, ...]
    unordered: tuple[str, ...]
    order: Order

    @property
    def is_everything(self) -> bool:
        """True for every version, also one that cannot be ordered."""
        whole = any(span.low is None and not span.closings for span in self.spans)
        return whole and not (self.limits or self.unordered or self.orphans)

    def within_limits(self, version: Comparable) -> bool:
        return not self.limits or any(version < limit for limit in self.limits)


class _Point(Struct, frozen=True):
    """Sorts as OSV wants: at one version the old range ends before the next begins, and `last_affected` still holds."""

    version: Comparable | None
    kind: int  # FIXED, INTRODUCED or LAST_AFFECTED
    text: str

    def key(self) -> tuple[tuple[Comparable, ...], int]:
        return (() if self.version is None else (self.version,), self.kind)


@lru_cache(maxsize=8192)
def ordered(one: Range, order: Order) -> Ordered:
    points: list[_Point] = []
    unordered: list[str] = []
    for event in one.events:
        _place(event, order, points, unordered)
    limits = [event.limit for event in one.events if event.limit is not None and event.limit != NO_LIMIT]
    bounds = [order.bound(limit) for limit in limits]
    unordered += [limit for limit, bound in zip(limits, bounds, strict=True) if bound is None]
    if any(event.limit == NO_LIMIT for event in one.events):
        bounds = []
    points.sort(key=_Point.key)
    spans, orphans = _walk(_without_empty(points))
    return Ordered(spans, orphans, tuple(bound for bound in bounds if bound is not None), tuple(unordered), order)


def _place(event: Event, order: Order, points: list[_Point], unordered: list[str]) -> None:
    for kind, text in enumerate((event.fixed, event.introduced, event.last_affected)):
        if text is None:
            continue
        version = order.bound(text)
        if kind == INTRODUCED and text == BEGINNING:
            points.append(_Point(None, kind, text))
        elif version is None:
            unordered.append(text)
        else:
            points.append(_Point(version, kind, text))


def _without_empty(points: list[_Point]) -> list[_Point]:
    """RustSec ends a range where it begins to say that a branch is spared; sorted, that end comes before its beginning.

    Left as it is where another reading is possible: a range is open there, ends later, or is all there is.
    """
    kept: list[_Point] = []
    at = 0
    while at < len(points):
        is_open = bool(kept) and kept[-1].kind == INTRODUCED
        if not is_open and _is_empty(points[at : at + 3]):
            at += 2
        else:
            kept.append(points[at])
            at += 1
    return kept if any(point.kind == INTRODUCED for point in kept) else points


def _is_empty(points: list[_Point]) -> bool:
    if [point.kind for point in points] not in ([FIXED, INTRODUCED], [FIXED, INTRODUCED, INTRODUCED]):
        return False
    return points[0].version == points[1].version


def _walk(points: list[_Point]) -> tuple[tuple[Span, ...], tuple[Fixed | LastAffected, ...]]:
    spans: list[Span] = []
    orphans: list[Fixed | LastAffected] = []
    closings: list[Fixed | LastAffected] = []
    low: Comparable | None = None
    begun = False
    for point in points:
        if point.kind == INTRODUCED:
            if begun and closings:
                spans.append(Span(low, tuple(closings)))
                begun = False
            if not begun:
                low, closings, begun = point.version, [], True
            continue
        assert point.version is not None
        closing = (Fixed if point.kind == FIXED else LastAffected)(point.version, point.text)
        (closings if begun else orphans).append(closing)
    if begun:
        spans.append(Span(low, tuple(closings)))
    return tuple(spans), tuple(orphans)
