"""SQL is cut as PostgreSQL cuts it, read as steps, and each step has its class."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.migrations.finding import road_between
from outpace.delivery.migrations.judged import Contract, Expand, Gone
from outpace.delivery.migrations.road import Road
from outpace.delivery.migrations.sql_reading import steps_of
from outpace.delivery.migrations.sql_tokens import statements
from outpace.model.unknown import Unknown

BASE = """
CREATE TABLE users (
    id bigserial PRIMARY KEY, email varchar(254) NOT NULL UNIQUE, name varchar(50) NOT NULL, nickname text, age integer,
    status text DEFAULT 'active' NOT NULL, total numeric(10, 2) CONSTRAINT positive CHECK (total >= 0),
    CONSTRAINT named CHECK (nickname IS NOT NULL)
);
CREATE INDEX by_name ON users (name);
CREATE TABLE tags (
    id bigserial PRIMARY KEY, user_id bigint CONSTRAINT tags_user REFERENCES users (id) ON DELETE CASCADE
);
"""


GIVES = "ALTER TABLE users ALTER a SET DEFAULT 1"
RENAMES = f"ALTER TABLE users RENAME b TO a; {GIVES}"


def road_of(text: str) -> Road:
    base = {"migrations/001_base.sql": BASE}
    return road_between(base, {**base, "migrations/002_new.sql": text})


def kinds(text: str) -> str:
    names = {Expand: "expand", Contract: "contract", Unknown: "unknown"}
    return " ".join(names[type(one.standing)] for one in road_of(text).steps)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TABLE t (id int NOT NULL)", "expand"),
        ("CREATE TABLE t AS WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone", "unknown"),
        ("CREATE TEMP TABLE t AS WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone", "unknown"),
        ("CREATE TABLE t AS EXECUTE prepared", "unknown"),
        ("CREATE TEMP TABLE t AS SELECT purge_orders()", "unknown"),
        ("CREATE TEMP TABLE t AS SELECT setval('orders_id_seq', 1)", "unknown"),
        ("CREATE TEMP TABLE t AS SELECT lower(name) FROM users", "expand"),
        ("CREATE FUNCTION upper(varchar) RETURNS text AS $$ SELECT 'x' $$ LANGUAGE sql", "unknown"),
        ("ALTER TABLE users ADD COLUMN a int", "expand"),
        ("ALTER TABLE users ADD a int NOT NULL", "contract"),
        ("ALTER TABLE users ADD a int NOT NULL DEFAULT 1", "expand"),
        ("ALTER TABLE users ADD a int DEFAULT NULL", "expand"),
        ("ALTER TABLE users ADD a int NOT NULL DEFAULT NULL", "contract"),
        ("ALTER TABLE users ADD a int NOT NULL DEFAULT 1, ALTER a DROP DEFAULT", "expand contract"),
        ("ALTER TABLE users ADD a int UNIQUE", "expand"),
        ("ALTER TABLE users ADD a int UNIQUE DEFAULT 1", "contract"),
        ("ALTER TABLE users ADD a int DEFAULT own_function()", "unknown"),
        ("ALTER TABLE users ADD a int GENERATED ALWAYS AS (1 / age) STORED", "unknown"),
        ("ALTER TABLE users ADD a text GENERATED ALWAYS AS (lower(name)) STORED", "expand"),
        ("ALTER TABLE users ADD a text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED", "unknown"),
        ("ALTER TABLE users ADD a text UNIQUE GENERATED ALWAYS AS (lower(name)) STORED", "unknown"),
        ("ALTER TABLE users ADD a int GENERATED ALWAYS AS (age) STORED", "expand"),
        ("ALTER TABLE users ADD a int GENERATED ALWAYS AS (age) STORED REFERENCES tags", "unknown"),
        ("ALTER TABLE users ADD a smallint GENERATED ALWAYS AS (age) STORED", "unknown"),
        ("ALTER TABLE users ADD a int GENERATED ALWAYS AS (length(name)) STORED", "expand"),
        ("ALTER TABLE users ADD a varchar(3) GENERATED ALWAYS AS (lower(name)) STORED", "unknown"),
        (
            "ALTER TABLE users ADD a text GENERATED ALWAYS AS (name) STORED, ALTER a SET NOT NULL",
            "expand unknown",
        ),
        ("ALTER TABLE users ADD a smallserial", "unknown"),
        ("ALTER TABLE users ADD a int NOT NULL DEFAULT 99999999999", "contract"),
        ("ALTER TABLE users ADD a numeric(3, 2) DEFAULT 9.999", "contract"),
        ("ALTER TABLE users ADD a bigint DEFAULT 9999999; ALTER TABLE users ALTER a TYPE int", "expand expand"),
        ("ALTER TABLE users ADD a bigint DEFAULT 9999999; ALTER TABLE users ALTER a TYPE smallint", "expand contract"),
        ("ALTER TABLE users ADD a int NOT NULL DEFAULT CASE WHEN false THEN 1 END", "unknown"),
        ("ALTER TABLE users ADD a int, ALTER a SET DEFAULT 100000", "expand expand"),
        ("ALTER TABLE users ADD a smallint, ALTER a SET DEFAULT 100000", "expand contract"),
        ("ALTER TABLE users ADD a int, ALTER a SET DEFAULT 1 / 0", "expand unknown"),
        ("ALTER TABLE users ADD a text, ALTER a SET DEFAULT current_setting('app.tenant')", "expand unknown"),
        (f"ALTER TABLE users ADD a int; CREATE UNIQUE INDEX i ON users (a); {GIVES}", "expand expand unknown"),
        (f"ALTER TABLE users ADD b int; CREATE UNIQUE INDEX i ON users (b); {RENAMES}", "expand expand expand unknown"),
        (f"ALTER TABLE users ADD a int; CREATE INDEX i ON users (a); {GIVES}", "expand expand expand"),
        ("ALTER TABLE users ADD a int" + ", ADD a int" * 1_600, "unknown"),
        ("ALTER TABLE users ADD a int CHECK (a > 0)", "expand"),
        ("ALTER TABLE users ADD a int CHECK (coalesce(a, 0) > 0)", "unknown"),
        ("ALTER TABLE users ADD a int CHECK (a > 0 AND age > 0)", "unknown"),
        ("ALTER TABLE users ADD a int DEFAULT 5 CHECK (a >= 0)", "expand"),
        ("ALTER TABLE users ADD a int DEFAULT -5 CHECK (a >= 0)", "unknown"),
        ("ALTER TABLE users ADD a varchar(2) NOT NULL DEFAULT 'abc'", "contract"),
        ("ALTER TABLE users ADD a numeric(3, 2) NOT NULL DEFAULT 10", "contract"),
        ("ALTER TABLE users ADD a numeric(4, 2) NOT NULL DEFAULT 10", "expand"),
        ("ALTER TABLE users ADD a bigint DEFAULT 3 REFERENCES tags (id)", "unknown"),
        (
            "ALTER TABLE users ADD a int REFERENCES tags ON DELETE CASCADE; UPDATE users SET a = 1",
            "expand unknown",
        ),
        (
            "ALTER TABLE users ADD a int REFERENCES tags ON DELETE SET NULL; UPDATE users SET a = 1",
            "expand expand",
        ),
        ("ALTER TABLE users DROP COLUMN age", "contract"),
        ("ALTER TABLE users RENAME age TO years", "contract"),
        ("ALTER TABLE users RENAME TO people", "contract"),
        ("DROP TABLE users", "contract"),
        ("ALTER TABLE users ALTER name TYPE varchar(80)", "expand"),
        ("ALTER TABLE users ALTER name TYPE text", "expand"),
        ("ALTER TABLE users ALTER name TYPE varchar(40)", "contract"),
        ("ALTER TABLE users ALTER age TYPE bigint", "expand"),
        ("ALTER TABLE users ALTER age TYPE text USING age::text", "contract"),
        ("ALTER TABLE users ALTER age TYPE bigint USING age", "expand"),
        ("ALTER TABLE users ALTER age TYPE bigint USING (age)::int8", "expand"),
        ("ALTER TABLE users ALTER age TYPE bigint USING age::smallint", "contract"),
        ("ALTER TABLE users ALTER age TYPE bigint USING age::bigint::int2", "contract"),
        ("ALTER TABLE users ALTER email TYPE text USING (email::text)", "expand"),
        ("ALTER TABLE users ALTER email TYPE text USING email::varchar(3)", "contract"),
        ("ALTER TABLE users ALTER email TYPE text USING (email::varchar(3))::text", "contract"),
        ("ALTER TABLE users ALTER email TYPE text USING email::text || '!'", "contract"),
        ("ALTER TABLE users ALTER name TYPE varchar(50) USING name::character varying(3)", "contract"),
        ("ALTER TABLE users ALTER total TYPE numeric(12, 2)", "expand"),
        ("ALTER TABLE users ALTER total TYPE numeric(12, 4)", "contract"),
        ("ALTER TABLE users ALTER total TYPE numeric", "contract"),
        ("ALTER TABLE users ALTER total TYPE numeric(10, 4)", "contract"),
        ("ALTER TABLE unseen ALTER a TYPE bigint", "unknown"),
        ("ALTER TABLE users ALTER age SET NOT NULL", "contract"),
        ("ALTER TABLE users ALTER name SET NOT NULL", "expand"),
        ("ALTER TABLE users ALTER nickname SET NOT NULL", "expand"),
        ("ALTER TABLE users ALTER name DROP NOT NULL", "expand"),
        ("ALTER TABLE users ALTER status DROP DEFAULT", "contract"),
        ("ALTER TABLE users ALTER nickname SET DEFAULT 'x'", "contract"),
        ("ALTER TABLE users ALTER name SET DEFAULT 'x'", "expand"),
        ("ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID", "contract"),
        ("ALTER TABLE users ADD CONSTRAINT u UNIQUE (name)", "contract"),
        ("ALTER TABLE users DROP CONSTRAINT positive", "expand"),
        ("ALTER TABLE users DROP CONSTRAINT users_email_key", "contract"),
        ("ALTER TABLE tags DROP CONSTRAINT tags_user", "unknown"),
        ("ALTER TABLE users DROP CONSTRAINT nobody_told", "unknown"),
        ("CREATE INDEX i ON users (age)", "expand"),
        ("CREATE INDEX i ON users (lower(name))", "expand"),
        ("CREATE INDEX i ON users ((nickname::int))", "unknown"),
        ("CREATE INDEX i ON users ((nickname || 'x'), (1 / age))", "unknown"),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON users (name)", "contract"),
        ("DROP INDEX by_name", "expand"),
        ("DROP INDEX nobody_told", "unknown"),
        ("UPDATE users SET age = 0", "unknown"),
        ("ALTER TABLE users ADD a int; UPDATE users SET a = age WHERE a IS NULL", "expand expand"),
        ("ALTER TABLE users ADD a int; UPDATE users SET a = own_function(age)", "expand unknown"),
        ("ALTER TABLE users ADD a int; UPDATE users SET a = age, age = 0", "expand unknown"),
        ("ALTER TABLE users ADD a int; UPDATE users SET a = (WITH x AS (DELETE FROM tags) SELECT 1)", "expand unknown"),
        ("DELETE FROM users", "contract"),
        ("DELETE FROM users WHERE age > 3", "unknown"),
        ("TRUNCATE users", "contract"),
        ("DO $$ BEGIN DROP TABLE users; END $$", "unknown"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", "unknown"),
        ("CREATE VIEW v AS SELECT 1", "expand"),
        ("CREATE TRIGGER t BEFORE INSERT ON users EXECUTE FUNCTION f()", "unknown"),
        ("DROP VIEW v", "contract"),
        ("SET search_path = other", "unknown"),
        ("SET lock_timeout = '2s'", ""),
        ("SET standard_conforming_strings = on", ""),
        ("SET standard_conforming_strings = off", "unknown"),
        ("SET LOCAL statement_timeout = 0", ""),
        ("SET session_replication_role = replica", "unknown"),
        ("SELECT own_function()", "unknown"),
        ("\\i other.sql", "unknown"),
        ("ALTER TABLE users ADD `a` int", "unknown"),
        ("CREATE TABLE t (id int); ALTER TABLE t ADD a int NOT NULL; DROP TABLE t", "expand expand expand"),
        ("CREATE TABLE IF NOT EXISTS t (id int); ALTER TABLE t ADD a int NOT NULL", "expand contract"),
        (
            "ALTER TABLE users ADD a text; ALTER TABLE users RENAME a TO b; ALTER TABLE users DROP b",
            "expand expand expand",
        ),
        ("CREATE TABLE app.t (id int); ALTER TABLE app.t RENAME TO users", "expand unknown"),
        ("CREATE TABLE app.t (id int); ALTER TABLE app.t RENAME TO people", "expand expand"),
        ("CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY", "expand expand"),
        ("ALTER TABLE users ENABLE ROW LEVEL SECURITY", "contract"),
        ("CREATE TABLE t (id int); ALTER TABLE t OWNER TO app", "expand expand"),
        ("ALTER TABLE users OWNER TO app", "unknown"),
        ("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad' BEFORE 'sad'", "expand"),
        ("ALTER TYPE mood ADD VALUE 'glad' AFTER 'sad'", "expand"),
        ("CREATE INDEX i ON users (age) INCLUDE (name) TABLESPACE fast WHERE age > 3", "expand"),
        ("CREATE TABLE evil (id int); INSERT INTO evil SELECT evil()", "expand unknown"),
        ("CREATE TABLE t (id int); INSERT INTO t AS x (id) VALUES (1)", "expand expand"),
        ("CREATE DOMAIN d AS int DEFAULT 5; ALTER TABLE users ADD a d UNIQUE", "expand unknown"),
        ("CREATE DOMAIN d AS text NOT NULL; ALTER TABLE users ADD a d", "expand unknown"),
        ("CREATE TABLE t (u bigint REFERENCES users (id)); INSERT INTO t SELECT id FROM users", "expand unknown"),
        ("CREATE TABLE t (u bigint REFERENCES users (id) ON DELETE CASCADE); INSERT INTO t SELECT 1", "expand expand"),
    ],
)
def test_each_statement_has_the_class_that_postgresql_gives_it(text: str, expected: str) -> None:
    assert kinds(text) == expected


def test_words_in_comments_quotes_and_dollar_quotes_are_no_statements() -> None:
    text = """
    -- DROP TABLE users;
    /* DROP TABLE users; /* nested */ DROP TABLE users; */
    ALTER TABLE users ADD COLUMN "drop; table" text DEFAULT $x$; DROP TABLE users; $x$;
    COMMENT ON TABLE users IS E'it''s \\'; DROP TABLE users; --';
    """
    assert kinds(text) == "expand expand"


def test_what_is_lost_and_the_way_there_are_named() -> None:
    (one,) = road_of("ALTER TABLE users DROP COLUMN age").steps
    assert one.said.back == Gone("what stands in users.age")
    assert isinstance(one.standing, Contract)
    assert "drop it in a later change" in one.standing.road


@pytest.mark.parametrize(
    ("text", "mode", "long"),
    [
        ("CREATE INDEX i ON users (age)", "SHARE", True),
        ("CREATE INDEX CONCURRENTLY i ON users (age)", "SHARE UPDATE EXCLUSIVE", False),
        ("ALTER TABLE users ADD a int DEFAULT 1", "ACCESS EXCLUSIVE", False),
        ("ALTER TABLE users ADD a uuid DEFAULT gen_random_uuid()", "ACCESS EXCLUSIVE", True),
        ("ALTER TABLE users ALTER name TYPE varchar(80)", "ACCESS EXCLUSIVE", False),
        ("ALTER TABLE users ALTER age TYPE bigint", "ACCESS EXCLUSIVE", True),
        ("ALTER TABLE users ADD CHECK (age > 0)", "ACCESS EXCLUSIVE", True),
        ("ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID", "ACCESS EXCLUSIVE", False),
        ("ALTER TABLE users VALIDATE CONSTRAINT c", "SHARE UPDATE EXCLUSIVE", False),
        ("ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES tags (id)", "SHARE ROW EXCLUSIVE", True),
        ("ALTER TABLE users ALTER age SET NOT NULL", "ACCESS EXCLUSIVE", True),
        ("ALTER TABLE users ALTER nickname SET NOT NULL", "ACCESS EXCLUSIVE", False),
    ],
)
def test_what_locks_a_table_for_long_is_said(text: str, mode: str, long: bool) -> None:
    (one,) = road_of(text).steps
    assert (one.said.lock.mode, one.said.lock.long) == (mode, long)


def test_only_the_part_that_goes_up_is_read() -> None:
    text = "-- +goose Up\nALTER TABLE users ADD a int;\n-- +goose Down\nDROP TABLE users;\n"
    road = road_of(text)
    assert [(one.line, type(one.standing)) for one in road.steps] == [(2, Expand)]


@given(st.text(alphabet="abc$'\"/*-;(),.E\n \\", max_size=60))
def test_no_text_ends_the_reader(text: str) -> None:
    assert sum(len(one.tokens) for one in statements(text)) <= len(text)
    assert len(list(steps_of(f"ALTER TABLE {text}"))) < 100
