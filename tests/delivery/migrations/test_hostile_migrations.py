"""Migrations that seem to expand and do something else: none of them is called an expand."""

from __future__ import annotations

import pytest

from bench import migrations_truth as truths
from bench.migrations import ours
from outpace.delivery.migrations.finding import may_be_migration, road_between
from outpace.delivery.migrations.road import Road

EXPAND = frozenset(
    {
        "trigger function alone",
        "enum and table with carriage returns",
        "extension that adds names alone",
        "table in a schema of its own",
        "comment with an escape",
        "plain helper and loop",
        "model of its own for a new table",
        "conditions of the dialect",
        "field without a transaction",
        "state and database apart",
    }
)
ALEMBIC = {"shop/versions/one.py": "revision = 'one'\ndown_revision = None\n\n\ndef upgrade():\n    pass\n"}
DJANGO = {
    "shop/migrations/0001_first.py": "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
    "    operations = []\n"
}
DROPS = "ALTER TABLE users DROP COLUMN email;\n"


@pytest.mark.parametrize("split", truths.HOSTILE)
def test_only_what_postgresql_calls_safe_is_an_expand(split: str) -> None:
    """What PostgreSQL says of each is measured by `bench/migrations.py`."""
    told = {case.name for case in truths.cases(split) if ours(case) == "expand"}
    assert told == EXPAND & {case.name for case in truths.cases(split)}


def added(base: dict[str, str], path: str, text: str, declared: str = "") -> Road:
    return road_between(base, {**base, path: text}, declared)


@pytest.mark.parametrize(
    ("base", "path", "text"),
    [
        (ALEMBIC, "shop/versions/two.py", "revision, down_revision = 'two', 'one'\n"),
        (ALEMBIC, "shop/versions/two.py", "from shop.hidden import *\n"),
        (ALEMBIC, "shop/versions/two.py", "hidden.py"),
        (ALEMBIC, "shop/versions/two.py", "# -*- coding: unicode_escape -*-\n# \\u000aimport os\n"),
        (ALEMBIC, "shop/env.py", "from alembic import context\n\ncontext.run_migrations()\n"),
        (ALEMBIC, "shop/versions/two.py", ALEMBIC["shop/versions/one.py"]),
        (DJANGO, "shop/migrations/0002_next.py", "Migration = type('Migration', (), {})\n"),
        (DJANGO, "shop/migrations/__init__.py", "print('loaded')\n"),
        (DJANGO, "shop/migrations/0002_next.pyc", "\0"),
        (DJANGO, "shop/migrations/__pycache__/0001_first.cpython-311.pyc", "\0"),
        (ALEMBIC, "shop/versions/words.cpython-311-x86_64-linux-gnu.so", "\0"),
        ({}, "db/migrate/20240101_drop_email.rb", "remove_column :users, :email\n"),
        ({}, "migrations/drop_email.sql", DROPS),
        ({}, "migrations/V2__Drop.SQL", DROPS),
        ({}, "prisma/migrations/20240101_drop/migration.sql", DROPS),
        ({}, "migrations/20240101_drop/up.sql", DROPS),
    ],
)  # fmt: skip
def test_no_file_that_may_run_with_the_migrations_is_passed_over(base: dict[str, str], path: str, text: str) -> None:
    assert not added(base, path, text).safe


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/versions/words.py", '"""Words."""\nimport re\n\nWORDS = ["a"]\n\n\ndef of(text):\n    return text\n'),
        ("tests/migrations/test_them.py", "from alembic import command\n\ncommand.upgrade(None, 'head')\n"),
        ("shop/migrations/README.md", "how to write one\n"),
        ("shop/native/fast.so", "\0"),
        ("migrations/20240101_drop/down.sql", DROPS),
    ],
)  # fmt: skip
def test_a_file_that_runs_nothing_is_none(path: str, text: str) -> None:
    assert added(ALEMBIC, path, text).safe


def test_python_that_is_compiled_is_sought_where_migrations_lie_and_nowhere_else() -> None:
    paths = ("shop/migrations/0002_next.pyc", "versions/two.so", "shop/native/fast.so", "shop/__pycache__/views.pyc")
    assert [may_be_migration(path) for path in paths] == [True, True, False, False]


def test_each_file_of_a_declared_folder_is_looked_at() -> None:
    assert added({}, "shop/changes_of_schema/001.sql", DROPS).order == ()
    assert added({}, "shop/changes_of_schema/001.sql", DROPS, "shop/changes_of_schema").contract
    assert not added({}, "shop/changes_of_schema/drop.sql", DROPS, "shop/changes_of_schema").safe
    assert [name for name, _ in road_between({}, {}, "shop/changes_of_schema").unsettled] == ["shop/changes_of_schema"]


SQUASHED = (
    "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
    '    replaces = [("shop", "0001_first"), ("shop", "0002_next")]\n'
    '    operations = [migrations.RunSQL("DROP TABLE users")]\n'
)


def test_a_squashed_migration_is_unknown_unless_all_that_it_replaces_was_applied() -> None:
    second = {"shop/migrations/0002_next.py": DJANGO["shop/migrations/0001_first.py"]}
    squashed = {"shop/migrations/0001_squashed.py": SQUASHED}
    beside = road_between(DJANGO, {**DJANGO, **second, **squashed})
    assert [name for name, _ in beside.unsettled] == ["shop.0001_squashed"]
    in_place = road_between(DJANGO, squashed)
    assert [name for name, _ in in_place.unsettled] == ["shop.0001_squashed"]
    assert road_between({**DJANGO, **second}, {**DJANGO, **second, **squashed}).safe


def test_a_migration_outside_of_one_transaction_is_said() -> None:
    text = DJANGO["shop/migrations/0001_first.py"] + "    atomic = False\n"
    said = "shop.0002_next runs outside of one transaction: where a step of it fails, those before it stay"
    assert said in added(DJANGO, "shop/migrations/0002_next.py", text).said


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("ALTER TABLE users ADD COLUMN a integer; ALTER TABLE users ALTER COLUMN a SET DEFAULT refuse();", False),
        ("ALTER TABLE users ADD COLUMN a integer UNIQUE; ALTER TABLE users ALTER COLUMN a SET DEFAULT 1;", False),
        ("ALTER TABLE users ADD COLUMN a integer; ALTER TABLE users ALTER COLUMN a SET DEFAULT 1;", True),
        ("GRANT app_readers TO app;", False),
        ("GRANT SELECT ON users TO app;", True),
    ],
)
def test_what_each_row_of_the_running_release_gets_is_judged(text: str, safe: bool) -> None:
    first = {"migrations/001.sql": "CREATE TABLE users (email text);\n"}
    assert added(first, "migrations/002.sql", text).safe is safe


ORDERS = "CREATE TABLE orders (id integer, total integer);\n"
HEAD = (
    "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'two'\ndown_revision = 'one'\n\n\ndef upgrade():\n"
    "    inspector = sa.inspect(op.get_bind())\n"
)


def upgraded(*lines: str) -> Road:
    first = "revision = 'one'\ndown_revision = None\n\n\ndef upgrade():\n    op.execute(" + repr(ORDERS) + ")\n"
    base = {"shop/versions/one.py": f"from alembic import op\n\n{first}"}
    return added(base, "shop/versions/two.py", HEAD + "".join(f"    {line}\n" for line in lines))


ENDS = ("return", "raise RuntimeError", "break", "continue", "pass")


@pytest.mark.parametrize(("one", "other"), [(one, other) for one in ENDS for other in ENDS if one != other])
def test_what_is_behind_a_condition_that_ends_in_two_ways_is_read(one: str, other: str) -> None:
    first = ["for name in ('x', 'orders'):", "    if inspector.has_table(name):", f"        {one}", "    else:"]
    behind = upgraded(*first, f"        {other}", "op.drop_column('orders', 'total')")
    assert behind.contract or {one, other} <= {"return", "raise RuntimeError"}
    second = ["for name in ('x', 'orders'):", "    if name == 'orders':", "        op.drop_table(name)"]
    turned = upgraded(*second, "    if inspector.has_table('y'):", f"        {one}", "    else:", f"        {other}")
    assert turned.contract or {one, other} <= {"return", "raise RuntimeError", "break"}


FOUND = "found = []\nfor name in inspector.get_table_names():\n    found.append(name)\n"
GROWN = "names = []\nif inspector.has_table('x'):\n    names += ['lines']\n"
LINES = "inspector.has_table('lines') {} op.create_table('lines', sa.Column('id', sa.Integer))\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{FOUND}if found:\n    return\nop.drop_table('orders')",
        f"{GROWN}if names == ['lines']:\n    return\nop.drop_table('orders')",
        f"{GROWN}for name in names:\n    op.create_table('lines')\nop.drop_table('lines')",
        "names = [*inspector.get_table_names()]\nif not names:\n    op.drop_table('orders')",
        "names = [*inspector.get_table_names(), 'x']\nif names[1] != 'x':\n    op.drop_table('orders')",
        f"{LINES.format('or')}op.add_column('lines', sa.Column('x', sa.Integer, nullable=False))",
        f"{LINES.format('and')}op.drop_table('lines')",
        "made = op.create_table('lines') if inspector.has_table('x') else None\nop.drop_table('lines')",
        "made = [op.create_table('lines') for name in inspector.get_table_names()]\nop.drop_table('lines')",
    ],
)
def test_what_may_be_left_out_decides_nothing(text: str) -> None:
    assert not upgraded(*text.split("\n")).safe


@pytest.mark.parametrize(
    "text",
    [
        'class Setup:\n    op.execute("DROP TABLE orders")\n',
        'def f(x=op.execute("DROP TABLE orders")):\n    pass\n',
        'def f() -> op.execute("DROP TABLE orders"):\n    pass\n',
        'class Setup(made("x")):\n    pass\n',
        "class A:\n    def __init_subclass__(cls):\n        drop()\n\n\nclass B(A):\n    pass\n",
    ],
)
def test_what_a_file_beside_migrations_runs_when_it_is_loaded_is_seen(text: str) -> None:
    assert not added(ALEMBIC, "shop/versions/words.py", f"from alembic import op\n\n\n{text}").safe


def test_what_a_class_of_a_migration_runs_where_another_is_made_of_it_is_seen() -> None:
    acts = "class A:\n    def __init_subclass__(cls):\n        op.drop_table('orders')\n\n\nclass B(A):\n    pass\n"
    text = f"{HEAD}    pass\n\n\n{acts}"
    assert not added(ALEMBIC, "shop/versions/two.py", text).safe


def test_an_operation_that_a_condition_may_leave_out_is_not_counted_as_done() -> None:
    made = "migrations.CreateModel('Cart', [('id', models.AutoField(primary_key=True))])"
    text = (
        "import os\nfrom django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f"    operations = []\n    if os.environ:\n        operations.append({made})\n"
        "    operations.append(migrations.DeleteModel('Cart'))\n"
    )
    assert not added(DJANGO, "shop/migrations/0002_next.py", text).safe


def test_a_file_that_goes_down_is_none_in_a_declared_folder_either() -> None:
    files = {"ddl/0001_x.up.sql": "CREATE TABLE a (id integer);\n", "ddl/0001_x.down.sql": "DROP TABLE a;\n"}
    told = road_between({}, files, "ddl")
    assert (told.order, told.safe) == (("ddl/0001_x.up.sql",), True)


@pytest.mark.parametrize(
    ("up", "down", "is_mark"),
    [
        ("-- migrate:up", "-- migrate:down", True),
        ("-- migrate:up", "-- migrate:down transaction:false", True),
        ("-- migrate:up", "-- migrate:down-later", False),
        ("-- migrate:up", "-- migrate:Down", False),
        ("-- migrate:up", "-- @down the road this goes:", False),
        ("-- migrate:up", "-- @down", False),
        ("-- migrate:up", "-- +goose Down", False),
        ("-- +goose Up", "-- +goose Down", True),
        ("-- +goose Up", "-- +goose down", False),
        ("-- @up", "-- @down", True),
        ("-- @up", "-- @down the road this goes:", False),
    ],
)
def test_no_statement_is_hidden_by_a_mark_that_the_tool_of_the_file_does_not_know(
    up: str, down: str, is_mark: bool
) -> None:
    first = {"migrations/001.sql": ORDERS}
    text = f"{up}\nALTER TABLE orders ADD COLUMN a text;\n{down}\nDROP TABLE orders;\n"
    assert added(first, "migrations/002.sql", text).safe is is_mark


SET_NULL = "CREATE TABLE notes (of_user integer REFERENCES users ON DELETE SET NULL{0});"
FILL = "INSERT INTO notes SELECT id FROM users;"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"{SET_NULL.format('')} {FILL}", True),
        (f"{SET_NULL.format(' NOT NULL')} {FILL}", False),
        (f"{SET_NULL.format(' PRIMARY KEY')} {FILL}", False),
        (f"{SET_NULL.format(', PRIMARY KEY (of_user)')} {FILL}", False),
        (f"{SET_NULL.format(', CHECK (of_user IS NOT NULL)')} {FILL}", False),
        (f"{SET_NULL.format('')} ALTER TABLE notes ALTER of_user SET NOT NULL; {FILL}", False),
        (f"{SET_NULL.format('')} {FILL} ALTER TABLE notes ALTER of_user SET NOT NULL;", False),
        (f"{SET_NULL.format('')} {FILL} ALTER TABLE notes ADD PRIMARY KEY (of_user);", False),
        (f"{SET_NULL.format('')} ALTER TABLE notes ALTER of_user SET NOT NULL;", True),
        ("{cascades} INSERT INTO notes SELECT id FROM users; INSERT INTO tags VALUES (1);", False),
        ("{cascades} INSERT INTO notes SELECT id FROM users;", True),
        ("{alone} INSERT INTO notes VALUES (1); INSERT INTO tags VALUES (1);", True),
    ],
)
def test_rows_that_keep_the_running_release_from_deleting_its_own_are_seen(text: str, safe: bool) -> None:
    first = {"migrations/001.sql": "CREATE TABLE users (id integer PRIMARY KEY);\n"}
    tags = "CREATE TABLE tags (note integer REFERENCES notes);"
    cascades = f"CREATE TABLE notes (id integer PRIMARY KEY REFERENCES users ON DELETE CASCADE); {tags}"
    alone = f"CREATE TABLE notes (id integer PRIMARY KEY); {tags}"
    told = text.replace("{cascades}", cascades).replace("{alone}", alone)
    assert added(first, "migrations/002.sql", told).safe is safe


COUNTED = "ALTER TABLE users ADD COLUMN x integer GENERATED ALWAYS AS IDENTITY"
WHOLE = "START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 NO CYCLE CACHE 1"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"{COUNTED};", True),
        (f"{COUNTED} ({WHOLE});", True),
        (f"{COUNTED} (START WITH 1000);", True),
        (f"{COUNTED} (MAXVALUE 2);", False),
        (f"{COUNTED} (START WITH 2147483646);", False),
        (f"{COUNTED} (MINVALUE -2 INCREMENT BY -1);", False),
        ("ALTER TABLE users ADD COLUMN x smallserial;", False),
        ("ALTER TABLE users ADD COLUMN x smallint GENERATED ALWAYS AS IDENTITY;", False),
        ("CREATE SEQUENCE s; ALTER TABLE users ADD COLUMN x integer DEFAULT nextval('s');", True),
        ("CREATE SEQUENCE s MAXVALUE 2; ALTER TABLE users ADD COLUMN x integer DEFAULT nextval('s');", False),
        ("CREATE SEQUENCE s AS smallint; ALTER TABLE users ADD COLUMN x integer DEFAULT nextval('s');", False),
        ("CREATE TABLE t (x integer GENERATED ALWAYS AS IDENTITY (MAXVALUE 2));", True),
    ],
)
def test_numbers_that_end_are_told_from_those_that_do_not(text: str, safe: bool) -> None:
    first = {"migrations/001.sql": "CREATE TABLE users (id integer PRIMARY KEY);\n"}
    assert added(first, "migrations/002.sql", text).safe is safe
