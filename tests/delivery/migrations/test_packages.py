"""Migrations that come with packages are judged where they are new, beside the project's own."""

from __future__ import annotations

from outpace.delivery.migrations.finding import Packages, road_between
from outpace.delivery.migrations.judged import Contract, Expand

PLACE = "site-packages/accounts/migrations"
HEAD = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    "    dependencies = [{0}]\n    operations = [{1}]\n"
)
USER = (
    'migrations.CreateModel("User", [("id", models.AutoField(primary_key=True)), '
    '("name", models.CharField(max_length=20)), ("bio", models.TextField(null=True))])'
)
FIRST = {f"{PLACE}/0001_initial.py": HEAD.format("", USER)}
DROPS = {f"{PLACE}/0002_next.py": HEAD.format('("accounts", "0001_initial")', 'migrations.RemoveField("user", "bio")')}
OWN = {"shop/migrations/0001_first.py": HEAD.format("", "")}


def test_a_migration_that_a_package_brings_is_judged_by_what_its_earlier_ones_left() -> None:
    road = road_between(OWN, OWN, packages=Packages(FIRST, {**FIRST, **DROPS}))
    assert [(one.path, type(one.standing)) for one in road.steps] == [(f"{PLACE}/0002_next.py", Contract)]
    assert road.steps[0].said.words == "drops the column accounts_user.bio"
    grows = HEAD.format("", 'migrations.AlterField("user", "name", models.CharField(max_length=30))')
    (one,) = road_between(OWN, OWN, packages=Packages(FIRST, {**FIRST, f"{PLACE}/0002_grows.py": grows})).steps
    assert isinstance(one.standing, Expand)


def test_a_package_may_edit_what_was_applied_and_leave() -> None:
    edited = {f"{PLACE}/0001_initial.py": HEAD.format("", USER.replace("20", "9"))}
    for packages in (Packages(FIRST, edited), Packages({**FIRST, **DROPS}, FIRST), Packages(FIRST, {})):
        road = road_between(OWN, OWN, packages=packages)
        assert (road.steps, road.unsettled) == ((), ())
    own = {name: HEAD.format("", USER) for name in OWN}
    assert not road_between(OWN, own, packages=Packages(FIRST, FIRST)).safe  # the project's own may not


def test_a_file_of_a_package_that_cannot_be_read_is_unknown_where_it_is_new() -> None:
    unread = {f"{PLACE}/0002_next.py": "\0"}
    assert road_between(OWN, OWN, packages=Packages(unread, unread)).safe
    (name, _), *more = road_between(OWN, OWN, packages=Packages({}, unread)).unsettled
    assert (name, more) == (f"{PLACE}/0002_next.py", [])


def test_a_declared_folder_without_a_file_is_unknown_whatever_packages_bring() -> None:
    assert [name for name, _ in road_between({}, {}, "ddl", Packages(FIRST, FIRST)).unsettled] == ["ddl"]


def labeled(folder: str) -> dict[str, str]:
    """An application that is called otherwise than its folder: its configuration says so."""
    second = HEAD.format('("people", "0001_initial"), ("auth", "0001_initial")', "")
    third = HEAD.format('("people", "0002_next")', "")
    told = {"0001_initial": HEAD.format('("auth", "0001_initial")', USER), "0002_next": second, "0003_last": third}
    return {f"site-packages/{folder}/migrations/{name}.py": text for name, text in told.items()}


def test_an_application_whose_folder_moves_keeps_its_migrations() -> None:
    assert road_between({}, {}, packages=Packages(labeled("accounts"), labeled("accounts/core"))).order == ()
    (name, *_) = road_between({}, {}, packages=Packages({}, labeled("accounts"))).order
    assert name == "people.0001_initial"
    single = {f"{PLACE}/0001_initial.py": HEAD.format('("auth", "0001_initial")', USER)}
    assert road_between({}, {}, packages=Packages({}, single)).order == ("accounts.0001_initial",)
