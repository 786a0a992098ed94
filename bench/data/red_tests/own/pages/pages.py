"""Cuts a list of results into pages and says which links a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
Link = int | None  # a page's number, or a gap


class NoSuchPage(LookupError):
    """A page outside of what there is."""


class Pages(Generic[T]):
    def __init__(self, items: Sequence[T], size: int = 10) -> None:
        if size < 1:
            raise ValueError(f"a page of {size} items cannot be shown")
        self.items = items
        self.size = size

    @property
    def count(self) -> int:
        """There is always one page, empty or not."""
        return max(1, -(-len(self.items) // self.size))

    def page(self, number: int) -> list[T]:
        """Counted from 1."""
        if not 1 <= number <= self.count:
            raise NoSuchPage(f"no page {number} of {self.count}")
        start = (number - 1) * self.size
        return list(self.items[start : start + self.size])

    def links(self, number: int, around: int = 1) -> list[Link]:
        """The first, the last and those around the page; None where some are left out."""
        wanted = {1, self.count, *range(number - around, number + around + 1)}
        found: list[Link] = []
        for link in sorted(wanted & set(range(1, self.count + 1))):
            last = found[-1] if found else None
            if last is not None and link - last > 1:
                found.append(None)
            found.append(link)
        return found

    def summary(self, number: int) -> str:
        shown = self.page(number)
        if not shown:
            return "nothing found"
        first = (number - 1) * self.size + 1
        return f"{first} to {first + len(shown) - 1} of {len(self.items)}"
