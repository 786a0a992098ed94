"""A cart: how many of which product, kept in the session until it is ordered."""

from __future__ import annotations

import sqlite3
from collections.abc import MutableMapping
from typing import Any

from shop.catalog import product_by_slug
from shop.orders import Line

MOST_OF_ONE = 99


class Cart:
    """The cart of one session; it survives a reload, a login and a new release."""

    def __init__(self, session: MutableMapping[str, Any]) -> None:
        self._session = session

    @property
    def quantities(self) -> dict[str, int]:
        """How many of which slug."""
        return dict(self._session.get("cart", {}))

    @property
    def pieces(self) -> int:
        return sum(self.quantities.values())

    def add(self, slug: str, quantity: int) -> None:
        self.put(slug, self.quantities.get(slug, 0) + quantity)

    def put(self, slug: str, quantity: int) -> None:
        """None, or fewer, takes the product out."""
        kept = {**self.quantities, slug: min(quantity, MOST_OF_ONE)}
        self._session["cart"] = {slug: count for slug, count in kept.items() if count > 0}

    def clear(self) -> None:
        self._session["cart"] = {}

    def lines(self, db: sqlite3.Connection) -> tuple[Line, ...]:
        """At today's prices; what the shop no longer sells is left out."""
        found = ((product_by_slug(db, slug), count) for slug, count in self.quantities.items())
        return tuple(Line(p.slug, p.name, count, p.price) for p, count in found if p)
