"""What is not pinned: decided only where every version that a specifier allows has the same answer."""

from __future__ import annotations

from collections.abc import Iterable

from outpace.ecosystems.orders import Comparable, Interval, Order
from outpace.ecosystems.osv.evaluation import (
    AffectedBy,
    Evaluation,
    NotAffected,
    evaluate,
    order_for,
    ranges_of,
    says_nothing,
    united,
)
from outpace.ecosystems.osv.fixes import fix_above
from outpace.ecosystems.osv.spans import Fixed, LastAffected, Ordered, Span
from outpace.model.advisory import Affected
from outpace.model.unknown import Unknown

STRADDLES = Unknown("some of the versions are affected")


def evaluate_specifier(specifier: str, affected: Iterable[Affected]) -> Evaluation:
    """For all entries together, of one package."""
    entries = tuple(affected)
    if not entries:
        return NotAffected()
    order = order_for(entries[0])
    if (named := order.exact(specifier)) is not None:
        return evaluate(named, entries)
    interval = order.allowed(specifier)
    if interval is None:
        return Unknown(
            f"no version is pinned, and what {specifier or 'the line'} allows cannot be told", _pin_it(order, None)
        )
    answer = united(_entry_over(interval, entry, order) for entry in entries)
    if answer != STRADDLES:
        return answer
    return Unknown(
        f"no version is pinned: {specifier or 'any version'} allows affected and fixed versions",
        _pin_it(order, fix_above(specifier, entries).nearest),
    )


def _pin_it(order: Order, fixed: str | None) -> str:
    if not order.to_pin:
        return "a lock file"
    return f"{order.to_pin}{f' (fixed in {fixed})' if fixed else ''}, or read a lock file or the environment"


def _entry_over(interval: Interval, entry: Affected, order: Order) -> Evaluation:
    ranges = ranges_of(entry, order)
    if not ranges and not entry.versions:
        return says_nothing(entry)
    answers = [_range_over(interval, one) for one in ranges]
    if any(isinstance(answer, AffectedBy) for answer in answers):
        return AffectedBy(("no version is pinned; every version that is allowed is affected",))
    listed = (order.parse(each) for each in entry.versions)
    if any(isinstance(answer, Unknown) for answer in answers) or any(
        each and _inside(each, interval) for each in listed
    ):
        return STRADDLES
    return NotAffected()


def _inside(version: Comparable, interval: Interval) -> bool:
    above = interval.low is None or version >= interval.low
    return above and (interval.high is None or version < interval.high)


def _range_over(interval: Interval, one: Ordered) -> Evaluation:
    if one.is_everything:
        return AffectedBy()
    if one.unordered or one.orphans or one.limits:
        return STRADDLES
    return united(_span_over(interval, span) for span in one.spans)


def _span_over(interval: Interval, span: Span) -> Evaluation:
    if interval.high is not None and span.low is not None and interval.high <= span.low:
        return NotAffected()
    if interval.low is not None and span.closings and not any(each.covers(interval.low) for each in span.closings):
        return NotAffected()
    begins = span.low is None or (interval.low is not None and span.low <= interval.low)
    if begins and all(_reaches(closing, interval) for closing in span.closings):
        return AffectedBy()
    return STRADDLES


def _reaches(closing: Fixed | LastAffected, interval: Interval) -> bool:
    return interval.high is not None and interval.high <= closing.version
