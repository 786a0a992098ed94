"""The nightly export of all orders, as the accountant's program reads it."""

from __future__ import annotations

import asyncio
import csv
import os
from datetime import datetime, timedelta
from pathlib import Path

from shop.database import Database
from shop.orders import orders_where

COLUMNS = ("order", "placed", "customer", "email", "address", "status", "total")
HOUR = 3


def write_orders(database: Database, directory: Path) -> Path:
    """Writes orders.csv in one go, so that whoever fetches it never reads half of it."""
    path = directory / "orders.csv"
    new = path.with_suffix(".new")
    with database.reading() as db, new.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for order in orders_where(db, "?", 1):
            who = (order.customer, order.email, order.address)
            amount = f"{order.total / 100:.2f}"
            writer.writerow((order.number, order.placed_at.date(), *who, order.status, amount))
    os.replace(new, path)
    return path


async def write_orders_nightly(database: Database, directory: Path) -> None:
    while True:
        await asyncio.sleep(seconds_until(HOUR, datetime.now()))
        await asyncio.to_thread(write_orders, database, directory)


def seconds_until(hour: int, now: datetime) -> float:
    """Until the next time that the clock on the wall shows this hour."""
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return ((then if then > now else then + timedelta(days=1)) - now).total_seconds()
