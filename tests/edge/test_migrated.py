"""Releases that bring migrations, at a real edge on a real PostgreSQL: what can be taken back is, without a loss."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from tests.edge.bookshop import Bookshop, bookshop
from tests.needs import needs
from tests.postgres import PostgresServer

DATABASE = "bookshop_migrated"
MORE = 'migrate = ["python3", "migrate.py"]\nmigrations = "migrations"'
MIGRATE = """
import pathlib, subprocess, app
ARGV = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]
def run(text):
    done = subprocess.run(ARGV, input=text, env=app.environment(), text=True, capture_output=True, check=True)
    return done.stdout.split()
run("CREATE TABLE IF NOT EXISTS applied (name TEXT PRIMARY KEY)")
there = run("SELECT name FROM applied")
for path in sorted(pathlib.Path("migrations").glob("*.sql")):
    if path.name not in there:
        run(f"BEGIN; {path.read_text()}; INSERT INTO applied VALUES ('{path.name}'); COMMIT;")
"""
FIRST = "CREATE TABLE orders (number INTEGER PRIMARY KEY, status TEXT NOT NULL, note TEXT);\n"
EXPAND = "ALTER TABLE orders ADD COLUMN seller TEXT;\n"
CONTRACT = "ALTER TABLE orders DROP COLUMN note;\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Bookshop]:
    """Release 1 has written the schema, and takes requests."""
    needs("psql")
    place = tmp_path_factory.mktemp("migrated") / "edge"
    files = {"migrate.py": MIGRATE, "migrations/0001_orders.sql": FIRST}
    with (
        postgres_server.database(DATABASE),
        bookshop(place, database="env:SHOP_DATABASE", more=MORE, files=files) as shop,
    ):
        shop.environ["SHOP_DATABASE"] = postgres_server.address(DATABASE)
        shop.environ["PATH"] = f"{postgres_server.programs}{os.pathsep}{shop.environ['PATH']}"
        shop.commit("1")
        shop.outpace("rollout")
        yield shop


def columns(server: PostgresServer) -> set[str]:
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'orders'"
    return set(server.sql(query, DATABASE).split())


def orders(server: PostgresServer) -> list[int]:
    return [int(line) for line in server.sql("SELECT number FROM orders", DATABASE).split()]


def test_a_bad_release_goes_back_over_its_new_column_and_no_acknowledged_row_is_lost(
    shop: Bookshop, postgres_server: PostgresServer
) -> None:
    shop.files["migrations/0002_seller.sql"] = EXPAND
    shop.commit("2", column="seller", fails_after_writing=True)
    with shop.load() as load:
        why = shop.rolled_back()
        assert shop.rollout.first_traffic is not None
        after = shop.asked("/orders", {"order": 900_000_001})
    counts = load.end()
    assert re.match(r"\d+ answers of 5xx of \d+", why)
    assert columns(postgres_server) == {"number", "status", "note", "seller"}
    assert after == '{"order": 900000001}'
    assert counts.by["1"] > 0
    assert counts.by["2"] > 0
    assert counts.bad_by.get("1", 0) == counts.failed == 0
    found = orders(postgres_server)
    assert set(counts.orders) <= set(found) <= {*counts.orders, *counts.unsure, 900_000_001}
    shop.ends_on("1", "reverted")


def test_what_a_release_that_was_taken_back_left_in_the_database_is_known_to_the_next(shop: Bookshop) -> None:
    shop.files["migrations/0002_seller.sql"] = EXPAND.replace("TEXT", "INTEGER")
    shop.commit("2b")
    before = shop.rollout
    refused = " ".join(shop.outpace("rollout", expect=4).err.split())
    assert "0002_seller.sql: not known: a release that was taken back applied it" in refused
    assert shop.rollout == before
    shop.files["migrations/0002_seller.sql"] = EXPAND


def test_what_cannot_be_taken_back_is_refused_before_anything_begins_and_goes_with_a_reason(
    shop: Bookshop, postgres_server: PostgresServer
) -> None:
    shop.files["migrations/0003_note.sql"] = CONTRACT
    shop.commit("3")
    before = shop.rollout
    refused = shop.outpace("rollout", expect=4)
    told = " ".join(refused.err.split())
    assert "0003_note.sql" in told
    assert "note" in told
    assert "--accept-irreversible" in told
    assert shop.rollout == before
    assert "note" in columns(postgres_server)
    shop.ends_on("1", "reverted")
    postgres_server.sql("TRUNCATE orders", DATABASE)
    with shop.load() as load:
        shop.outpace("rollout", "--soak", "--accept-irreversible", "nobody has read a note for a year")
    counts = load.end()
    assert "note" not in columns(postgres_server)
    assert (counts.bad, counts.failed) == (0, 0)
    assert set(counts.orders) <= set(orders(postgres_server))
    shop.ends_on("3", "settled")
