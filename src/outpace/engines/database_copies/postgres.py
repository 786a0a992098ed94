"""A masked copy of a PostgreSQL database: masked on its way, so that no personal value is ever written to it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from outpace.delivery.staging.masking import Masker
from outpace.delivery.staging.masks import Applied, Plan
from outpace.delivery.staging.ports import Copy
from outpace.delivery.staging.schema import Schema
from outpace.engines.database_copies import postgres_schema
from outpace.engines.database_copies.copy_rows import masked, text_mask
from outpace.engines.database_copies.making import (
    MOST_BYTES,
    PREFIX,
    Cost,
    checked,
    half_made,
    is_left_over,
    not_too_large,
    room,
    still_there,
)
from outpace.engines.database_copies.postgres_address import Address, parsed
from outpace.engines.database_copies.postgres_programs import (
    COPY,
    PSQL,
    READ_ONLY,
    SOURCE,
    Programs,
    literal,
    name,
)
from outpace.engines.database_copies.postgres_queries import REFRESHED
from outpace.engines.database_copies.postgres_schema import Database, Known, Place
from outpace.engines.scratch import scratch
from outpace.model.errors import BadInput, EngineError, ToolFailed

COMPLETE = "outpace_staging_"
MAINTENANCE = "postgres"
DATABASES = "SELECT datname FROM pg_catalog.pg_database WHERE datname"
CONNECTED = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname"
LEFT_OUT = ("USER MAPPING", "SUBSCRIPTION", "PUBLICATION", "EVENT TRIGGER", "COMMENT - EXTENSION", "SCHEMA - public")
"""Entries of a dump that reach other systems, need a superuser, or are there already."""


class PostgresCopier:
    """Implements `delivery.staging.ports.Copier`. Copies are databases on the server of `into`, made by its role.
    `whose` keeps the names apart of those who share a server.
    """

    def __init__(
        self,
        into: str,
        *,
        whose: str = "",
        most_bytes: int = MOST_BYTES,
        report: Callable[[str], None] = lambda _: None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._into = parsed(into)
        self._complete = f"{COMPLETE}{whose}_" if whose else COMPLETE
        self._most = most_bytes
        self._report = report
        self._environ = environ
        self._server = self._programs(self._into.at(MAINTENANCE))

    def schema(self, source: str) -> Schema:
        return postgres_schema.read(self._reading(parsed(source))).schema

    def copy(self, source: str, plan: Plan, name: str) -> Copy:
        cost, origin = Cost(), parsed(source)
        complete, making = self._complete + checked(name), half_made(name)
        if self._is_there(complete):
            raise BadInput(f"there is a copy {name} already", hint="drop it first, or choose another name")
        known = postgres_schema.read(self._reading(origin))
        for table in plan.tables:
            still_there(table, plan.of(table), _columns(known, table))
        not_too_large(known.server.bytes, self._most)
        self._room(known.server.bytes)
        way = ""
        try:
            if not plan.masks and not plan.production and origin.server == self._into.server:
                way = self._from_template(origin, making)
            if not way:
                way = self._dumped(origin, known, plan, making)
            rows, size = self._finished(making)
            self._server.sql(f"ALTER DATABASE {_name(making)} RENAME TO {_name(complete)};")
        except BaseException:
            self._abandon(making)
            raise
        return Copy(
            name=name,
            address=self._address(origin, complete),
            bytes=size,
            seconds=cost.seconds,
            rows=rows,
            cpu_seconds=cost.cpu_seconds,
            way=way,
        )

    def drop(self, name: str) -> None:
        database = name if name.startswith(PREFIX) else self._complete + checked(name)
        self._server.sql(f"DROP DATABASE IF EXISTS {_name(database)} WITH (FORCE);")

    def _abandon(self, making: str) -> None:
        """What cannot be dropped now, since the server is gone, is left over for the next run."""
        try:
            self.drop(making)
        except EngineError as error:
            self._report(f"{making} is left behind: {error.message}")

    def leftovers(self) -> tuple[str, ...]:
        like = literal(PREFIX.replace("_", r"\_") + "%")
        told = self._server.sql(f"{DATABASES} LIKE {like} ORDER BY 1;")
        return tuple(each for each in told.split("\n") if is_left_over(each))

    def _programs(self, address: Address) -> Programs:
        return Programs(address, settings=COPY, environ=self._environ)

    def _reading(self, address: Address) -> Programs:
        return Programs(address, settings=SOURCE, environ=self._environ)

    def _address(self, origin: Address, database: str) -> str:
        """In the words of the source's scheme, which may name the driver that the application uses."""
        return Address(
            scheme=origin.scheme,
            user=self._into.user,
            password=self._into.password,
            host=self._into.host,
            port=self._into.port,
            database=database,
            parameters=self._into.parameters,
        ).text()

    def _is_there(self, database: str) -> bool:
        return bool(self._server.sql(f"{DATABASES} = {literal(database)};"))

    def _room(self, size: int) -> None:
        """Where the server's files can be seen from here; elsewhere its own refusal has to do."""
        try:
            folder = Path(self._server.sql("SHOW data_directory;"))
        except ToolFailed:
            return
        if self._into.server[0] in {"", "localhost", "127.0.0.1", "::1"} and folder.is_dir():
            room(folder, size + size // 4)

    def _from_template(self, origin: Address, making: str) -> str:
        """File by file. While it lasts nobody can connect to the source, so that production is never a template."""
        others = self._server.sql(f"{CONNECTED} = {literal(origin.database)};")
        if others != "0":
            self._report(f"{others} are connected to {origin.database}: it is dumped")
            return ""
        try:
            self._server.sql(f"CREATE DATABASE {_name(making)} TEMPLATE {_name(origin.database)};")
        except ToolFailed as error:
            self._report(f"{origin.database} is dumped, since it cannot be a template ({error.message})")
            return ""
        self._close(making)
        return "a template"

    def _close(self, making: str) -> None:
        """To everybody but its owner and superusers."""
        self._server.sql(f"REVOKE ALL ON DATABASE {_name(making)} FROM PUBLIC;")

    def _dumped(self, origin: Address, known: Known, plan: Plan, making: str) -> str:
        source = self._reading(origin)
        self._server.sql(f"CREATE DATABASE {_name(making)} TEMPLATE template0{_locale(known.server)};")
        self._close(making)
        copy = self._programs(self._into.at(making))
        with source.snapshot() as snapshot, scratch("staging") as folder:
            os.chmod(folder, 0o700)  # noqa: PTH101
            schema = self._schema(source, snapshot, folder)
            self._report(f"copying {origin.database}, {known.server.bytes:,} bytes")
            _restore(copy, schema, "pre-data")
            self._plain(source, copy, snapshot, known, plan)
            masker = Masker(secrets.token_bytes(32))
            for table in sorted(plan.tables):
                self._report(f"masking {table}: {', '.join(plan.of(table))}")
                _masked_table(
                    source, copy, snapshot, known.places[table], _columns(known, table), plan.of(table), masker
                )
            _restore(copy, schema, "post-data")
            empty = ", ".join(map(literal, known.server.unpopulated))
            copy.sql("SET search_path = '';" + REFRESHED.format(empty) + "\\gexec\n")
        return "a dump"

    def _schema(self, source: Programs, snapshot: str, folder: Path) -> Path:
        """Without any row, and without what would reach other systems from the copy."""
        dump, wanted = folder / "schema", folder / "entries"
        dump.touch(mode=0o600)
        source.run(
            ["pg_dump", "--schema-only", "-Fc", "--no-owner", "--no-privileges", "--no-tablespaces",
             "--no-security-labels", "--no-publications", "--no-subscriptions", "--no-password",
             f"--snapshot={snapshot}", f"--file={dump}"]
        )  # fmt: skip
        entries = source.run(["pg_restore", "--list", str(dump)]).decode("utf-8", "surrogateescape").splitlines()
        kept = [line for line in entries if not any(f" {kind} " in f" {line} " for kind in LEFT_OUT)]
        left_out = len(entries) - len(kept)
        if left_out:
            self._report(f"{left_out} entries of the schema are left out: they reach other systems, or are there")
        wanted.write_text("\n".join(kept) + "\n", encoding="utf-8", errors="surrogateescape")
        return folder

    def _plain(self, source: Programs, copy: Programs, snapshot: str, known: Known, plan: Plan) -> None:
        """The tables that have no mask, and the sequences. Large objects have no name that a mask could say."""
        argv = ["pg_dump", "--data-only", "-Fp", "--no-password", f"--snapshot={snapshot}"]
        argv += ["--no-blobs"] if plan.masks else []
        for table in sorted(plan.tables):
            place = known.places[table]
            for schema, relation in ((place.schema, place.relation), *place.leaves):
                argv.append(f"--exclude-table-data={_name(schema)}.{_name(relation)}")
        with source.streaming(argv) as dumped:
            copy.feed(iter(lambda: dumped.read(1 << 16), b""))

    def _finished(self, making: str) -> tuple[int, int]:
        """Statistics for its planner, from which its rows are known as well."""
        told = self._programs(self._into.at(making)).sql(
            "ANALYZE; SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint,"
            " pg_catalog.pg_database_size(current_database()) FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema');"
        )
        rows, size = told.split("\n")[-1].split("|")
        return int(rows), int(size)


_name = name


def _locale(server: Database) -> str:
    """As the source: another order of letters is another order of rows."""
    row = server.database
    told = f" ENCODING {literal(server.encoding)}"
    for option, column in (("LC_COLLATE", "datcollate"), ("LC_CTYPE", "datctype")):
        value = row.get(column)
        told += f" {option} {literal(value)}" if isinstance(value, str) else ""
    icu = row.get("daticulocale") or row.get("datlocale")
    if row.get("datlocprovider") == "i" and isinstance(icu, str):
        told += f" LOCALE_PROVIDER icu ICU_LOCALE {literal(icu)}"
    return told


def _restore(copy: Programs, folder: Path, section: str) -> None:
    copy.run(
        ["pg_restore", f"--section={section}", f"--use-list={folder / 'entries'}", "--exit-on-error", "--no-owner",
         "--no-privileges", "--no-password", f"--dbname={copy.address.database}", str(folder / "schema")]
    )  # fmt: skip


def _columns(known: Known, table: str) -> tuple[str, ...]:
    found = (each.columns for each in known.schema.tables if each.name == table)
    return tuple(column.name for column in next(found, ()) if not column.generated)


def _masked_table(
    source: Programs,
    copy: Programs,
    snapshot: str,
    place: Place,
    columns: tuple[str, ...],
    masks: Mapping[str, Applied],
    masker: Masker,
) -> None:
    """Read from the source, masked here, written to the copy: row by row."""
    told = ", ".join(map(_name, columns))
    by_place = {
        number: text_mask(masks[column], masker)
        for number, column in enumerate(columns)
        if column in masks and masks[column].by != "shuffle"
    }
    blank = frozenset(number for number in by_place if masks[columns[number]].by == "blank")
    select = _select(place, columns, frozenset(each for each, mask in masks.items() if mask.by == "shuffle"))
    script = (
        f"{READ_ONLY} SET TRANSACTION SNAPSHOT {literal(snapshot)}; SET search_path = '';\n"
        f"COPY ({select}) TO STDOUT;\nCOMMIT;\n"
    )

    def rows(lines: Iterator[bytes]) -> Iterator[bytes]:
        yield f"SET search_path = '';\nCOPY {place.quoted} ({told}) FROM STDIN;\n".encode()
        yield from masked(lines, by_place, blank)
        yield b"\\.\n"

    with source.streaming(PSQL, [script.encode()]) as lines:
        copy.feed(rows(iter(lines)))


def _select(place: Place, columns: tuple[str, ...], shuffled: frozenset[str]) -> str:
    only = "" if place.partitioned else "ONLY "
    if not shuffled:
        return f"SELECT {', '.join(map(_name, columns))} FROM {only}{place.quoted}"  # noqa: S608
    picked = ", ".join(
        f"s{number}.v" if column in shuffled else f"t.{_name(column)}" for number, column in enumerate(columns)
    )
    joins = "".join(
        f" JOIN (SELECT {_name(column)} AS v, row_number() OVER (ORDER BY random()) AS n FROM {only}{place.quoted})"  # noqa: S608
        f" s{number} ON s{number}.n = t.outpace_row"
        for number, column in enumerate(columns)
        if column in shuffled
    )
    return f"SELECT {picked} FROM (SELECT *, row_number() OVER () AS outpace_row FROM {only}{place.quoted}) t{joins}"  # noqa: S608
