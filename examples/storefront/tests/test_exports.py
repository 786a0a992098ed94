"""The nightly export, and who may read it."""

from __future__ import annotations

import csv
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from shop.database import Database
from shop.exports import COLUMNS, seconds_until, write_orders
from shop.settings import Settings


def test_every_order_is_in_the_export(settings: Settings, database: Database):
    settings.exports.mkdir()
    path = write_orders(database, settings.exports)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == ["4", "3", "2", "1"]
    assert rows[-1][2:] == [
        "Miriam Okafor",
        "m.okafor@mail.example",
        "14 Cable Street, Port Ellery",
        "shipped",
        "51.50",
    ]


def test_a_missed_export_is_made_up_when_the_shop_starts(shop: TestClient, settings: Settings):
    assert (settings.exports / "orders.csv").exists()


@pytest.mark.parametrize("path", ["/static-exports/orders.csv", "/static/orders.csv"])
def test_exports_have_no_address_on_the_web(shop: TestClient, path: str):
    assert shop.get(path).status_code == 404


@pytest.mark.parametrize(
    ("now", "hours"), [("2023-05-01T01:30", 1.5), ("2023-05-01T03:00", 24), ("2023-05-01T22:00", 5)]
)
def test_the_export_waits_for_three_in_the_morning(now: str, hours: float):
    assert seconds_until(3, datetime.fromisoformat(now)) == hours * 3600
