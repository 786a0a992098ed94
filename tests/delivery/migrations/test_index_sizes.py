"""A b-tree refuses long values: an index on what has no bound is unknown, unless such were refused before."""

from __future__ import annotations

import pytest

from outpace.delivery.migrations.finding import road_between
from outpace.delivery.migrations.judged import Expand
from tests.delivery.migrations.test_alembic_migrations import HEAD, NAMES
from tests.delivery.migrations.test_django_migrations import kinds as kinds_of_django
from tests.postgres import PostgresServer

BASE = """
CREATE TABLE users (
    id integer PRIMARY KEY, age integer, name varchar(200), title varchar(900), page varchar(4000), bio text,
    tags text[], told jsonb, code varchar UNIQUE, slug text CHECK (length(slug) <= 100), joined timestamp
);
"""
LONG = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 400) n)"
INSERTS = (
    f"INSERT INTO users (id, bio) VALUES (2, {LONG});",
    f"INSERT INTO users (id, page) VALUES (3, left({LONG}, 4000));",
    f"INSERT INTO users (id, title, name) VALUES (4, left({LONG}, 900), left({LONG}, 200));",
    f"INSERT INTO users (id, tags) VALUES (5, ARRAY[{LONG}]);",
    f"INSERT INTO users (id, told) VALUES (6, to_jsonb({LONG}));",
    f"INSERT INTO users (id, slug) VALUES (7, left({LONG}, 100));",
)
"""Of the release that runs."""
REFUSING = (
    "CREATE INDEX i ON users (bio);",
    "CREATE INDEX i ON users (bio DESC NULLS LAST);",
    "CREATE INDEX i ON users (age) INCLUDE (bio);",
    "CREATE INDEX i ON users (lower(bio));",
    "CREATE INDEX i ON users (coalesce(md5(bio), bio), bio);",
    "CREATE INDEX i ON users (left(bio, 20000));",
    "CREATE INDEX i ON users (page);",
    "CREATE INDEX i ON users (tags);",
    "CREATE INDEX i ON users (told);",
    "CREATE INDEX i ON users (bio) WHERE age IS NULL;",
    "ALTER TABLE users ADD COLUMN x integer; CREATE UNIQUE INDEX i ON users (x, bio);",
    "ALTER TABLE users ADD COLUMN x integer; ALTER TABLE users ADD UNIQUE (x, bio);",
    "ALTER TABLE users ADD COLUMN x integer; ALTER TABLE users ADD UNIQUE (x) INCLUDE (bio);",
    "ALTER TABLE users ADD COLUMN x text GENERATED ALWAYS AS (lower(bio)) STORED; CREATE INDEX i ON users (x);",
)
TAKING = (
    "CREATE INDEX i ON users (age, joined);",
    "CREATE INDEX i ON users (name);",
    "CREATE INDEX i ON users (title, name);",
    "CREATE INDEX i ON users (lower(name), age);",
    "CREATE INDEX i ON users (md5(bio));",
    "CREATE INDEX i ON users (left(bio, 200));",
    "CREATE INDEX i ON users (length(bio));",
    "CREATE INDEX i ON users USING hash (bio);",
    "CREATE INDEX i ON users USING gin (told);",
    "CREATE INDEX i ON users (code, age);",
    "CREATE INDEX i ON users (slug);",
    "CREATE INDEX i ON users (age) WHERE bio IS NOT NULL;",
    "ALTER TABLE users ADD COLUMN x text; CREATE INDEX i ON users (x);",
    "CREATE TABLE t (x text); CREATE INDEX i ON t (x);",
)


def is_safe(text: str) -> bool:
    base = {"migrations/001.sql": BASE}
    return road_between(base, {**base, "migrations/002.sql": text}).safe


@pytest.mark.parametrize("text", REFUSING)
def test_an_index_that_refuses_what_was_taken_is_no_expand(text: str) -> None:
    assert not is_safe(text)


@pytest.mark.parametrize("text", TAKING)
def test_an_index_that_takes_what_was_taken_is_an_expand(text: str) -> None:
    assert is_safe(text)


def test_postgresql_refuses_and_takes_the_same(postgres_server: PostgresServer) -> None:
    told = {text: refuses(postgres_server, text) for text in (*REFUSING, *TAKING)}
    assert told == {**dict.fromkeys(REFUSING, True), **dict.fromkeys(TAKING, False)}


def refuses(server: PostgresServer, text: str) -> bool:
    with server.database("tried", BASE + text) as name:
        try:
            server.sql("".join(INSERTS), name)
        except AssertionError:
            return True
    return False


def test_a_short_text_of_wide_characters_is_a_caution() -> None:
    base = {"migrations/001.sql": BASE}
    (one,) = road_between(base, {**base, "migrations/002.sql": "CREATE INDEX i ON users (title);"}).steps
    assert isinstance(one.standing, Expand)
    assert [text.partition(" (")[0] for text in one.standing.cautions] == ["more than some 2,600 bytes in title"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("'i', 'users', ['bio']", "unknown"),
        ("'i', 'users', ['age'], postgresql_include=['bio']", "unknown"),
        ("'i', 'users', [sa.text('lower(bio)')]", "unknown"),
        ("'i', 'users', ['bio'], postgresql_using='hash'", "expand"),
        ("'i', 'users', [sa.text('md5(bio)')]", "expand"),
        ("'i', 'users', ['age', 'name']", "expand"),
    ],
)
def test_alembics_indexes_are_told_apart(call: str, expected: str) -> None:
    columns = "sa.Column('bio', sa.Text()), sa.Column('age', sa.Integer()), sa.Column('name', sa.String(50))"
    base = {"v/versions/a.py": HEAD.format("a", None) + f"def upgrade():\n    op.create_table('users', {columns})\n"}
    text = HEAD.format("b", "a") + f"def upgrade():\n    op.create_index({call})\n"
    road = road_between(base, {**base, "v/versions/b.py": text})
    assert [NAMES[type(one.standing)] for one in road.steps] == [expected]


MODEL = 'migrations.AlterField("user", "name", models.TextField())'


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ('migrations.AddIndex("user", models.Index(fields=["name"], name="i"))', "unknown"),
        ('migrations.AddIndex("user", models.Index(fields=["age"], include=["name"], name="i"))', "unknown"),
        ('migrations.AddIndex("user", models.Index(models.functions.Lower("name"), name="i"))', "unknown"),
        (
            'migrations.AddIndex("user", models.Index(models.OrderBy(models.F("name"), descending=True), name="i"))',
            "unknown",
        ),
        ('migrations.AddIndex("user", models.Index(models.functions.MD5("name"), name="i"))', "expand"),
        ('migrations.AddIndex("user", HashIndex(fields=["name"], name="i"))', "expand"),
        ('migrations.AlterField("user", "name", models.TextField(db_index=True))', "unknown"),
        ('migrations.AddIndex("user", models.Index(models.OrderBy(models.F("age")), name="i"))', "expand"),
    ],
)
def test_djangos_indexes_are_told_apart(operation: str, expected: str) -> None:
    assert kinds_of_django(f"{MODEL}, {operation}") == f"expand {expected}"
