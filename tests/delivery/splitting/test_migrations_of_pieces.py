"""What a split says of migrations is what is said of each step at the gate, with all that base declares."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.delivery.migrations.finding import may_be_migration, road_between
from outpace.delivery.splitting.migrating import Trees
from outpace.delivery.splitting.pieces import Piece
from outpace.delivery.splitting.propose import proposed
from outpace.delivery.splitting.risk import Risk, risk
from tests.fakes.two_trees import changed, trees

HEAD = """\
from django.db import migrations, models
from phones.fields import PhoneField


class Migration(migrations.Migration):
    dependencies = [{}]
    operations = [{}]
"""
MODEL = """
migrations.CreateModel("User", fields=[
    ("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20)),
    ("phone", PhoneField(max_length=20)),
]),
"""
FIRST, NEXT = "shop/people/migrations/0001_first.py", "shop/people/migrations/0002_next.py"
LAST = "shop/people/migrations/0003_last.py"
BASE = {
    FIRST: HEAD.format("", MODEL),
    "db/001.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, name varchar(20) NOT NULL);\n",
}


def after(name: str, operations: str) -> str:
    return HEAD.format(f'("people", "{name}")', operations)


def altered(field: str) -> dict[str, str]:
    return {NEXT: after("0001_first", f'migrations.AlterField("user", "name", {field})')}


def split(new: Mapping[str, str], base: Mapping[str, str] = BASE, declared: str = "") -> tuple[Piece, ...]:
    files = {path: text for path, text in {**base, **new}.items() if text}
    seen = [{path: text for path, text in tree.items() if may_be_migration(path, declared)} for tree in (base, files)]
    return proposed(changed(base, files), migrations=Trees(seen[0], seen[1], declared)).pieces


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (altered("models.CharField(max_length=30)"), ((), (), "medium")),
        (altered("models.TextField()"), ((), (), "medium")),
        (altered("models.CharField(max_length=10)"), ((NEXT,), (), "high")),
        (altered("models.CharField(max_length=20, unique=True)"), ((NEXT,), (), "high")),
        (altered("PhoneField(max_length=20)"), ((), (NEXT,), "high")),
        ({NEXT: after("0001_first", "migrations.RunPython(forwards)")}, ((), (NEXT,), "high")),
        (
            {NEXT: altered("models.CharField(max_length=10)")[NEXT] + "    operations += [migrations.RunPython(f)]\n"},
            ((NEXT,), (NEXT,), "high"),
        ),
        ({NEXT: "class Migration(\n"}, ((), (NEXT,), "high")),
        ({NEXT: "\0"}, ((), (NEXT,), "high")),
        ({"db/002.sql": "ALTER TABLE orders ALTER name TYPE varchar(30);\n"}, ((), (), "medium")),
        ({"db/002.sql": "ALTER TABLE orders ALTER name TYPE varchar(10);\n"}, (("db/002.sql",), (), "high")),
        ({"db/002.sql": "ALTER TABLE orders ALTER name SET NOT NULL;\n"}, ((), (), "medium")),
    ],
)
def test_a_migration_is_told_against_what_base_declares(
    new: Mapping[str, str], expected: tuple[tuple[str, ...], tuple[str, ...], Risk]
) -> None:
    assert [(each.breaks, each.unknown, risk(each)) for each in split(new)] == [expected]


@pytest.mark.parametrize("field", ["models.CharField(max_length=30)", "models.CharField(max_length=10)"])
def test_what_base_declares_is_not_known_where_it_is_not_given(field: str) -> None:
    (piece,) = proposed(changed(BASE, {**BASE, **altered(field)})).pieces
    assert (piece.breaks, piece.unknown, risk(piece)) == ((), (NEXT,), "high")


BRANCHES: dict[str, dict[str, str]] = {
    "a field that gets longer, then a column that goes": {
        **altered("models.CharField(max_length=30)"),
        LAST: after("0002_next", 'migrations.RemoveField("user", "name")'),
    },
    "a table that comes and loses a column, each in a step of its own": {
        "db/002.sql": "CREATE TABLE carts (id bigint, place text);\n",
        "db/003.sql": "ALTER TABLE carts DROP COLUMN place;\n",
        "m.py": "a = 1\n",
    },
    "a column that comes, and is made NOT NULL in a later step": {
        "db/002.sql": "ALTER TABLE orders ADD COLUMN place text;\n",
        "db/003.sql": "ALTER TABLE orders ALTER COLUMN place SET NOT NULL;\n",
    },
    "rows that are filled once their column is there": {
        "db/002.sql": "ALTER TABLE orders ADD COLUMN place text;\n",
        "shop.py": "def read(db):\n    return db('SELECT place FROM orders')\n",
        "db/003.sql": "UPDATE orders SET place = name;\n",
    },
    "a squashed migration in the place of what it replaces": {
        FIRST: "",
        NEXT: HEAD.format("", MODEL + "migrations.RunPython(forwards)") + '    replaces = [("people", "0001_first")]\n',
    },
    "a migration that ran and says something else now": {FIRST: BASE[FIRST].replace("20", "30"), "m.py": "a = 1\n"},
    "a migration that ran and has other comments now": {FIRST: BASE[FIRST] + "# more\n"},
    "a migration that ran and is gone": {FIRST: "", "m.py": "a = 1\n"},
    "a migration that ran and lies elsewhere": {
        "db/001.sql": "",
        "db/0001.sql": BASE["db/001.sql"],
    },
    "a squashed migration beside what it replaces, which a later one drops": {
        NEXT: HEAD.format("", MODEL) + '    replaces = [("people", "0001_first")]\n',
        LAST: after("0001_first", 'migrations.DeleteModel("User")'),
    },
}


@pytest.mark.parametrize("branch", BRANCHES)
def test_of_each_step_is_said_what_the_gate_says_of_it(branch: str) -> None:
    files = {path: text for path, text in {**BASE, **BRANCHES[branch]}.items() if text}
    pieces = split(BRANCHES[branch])
    stand = [BASE, *trees(BASE, files, pieces)]
    for piece, before, behind in zip(pieces, stand, stand[1:], strict=False):
        road = road_between(before, behind)
        assert {*piece.breaks} == {one.path for one in road.contract}
        unsettled = {path for path in behind | before if any(stem_of(path) in name for name, _ in road.unsettled)}
        assert {*piece.unknown} == {one.path for one in road.unknown} | unsettled


def stem_of(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


def test_a_folder_that_is_declared_has_migrations_whatever_it_is_called() -> None:
    base = {"ops/001.sql": "CREATE TABLE orders (id bigint, place text);\n", "shop.py": "a = 1\n"}
    new = {"ops/002.sql": "ALTER TABLE orders DROP COLUMN place;\n", "shop.py": "a = 2\n"}
    assert [(piece.kind, piece.breaks) for piece in split(new, base, "ops")] == [
        ("change", ()),
        ("contract", ("ops/002.sql",)),
    ]


def test_a_migration_of_another_application_is_told_by_itself() -> None:
    """Its folder has the same name, and no field of this one."""
    other = "other/people/migrations/0002_next.py"
    files = {**BASE, other: after("0001_first", 'migrations.AlterField("user", "name", models.TextField())')}
    (piece,) = proposed(changed(BASE, files), migrations=Trees(BASE, BASE)).pieces
    assert (piece.breaks, piece.unknown) == ((), (other,))
