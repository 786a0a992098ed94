"""From everything at once to as much as goes at once, by few questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from outpace.remediation.plan import Target
from outpace.remediation.ports import Step

Refused: TypeAlias = Callable[[Mapping[Target, Step]], str | None]


def narrowed(
    items: Mapping[Target, Step], refused: Refused, is_named: Callable[[Target, str], bool]
) -> dict[Target, Step]:
    """Whoever the refusal names goes first; where it names none of them, halves are asked."""
    left = dict(items)
    while left and (reason := refused(left)) is not None:
        kept = {key: value for key, value in left.items() if not is_named(key, reason)}
        if len(kept) == len(left):
            return _with_halves({}, left, refused)
        left = kept
    return left


def _with_halves(
    kept: dict[Target, Step], items: dict[Target, Step], refused: Refused, *, known: bool = True
) -> dict[Target, Step]:
    """`kept`, and of the items what goes beside it; `known`: that all of them do not is known already."""
    both = {**kept, **items}
    if not known and refused(both) is None:
        return both
    if len(items) <= 1:
        return kept
    keys = list(items)
    half = len(keys) // 2
    first = _with_halves(kept, {key: items[key] for key in keys[:half]}, refused, known=False)
    return _with_halves(first, {key: items[key] for key in keys[half:]}, refused, known=False)
