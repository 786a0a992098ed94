"""Which defaults give each row a value, and which CHECKs let NULL pass; a real PostgreSQL is asked for the same."""

from __future__ import annotations

import pytest

from outpace.delivery.migrations.column_types import spelled
from outpace.delivery.migrations.defaults import is_sound
from outpace.delivery.migrations.expressions import passes_null

SOUND = (
    ("'abc'", "varchar(3)"),
    ("'it''s'", "text"),
    ("$x$; DROP TABLE users; $x$", "text"),
    ("E'a'", "text"),
    ("'EUR'", "char(3)"),
    ("'active'::character varying", "varchar(6)"),
    ("'abc'::varchar(2)", "varchar(2)"),
    ("('x'::text)", "text"),
    ("cast('x' as text)", "text"),
    ("0", "integer"),
    ("-5", "smallint"),
    ("'0'", "integer"),
    ("1e3", "smallint"),
    ("9223372036854775807", "bigint"),
    ("0.00", "numeric(10,2)"),
    ("9.99", "numeric(3,2)"),
    ("(0)::numeric", "numeric(10,2)"),
    ("'0'::numeric(10, 2)", "numeric(10,2)"),
    ("7", "varchar(3)"),
    ("false", "boolean"),
    ("true::boolean", "boolean"),
    ("now()", "timestamptz"),
    ("statement_timestamp()", "date"),
    ("CURRENT_DATE", "date"),
    ("now()::date", "date"),
    ("'2020-01-01'::date", "date"),
    ("(now() at time zone 'utc')", "timestamp"),
    ("timezone('utc'::text, now())", "timestamp"),
    ("(now() at time zone 'UTC'::text)", "timestamp"),
    ("CURRENT_TIMESTAMP(6)", "timestamptz"),
    ("TIMEZONE('utc', CURRENT_TIMESTAMP)", "timestamp"),
    ("date_trunc('day', now())", "timestamptz"),
    ("now() + interval '1 day'", "timestamptz"),
    ("now() - '1 day'::interval", "timestamptz"),
    ("'{}'::jsonb", "jsonb"),
    ("jsonb_build_object('a', 1)", "jsonb"),
    ("'{}'::text[]", "text[]"),
    ("ARRAY[]::integer[]", "integer[]"),
    ("ARRAY['a']::text[]", "text[]"),
    ("gen_random_uuid()", "uuid"),
    ("gen_random_uuid()::text", "varchar(36)"),
    ("md5(random()::text || clock_timestamp()::text)", "varchar(32)"),
    ("md5(random()::text)::uuid", "uuid"),
    ("left(md5(random()::text), 8)", "varchar(8)"),
    ("substring(md5(random()::text), 3, 8)", "varchar(8)"),
    ("'order-' || left(md5(random()::text), 8)", "varchar(14)"),
    ("replace(gen_random_uuid()::text, '-', '')", "text"),
    ("nextval('numbers'::regclass)", "bigint"),
    ("ARRAY['a'::text, 'b'::text]", "text[]"),
    ("'\\x'::bytea", "bytea"),
    ("0.5::double precision", "double precision"),
    ("current_user", "text"),
)
"""Each with the type of its column."""
NOT_SOUND = (
    ("1/0", "integer"),
    ("300 * 300", "smallint"),
    ("100000", "smallint"),
    ("100000::bigint", "smallint"),
    ("99999999999", "integer"),
    ("2147483647.6", "integer"),
    ("1e9", "smallint"),
    ("9.999", "numeric(3,2)"),
    ("'abc'::text", "varchar(2)"),
    ("md5('x')", "varchar(31)"),
    ("repeat('a', 10)", "varchar(2)"),
    ("40000", "char(3)"),
    ("1e5", "varchar(4)"),
    ("(9.999)::numeric(10, 2)", "varchar(3)"),
    ("1::boolean", "varchar(3)"),
    ("'a'::text::integer", "integer"),
    ("'123'::numeric(10, 2)", "numeric(3,2)"),
    ("replace('abc', 'b', null)", "text"),
    ("nullif(1, 1)", "integer"),
    ("coalesce(null, null)", "integer"),
    ("cast(null as integer)", "integer"),
    ("case when false then 1 end", "integer"),
    ("null + 1", "integer"),
    ("'x' || null", "text"),
    ("current_setting('app.tenant')", "text"),
    ("(array['a'])[2]", "text"),
    ("'{}'::jsonb ->> 'a'", "text"),
    ("substring('abc' from 'z')", "text"),
    ("substr('abc', 1, -1)", "text"),
    ("now() at time zone concat('no', 'where')", "timestamp"),
)
UNREADABLE = ("", "(((", "('a'", "1 +", "(1, 2)", "own()", "left('a', x)", "left('a')", "(" * 5000)
PASSES = (
    "x > 0",
    "x > 0 AND y < 9",
    "(x > 0) AND NOT (y = 3 OR y = 4)",
    "x BETWEEN 1 AND 3 AND y > 0",
    "x NOT BETWEEN 3 AND 1",
    "x NOT IN (1, 2)",
    "x = ANY (ARRAY[1, 2])",
    "NOT x = 3",
    "abs(x) > abs(y)",
)
"""With NULL for x and for y."""
REFUSES = (
    "x > 0 AND 1 = 2",
    "x > 0 AND false",
    "NOT (x > 0 OR true)",
    "1 BETWEEN 2 AND x",
    "(x, 1) = (y, 2)",
    "ROW(x, 1) = ROW(y, 2)",
    "1 NOT IN (x, 1)",
    "1 = ALL (ARRAY[x, 2])",
    "ARRAY[x] = ARRAY[1]",
    "x = ANY ('{}'::int[])",
    "(x > 0 AND false) = true",
    "x IS NOT NULL",
    "coalesce(x, 0) > 0",
)


@pytest.mark.parametrize(("text", "kind"), SOUND)
def test_what_gives_each_row_a_value_is_sound(text: str, kind: str) -> None:
    assert is_sound(text, spelled(kind))


@pytest.mark.parametrize(("text", "kind"), [*NOT_SOUND, *((text, "text") for text in UNREADABLE)])
def test_what_may_fail_or_be_null_is_not_sound(text: str, kind: str) -> None:
    assert not is_sound(text, spelled(kind))


@pytest.mark.parametrize("text", PASSES)
def test_a_check_each_of_whose_conditions_is_of_a_column_lets_null_pass(text: str) -> None:
    assert passes_null(text, frozenset({"x", "y"}))


@pytest.mark.parametrize("text", [*REFUSES, "(x > 0", "x > 0) AND (y > 0", "(" * 5000])
def test_a_check_that_may_be_false_beside_null_does_not_pass(text: str) -> None:
    assert not passes_null(text, frozenset({"x", "y"}))
