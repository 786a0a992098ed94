"""What a database holds, as far as masks and a comparison need to know it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Kind: TypeAlias = Literal[
    "text", "whole", "number", "date", "time", "moment", "uuid", "bytes", "json", "boolean", "host", "choice", "words",
    "any", "other",
]  # fmt: skip
"""`any`: each value has a type of its own. `choice`: one of few labels. `words`: those that a search looks for."""


class Column(Struct, frozen=True, kw_only=True):
    """`shapes` say what sampled values look like, never what they are."""

    name: str
    kind: Kind
    declared: str = ""  # its type in the database's own words
    array: bool = False  # of that kind
    bits: int = 63  # of a whole number, without its sign
    limit: int | None = None  # characters
    ignores_case: bool = False
    nullable: bool = True
    unique: bool = False  # by itself
    unique_with_others: bool = False
    generated: bool = False
    shapes: tuple[str, ...] = ()


class Table(Struct, frozen=True, kw_only=True):
    """`name` is with its schema, where that is not the usual one; `rows` and `bytes` may be estimates."""

    name: str
    columns: tuple[Column, ...]
    rows: int = 0
    bytes: int = 0


class Link(Struct, frozen=True, kw_only=True):
    """A column whose values are those of another: by a foreign key, or because its table inherits from the other's."""

    column: str  # table.column
    of: str


class Schema(Struct, frozen=True, kw_only=True):
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()
    server: str = ""  # such as PostgreSQL 15.14
    extensions: tuple[str, ...] = ()
    digest: str = ""  # of tables, columns, indexes, views, triggers and functions, without any data
    bytes: int = 0  # of the whole database
    beside: tuple[str, ...] = ()  # what a copy leaves out, in words

    def columns(self) -> dict[str, tuple[Table, Column]]:
        return {f"{table.name}.{column.name}": (table, column) for table in self.tables for column in table.columns}
