"""The same shop in SQLite and in PostgreSQL, with planted people, for whoever copies databases."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

from outpace.delivery.staging.masks import Plan, plan
from outpace.delivery.staging.ports import Copier
from outpace.engines.database_copies.postgres import PostgresCopier
from outpace.engines.database_copies.sqlite import SqliteCopier
from outpace.model.edge import Data, Mask
from tests.postgres import PostgresServer

PLANTED = (
    "ann.plantagenet@planted.example", "bob@planted.example", "Ann Plantagenet", "Bob Planted", "1948-11-14",
    "DE89370400440532013000", "Windsor", "left the keys with the neighbor",
)  # fmt: skip
GONE = "deleted@planted.example"  # not in every file that it was deleted from
MASKS = {
    "customers.email": "email", "customers.name": "hash", "customers.born": "hash", "customers.phone": "hash",
    "customers.iban": "hash", "customers.preferences": "hash", "orders.remark": "hash",
}  # fmt: skip
ROWS = """
INSERT INTO customers (id, email, name, born, phone, iban, preferences, balance) VALUES
  (1, 'ann.plantagenet@planted.example', 'Ann Plantagenet', '1948-11-14', 4915117654321, 'DE89370400440532013000',
   '{"home": "Windsor", "lucky": [7, "Windsor"]}', 600),
  (2, 'bob@planted.example', 'Bob Planted', '1948-11-14', 4915117654322, NULL, '{}', 400),
  (3, 'deleted@planted.example', 'Deleted Planted', NULL, NULL, NULL, NULL, 0);
INSERT INTO orders (id, customer, email, remark, total) VALUES
  (1, 1, 'ann.plantagenet@planted.example', 'left the keys with the neighbor', 12.5),
  (2, 1, 'ann.plantagenet@planted.example', NULL, 1.25), (3, 2, 'bob@planted.example', '', 99);
DELETE FROM customers WHERE id = 3;
"""
SQLITE = f"""
CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(60) NOT NULL UNIQUE, name TEXT NOT NULL,
  born DATE, phone INTEGER UNIQUE, iban VARCHAR(34), preferences JSON, balance INTEGER NOT NULL CHECK (balance >= 0),
  initial TEXT GENERATED ALWAYS AS (substr(name, 1, 3)) STORED);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id),
  email VARCHAR(50) REFERENCES customers (email), remark TEXT, total REAL);
CREATE TABLE changes (email TEXT);
CREATE INDEX lowered ON customers (lower(name));
CREATE VIEW buyers AS SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer = c.id;
CREATE TRIGGER remembered AFTER UPDATE OF email ON customers BEGIN INSERT INTO changes VALUES (old.email); END;
CREATE TRIGGER forgotten AFTER DELETE ON customers WHEN old.id < 3 BEGIN INSERT INTO changes VALUES (old.email); END;
{ROWS}
"""
POSTGRES = f"""
CREATE TABLE customers (id serial PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, name text NOT NULL,
  born date, phone bigint UNIQUE, iban varchar(34), preferences jsonb, balance int NOT NULL CHECK (balance >= 0),
  initial text GENERATED ALWAYS AS (substr(name, 1, 3)) STORED);
CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id),
  email varchar(50) REFERENCES customers (email), remark text, total float8);
CREATE TABLE changes (email text);
CREATE INDEX lowered ON customers (lower(name));
CREATE VIEW buyers AS SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer = c.id;
CREATE MATERIALIZED VIEW known_as AS SELECT name FROM customers;
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.changes VALUES (old.email); RETURN new; END $$;
CREATE TRIGGER remembered AFTER UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION remember();
{ROWS}
ANALYZE;
"""
SQLITE_MAKING = """
from pathlib import Path
from outpace.engines.database_copies.sqlite import SqliteCopier
def copier(report):
    return SqliteCopier(Path({!r}), report=report)
"""
POSTGRES_MAKING = """
from outpace.engines.database_copies.postgres import PostgresCopier
def copier(report):
    return PostgresCopier({!r}, report=report)
"""


class Ground(Struct, frozen=True, kw_only=True):
    """One engine with the shop in it. `all_bytes` are those of a database's files, `said` is what it holds."""

    name: str
    source: str
    copier: Copier
    limited: Callable[[int], Copier]
    rows: Callable[[str, str], list[tuple[object, ...]]]
    change: Callable[[str], None]
    all_bytes: Callable[[str], bytes]
    said: Callable[[str], bytes]
    making: str  # Python that makes `copier`, for another process

    def plan(self, masks: dict[str, str] = MASKS, **more: object) -> Plan:
        told = tuple(Mask(column=column, by=by) for column, by in masks.items())  # type: ignore[arg-type]
        data = Data(source="env:SOURCE", variable="DATABASE_URL", masks=told, **more)  # type: ignore[arg-type]
        return plan(data, self.copier.schema(self.source))

    def digest(self) -> str:
        return hashlib.sha256(self.said(self.source)).hexdigest()


@contextmanager
def sqlite_ground(place: Path, *, journal: str = "wal") -> Generator[Ground]:
    path = place / "shop.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"PRAGMA journal_mode = {journal}")
        made.executescript(SQLITE)
        made.commit()

    def change(text: str) -> None:
        with closing(sqlite3.connect(path, timeout=60)) as sql:
            sql.executescript(text)

    def rows(address: str, text: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(address, timeout=60)) as sql:
            return sql.execute(text).fetchall()

    yield Ground(
        name="sqlite",
        source=str(path),
        copier=SqliteCopier(place / "copies"),
        limited=lambda most: SqliteCopier(place / "copies", most_bytes=most),
        rows=rows,
        change=change,
        all_bytes=lambda address: b"".join(
            each.read_bytes() for each in sorted(Path(address).parent.glob(f"{Path(address).name}*"))
        ),
        said=lambda address: Path(address).read_bytes(),
        making=SQLITE_MAKING.format(str(place / "copies")),
    )


@contextmanager
def postgres_ground(server: PostgresServer, *, into: str = "") -> Generator[Ground]:
    def rows(address: str, text: str) -> list[tuple[object, ...]]:
        lines = server.sql(f"SELECT to_jsonb(t) FROM ({text}) t", database_of(address)).splitlines()
        import json

        return [tuple(json.loads(line).values()) for line in lines]

    def said(address: str) -> bytes:
        argv = [server.programs / "pg_dump", "-d", database_of(address)]
        dump = subprocess.run(argv, env=server.environment(), capture_output=True, check=True).stdout
        return b"".join(line for line in dump.splitlines(keepends=True) if b"restrict" not in line)

    def all_bytes(address: str) -> bytes:
        """The dump, and the files below, once everything has been written to them."""
        server.sql("CHECKPOINT")
        database = database_of(address)
        folder = server.data / "base" / server.sql(f"SELECT oid FROM pg_database WHERE datname = '{database}'")
        return said(address) + b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())

    def change(text: str) -> None:
        server.sql(text, "shop")

    with server.database("shop", POSTGRES) as name:
        source = server.address(name)
        into = into or source
        try:
            yield Ground(
                name="postgres",
                source=source,
                copier=PostgresCopier(into),
                limited=lambda most: PostgresCopier(into, most_bytes=most),
                rows=rows,
                change=change,
                all_bytes=all_bytes,
                said=said,
                making=POSTGRES_MAKING.format(into),
            )
        finally:
            for database in server.sql(r"SELECT datname FROM pg_database WHERE datname LIKE 'outpace\_%'").split():
                server.sql(f'DROP DATABASE "{database}" WITH (FORCE)')


def database_of(address: str) -> str:
    return address.rpartition("/")[2].partition("?")[0]
