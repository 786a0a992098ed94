"""Which change needs which other before it, or with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Link(NamedTuple):
    """`later` stands only where `earlier` does. `clears`: not since it brings something, but since it makes room."""

    later: int
    earlier: int
    why: str
    clears: bool = False


class Links(NamedTuple):
    """`loose` ones say what belongs together and which comes first where that can be chosen, and no more."""

    firm: tuple[Link, ...] = ()
    loose: tuple[Link, ...] = ()

    def __or__(self, other: Links) -> Links:
        return Links((*self.firm, *other.firm), (*self.loose, *other.loose))


def together(one: int, other: int, why: str) -> Iterator[Link]:
    yield Link(one, other, why)
    yield Link(other, one, why)


def links(firm: Iterable[Link] = (), loose: Iterable[Link] = ()) -> Links:
    return Links(_distinct(firm), _distinct(loose))


def _distinct(found: Iterable[Link]) -> tuple[Link, ...]:
    kept: dict[tuple[int, int], Link] = {}
    for link in found:
        pair = link.later, link.earlier
        if link.later != link.earlier and (pair not in kept or kept[pair].clears):
            kept[pair] = link
    return tuple(kept.values())
