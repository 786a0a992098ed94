"""What could not be judged: one line for a pin and a reason, however many advisories it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from outpace.formats.envelope import UnknownItem
from outpace.model.exposure import Doubt

NAMED_AT_MOST = 3


def lines(doubts: Iterable[Doubt]) -> Iterator[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for doubt in doubts:
        found.setdefault((_pin(doubt), doubt.unknown.why), []).append(doubt.vulnerability.id)
    for (pin, why), ids in found.items():
        named = list(dict.fromkeys(ids))
        more = len(named) - NAMED_AT_MOST
        yield f"{pin}: {why} ({', '.join(named[:NAMED_AT_MOST])}{f' and {more} more' if more > 0 else ''})"


def items(doubts: Iterable[Doubt]) -> Iterator[UnknownItem]:
    """For JSON: each by itself."""
    for doubt in doubts:
        what = f"{_pin(doubt)} and {doubt.vulnerability.id}"
        yield UnknownItem(what=what, why=doubt.unknown.why, would_settle=doubt.unknown.would_settle)


def _pin(doubt: Doubt) -> str:
    component = doubt.component
    return f"{component.package.name} {component.version or component.specifier}".strip()
