"""The classes of migrations held to what a real PostgreSQL does: old statements, locks, and writers under load."""

from __future__ import annotations

import re

import pytest

from bench.migrations import ours
from bench.migrations_truth import Judge, cases
from outpace.delivery.migrations.finding import road_between
from outpace.delivery.migrations.judged import Contract
from outpace.delivery.migrations.road import Go, Refuse, plan
from tests.delivery.migrations.test_defaults import NOT_SOUND, PASSES, REFUSES, SOUND
from tests.engines.schema_load import keys_of, writing
from tests.postgres import PostgresServer, postgres_server

__all__ = ["postgres_server"]

SAFE_BUT_CALLED_CONTRACT = {
    "row security",  # the old release's role owns the table here; elsewhere it may not
    "cascade of a known key",  # the old release here deletes no user that has orders; another one may
}
TABLE = """
CREATE TABLE users (id bigserial PRIMARY KEY, name varchar(20) NOT NULL, age integer, parent bigint);
CREATE TABLE tags (id bigint PRIMARY KEY);
INSERT INTO users (name, age) SELECT 'u' || n, n FROM generate_series(1, 200) AS n;
"""
LOCKED = (
    "CREATE INDEX i ON users (age)",
    "ALTER TABLE users ADD a int",
    "ALTER TABLE users ADD a int NOT NULL DEFAULT 1",
    "ALTER TABLE users ADD a timestamptz NOT NULL DEFAULT now()",
    "ALTER TABLE users ADD a uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE users ADD a bigserial",
    "ALTER TABLE users ADD a text GENERATED ALWAYS AS (lower(name)) STORED",
    "ALTER TABLE users DROP age",
    "ALTER TABLE users RENAME age TO years",
    "ALTER TABLE users ALTER name TYPE varchar(40)",
    "ALTER TABLE users ALTER name TYPE text",
    "ALTER TABLE users ALTER age TYPE bigint",
    "ALTER TABLE users ALTER age SET NOT NULL",
    "ALTER TABLE users ALTER name DROP NOT NULL",
    "ALTER TABLE users ALTER age SET DEFAULT 3",
    "ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0)",
    "ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID",
    "ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES tags (id)",
    "ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES tags (id) NOT VALID",
    "ALTER TABLE users ADD CONSTRAINT u UNIQUE (name)",
    "CREATE TABLE t (u bigint REFERENCES users (id))",
    "UPDATE users SET age = 1",
    "TRUNCATE users",
)
MODES = (
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
ORDERS = "CREATE TABLE orders (id bigserial PRIMARY KEY, key text NOT NULL UNIQUE, note text);"
EXPANDS = """
ALTER TABLE orders ADD COLUMN channel text;
ALTER TABLE orders ADD COLUMN paid boolean NOT NULL DEFAULT false;
CREATE TABLE refunds (id bigserial PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE);
CREATE INDEX CONCURRENTLY orders_channel ON orders (channel);
UPDATE orders SET channel = 'web' WHERE channel IS NULL;
"""
CONTRACTS = "ALTER TABLE orders DROP COLUMN note;"
OLD = "INSERT INTO orders (key, note) VALUES ('{key}', 'by the old release') RETURNING key"
NEW = "INSERT INTO orders (key, channel, paid) VALUES ('{key}', 'app', true) RETURNING key"


@pytest.fixture
def judge(postgres_server: PostgresServer) -> Judge:
    return Judge(postgres_server)


def test_no_step_is_called_safe_after_which_an_old_statement_does_something_else(judge: Judge) -> None:
    """And each that is called a contract breaks one, so that the word is not given away."""
    wrong: dict[str, str] = {}
    counted: dict[str, int] = dict.fromkeys(("expand", "contract", "unknown"), 0)
    for case in cases("development"):
        if case.tool != "sql":
            continue
        told, truth = ours(case), judge.truth(case)
        counted[told] += 1
        if told == "expand" and not truth.safe:
            wrong[case.name] = f"called safe, and {truth.why}"
        if told == "contract" and truth.safe and case.name not in SAFE_BUT_CALLED_CONTRACT:
            wrong[case.name] = "called a contract, and nothing breaks"
    assert wrong == {}
    assert min(counted.values()) > 5, counted


def locked(server: PostgresServer, database: str, statement: str) -> tuple[str, bool]:
    """The strongest lock on `users` while the statement's transaction is open, and whether the table was rewritten."""
    asked = f"""
    BEGIN;
    SELECT 'file ' || pg_relation_filenode('users');
    {statement};
    SELECT 'mode ' || mode FROM pg_locks WHERE relation = 'users'::regclass AND pid = pg_backend_pid();
    SELECT 'file ' || pg_relation_filenode('users');
    ROLLBACK;
    """
    said = server.sql(asked, database)
    before, after = re.findall(r"^file (\d+)$", said, re.MULTILINE)
    modes = [MODES.index(mode) for mode in re.findall(r"^mode (\w+)$", said, re.MULTILINE) if mode in MODES]
    name = MODES[max(modes)].removesuffix("Lock")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).upper(), before != after


def test_the_locks_that_are_named_are_those_that_postgresql_takes(postgres_server: PostgresServer) -> None:
    base = {"migrations/1_a.sql": TABLE}
    with postgres_server.database("locks", TABLE) as database:
        for statement in LOCKED:
            (one,) = road_between(base, {**base, "migrations/2_b.sql": statement}).steps
            mode, rewritten = locked(postgres_server, database, statement)
            assert (statement, one.said.lock.mode) == (statement, mode)
            told = "written anew" in one.said.lock.why or statement.startswith("TRUNCATE")
            assert (statement, told) == (statement, rewritten)


def test_a_change_of_the_schema_under_load_is_rolled_back_and_no_acknowledged_row_is_lost(
    postgres_server: PostgresServer,
) -> None:
    base = {"migrations/1_a.sql": ORDERS}
    road = road_between(base, {**base, "migrations/2_b.sql": EXPANDS})
    assert isinstance(plan(road), Go)
    with postgres_server.database("load", ORDERS) as database:
        with writing(postgres_server, database, OLD, names=("old-1", "old-2")) as old:
            for writer in old:
                writer.more(50)
            postgres_server.sql(EXPANDS, database)
            with writing(postgres_server, database, NEW, names=("new-1", "new-2")) as new:
                for writer in (*old, *new):
                    writer.more(100)
            for writer in old:  # the new release is taken back, and the old one goes on
                writer.more(50)
        writers = (*old, *new)
        kept = keys_of(postgres_server, database, "SELECT key FROM orders")
        assert [writer.failed for writer in writers] == [[], [], [], []]
        assert sorted(kept) == sorted(key for writer in writers for key in writer.acknowledged)
        assert len(kept) >= 600


def test_a_forbidden_change_is_refused_and_would_have_failed_the_writers(postgres_server: PostgresServer) -> None:
    base = {"migrations/1_a.sql": ORDERS}
    road = road_between(base, {**base, "migrations/2_b.sql": CONTRACTS})
    told = plan(road)
    assert isinstance(told, Refuse)
    assert "drops the column orders.note" in told.named[0]
    with (
        postgres_server.database("forbidden", ORDERS) as database,
        writing(postgres_server, database, OLD, names=("old",)) as (old,),
    ):
        old.more(20)
        assert old.failed == []
        postgres_server.sql(CONTRACTS, database)
        old.more(20)
        assert "does not exist" in old.failed[-1]


def test_a_constraint_that_is_not_valid_yet_refuses_what_is_written(postgres_server: PostgresServer) -> None:
    """NOT VALID spares the rows that are there, not those that are written: it is a contract."""
    base = {"migrations/1_a.sql": TABLE}
    check = "ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID"
    (one,) = road_between(base, {**base, "migrations/2_b.sql": check}).steps
    assert isinstance(one.standing, Contract)
    with postgres_server.database("valid", TABLE) as database:
        postgres_server.sql(check, database)
        with pytest.raises(AssertionError, match="violates check constraint"):
            postgres_server.sql("INSERT INTO users (name, age) VALUES ('x', -1)", database)


def inserted(server: PostgresServer, database: str, column: str) -> str:
    """What the column has in a row that leaves it out, or why there is none."""
    rows = f"DROP TABLE IF EXISTS t; CREATE TABLE t (id int{column}; INSERT INTO t (id) VALUES (1);"
    try:
        return server.sql(f"{rows} SELECT CASE WHEN x IS NULL THEN 'null' ELSE 'value' END FROM t", database).strip()
    except AssertionError:
        return "refused"


def test_what_is_sound_gives_a_value_and_what_is_not_gives_none(postgres_server: PostgresServer) -> None:
    with postgres_server.database("sound", "CREATE SEQUENCE numbers") as database:
        said = {
            (text, kind): inserted(postgres_server, database, f", x {kind}); ALTER TABLE t ALTER x SET DEFAULT {text}")
            for text, kind in (*SOUND, *NOT_SOUND)
        }
    assert {one: told for one, told in said.items() if (told == "value") != (one in SOUND)} == {}


def test_null_passes_where_that_is_said_and_is_refused_elsewhere(postgres_server: PostgresServer) -> None:
    with postgres_server.database("passes") as database:
        said = {
            text: inserted(postgres_server, database, f", x int, y int, CHECK ({text}))")
            for text in (*PASSES, *REFUSES)
        }
    assert {text: told for text, told in said.items() if (told == "null") != (text in PASSES)} == {}
