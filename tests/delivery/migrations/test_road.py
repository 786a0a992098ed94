"""Which migrations are new, in which order they run, and what a rollout of them needs."""

from __future__ import annotations

import random
import re

from outpace.delivery.migrations.finding import LEFT, OTHER, beyond, road_between
from outpace.delivery.migrations.ordering import by_dependency
from outpace.delivery.migrations.road import Go, Refuse, Road, plan
from outpace.delivery.migrations.steps import Migration

SQL = {"db/migrations/001_a.sql": "CREATE TABLE t (id int, a int, b text);"}


def alembic(name: str, before: str, body: str = "pass") -> str:
    head = f"from alembic import op\nimport sqlalchemy as sa\nrevision = {name!r}\ndown_revision = {before}\n"
    return f"{head}def upgrade():\n    {body}\ndef downgrade():\n    op.execute('SELECT 1')\n"


def test_an_expanding_set_goes_without_a_word_and_says_what_waits() -> None:
    road = road_between(SQL, {**SQL, "db/migrations/002_b.sql": "CREATE INDEX i ON t (a);"})
    told = plan(road)
    assert isinstance(told, Go)
    assert told.in_spite_of == ()
    assert [line.partition(": ")[0] for line in told.waits] == ["makes the index i on t"]


def test_a_contract_is_refused_before_it_starts_and_goes_with_a_reason() -> None:
    road = road_between(SQL, {**SQL, "db/migrations/002_b.sql": "ALTER TABLE t DROP a; DO $$ x $$;"})
    refused = plan(road)
    assert isinstance(refused, Refuse)
    assert [re.sub(r":.*", "", line[len("db/migrations/002_b.sql: ") :]) for line in refused.named] == [
        "drops the column t.a",
        "runs `do $$ x $$`",
    ]
    assert "--accept-irreversible" in refused.would_allow
    assert isinstance(plan(road, "  "), Refuse)
    gone = plan(road, "nobody reads it since March")
    assert isinstance(gone, Go)
    assert (gone.accepted, gone.in_spite_of) == ("nobody reads it since March", refused.named)


def test_an_edited_migration_is_unknown_and_comments_are_no_edits() -> None:
    edited = road_between(SQL, {"db/migrations/001_a.sql": "CREATE TABLE t (id int, a bigint, b text);"})
    assert [name for name, _ in edited.unsettled] == ["db/migrations/001_a.sql"]
    assert isinstance(plan(edited), Refuse)
    assert road_between(SQL, {"db/migrations/001_a.sql": "-- why\n" + SQL["db/migrations/001_a.sql"]}).safe


def test_a_migration_that_is_gone_is_unknown_and_one_that_moved_is_not_new() -> None:
    assert [name for name, _ in road_between(SQL, {}).unsettled] == ["db/migrations/001_a.sql"]
    before = {"versions/a.py": alembic("a", "None")}
    moved = road_between(before, {"versions/2026_a.py": alembic("a", "None")})
    assert (moved.order, moved.unsettled) == ((), ())


def test_migrations_run_after_those_that_they_name_whatever_their_files_are_called() -> None:
    base = {"versions/z.py": alembic("one", "None", "op.create_table('t', sa.Column('id', sa.Integer()))")}
    new = {
        "versions/a.py": alembic("three", "'two'", "op.alter_column('t', 'x', nullable=False)"),
        "versions/b.py": alembic("two", "'one'", "op.add_column('t', sa.Column('x', sa.Text(), server_default='y'))"),
    }
    road = road_between(base, {**base, **new})
    assert road.order == ("two", "three")
    assert road.safe


def test_several_heads_and_a_lacking_parent_are_said() -> None:
    base = {"versions/a.py": alembic("a", "None")}
    forked = {**base, "versions/b.py": alembic("b", "'a'"), "versions/c.py": alembic("c", "'a'")}
    assert [line.partition(":")[0] for line in road_between(base, forked).said] == ["versions has 2 heads (b, c)"]
    merged = {**forked, "versions/d.py": alembic("d", "('b', 'c')")}
    assert road_between(base, merged).said == ()
    lacking = road_between(base, {**base, "versions/b.py": alembic("b", "'nowhere'")})
    assert "b comes after nowhere, which was not found" in lacking.said


def test_the_order_does_not_depend_on_the_order_of_the_files_and_a_circle_comes_to_an_end() -> None:
    chain = [Migration(tool="alembic", id=str(one), path="", after=(str(one - 1),)) for one in range(1, 40)]
    mixed = list(chain)
    random.Random(8).shuffle(mixed)
    assert by_dependency(mixed) == by_dependency(chain) == chain
    circle = [Migration(tool="sql", id=one, path="", after=(other,)) for one, other in (("a", "b"), ("b", "a"))]
    assert [one.id for one in by_dependency(circle)] == ["a", "b"]


def test_files_of_sql_run_by_number_and_the_way_down_is_none() -> None:
    base = {"migrations/1_a.up.sql": "CREATE TABLE t (id int);", "migrations/1_a.down.sql": "DROP TABLE t;"}
    new = {
        "migrations/10_c.up.sql": "ALTER TABLE t ALTER x SET NOT NULL;",
        "migrations/9_b.up.sql": "ALTER TABLE t ADD x int DEFAULT 1;",
        "migrations/9_b.down.sql": "DROP TABLE t;",
    }
    road = road_between(base, {**base, **new})
    assert road.order == ("migrations/9_b.up.sql", "migrations/10_c.up.sql")
    assert road.safe


def test_what_a_release_that_was_taken_back_applied_is_beside_the_base() -> None:
    base = {"migrations/001_orders.sql": "CREATE TABLE orders (number INTEGER);\n"}
    path, text = "migrations/002_seller.sql", "ALTER TABLE orders ADD COLUMN seller TEXT;\n"
    applied, edited = {**base, path: text}, {**base, path: text.replace("TEXT", "INTEGER")}

    def told(head: dict[str, str]) -> Road:
        return beyond(road_between(base, head), road_between(applied, head))

    assert (told(applied).unsettled, told(applied).left) == ((), ())
    assert [(name, why.why) for name, why in told(edited).unsettled] == [(path, OTHER)]
    assert isinstance(plan(told(edited)), Refuse)
    without = plan(told(base))
    assert isinstance(without, Go)
    assert without.cautions == (f"{path}: {LEFT}",)
