"""Copies of PostgreSQL databases: who may do it, what a copy must not reach, odd types and odd names."""

from __future__ import annotations

import os
import shlex
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outpace.delivery.staging.masks import Plan, plan
from outpace.engines.database_copies.postgres import PostgresCopier
from outpace.engines.database_copies.postgres_address import parsed
from outpace.engines.database_copies.postgres_programs import failed
from outpace.model.edge import Data, Mask
from outpace.model.errors import BadInput, ToolFailed, Unmasked
from tests.contracts.copied_databases import POSTGRES
from tests.postgres import PASSWORD, PostgresServer

READER, MAKER = ("reader", "read/only@word"), ("maker", "make:word#")


@pytest.fixture
def server(postgres_server: PostgresServer) -> Generator[PostgresServer]:
    """With two roles: one that can only read, one that can only make databases. Nothing of a test stays."""
    postgres_server.sql(
        f"CREATE ROLE reader LOGIN PASSWORD '{READER[1]}'; CREATE ROLE maker LOGIN CREATEDB PASSWORD '{MAKER[1]}';"
        "GRANT pg_read_all_data TO reader;"
    )
    try:
        yield postgres_server
    finally:
        for name in postgres_server.sql(r"SELECT datname FROM pg_database WHERE datname LIKE 'outpace\_%'").split():
            postgres_server.sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        postgres_server.sql("DROP OWNED BY reader, maker; DROP ROLE reader, maker;")


def planned(copier: PostgresCopier, address: str, *, production: bool = True, **masks: str) -> Plan:
    told = tuple(Mask(column=name.replace("__", "."), by=by) for name, by in masks.items())  # type: ignore[arg-type]
    data = Data(source="env:A", variable="X", masks=told, production=production, no_personal_data="for the test")
    return plan(data, copier.schema(address))


def as_role(server: PostgresServer, role: tuple[str, str], database: str) -> str:
    return server.address(database, user=role[0], password=role[1])


def test_a_role_that_can_only_read_is_enough_for_the_source(server: PostgresServer) -> None:
    with server.database("shop", POSTGRES):
        source = as_role(server, READER, "shop")
        with pytest.raises(AssertionError, match="permission denied"):
            assert_psql(server, source, "INSERT INTO changes VALUES ('x')")
        copier = PostgresCopier(as_role(server, MAKER, "postgres"))
        copy = copier.copy(source, planned(copier, source, customers__name="hash"), "one")
        assert copy.address == as_role(server, MAKER, "outpace_staging_one")
        assert server.sql("SELECT count(*) FROM customers WHERE name ~ 'Plant'", "outpace_staging_one") == "0"
        assert server.sql("SELECT count(*) FROM known_as", "outpace_staging_one") == "2"
        with pytest.raises(AssertionError, match="permission denied for database"):
            assert_psql(server, as_role(server, READER, "outpace_staging_one"), "SELECT 1")


def assert_psql(server: PostgresServer, address: str, text: str) -> None:
    argv = [server.programs / "psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-c", text, address]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_role_that_may_write_writes_nothing_to_the_source(server: PostgresServer) -> None:
    """A function that a hostile schema calls as soon as anybody reads finds a transaction that forbids it."""
    hostile = """
    CREATE TABLE done (n int); CREATE TABLE t (who text);
    CREATE FUNCTION spy(text) RETURNS boolean LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.done VALUES (1); RETURN true; END $$;
    CREATE ROLE owner_of_t; GRANT ALL ON t, done TO owner_of_t;
    ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
    CREATE POLICY p ON t USING (spy(who)); INSERT INTO t VALUES ('x');
    """
    try:
        with server.database("shop", hostile):
            server.sql("GRANT owner_of_t TO maker; GRANT ALL ON SCHEMA public TO maker", "shop")
            address = as_role(server, MAKER, "shop")
            copier = PostgresCopier(address)
            with pytest.raises(ToolFailed, match="row-level security"):
                copier.copy(address, planned(copier, address), "one")
            assert server.sql("SELECT count(*) FROM done", "shop") == "0"
            assert copier.leftovers() == ()
    finally:
        server.sql("DROP ROLE IF EXISTS owner_of_t")


CALLED = """
CREATE TABLE done (n int); CREATE TYPE pair AS (a text, b text); CREATE TABLE t (who pair);
INSERT INTO t VALUES (ROW('a', 'b'));
CREATE FUNCTION spy(pair) RETURNS text LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.done VALUES (1); RETURN ''; END $$;
CREATE CAST (pair AS text) WITH FUNCTION spy(pair);
"""


def test_a_function_of_the_source_that_reading_calls_can_write_nothing(server: PostgresServer) -> None:
    with server.database("called", CALLED):
        with pytest.raises(ToolFailed, match="cannot execute INSERT in a read-only transaction"):
            PostgresCopier(server.address("called")).schema(server.address("called"))
        assert server.sql("SELECT count(*) FROM done", "called") == "0"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('psql:<stdin>:3: ERROR:  duplicate key value violates unique constraint "t_key"\nDETAIL:  Key (who)=(planted)',
         'psql: ERROR: duplicate key value violates unique constraint "t_key"'),
        ('pg_restore: error: COPY failed for table "t": ERROR:  bad\nCONTEXT:  COPY t, line 1, column who: "planted"',
         'psql: COPY failed for table "t": ERROR: bad'),
        ('ERROR:  invalid input syntax for type integer: "planted"',
         "psql: ERROR: invalid input syntax for type integer: ..."),
        ("FEHLER:  ung\u00fcltige Eingabe f\u00fcr Typ integer: \u00bbplanted\u00ab",
         "psql: FEHLER: ung\u00fcltige Eingabe f\u00fcr Typ integer: ..."),
        ("\n\n", "psql: it said nothing"),
    ],
)  # fmt: skip
def test_what_a_program_says_is_told_without_what_it_says_of_rows(said: str, told: str) -> None:
    assert failed("psql", said).message == told


def test_no_password_is_in_any_argument_or_message(server: PostgresServer, tmp_path: Path) -> None:
    log, told = tmp_path / "argv", list[str]()
    with watched_programs(server, tmp_path / "bin", log) as environ, server.database("shop", POSTGRES):
        address = server.address("shop")
        copier = PostgresCopier(address, report=told.append, environ=environ)
        copier.copy(address, planned(copier, address, customers__name="hash"), "one")
        with pytest.raises(ToolFailed) as refused:
            PostgresCopier(server.address("shop", password="Wr0ng/word"), environ=environ).leftovers()
    seen = log.read_text()
    assert {line.split()[0] for line in seen.splitlines()} == {"psql", "pg_dump", "pg_restore"}
    for text in (
        seen,
        "\n".join(told),
        refused.value.message,
        refused.value.output,
        repr(copier.schema),
        repr(parsed(address)),
    ):
        assert PASSWORD not in text
        assert "Wr0ng" not in text
    assert "password authentication failed" in refused.value.message


@contextmanager
def watched_programs(server: PostgresServer, folder: Path, log: Path) -> Generator[dict[str, str]]:
    folder.mkdir()
    for name in ("psql", "pg_dump", "pg_restore"):
        real = shlex.quote(str(server.programs / name))
        (folder / name).write_text(f'#!/bin/sh\nprintf "%s " {name} "$@" >> {log}; echo >> {log}\nexec {real} "$@"\n')
        (folder / name).chmod(0o755)
    yield {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def test_what_is_not_production_and_has_no_mask_is_a_template_unless_somebody_is_connected(
    server: PostgresServer,
) -> None:
    told = list[str]()
    with server.database("shop", POSTGRES):
        address = server.address("shop")
        copier = PostgresCopier(address, report=told.append)
        bare = planned(copier, address, production=False)
        assert copier.copy(address, bare, "one").way == "a template"
        with pytest.raises(AssertionError, match="permission denied for database"):
            assert_psql(server, as_role(server, READER, "outpace_staging_one"), "SELECT 1")
        psql = [server.programs / "psql", "-XAt", "-c", "SELECT 'in'", "-c", "SELECT pg_sleep(600)"]
        holder = subprocess.Popen([*psql, address], stdout=subprocess.PIPE)
        assert holder.stdout
        with holder.stdout as said:
            assert said.readline() == b"in\n"
            assert copier.copy(address, bare, "two").way == "a dump"
            holder.kill()
            holder.wait()
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'")
        assert copier.copy(address, planned(copier, address), "three").way == "a dump"
        assert (
            copier.copy(address, planned(copier, address, production=False, customers__name="hash"), "four").way
            == "a dump"
        )
    assert "1 are connected to shop: it is dumped" in told


REACHING = """
CREATE EXTENSION postgres_fdw; CREATE EXTENSION citext;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'production.invalid');
CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (user 'app', password 'fdw-planted-word');
CREATE FOREIGN TABLE far (n int) SERVER elsewhere;
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE SUBSCRIPTION everywhere CONNECTION 'host=production.invalid password=sub-planted-word' PUBLICATION everything
  WITH (connect = false);
CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watching ON ddl_command_start EXECUTE FUNCTION noticed();
CREATE TABLE t (who citext UNIQUE); INSERT INTO t VALUES ('planted');
SELECT lo_from_bytea(4711, 'a planted object');
"""


def test_a_copy_reaches_no_other_system_and_holds_no_object_that_no_mask_names(server: PostgresServer) -> None:
    ended = "ALTER SUBSCRIPTION everywhere SET (slot_name = NONE); DROP SUBSCRIPTION everywhere;"
    with server.database("reaching", REACHING):
        try:
            address = server.address("reaching")
            copier = PostgresCopier(address)
            assert copier.schema(address).beside == ("1 large objects, which no mask reaches",)
            copier.copy(address, planned(copier, address, t__who="hash"), "one")
        finally:
            server.sql(ended, "reaching")
        assert server.sql("SELECT count(*) FROM pg_subscription") == "0"
        counted = ("pg_user_mapping", "pg_publication", "pg_event_trigger", "pg_largeobject_metadata")
        assert [server.sql(f"SELECT count(*) FROM {name}", "outpace_staging_one") for name in counted] == ["0"] * 4
        assert server.sql("SELECT count(*) FROM pg_foreign_table", "outpace_staging_one") == "1"
        assert server.sql("SELECT count(*) FROM t WHERE who <> 'PLANTED'", "outpace_staging_one") == "1"


ODD = r"""
CREATE TYPE mood AS ENUM ('fine', 'bad'); CREATE DOMAIN short AS varchar(8) CHECK (length(VALUE) > 2);
CREATE SCHEMA "other one";
CREATE TABLE "other one"."a ""table" ("the who" text, "back\slash" char(20) UNIQUE, tags text[], grid text[][],
  moods mood[], doc json, docs jsonb[], cut short UNIQUE, raw bytea, at timestamptz, net inet, amount numeric(12,2),
  small smallint UNIQUE, search tsvector, id uuid, gone text);
ALTER TABLE "other one"."a ""table" DROP COLUMN gone;
INSERT INTO "other one"."a ""table" VALUES
  (E'planted\ttab\nline\\N "x" \\.', 'planted', ARRAY['planted', NULL, '', 'a,b', 'q"u\o{te}'],
   ARRAY[['planted', 'b'], ['c', 'planted']], ARRAY['fine', 'bad']::mood[], '{"a": "planted \u00e9 \"q\""}',
   ARRAY['{"a": "planted"}', '[]']::jsonb[], 'planted', 'planted', '2001-02-03 04:05:06+07', '10.1.2.3/24',
   -1234567.89, 32767, to_tsvector('planted words'), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
  ('\N', 'other', '[0:1]={planted,z}', NULL, NULL, NULL, NULL, 'another', NULL, NULL, NULL, NULL, -7, NULL, NULL);
CREATE TABLE measured (id int, who text, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE measured_a PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE measured_b PARTITION OF measured FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO measured VALUES (1, 'planted', '2020-02-02'), (2, 'planted', '2021-02-02');
CREATE TABLE above (who text); CREATE TABLE below (extra text) INHERITS (above);
INSERT INTO above VALUES ('planted'); INSERT INTO below VALUES ('planted', 'kept');
CREATE TABLE empty_one (who text); CREATE TABLE nothing_in_it ();
CREATE MATERIALIZED VIEW not_yet AS SELECT who FROM above WITH NO DATA;
"""


def test_every_type_has_a_mask_and_no_name_is_too_odd(server: PostgresServer) -> None:
    with server.database("odd", ODD):
        address = server.address("odd")
        copier = PostgresCopier(address)
        table = 'other one.a "table'
        columns = (
            "the who",
            "back\\slash",
            "tags",
            "grid",
            "doc",
            "docs",
            "cut",
            "raw",
            "at",
            "net",
            "amount",
            "small",
            "id",
        )
        masks = {f"{table}.{column}": "hash" for column in columns} | {
            f"{table}.search": "blank",
            f"{table}.moods": "blank",
        }
        more = {"measured.who": "hash", "above.who": "hash", "empty_one.who": "hash"}
        copy = copier.copy(address, planned(copier, address, production=True, **masks, **more), "one")
        assert copy.rows == 6
        dump = subprocess.run([server.programs / "pg_dump", copy.address], capture_output=True, check=True).stdout
        assert b"planted" not in dump
        where = '"other one"."a ""table" WHERE small > 0'
        told = server.sql(
            "SELECT tags[2] IS NULL, tags[3] = '', array_dims(grid), grid[1][1] = grid[2][2], grid[1][1] = tags[1],"
            " doc ->> 'a' ~ '^[a-p]{20}$', docs[1] ->> 'a' = tags[1], length(cut), length(raw), family(net),"
            f" amount < -1000000, small BETWEEN 10000 AND 32767, search IS NULL FROM {where}",
            "outpace_staging_one",
        )
        assert told == "t|t|[1:2][1:2]|t|t|t|t|8|16|6|t|t|t"
        assert (
            server.sql(
                "SELECT array_dims(tags), small, doc IS NULL FROM " + where.replace("> 0", "< 0"), "outpace_staging_one"
            ).split("|")[0]
            == "[0:1]"
        )
        assert (
            server.sql("SELECT tableoid::regclass, id FROM measured ORDER BY id", "outpace_staging_one")
            == "measured_a|1\nmeasured_b|2"
        )
        assert server.sql("SELECT count(DISTINCT who), count(*) FROM above", "outpace_staging_one") == "1|2"
        assert server.sql("SELECT relispopulated FROM pg_class WHERE relname = 'not_yet'", "outpace_staging_one") == "f"
        assert copier.schema(copy.address).digest == copier.schema(address).digest


def test_a_table_that_is_made_while_a_copy_is_made_is_in_no_copy(server: PostgresServer) -> None:
    with server.database("shop", POSTGRES):
        address = server.address("shop")

        def report(event: str) -> None:
            if event.startswith("copying"):
                server.sql("CREATE TABLE later (who text); INSERT INTO later VALUES ('planted late')", "shop")

        copier = PostgresCopier(address, report=report)
        copier.copy(address, planned(copier, address, customers__name="hash"), "one")
        assert server.sql("SELECT count(*) FROM pg_class WHERE relname = 'later'", "outpace_staging_one") == "0"


def test_a_column_that_was_renamed_since_its_mask_was_planned_is_not_copied(server: PostgresServer) -> None:
    with server.database("shop", POSTGRES):
        address = server.address("shop")
        copier = PostgresCopier(address)
        plan = planned(copier, address, customers__iban="hash")
        server.sql("ALTER TABLE customers RENAME iban TO account", "shop")
        with pytest.raises(Unmasked, match="customers has no iban any more"):
            copier.copy(address, plan, "one")
        assert server.sql(r"SELECT count(*) FROM pg_database WHERE datname LIKE 'outpace\_%'") == "0"


def test_a_column_that_is_renamed_while_the_copy_begins_ends_without_one(server: PostgresServer) -> None:
    with server.database("shop", POSTGRES):
        address = server.address("shop")

        def report(event: str) -> None:
            if event.startswith("copying"):
                server.sql("ALTER TABLE customers RENAME iban TO account", "shop")

        copier = PostgresCopier(address, report=report)
        with pytest.raises(ToolFailed, match='column "iban" does not exist'):
            copier.copy(address, planned(copier, address, customers__iban="hash"), "one")
        assert server.sql(r"SELECT count(*) FROM pg_database WHERE datname LIKE 'outpace\_%'") == "0"


def test_a_copy_is_dropped_although_somebody_is_connected(server: PostgresServer) -> None:
    with server.database("shop", POSTGRES):
        address = server.address("shop")
        copier = PostgresCopier(address)
        copy = copier.copy(address, Plan(), "one")
        holder = threading.Thread(
            target=lambda: subprocess.run(
                [server.programs / "psql", "-XAt", "-c", "SELECT pg_sleep(60)", copy.address],
                check=False,
                capture_output=True,
            )
        )
        holder.start()
        while server.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'outpace_staging_one'") == "0":
            pass
        copier.drop("one")
        holder.join()
        assert server.sql("SELECT count(*) FROM pg_database WHERE datname = 'outpace_staging_one'") == "0"


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (
            "postgresql://u:p%40w@h:1/d",
            {"PGUSER": "u", "PGPASSWORD": "p@w", "PGHOST": "h", "PGPORT": "1", "PGDATABASE": "d"},
        ),
        (
            "postgres:///d?host=/run/pg&sslmode=require",
            {"PGHOST": "/run/pg", "PGDATABASE": "d", "PGSSLMODE": "require"},
        ),
        (
            "postgresql+psycopg://u@[::1]/d?application_name=x",
            {"PGUSER": "u", "PGHOST": "::1", "PGDATABASE": "d", "PGAPPNAME": "x"},
        ),
    ],
)
def test_an_address_becomes_variables_and_itself_again(text: str, variables: dict[str, str]) -> None:
    address = parsed(text)
    own = address.environment({"PGPASSWORD": "leaked", "PGSERVICE": "x", "PGHOST": "y"}, settings={})
    fixed = {"LC_ALL", "PGCLIENTENCODING", "PGDATESTYLE", "PGTZ", "PGOPTIONS", "PGCONNECT_TIMEOUT"}
    assert {key: value for key, value in own.items() if key not in fixed} == {"PGAPPNAME": "outpace", **variables}
    assert parsed(address.text()) == address


@pytest.mark.parametrize(
    "text", ["mysql://u:secret@h/d", "postgresql://u:secret@h:port/d", "postgresql://u:secret@h/d?sslodd=1", "secret"]
)
def test_an_address_that_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parsed(text)
    assert "secret" not in refused.value.message + refused.value.hint
