"""Text that a tool writes into a statement as it is counts for one expression, and hides no other statement."""

from __future__ import annotations

import pytest

from tests.delivery.migrations.test_alembic_migrations import kinds
from tests.delivery.migrations.test_django_migrations import kinds as kinds_of_django

DROP = "DROP TABLE users; --"
END = "1) STORED, DROP COLUMN name, ADD b int GENERATED ALWAYS AS (1"


@pytest.mark.parametrize(
    "body",
    [
        f"op.add_column('users', sa.Column('a', sa.Integer, server_default=sa.text('1; {DROP}')))",
        "op.add_column('users', sa.Column('a', sa.Integer, server_default=sa.text('1, DROP COLUMN name')))",
        "op.add_column('users', sa.Column('a', sa.Integer, server_default=sa.text('1 UNIQUE')))",
        "op.add_column('users', sa.Column('a', sa.Integer, server_default=sa.text('NULL NOT NULL')))",
        "op.add_column('users', sa.Column('a', sa.Integer, server_default=sa.literal_column('1 CHECK (false)')))",
        f"op.add_column('users', sa.Column('a', sa.Text, sa.Computed('{END}')))",
        f"op.add_column('users', sa.Column('a', sa.String('2); {DROP}')))",
        f"op.add_column('users', sa.Column('a', sa.String(length='2); {DROP}')))",
        f"op.create_index('i', 'users', ['name'], postgresql_where=sa.text('true; {DROP}'))",
        f"op.create_index('i', 'users', ['name'], postgresql_ops={{'name': 'text_ops); {DROP}'}})",
        f"op.create_index('i', 'users', ['name'], postgresql_with={{'fillfactor': '50); {DROP}'}})",
        f"op.create_index('i', 'users', [sa.text('lower(name)); {DROP}')])",
        f"op.create_table('t', sa.Column('a', sa.Integer), sa.CheckConstraint('a > 0)); {DROP}'))",
        f"op.create_table('t', sa.Column('a', sa.Integer), sa.Index('i', sa.text('a); {DROP}')))",
        f"op.create_table('t', sa.Column('a', sa.Integer), postgresql_partition_by='RANGE (a); {DROP}')",
        "op.create_table('t', sa.Column('a', sa.Integer), sa.CheckConstraint(sa.text(f'a > {op.get_context()}')))",
        "op.create_check_constraint('c', 'users', 'true), DROP COLUMN name, ADD CHECK (true')",
    ],
)
def test_sqlalchemys_text_that_says_more_than_its_place_is_unknown(body: str) -> None:
    assert kinds(body).endswith("unknown")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("op.add_column('users', sa.Column('a', sa.Text, server_default=sa.text(\"'1; x, y'::text\")))", "expand"),
        ("op.add_column('users', sa.Column('a', sa.Text, server_default=\"it's; unique\"))", "expand"),
        ("op.add_column('users', sa.Column('a', sa.JSON, server_default=sa.text(\"'[]'::jsonb\")))", "expand"),
        ("op.create_index('i', 'users', [sa.text('lower(name) DESC NULLS LAST')])", "expand"),
        ("op.create_index('i', 'users', ['name'], postgresql_where=sa.text('name IS NOT NULL'))", "expand"),
        ("op.create_index('i', 'users', ['name'], postgresql_with={'fillfactor': 50})", "expand"),
        ("op.create_table('t', sa.Column('a', sa.Enum('x; y', name='e')))", "expand"),
        ("op.create_table('t', sa.Column('a', sa.Integer), sa.CheckConstraint('a in (1, 2)', name='a'))", "expand"),
    ],
)  # fmt: skip
def test_sqlalchemys_text_that_is_one_expression_is_read(body: str, expected: str) -> None:
    assert kinds(body) == expected


@pytest.mark.parametrize(
    "operation",
    [
        'migrations.CreateModel("A", [("a", models.GeneratedField(expression=RawSQL("1) STORED); {0}", [])))])',
        """migrations.CreateModel("A", [], options={"db_table": '"a" (b int); {0}"'})""",
        'migrations.CreateModel("A", [], options={"indexes": [models.Index(RawSQL("1)); {0}", []), name="i")]})',
        'migrations.AddIndex("user", models.Index(models.Func("name", template="lower(name)); {0}"), name="i"))',
        'migrations.CreateModel("A", [], options={"constraints": [CheckConstraint(check=RawSQL(settings.T))]})',
    ],
)
def test_djangos_text_that_says_more_than_its_place_is_unknown(operation: str) -> None:
    assert kinds_of_django(operation.replace("{0}", DROP)) == "unknown"


def test_a_name_with_its_own_quotes_is_a_name() -> None:
    options = """{"db_table": '"archive"."a"'}"""
    assert kinds_of_django(f'migrations.CreateModel("A", [], options={options})') == "expand"


@pytest.mark.parametrize("name", ["lower", "%(function)s"])
def test_djangos_text_that_is_one_expression_is_read(name: str) -> None:
    expression = f'models.Func("a", function="lower", template="{name}(%(expressions)s)")'
    field = f"models.GeneratedField(expression={expression}, output_field=models.TextField(), db_persist=True)"
    assert kinds_of_django(f'migrations.CreateModel("A", [("b", {field})])') == "expand"


def test_a_quote_in_a_default_counts_for_two_characters_of_sql_and_for_one_of_the_column() -> None:
    added = "op.add_column('users', sa.Column('a', sa.String({0}), server_default=\"a''b\"))"
    assert (kinds(added.format(3)), kinds(added.format(4))) == ("contract", "expand")
