"""Bench: a masked copy of a database beside a plain one: seconds, CPU and bytes, for SQLite and for PostgreSQL.

No split: nothing is learned. The named limit is the copy that masks nothing: `cp` of a SQLite file at rest, and
`pg_dump | psql` into a new database. Half of the bytes are in a table with five masked columns, half in one without.
Beside both stands `CREATE DATABASE ... TEMPLATE`, which masks nothing either. CPU is of Outpace and of the programs
that it runs, not of the server. Goal: no value that was planted is in a masked copy, and one takes less than 3 s of CPU
for 10 MB and less than 15 s for 100 MB; seconds depend on what else the machine does, and have no goal.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from msgspec import Struct, to_builtins

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from outpace.delivery.staging.masks import plan  # noqa: E402
from outpace.delivery.staging.ports import Copier, Copy  # noqa: E402
from outpace.engines.database_copies.postgres import PostgresCopier  # noqa: E402
from outpace.engines.database_copies.sqlite import SqliteCopier  # noqa: E402
from outpace.model.edge import Data, Mask  # noqa: E402
from tests.postgres import PostgresServer, started  # noqa: E402

CPU_SECONDS = {10: 3.0, 100: 15.0}
ROW = 210  # bytes of one row in either table, about
PLANTED = b"planted.example"
MASKS = {"email": "email", "name": "hash", "phone": "hash", "born": "hash", "note": "hash"}
TABLES = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE, name TEXT NOT NULL,
  phone BIGINT, born DATE, note TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id), item TEXT,
  total REAL);
"""
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
INSERT INTO customers SELECT i, 'person' || i || '@planted.example', 'Person Number ' || i, 4915100000000 + i,
  '19' || (50 + i % 50) || '-0' || (1 + i % 9) || '-1' || (i % 10),
  'note of person' || i || '@planted.example, who says: ' || 'the quick brown fox jumps over the lazy dog' FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
INSERT INTO orders SELECT i, 1 + (i * 7919) % {rows}, 'an item that nobody needs to hide, with a number, ' || i ||
  ', and a description that is about as long as a description tends to be in a shop of this size', i * 0.25 FROM n;
"""


class Timed(Struct, frozen=True, kw_only=True):
    engine: str
    megabytes: int
    way: str
    seconds: float
    cpu_seconds: float
    bytes: int
    clean: bool  # no planted value is in it


def timed(engine: str, size: int, way: str, rounds: int, once: Callable[[], tuple[int, bool]]) -> Timed:
    """`once` makes a copy, looks into it and drops it; it gives its bytes, and whether it holds no planted value."""
    seconds, cpu = list[float](), list[float]()
    copied, clean = 0, True
    for _ in range(rounds):
        before = sum(os.times()[:4])
        began = time.monotonic()
        copied, clean = once()
        seconds.append(time.monotonic() - began)
        cpu.append(sum(os.times()[:4]) - before)
    return Timed(
        engine=engine,
        megabytes=size,
        way=way,
        seconds=statistics.median(seconds),
        cpu_seconds=statistics.median(cpu),
        bytes=copied,
        clean=clean,
    )


def of_copier(engine: str, size: int, rounds: int, copier: Copier, source: str, look: Callable[[str], bool]) -> Timed:
    """By the cost that the copier itself tells, without looking into the copy."""
    told = tuple(Mask(column=f"customers.{name}", by=by) for name, by in MASKS.items())  # type: ignore[arg-type]
    copies, clean = list[Copy](), True
    for _ in range(rounds):
        masks = plan(Data(source="env:A", variable="A", masks=told), copier.schema(source))
        copies.append(copier.copy(source, masks, "bench"))
        clean = clean and look(copies[-1].address)
        copier.drop("bench")
    return Timed(
        engine=engine,
        megabytes=size,
        way="masked",
        seconds=statistics.median(copy.seconds for copy in copies),
        cpu_seconds=statistics.median(copy.cpu_seconds for copy in copies),
        bytes=copies[-1].bytes,
        clean=clean,
    )


def of_sqlite(size: int, rounds: int, place: Path) -> list[Timed]:
    source = place / f"source-{size}.sqlite"
    with closing(sqlite3.connect(source)) as sql:
        sql.execute("PRAGMA journal_mode = WAL")
        sql.executescript(TABLES + FILL.format(rows=size * 1_000_000 // (2 * ROW)))
        sql.commit()

    def plain() -> tuple[int, bool]:
        copy = place / "plain.sqlite"
        shutil.copyfile(source, copy)
        return copy.stat().st_size, False

    copier = SqliteCopier(place / "copies")
    rows = [
        of_copier("SQLite", size, rounds, copier, str(source), lambda path: PLANTED not in Path(path).read_bytes()),
        timed("SQLite", size, "cp", rounds, plain),
    ]
    source.unlink()
    return rows


def of_postgres(size: int, rounds: int, server: PostgresServer) -> list[Timed]:
    text = (
        TABLES.replace("REAL", "float8")
        + FILL.format(rows=size * 1_000_000 // (2 * ROW))
        .replace("'-1' || (i % 10),", "'-1' || (i % 10))::date,")
        .replace("'19' ||", "('19' ||")
        + "ANALYZE;"
    )
    with server.database("source", text):
        address = server.address("source")

        def look(copy: str) -> bool:
            dump = subprocess.run([server.programs / "pg_dump", copy], capture_output=True, check=True).stdout
            return PLANTED not in dump

        def size_of(database: str) -> int:
            return int(server.sql(f"SELECT pg_database_size('{database}')"))

        def plain() -> tuple[int, bool]:
            server.sql("CREATE DATABASE plain TEMPLATE template0")
            dump = subprocess.Popen([server.programs / "pg_dump", address], stdout=subprocess.PIPE)
            psql = [server.programs / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", server.address("plain")]
            subprocess.run(psql, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
            assert dump.stdout
            dump.stdout.close()
            assert dump.wait() == 0
            copied = size_of("plain")
            server.sql("DROP DATABASE plain")
            return copied, False

        def template() -> tuple[int, bool]:
            server.sql("CREATE DATABASE plain TEMPLATE source")
            copied = size_of("plain")
            server.sql("DROP DATABASE plain")
            return copied, False

        return [
            of_copier("PostgreSQL", size, rounds, PostgresCopier(address), address, look),
            timed("PostgreSQL", size, "pg_dump | psql", rounds, plain),
            timed("PostgreSQL", size, "template", rounds, template),
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    sizes = (10,) if options.quick else (10, 100)
    rows = list[Timed]()
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder, started() as server:
        for size in sizes:
            rounds = 3 if size == 10 and not options.quick else 1
            rows += of_sqlite(size, rounds, Path(folder))
            rows += of_postgres(size, rounds, server)
    print(f"{'engine':12}{'MB':>5}  {'way':16}{'seconds':>9}{'CPU':>8}{'bytes':>14}  planted values")
    for row in rows:
        told = "none" if row.clean else "as in the source"
        figures = f"{row.seconds:9.2f}{row.cpu_seconds:8.2f}{row.bytes:14,}"
        print(f"{row.engine:12}{row.megabytes:5}  {row.way:16}{figures}  {told}")
    at = {(row.engine, row.megabytes, row.way): row for row in rows}
    times = at["PostgreSQL", max(sizes), "masked"].seconds / at["PostgreSQL", max(sizes), "pg_dump | psql"].seconds
    ours = [row for row in rows if row.way == "masked"]
    clean = all(row.clean for row in ours)
    met = clean and all(row.cpu_seconds < CPU_SECONDS[row.megabytes] for row in ours)
    if options.json:
        options.json.write_text(json.dumps({"rows": to_builtins(rows), "times": times, "met": met}))
    told = ", ".join(f"{row.engine} {row.megabytes} MB {row.cpu_seconds:.1f} s" for row in ours)
    goal = ", ".join(f"{goal:g} s for {size} MB" for size, goal in CPU_SECONDS.items() if size in sizes)
    print(
        f"CPU of a masked copy: {told} (goal: below {goal}); {times:.1f} times as long as pg_dump | psql;"
        f" {'no' if clean else 'a'} planted value in a masked copy (goal: none)"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
