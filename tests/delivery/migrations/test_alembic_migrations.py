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
    + "    op.create_table('snow', sa.Column('id', sa.BigInteger(), nullable=False))\n"
}


NAMES = {Expand: "expand", Contract: "contract", Unknown: "unknown"}


def road_of(body: str, before: str = "") -> Road:
    text = HEAD.format("b", "a") + before + "def upgrade():\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return road_between(BASE, {**BASE, "db/versions/b.py": text})


def kinds(body: str, before: str = "") -> str:
    return " ".join(NAMES[type(one.standing)] for one in road_of(body, before).steps)


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
        ("op.add_column('users', sa.Column('a', sa.dialects.postgresql.DOMAIN('d', sa.Text)))", "unknown"),
        ("op.create_table('t', sa.Column('a', sa.dialects.postgresql.DOMAIN('d', sa.Text)))", "expand"),
        ("op.alter_column('snow', 'id', server_default=sa.Identity(always=True))", "unknown"),
        ("op.add_column('users', sa.Column('a', sa.Integer(), sa.Identity(always=True), nullable=False))", "expand"),
        ("op.add_column('users', sa.Column('a', sa.Integer(), sa.Identity(maxvalue=2), nullable=False))", "unknown"),
        ("op.add_column('users', sa.Column('a', sa.Integer(), sa.Identity(False, None, 1, 1, 1, 2)))", "unknown"),
        (
            "op.add_column('users', sa.Column('a', sa.Integer(), sa.Identity(start=now()), nullable=False))",
            "unknown unknown",
        ),
        ("op.alter_column('snow', 'id', server_default=sa.Computed('1'))", "unknown"),
        ("op.alter_column('users', 'id', server_default=None, existing_server_default=sa.Identity())", "contract"),
        ("op.alter_column('users', 'name', type_=sa.Text(), postgresql_using='name::text')", "expand"),
        ("op.alter_column('users', 'name', type_=sa.Text(), postgresql_using='name::varchar(3)')", "contract"),
        ("op.alter_column('users', 'name', type_=sa.Text(), postgresql_using='(name')", "contract"),
        ("op.add_column('users', sa.Column('a', sa.Text(), sa.Computed('lower(name)')))", "expand"),
        ("op.add_column('users', sa.Column('a', sa.Text(), sa.Computed('lower(name)'), nullable=False))", "unknown"),
        ("op.add_column('users', sa.Column('a', sa.Text(), sa.Computed('lower(name)'), unique=True))", "unknown"),
        ("op.create_table('t', schema='app')\nop.rename_table('t', 'users', schema='app')", "expand unknown"),
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


COLUMNS = """
op.create_table('t', sa.Column('text', sa.String(50)), sa.Column('at', sa.DateTime()), sa.Column('time', sa.Time()),
    sa.Column('span', sa.Interval()), sa.Column('real', sa.Float()), sa.Column('mood', sa.Enum('a', name='mood')),
    sa.Column('price', sa.Numeric(10, 2)), sa.Column('id', sa.UUID()), sa.Column('told', sa.String(20, collation='C')))
"""


@pytest.mark.parametrize(
    ("column", "to", "expected"),
    [
        ("at", "postgresql.TIMESTAMP(precision=0)", "contract"),
        ("at", "postgresql.TIMESTAMP(precision=6)", "expand"),
        ("at", "sa.DateTime(timezone=False)", "expand"),
        ("at", "sa.DateTime(True)", "contract"),
        ("time", "postgresql.TIME(precision=0)", "contract"),
        ("time", "sa.Time(timezone=True)", "contract"),
        ("span", "sa.Interval(second_precision=0)", "contract"),
        ("span", "sa.Interval(native=False)", "contract"),
        ("span", "postgresql.INTERVAL(fields='YEAR')", "contract"),
        ("real", "sa.Float(10)", "contract"),
        ("real", "sa.Float(precision=53, asdecimal=True)", "expand"),
        ("mood", "sa.Enum('a', name='mood', native_enum=False)", "contract"),
        ("mood", "sa.Enum('a', name='mood', schema='other')", "contract"),
        ("mood", "sa.Enum('a', 'b', name='mood', create_type=False)", "expand"),
        ("id", "postgresql.UUID(as_uuid=True)", "expand"),
        ("id", "sa.Uuid(native_uuid=False)", "contract"),
        ("price", "sa.Numeric(12, scale=2, asdecimal=False)", "expand"),
        ("text", "sa.String(80, collation='nd')", "contract"),
        ("text", "sa.String(50, 'nd')", "contract"),
        ("text", "sa.Text(collation='nd')", "contract"),
        ("text", "sqlmodel.sql.sqltypes.AutoString(length=20)", "contract"),
        ("told", "sa.String(30, collation='C')", "expand"),
        ("told", "sa.String(30)", "contract"),
    ],
)  # fmt: skip
def test_a_type_is_the_same_or_wider_by_all_of_its_options(column: str, to: str, expected: str) -> None:
    imports = "import sqlmodel\nfrom sqlalchemy.dialects import postgresql\n"
    first = BASE["db/versions/a.py"] + textwrap.indent(COLUMNS, "    ")
    second = HEAD.format("b", "a") + imports + f"def upgrade():\n    op.alter_column('t', '{column}', type_={to})\n"
    road = road_between({"db/versions/a.py": first}, {"db/versions/a.py": first, "db/versions/b.py": second})
    assert [NAMES[type(one.standing)] for one in road.steps] == [expected]


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
