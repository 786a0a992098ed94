"""How something stands on a day: open, not to be told, or neither. The one rule behind every number that says so.

A doubt that lasts takes what it began in out of what is open: it is a count of its own, and never none. A doubt that
ended counts as exposed, as the waits do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.episodes import Episode, Item

Stands: TypeAlias = Literal["open", "unpinned", "unknown", "over"]
DOUBTS: frozenset[Stands] = frozenset({"unpinned", "unknown"})


class Standing(Struct, frozen=True, kw_only=True):
    """How many stand how. `over`: fixed, removed, or never there affected."""

    open: int = 0
    unpinned: int = 0
    unknown: int = 0
    over: int = 0

    @property
    def untold(self) -> int:
        """Those that may be open: nobody can tell."""
        return self.unpinned + self.unknown

    def doubts(self) -> str:
        """Those in words, empty where there are none: `2 unpinned, 3 unknown`."""
        told = (("unpinned", self.unpinned), ("unknown", self.unknown))
        return ", ".join(f"{count:,} {word}" for word, count in told if count)


def item_on(item: Item, day: datetime) -> Stands:
    """Without a date of publication there is no day from which on: such a one stands as it does in the end."""
    if item.published is None:
        return "open" if item.state == "open" else "unknown" if item.state == "unknown" else "over"
    affected = any(each.opened <= day and (each.closed is None or each.closed > day) for each in item.windows)
    never_told = not item.windows and item.state in ("unpinned", "unknown") and item.published <= day
    lasting = next((gap for gap in item.gaps if gap.until is None and gap.since <= day), None)
    if lasting is not None and (affected or never_told):
        return "unpinned" if lasting.kind == "unpinned" else "unknown"
    return "open" if affected else "over"


def items_on(items: Iterable[Item], day: datetime) -> Standing:
    return _counted(item_on(each, day) for each in items)


def episode_now(episode: Episode) -> Stands:
    match episode.state:
        case "fixed" | "removed":
            return "over"
        case "open" | "unpinned" | "unknown":
            return episode.state


def episodes_now(episodes: Iterable[Episode]) -> Standing:
    return _counted(map(episode_now, episodes))


def _counted(all_of_them: Iterable[Stands]) -> Standing:
    told = list(all_of_them)
    return Standing(
        open=told.count("open"),
        unpinned=told.count("unpinned"),
        unknown=told.count("unknown"),
        over=told.count("over"),
    )
