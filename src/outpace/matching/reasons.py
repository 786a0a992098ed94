"""Why a version is affected or not: what the records say of it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from outpace.ecosystems.osv.evaluation import GIT, order_for
from outpace.ecosystems.osv.spans import Fixed, Ordered, Span, ordered
from outpace.model.advisory import Advisory, Affected
from outpace.model.package import Package

LISTED_AT_MOST = 8


def spans_in_words(entry: Affected) -> tuple[str, ...]:
    """What one entry of a record calls affected; commits are not versions and are only counted."""
    order = order_for(entry)
    found = [words for one in entry.ranges if one.type != GIT for words in _ranges(ordered(one, order))]
    commits = sum(one.type == GIT for one in entry.ranges)
    if entry.versions:
        found.append(_listed(entry.versions))
    if commits and not found:
        found.append("commits of a repository, and no versions")
    return tuple(found) or ("no version at all",)


def _ranges(told: Ordered) -> Iterator[str]:
    yield from (_span(span) for span in told.spans)
    yield from (f"something up to {orphan.text}, whose beginning is not said" for orphan in told.orphans)


def _span(span: Span) -> str:
    start = f"from {span.low}" if span.low is not None else "every version"
    if not span.closings:
        return f"{start} on" if span.low is not None else start
    ends = " or ".join(
        f"below {end.text}" if isinstance(end, Fixed) else f"up to and with {end.text}" for end in span.closings
    )
    return f"{start}, {ends}" if span.low is not None else f"{start} {ends}"


def _listed(versions: Sequence[str]) -> str:
    shown = versions if len(versions) <= LISTED_AT_MOST else (*versions[:3], "...", *versions[-3:])
    count = f"{len(versions)} listed version" + ("" if len(versions) == 1 else "s")
    return f"{count}: {', '.join(shown)}"


def speaking(records: Iterable[Advisory], package: Package) -> Iterator[tuple[Advisory, Affected]]:
    """Every entry about the package, with its record."""
    for record in records:
        yield from ((record, entry) for entry in record.affected if entry.package == package)


def hits(version: str, records: Iterable[Advisory], package: Package) -> tuple[str, ...]:
    """Which ranges and lists hold this version, with the record that says so."""
    return tuple(
        dict.fromkeys(words for record, entry in speaking(records, package) for words in _hits(version, record, entry))
    )


def _hits(version: str, record: Advisory, entry: Affected) -> Iterator[str]:
    order = order_for(entry)
    at = order.parse(version)
    for one in entry.ranges:
        told = ordered(one, order) if one.type != GIT and at is not None else None
        for span in told.spans if told is not None else ():
            if at is not None and span.holds(at):
                yield f"{record.id} calls {_span(span)} affected"
    if version in entry.versions or (at is not None and at in map(order.parse, entry.versions)):
        yield f"{record.id} lists {version}"
