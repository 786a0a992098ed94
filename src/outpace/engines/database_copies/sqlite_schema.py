"""What a SQLite file holds: tables, columns, keys, sizes, and what samples look like."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator

from outpace.delivery.staging.personal import shapes_of, text_of
from outpace.delivery.staging.schema import Column, Kind, Link, Schema, Table

SAMPLED = 100  # rows from each end
MEASURED = 1 << 30  # bytes, up to which the pages of each table are counted
_AFFINITIES: tuple[tuple[str, Kind], ...] = (
    ("JSON", "json"), ("BOOL", "boolean"), ("DATETIME", "moment"), ("TIMESTAMP", "moment"), ("DATE", "date"),
    ("TIME", "time"), ("INT", "whole"), ("CHAR", "text"), ("CLOB", "text"), ("TEXT", "text"), ("UUID", "text"),
    ("BLOB", "bytes"), ("REAL", "number"), ("FLOA", "number"), ("DOUB", "number"), ("NUM", "number"),
    ("DEC", "number"),
)  # fmt: skip


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read(sql: sqlite3.Connection, size: int) -> Schema:
    made = _made_again(sql)
    tables = tuple(_table(sql, name, made_again=name in made) for name in names(sql))
    parts = sql.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2"
    ).fetchall()
    sizes = _sizes(sql) if size <= MEASURED else {}
    return Schema(
        tables=tuple(_sized(table, sizes) for table in tables),
        links=tuple(link for table in tables for link in _links(sql, table, tables)),
        server=f"SQLite {sqlite3.sqlite_version}",
        digest=hashlib.sha256(repr(parts).encode()).hexdigest(),
        bytes=size,
    )


def names(sql: sqlite3.Connection) -> list[str]:
    """Tables that somebody made; what a virtual table keeps its rows in is a matter of its own."""
    rows = sql.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [str(name) for (name,) in rows]


def modules(sql: sqlite3.Connection) -> dict[str, str]:
    """Virtual tables, and the module of each, in lower case."""
    rows = sql.execute("SELECT name, sql FROM sqlite_schema WHERE sql LIKE 'create virtual table%'").fetchall()
    found = {str(name): re.search(r"(?is)\busing\s+[\"'`\[]?(\w+)", str(text)) for name, text in rows}
    return {name: match[1].lower() for name, match in found.items() if match}


def _made_again(sql: sqlite3.Connection) -> frozenset[str]:
    """Indexes of full text that keep no text of their own."""
    rows = sql.execute("SELECT name, sql FROM sqlite_schema WHERE sql LIKE 'create virtual table%'").fetchall()
    return frozenset(str(name) for name, text in rows if re.search(r"(?is)\busing\s+\W?fts.*\bcontent\s*=", str(text)))


def has_rowid(sql: sqlite3.Connection, table: str) -> bool:
    row = sql.execute("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", (table,)).fetchone()
    return row is not None and not row[0]


def _table(sql: sqlite3.Connection, name: str, *, made_again: bool) -> Table:
    rows = sql.execute('SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?)', (name,)).fetchall()
    rows = [row for row in rows if row[4] != 1]
    keys = [str(row[0]) for row in rows if row[3]]
    alone, together, folded = _unique(sql, name)
    if len(keys) == 1:
        alone.add(keys[0])
    shapes = _shapes(sql, name, [str(row[0]) for row in rows])
    columns = tuple(
        Column(
            name=str(column),
            kind=kind_of(str(declared)),
            declared=str(declared).lower(),
            limit=_limit(str(declared)),
            ignores_case=column in folded,
            nullable=not required and not key,
            unique=column in alone,
            unique_with_others=column in together or (len(keys) > 1 and column in keys),
            generated=hidden > 1 or made_again,
            shapes=shapes.get(str(column), ()),
        )
        for column, declared, required, key, hidden in rows
    )
    return Table(name=name, columns=columns, rows=count(sql, name))


def count(sql: sqlite3.Connection, table: str) -> int:
    return int(sql.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0])  # noqa: S608  a name, quoted


def kind_of(declared: str) -> Kind:
    upper = declared.upper()
    for part, kind in _AFFINITIES:
        if part in upper:
            return kind
    return "any"


def _limit(declared: str) -> int | None:
    found = re.search(r"(?i)char\w*\s*\((\d+)\)", declared)
    return int(found[1]) if found else None


def _unique(sql: sqlite3.Connection, table: str) -> tuple[set[str], set[str], set[str]]:
    """Columns that are unique by themselves, with others, and those that are compared without regard to case."""
    alone, together, folded = set[str](), set[str](), set[str]()
    for index, is_unique in sql.execute('SELECT name, "unique" FROM pragma_index_list(?)', (table,)).fetchall():
        of = sql.execute('SELECT name, coll FROM pragma_index_xinfo(?) WHERE "key" = 1', (index,)).fetchall()
        columns = {str(name) for name, _ in of if name is not None}
        folded |= {str(name) for name, order in of if name is not None and str(order).upper() == "NOCASE"}
        if is_unique:
            (alone if len(of) == 1 else together).update(columns)
    return alone, together, folded


def _shapes(sql: sqlite3.Connection, table: str, columns: list[str]) -> dict[str, tuple[str, ...]]:
    if not columns:
        return {}
    picked = ", ".join(map(quoted, columns))
    rows = sql.execute(f"SELECT {picked} FROM {quoted(table)} LIMIT {SAMPLED}").fetchall()  # noqa: S608
    if has_rowid(sql, table) and not {"rowid"} & {each.lower() for each in columns}:
        last = f"SELECT {picked} FROM {quoted(table)} ORDER BY rowid DESC LIMIT {SAMPLED}"  # noqa: S608
        rows += sql.execute(last).fetchall()
    by_column = zip(columns, zip(*rows, strict=True), strict=True) if rows else ()
    return {name: shapes_of(map(_text, values)) for name, values in by_column}


def _text(value: object) -> str:
    """Empty for what has no look of its own."""
    match value:
        case str() | int():
            return str(value)
        case bytes():
            return text_of(value)
        case _:
            return ""


def _links(sql: sqlite3.Connection, table: Table, tables: tuple[Table, ...]) -> Iterator[Link]:
    known = {each.name.lower(): each for each in tables}
    rows = sql.execute(
        'SELECT id, seq, "table", "from", "to" FROM pragma_foreign_key_list(?)', (table.name,)
    ).fetchall()
    for _, place, parent, column, to in rows:
        of = known.get(str(parent).lower())
        if of is None:
            continue
        keys = sql.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (of.name,)).fetchall()
        name = str(to) if to is not None else str(keys[place][0]) if place < len(keys) else ""
        parents = {each.name.lower(): each.name for each in of.columns}
        children = {each.name.lower(): each.name for each in table.columns}
        if name.lower() in parents and str(column).lower() in children:
            child = children[str(column).lower()]
            yield Link(column=f"{table.name}.{child}", of=f"{of.name}.{parents[name.lower()]}")


def _sizes(sql: sqlite3.Connection) -> dict[str, int]:
    """With their indexes. Empty where this SQLite cannot tell."""
    try:
        rows = sql.execute(
            "SELECT s.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name"
            " WHERE d.aggregate = 1 GROUP BY 1"
        ).fetchall()
    except sqlite3.OperationalError:
        return {}
    return {str(name): int(size) for name, size in rows}


def _sized(table: Table, sizes: dict[str, int]) -> Table:
    return Table(name=table.name, columns=table.columns, rows=table.rows, bytes=sizes.get(table.name, 0))
