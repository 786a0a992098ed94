"""The versions that records name as fixed."""

from __future__ import annotations

from collections.abc import Sequence

from outpace.ecosystems.osv.evaluation import NotAffected, evaluate, holding, order_for, ranges_of
from outpace.ecosystems.osv.spans import Fixed, LastAffected
from outpace.model.advisory import Affected, Fix


def fix_above(specifier: str, affected: Sequence[Affected]) -> Fix:
    """What fixes a demand whose every version is affected: counted from the lowest that it allows."""
    if not affected:
        return Fix()
    order = order_for(affected[0])
    if (named := order.exact(specifier)) is not None:
        return fix_of(named, affected)
    interval = order.allowed(specifier)
    return Fix() if interval is None else fix_of("0" if interval.low is None else str(interval.low), affected)


def fix_of(version: str, affected: Sequence[Affected]) -> Fix:
    """The fixed versions above, by all entries together (of one record, or of every live record of a vulnerability)."""
    if not affected:
        return Fix()
    order = order_for(affected[0])
    at = order.parse(version)
    if at is None:
        return Fix()
    ranges = [one for entry in affected for one in ranges_of(entry, order)]
    inside = holding(at, ranges)
    ends = [max(span.closings, key=lambda closing: closing.version) for span in inside if span.closings]
    closes = [end for end in ends if isinstance(end, Fixed)]
    above = {
        closing
        for one in ranges
        for closing in (*(each for span in one.spans for each in span.closings), *one.orphans)
        if isinstance(closing, Fixed) and closing.version > at
    }
    safe = sorted((end for end in above if _is_safe(end, affected)), key=lambda end: end.version)
    branch = max(closes, key=lambda end: end.version, default=None) if len(closes) == len(inside) else None
    last = max(ends, key=lambda end: end.version, default=None)
    return Fix(
        same_branch=branch.text if branch is not None and branch in safe else None,
        nearest=safe[0].text if safe else None,
        assumed=any(isinstance(end, LastAffected) for end in ends),
        after=last.text if isinstance(last, LastAffected) and len(ends) == len(inside) else None,
    )


def _is_safe(end: Fixed, affected: Sequence[Affected]) -> bool:
    return isinstance(evaluate(end.text, affected), NotAffected)
