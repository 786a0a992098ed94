"""Orders: what was bought, by whom, at the price of that day."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shop.accounts import Account
from shop.catalog import product_by_slug


class CannotOrder(Exception):
    """The order is refused; the message is for the customer."""


@dataclass(frozen=True)
class Line:
    """So many of one product, each at a price in cents."""

    slug: str
    name: str
    quantity: int
    price: int

    @property
    def total(self) -> int:
        return self.quantity * self.price


@dataclass(frozen=True)
class Order:
    """An order as the customer sees it."""

    number: int
    customer: str
    email: str
    placed_at: datetime
    address: str
    status: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return total(self.lines)


def total(lines: tuple[Line, ...]) -> int:
    return sum(line.total for line in lines)


def place_order(
    db: sqlite3.Connection, account: Account, quantities: Mapping[str, int], address: str
) -> Order:
    """Takes the pieces out of stock and keeps the order, inside the caller's transaction."""
    if not quantities:
        raise CannotOrder("There is nothing in your cart.")
    if not address.strip():
        raise CannotOrder("Where shall we send it? Please give an address.")
    number = db.execute(
        "INSERT INTO orders (account, placed_at, address, status) VALUES (?, ?, ?, 'placed')",
        (account.id, datetime.now(UTC).isoformat(timespec="seconds"), address.strip()),
    ).lastrowid
    for slug, quantity in quantities.items():
        _take(db, number or 0, slug, quantity)
    return orders_where(db, "orders.id = ?", number or 0)[0]


def _take(db: sqlite3.Connection, number: int, slug: str, quantity: int) -> None:
    product = product_by_slug(db, slug)
    if product is None:
        raise CannotOrder(f"We do not sell “{slug}”.")
    if quantity < 1:
        raise CannotOrder(f"How many of {product.name}? At least one.")
    if product.stock < quantity:
        raise CannotOrder(f"Only {product.stock} of {product.name} left.")
    db.execute("UPDATE products SET stock = stock - ? WHERE id = ?", (quantity, product.id))
    line = (number, product.id, quantity, product.price)
    db.execute("INSERT INTO order_lines VALUES (?, ?, ?, ?)", line)


def orders_of(db: sqlite3.Connection, account: Account) -> tuple[Order, ...]:
    return orders_where(db, "orders.account = ?", account.id)


def order_of(db: sqlite3.Connection, account: Account, number: int) -> Order | None:
    """The order, if it is theirs."""
    return next((order for order in orders_of(db, account) if order.number == number), None)


def ship(db: sqlite3.Connection, number: int) -> bool:
    """False if there is no such order, or it is on its way already."""
    change = "UPDATE orders SET status = 'shipped' WHERE id = ? AND status = 'placed'"
    return db.execute(change, (number,)).rowcount == 1


def orders_where(db: sqlite3.Connection, condition: str, *values: int | str) -> tuple[Order, ...]:
    """The newest first. The condition is ours, the values may be anybody's."""
    rows = db.execute(
        "SELECT orders.*, accounts.name AS customer, accounts.email FROM orders"
        f" JOIN accounts ON accounts.id = orders.account WHERE {condition} ORDER BY orders.id DESC",
        values,
    )
    return tuple(_order(db, row) for row in rows.fetchall())


def _order(db: sqlite3.Connection, row: sqlite3.Row) -> Order:
    lines = db.execute(
        "SELECT slug, name, quantity, order_lines.price FROM order_lines"
        ' JOIN products ON products.id = product WHERE "order" = ? ORDER BY name',
        (row["id"],),
    )
    return Order(
        number=row["id"],
        customer=row["customer"],
        email=row["email"],
        placed_at=datetime.fromisoformat(row["placed_at"]),
        address=row["address"],
        status=row["status"],
        lines=tuple(Line(**dict(line)) for line in lines),
    )
