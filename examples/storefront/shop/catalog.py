"""What the shop sells."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One article; its price is in cents, its picture a path below /static/."""

    id: int
    slug: str
    name: str
    category: str
    description: str
    price: int
    stock: int
    picture: str


def all_products(db: sqlite3.Connection) -> tuple[Product, ...]:
    rows = db.execute("SELECT * FROM products ORDER BY category, name")
    return tuple(Product(**dict(row)) for row in rows)


def find_products(db: sqlite3.Connection, words: str) -> tuple[Product, ...]:
    """The products that have every one of the words in their name, category or description."""

    def has_all(product: Product) -> bool:
        text = f"{product.name} {product.category} {product.description}".lower()
        return all(word in text for word in words.lower().split())

    return tuple(product for product in all_products(db) if has_all(product))


def product_by_slug(db: sqlite3.Connection, slug: str) -> Product | None:
    row = db.execute("SELECT * FROM products WHERE slug = ?", (slug,)).fetchone()
    return Product(**dict(row)) if row else None


def set_stock(db: sqlite3.Connection, product: Product, stock: int) -> None:
    db.execute("UPDATE products SET stock = ? WHERE id = ?", (stock, product.id))


def set_picture(db: sqlite3.Connection, product: Product, picture: str) -> None:
    db.execute("UPDATE products SET picture = ? WHERE id = ?", (picture, product.id))
