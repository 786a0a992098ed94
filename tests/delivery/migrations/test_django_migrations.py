"""Django's migrations are read against the models that the earlier ones left, and nothing of them runs."""

from __future__ import annotations

import pytest

from outpace.delivery.migrations.finding import road_between
from outpace.delivery.migrations.judged import Contract, Expand
from outpace.delivery.migrations.road import Road
from outpace.model.unknown import Unknown

HEAD = """\
import uuid
from django.db.models import CheckConstraint, Q
from django.conf import settings
from django.contrib.postgres.indexes import HashIndex
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.db import migrations, models
from phones.fields import PhoneField


def forwards(apps, schema_editor):
    raise SystemExit


class Migration(migrations.Migration):
    dependencies = [{0}]
    operations = [
        {1}
    ]
"""
MODELS = """
migrations.CreateModel("User", fields=[
    ("id", models.AutoField(primary_key=True, serialize=False)),
    ("name", models.CharField(max_length=20)), ("age", models.IntegerField(null=True)),
    ("phone", PhoneField(max_length=20)), ("friends", models.ManyToManyField(to="people.user")),
]),
migrations.CreateModel("Order", fields=[
    ("id", models.BigAutoField(primary_key=True)), ("user", models.ForeignKey("people.User", models.CASCADE)),
    ("number", models.IntegerField(db_index=True)),
], options={"unique_together": {("user", "number")}, "indexes": [models.Index(fields=["number"], name="by_number")]}),
migrations.CreateModel("View", fields=[("id", models.IntegerField(primary_key=True))], options={"managed": False}),
migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(number__gt=0), name="positive")),
"""
BASE = {"shop/people/migrations/0001_first.py": HEAD.format("", MODELS)}


def road_of(operations: str) -> Road:
    text = HEAD.format('("people", "0001_first")', operations)
    return road_between(BASE, {**BASE, "shop/people/migrations/0002_next.py": text})


def kinds(operations: str) -> str:
    names = {Expand: "expand", Contract: "contract", Unknown: "unknown"}
    return " ".join(names[type(one.standing)] for one in road_of(operations).steps)


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ('migrations.AddField("user", "a", models.TextField(null=True))', "expand"),
        ('migrations.AddField("user", "a", models.TextField(default="x"))', "contract"),
        ('migrations.AddField("user", "a", models.TextField(db_default="x"))', "expand"),
        ('migrations.AddField("user", "a", models.TextField(blank=True))', "contract"),
        ('migrations.AddField("user", "a", models.DateTimeField(auto_now_add=True))', "contract"),
        ('migrations.AddField("user", "a", models.PositiveIntegerField(null=True))', "expand"),
        ('migrations.AddField("user", "a", models.PositiveIntegerField(db_default=-1))', "unknown"),
        ('migrations.AddField("user", "a", models.ForeignKey(settings.AUTH_USER_MODEL, null=True))', "expand expand"),
        ('migrations.AddField("user", "a", PhoneField(null=True))', "unknown"),
        ('migrations.AddField("user", "a", models.ManyToManyField("people.order"))', "expand"),
        ('migrations.RemoveField("user", "age")', "contract"),
        ('migrations.RemoveField("user", "friends")', "contract"),
        ('migrations.RenameField("user", "age", "years")', "contract"),
        ('migrations.RenameField("user", "friends", "peers")', "contract"),
        ('migrations.RenameModel("User", "Person")', "contract contract"),
        ('migrations.DeleteModel("Order")', "contract"),
        ('migrations.DeleteModel("View")', "expand"),
        ('migrations.AlterField("user", "friends", models.ManyToManyField("people.order"))', "unknown"),
        ('migrations.AlterField("user", "friends", models.ManyToManyField("people.user"))', "expand"),
        (
            'migrations.AlterField("order", "user", models.ForeignKey(to="people.User", on_delete=models.PROTECT))',
            "expand",
        ),
        ('migrations.AddField("user", "a", models.SmallAutoField())', "unknown"),
        ('migrations.AddField("user", "a", models.SmallIntegerField(db_default=99999))', "contract"),
        ('migrations.AddField("user", "a", models.CharField(max_length=9, db_default="it\'s"))', "expand"),
        ('migrations.AlterField("user", "name", models.CharField(max_length=30))', "expand"),
        ('migrations.AlterField("user", "name", models.CharField(max_length=10))', "contract"),
        ('migrations.AlterField("user", "name", models.TextField())', "expand"),
        ('migrations.AlterField("user", "name", models.CharField(max_length=20, choices=[]))', "expand"),
        ('migrations.AlterField("user", "name", models.CharField(max_length=20, null=True))', "expand"),
        ('migrations.AlterField("user", "name", models.CharField(max_length=20, unique=True))', "contract"),
        ('migrations.AlterField("user", "name", models.CharField(max_length=20, db_column="n"))', "contract"),
        ('migrations.AlterField("user", "age", models.IntegerField(default=0))', "contract"),
        ('migrations.AlterField("user", "age", models.CharField(max_length=9, null=True))', "contract"),
        ('migrations.AlterField("user", "age", models.PositiveIntegerField(null=True))', "contract"),
        ('migrations.AlterField("user", "phone", PhoneField(max_length=20, help_text="x"))', "expand"),
        ('migrations.AlterField("user", "phone", PhoneField(max_length=30))', "unknown"),
        ('migrations.AlterField("user", "nothing", models.IntegerField())', "unknown"),
        ('migrations.AlterField("user", "id", models.BigAutoField(primary_key=True))', "expand expand"),
        ('migrations.AlterField("user", "id", models.IntegerField(primary_key=True))', "contract"),
        ('migrations.AlterField("order", "id", models.BigIntegerField(primary_key=True))', "contract"),
        ('migrations.AlterField("order", "number", models.IntegerField())', "expand"),
        ('migrations.AlterUniqueTogether("order", unique_together=set())', "contract"),
        ('migrations.AlterUniqueTogether("user", unique_together={("name", "age")})', "contract"),
        ('migrations.AlterModelTable("order", "orders")', "contract"),
        ('migrations.AlterModelOptions("order", options={"ordering": ["id"]})', "expand"),
        ('migrations.AlterOrderWithRespectTo("order", "user")', "contract"),
        ('migrations.AddIndex("user", models.Index(fields=["age"], name="by_age"))', "expand"),
        ('AddIndexConcurrently("user", models.Index(fields=["age"], name="by_age"))', "expand"),
        ('migrations.RemoveIndex("order", "by_number")', "expand"),
        ('migrations.RemoveConstraint("order", "positive")', "expand"),
        ('migrations.AddConstraint("user", CheckConstraint(condition=Q(age__gt=0), name="c"))', "contract"),
        ('migrations.RunPython(forwards)', "unknown"),
        ('migrations.RunPython(migrations.RunPython.noop)', "expand"),
        ('migrations.RunSQL("DROP TABLE people_user", migrations.RunSQL.noop)', "contract"),
        ('migrations.RunSQL([("UPDATE people_user SET age = %s", [1])])', "unknown"),
        ('TrigramExtension()', "expand"),
        ('migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Order")])', "expand"),
        ('migrations.SeparateDatabaseAndState([migrations.RunSQL("DROP TABLE people_order")], [])', "contract"),
        ('OwnOperation("user")', "unknown"),
        ('*more(),', "unknown unknown"),
    ],
)  # fmt: skip
def test_each_operation_has_the_class_of_what_it_emits(operations: str, expected: str) -> None:
    assert kinds(operations) == expected


def test_a_default_of_django_is_none_of_the_servers_and_the_way_round_it_is_said() -> None:
    (one,) = road_of('migrations.AddField("user", "a", models.BooleanField(default=False))').steps
    assert isinstance(one.standing, Contract)
    assert "the program's, not the server's" in one.standing.why
    assert "a default of the server's" in one.standing.road


def test_an_index_that_is_not_concurrent_blocks_writers_for_long() -> None:
    plain, concurrent = (
        road_of(f'{name}("user", models.Index(fields=["age"], name="by_age"))').steps[0].said.lock
        for name in ("migrations.AddIndex", "AddIndexConcurrently")
    )
    assert (plain.mode, plain.long) == ("SHARE", True)
    assert (concurrent.mode, concurrent.long) == ("SHARE UPDATE EXCLUSIVE", False)


def test_a_squashed_migration_is_nothing_new_where_those_that_it_replaces_ran() -> None:
    squashed = HEAD.format("", 'migrations.DeleteModel("Order")') + '    replaces = [("people", "0001_first")]\n'
    both = {**BASE, "shop/people/migrations/0001_squashed.py": squashed}
    assert road_between(BASE, both).order == ()
    alone = {"shop/people/migrations/0001_squashed.py": squashed}
    assert road_between(BASE, alone).safe


@pytest.mark.parametrize(
    "behind",
    [
        "\n    def apply(self, *args):\n        pass\n",
        "\nMigration.operations.append(migrations.DeleteModel('Order'))\n",
        "    if settings.DEBUG:\n        operations = [migrations.DeleteModel('Order')]\n",
        "    operations += more()\n",
    ],
)
def test_operations_that_are_not_what_the_class_says_are_unknown(behind: str) -> None:
    text = HEAD.format('("people", "0001_first")', "") + behind
    road = road_between(BASE, {**BASE, "shop/people/migrations/0002_next.py": text})
    assert "runs operations" in [one.said.words for one in road.unknown]
