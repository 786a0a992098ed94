"""Alembic's migrations are read through helpers, loops and conditions, and nothing of them runs."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from outpace.delivery.migrations.finding import road_between
from outpace.delivery.migrations.judged import Contract, Expand
from outpace.delivery.migrations.road import Road
from outpace.model.unknown import Unknown

HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = {0!r}\ndown_revision = {1!r}\n\n"
BASE = {
    "db/versions/a.py": HEAD.format("a", None)
    + "def upgrade():\n"
    + "    name = sa.Column('name', sa.String(20))\n"
    + "    op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), name)\n"
}


def road_of(body: str, before: str = "") -> Road:
    text = HEAD.format("b", "a") + before + "def upgrade():\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return road_between(BASE, {**BASE, "db/versions/b.py": text})


def kinds(body: str, before: str = "") -> str:
    names = {Expand: "expand", Contract: "contract", Unknown: "unknown"}
    return " ".join(names[type(one.standing)] for one in road_of(body, before).steps)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("op.add_column('users', sa.Column('a', sa.Text()))", "expand"),
        ("op.add_column('users', sa.Column('a', sa.Text(), nullable=False, default='x'))", "contract"),
        ("op.add_column('users', sa.Column('a', sa.Text(), nullable=False, server_default='x'))", "expand"),
        ("op.add_column('users', sa.Column('a', sa.Text(), nullable=option()))", "unknown unknown"),
        ("op.alter_column('users', 'name', type_=sa.String(30))", "expand"),
        ("op.alter_column('users', 'name', type_=sa.String(10))", "contract"),
        ("op.alter_column('other', 'name', type_=sa.String(30))", "unknown"),
        ("op.alter_column('other', 'name', existing_type=sa.String(20), type_=sa.String(30))", "expand"),
        ("op.alter_column('users', 'name', type_=own.Type())", "contract"),
        ("op.alter_column('users', 'name', type_=sa.Text(), postgresql_using='name::text')", "expand"),
        ("op.alter_column('users', 'name', type_=sa.Text(), postgresql_using='name::varchar(3)')", "contract"),
        ("op.alter_column('users', 'name', type_=sa.Text(), postgresql_using='(name')", "contract"),
        ("with op.batch_alter_table('users') as batch:\n    batch.drop_column('name')", "contract"),
        ("for name in ('a', 'b'):\n    op.add_column('users', sa.Column(name, sa.Text()))", "expand expand"),
        ("for name in names():\n    op.drop_column('users', name)", "unknown unknown"),
        ("if op.get_bind().dialect.name == 'sqlite':\n    op.drop_table('users')", ""),
        ("op.execute('UPDATE users SET name = 1')", "unknown"),
        ("op.execute(sa.text('DROP TABLE users'))", "contract"),
        ("op.get_bind().execute(sa.text('DROP TABLE users'))", "contract"),
        ("op.execute(f'DROP TABLE {table()}')", "unknown unknown"),
        ("op.execute(sa.table('users').delete())", "unknown unknown"),
        ("getattr(op, 'drop_table')('users')", "unknown"),
        ("op.drop_index('nobody_told')", "unknown"),
        ("session = sa.orm.Session(bind=op.get_bind())\nsession.add(1)", "unknown"),
        ("t = op.create_table('t', sa.Column('id', sa.Integer()))\nop.bulk_insert(t, [])", "expand expand"),
        ("Fixer(op)", "unknown"),
        ("Fixer(bind=op.get_bind()).run()", "unknown unknown"),
        ("(lambda: op.drop_table('users'))()", "unknown unknown"),
        ("assert op.drop_table('users') is None", "contract"),
        ("list(map(op.drop_table, ['users']))", "unknown"),
        ("x = op\nx.drop_table('users')", "contract"),
        ("@wrapped\ndef inner():\n    op.drop_table('users')\ninner()", "unknown unknown"),
        ("op.get_context().impl.drop_table('users')", "unknown"),
        ("op.add_column('users', sa.Column('a', app.types.Money(), nullable=True))", "unknown"),
        ("op.create_table('t', sa.Column('a', app.types.Money()))", "expand"),
        ("from app.models import fill\nfill(op)", "unknown"),
        ("[op.drop_table(one) for one in ('users',)]", "contract"),
        ("while True:\n    op.drop_table('users')", "contract"),
        ("try:\n    op.drop_table('users')\nexcept Exception:\n    pass", "contract"),
    ],
)
def test_what_upgrade_does_is_read(body: str, expected: str) -> None:
    assert kinds(body) == expected


def test_a_helper_of_the_file_is_followed_with_what_it_is_given() -> None:
    helper = "def add(table, *names, **options):\n    for name in names:\n"
    helper += "        op.add_column(table, sa.Column(name, sa.Text(), **options))\n\n\n"
    assert kinds("add('users', 'a', 'b', nullable=False)", helper) == "contract contract"


def test_what_may_be_left_out_makes_nothing_new() -> None:
    body = """
    if op.get_context().as_sql:
        op.create_table('t', sa.Column('id', sa.Integer()))
    op.add_column('t', sa.Column('a', sa.Text(), nullable=False))
    """
    assert kinds(body) == "expand contract"
    assert road_of(body).steps[0].maybe


def test_nothing_of_a_hostile_file_runs(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    assert "unknown" in kinds(f"__import__('os').system('touch {mark}')", f"open({str(mark)!r}, 'w')\n")
    assert not mark.exists()


@pytest.mark.parametrize(
    "body",
    [
        "x = 'a'\nfor i in range(400):\n    for j in range(400):\n        x = x + x",
        "def again():\n    again()\nagain()",
        "x = " + "(" * 90 + "1" + ")" * 90,
        "x = " + "-" * 500 + "y",
        "x = '{:>999999999}'.format(1)\ny = '%999999999d' % 1",
    ],
)
def test_a_file_that_grows_without_end_is_unknown_or_nothing_and_comes_to_an_end(body: str) -> None:
    road = road_of(f"{body}\nop.drop_table('users')")
    assert not road.safe


def test_a_migration_that_cannot_be_parsed_is_unknown() -> None:
    road = road_between(BASE, {**BASE, "db/versions/b.py": "revision = 'b'\ndown_revision = 'a'\ndef upgrade(:\n"})
    assert [name for name, _ in road.unsettled] == ["db/versions/b.py"]


def test_a_computed_revision_is_unknown() -> None:
    road = road_between(BASE, {**BASE, "db/versions/b.py": "revision = name()\ndown_revision = 'a'\n"})
    assert [name for name, _ in road.unsettled] == ["db/versions/b.py"]
