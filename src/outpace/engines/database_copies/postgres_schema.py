"""What a PostgreSQL database holds: tables, columns, keys, sizes, and what samples look like."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from outpace.delivery.staging.personal import shapes_of, text_of
from outpace.delivery.staging.schema import Column, Kind, Link, Schema, Table
from outpace.engines.database_copies import postgres_queries as queries
from outpace.engines.database_copies.postgres_programs import Programs, literal, name
from outpace.model.errors import DamagedData

SAMPLED = 200
SAMPLED_CHARACTERS = 4000
COUNTED = 32 << 20  # bytes of a table, up to which its rows are counted and not estimated
KINDS: dict[str, Kind] = {
    "text": "text", "varchar": "text", "bpchar": "text", "citext": "text", "name": "text", "int2": "whole",
    "int4": "whole", "int8": "whole", "numeric": "number", "float4": "number", "float8": "number", "date": "date",
    "time": "time", "timetz": "time", "timestamp": "moment", "timestamptz": "moment", "uuid": "uuid",
    "bytea": "bytes", "json": "json", "jsonb": "json", "bool": "boolean", "inet": "host", "cidr": "host",
    "tsvector": "words",
}  # fmt: skip
BITS = {"int2": 15, "int4": 31}
SAMPLED_KINDS = frozenset({"text", "json", "whole", "other", "bytes"})


class Place(Struct, frozen=True):
    """A table, as its server knows it."""

    id: int
    schema: str
    relation: str
    partitioned: bool
    leaves: tuple[tuple[str, str], ...]
    rows: int
    bytes: int
    readable: bool

    @property
    def known_as(self) -> str:
        return self.relation if self.schema == "public" else f"{self.schema}.{self.relation}"

    @property
    def quoted(self) -> str:
        return f"{name(self.schema)}.{name(self.relation)}"


class Database(Struct, frozen=True):
    """`database` is the row of pg_database, whose columns differ by version."""

    version: str
    bytes: int
    extensions: tuple[str, ...]
    objects: int
    database: dict[str, object]
    encoding: str
    settings: int
    unpopulated: tuple[str, ...]  # materialized views without rows


class Known(Struct, frozen=True, kw_only=True):
    schema: Schema
    places: dict[str, Place]  # by the name of the table
    server: Database


class _Column(Struct, frozen=True):
    id: int
    number: int
    name: str
    declared: str
    element: str
    sort: str
    array: bool
    modifier: int
    required: bool
    generated: bool


class _Unique(Struct, frozen=True):
    id: int
    alone: bool
    columns: tuple[int, ...]


class _Link(Struct, frozen=True):
    child: int
    parent: int
    columns: tuple[int, ...]
    of: tuple[int, ...]


def read(source: Programs) -> Known:
    """In one transaction, but for the samples."""
    asked = ";\n".join((queries.SERVER, queries.TABLES, queries.COLUMNS, queries.UNIQUE, queries.LINKS, queries.PARTS))
    told = source.sql(
        f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSET LOCAL search_path = '';\n{asked};\nCOMMIT;"
    )
    lines = told.split("\n")
    try:
        server = msgspec.json.decode(lines[0], type=Database)
        places = msgspec.json.decode(lines[1], type=tuple[Place, ...])
        columns = msgspec.json.decode(lines[2], type=tuple[_Column, ...])
        unique = msgspec.json.decode(lines[3], type=tuple[_Unique, ...])
        links = msgspec.json.decode(lines[4], type=tuple[_Link, ...])
    except (msgspec.MsgspecError, IndexError) as error:
        raise DamagedData(
            "psql's answer about the database cannot be read", hint="is it PostgreSQL 13 or newer?"
        ) from error
    known = {place.id: place for place in places}
    samples = dict(_samples(source, places, columns))
    tables = tuple(_table(place, columns, unique, samples.get(place.id, {})) for place in places)
    names = {
        (column.id, column.number): f"{known[column.id].known_as}.{column.name}"
        for column in columns
        if column.id in known
    }
    shown = [
        (column.declared, column.required, column.generated, names.get((column.id, column.number)))
        for column in columns
    ]
    schema = Schema(
        tables=tables,
        links=tuple(_links(links, names)),
        server=f"PostgreSQL {server.version.split()[0]}",
        extensions=server.extensions,
        digest=hashlib.sha256(repr((sorted(map(repr, shown)), lines[5])).encode()).hexdigest(),
        bytes=server.bytes,
        beside=tuple(_beside(server)),
    )
    return Known(schema=schema, places={place.known_as: place for place in places}, server=server)


def _beside(server: Database) -> Iterator[str]:
    if server.objects:
        yield f"{server.objects:,} large objects, which no mask reaches"
    if server.settings:
        yield f"{server.settings} settings of the database (ALTER DATABASE ... SET)"


def _table(
    place: Place, columns: tuple[_Column, ...], unique: tuple[_Unique, ...], sample: dict[str, tuple[str, ...]]
) -> Table:
    alone = {number for each in unique if each.id == place.id and each.alone for number in each.columns}
    together = {number for each in unique if each.id == place.id and not each.alone for number in each.columns}
    counted = sample.get("", ())
    return Table(
        name=place.known_as,
        rows=int(counted[0]) if counted else place.rows,
        bytes=place.bytes,
        columns=tuple(
            Column(
                name=column.name,
                kind=kind_of(column),
                declared=column.declared,
                array=column.array,
                bits=BITS.get(column.element, 63),
                limit=_limit(column),
                ignores_case=column.element == "citext",
                nullable=not column.required,
                unique=column.number in alone,
                unique_with_others=column.number in together,
                generated=column.generated,
                shapes=sample.get(column.name, ()),
            )
            for column in columns
            if column.id == place.id
        ),
    )


def kind_of(column: _Column) -> Kind:
    return "choice" if column.sort == "e" else KINDS.get(column.element, "other")


def _limit(column: _Column) -> int | None:
    if column.element == "name":
        return 63
    return column.modifier - 4 if column.element in {"varchar", "bpchar"} and column.modifier > 4 else None


def _samples(
    source: Programs, places: tuple[Place, ...], columns: tuple[_Column, ...]
) -> Iterator[tuple[int, dict[str, tuple[str, ...]]]]:
    """For each table: under the empty name its rows, where they were counted; for each column what values look like."""
    readable = [place for place in places if place.readable]
    script = list[str]()
    for place in readable:
        picked = [each for each in columns if each.id == place.id and kind_of(each) in SAMPLED_KINDS]
        values = ", ".join(map(_sampled, picked)) or "NULL"
        rows = f"SELECT to_jsonb(ARRAY[{values}]::text[]) AS r FROM {place.quoted} LIMIT {SAMPLED}"  # noqa: S608
        counted = f"(SELECT count(*) FROM {place.quoted})" if place.bytes <= COUNTED else "NULL"  # noqa: S608
        told = ", ".join(literal(each.name) for each in picked)
        names = f"to_jsonb(ARRAY[{told}]::text[])"
        sample = f"(SELECT coalesce(jsonb_agg(r), '[]') FROM ({rows}) s)"  # noqa: S608
        script.append(f"SELECT jsonb_build_array({names}, {counted}, {sample})")
    if not script:
        return
    told = source.sql("SET search_path = '';\n" + ";\n".join(script) + ";")
    for place, line in zip(readable, told.split("\n"), strict=True):
        named, count, rows = msgspec.json.decode(
            line, type=tuple[tuple[str, ...], int | None, tuple[tuple[str | None, ...], ...]]
        )
        by_column = zip(named, zip(*rows, strict=True), strict=True) if rows and named else ()
        octets = {each.name for each in columns if each.id == place.id and _is_octets(each)}
        found = {column: _shapes(values, octets=column in octets) for column, values in by_column}
        yield place.id, {**found, **({"": (str(count),)} if count is not None else {})}


def _is_octets(column: _Column) -> bool:
    return kind_of(column) == "bytes" and not column.array


def _sampled(column: _Column) -> str:
    if _is_octets(column):
        return f"encode(substr({name(column.name)}, 1, {SAMPLED_CHARACTERS}), 'hex')"
    return f"left({name(column.name)}::text, {SAMPLED_CHARACTERS})"


def _shapes(values: tuple[str | None, ...], *, octets: bool) -> tuple[str, ...]:
    there = (each for each in values if each is not None)
    return shapes_of(text_of(bytes.fromhex(each)) for each in there) if octets else shapes_of(there)


def _links(links: tuple[_Link, ...], names: dict[tuple[int, int], str]) -> Iterator[Link]:
    for link in links:
        for column, of in zip(link.columns, link.of, strict=True):
            child, parent = names.get((link.child, column)), names.get((link.parent, of))
            if child and parent and child != parent:
                yield Link(column=child, of=parent)
