"""`outpace staging masks` as it is typed."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.contracts.copied_databases import POSTGRES, SQLITE
from tests.postgres import PASSWORD, PostgresServer

CONFIGURATION = """
[[applications]]
name = "shop"
locks = ["requirements.txt"]

[[applications.edge.staging.data]]
source = "{source}"
variable = "DATABASE"
{more}
"""
EVERY = ("customers.email", "customers.name", "customers.born", "customers.phone", "customers.iban",
         "customers.preferences", "orders.remark", "changes.email")  # fmt: skip


class Place:
    def __init__(self, root: Path) -> None:
        self.root = root
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTPACE_", "XDG_", "GIT_"))}
        self.env = {**kept, "HOME": str(root / "home"), "GIT_CONFIG_GLOBAL": os.devnull}
        with closing(sqlite3.connect(root / "shop.sqlite")) as sql:
            sql.executescript(SQLITE)
            sql.commit()

    def declare(self, more: str, *, source: str = "sqlite:shop.sqlite") -> None:
        (self.root / "outpace.toml").write_text(CONFIGURATION.format(source=source, more=more))
        who = {f"GIT_{role}_{key}": "a@b.invalid" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
        for words in (["init", "-q", "-b", "main"], ["add", "outpace.toml"], ["commit", "-q", "-m", "Begin"]):
            subprocess.run(["git", *words], cwd=self.root, env={**self.env, **who}, check=True)

    def says(self, *words: str, status: int, **more: str) -> str:
        argv = [sys.executable, "-m", "outpace.cli", "staging", "masks", *words]
        done = subprocess.run(
            argv, cwd=self.root, env={**self.env, **more}, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == status, done
        return done.stdout + done.stderr


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def masks(*columns: str, by: str = "hash") -> str:
    return f"masks = [{', '.join(f'{{ column = {json.dumps(each)}, by = {json.dumps(by)} }}' for each in columns)}]"


def test_what_would_be_masked_and_what_would_not_is_shown_and_nothing_is_touched(place: Place) -> None:
    place.declare(masks("customers.email", by="email"))
    before = (place.root / "shop.sqlite").read_bytes()
    told = " ".join(place.says(status=10).split())
    assert told == (
        "2 columns would be masked, and 6 columns that look personal would not "
        f"DATABASE, from sqlite:shop.sqlite: SQLite {sqlite3.sqlite_version}, production, 3 tables,"
        f" {len(before):,} bytes "
        "customers.email: email (an address that reaches nobody, the same for the same one) "
        "orders.email: email (an address that reaches nobody, the same for the same one), with customers.email "
        "! changes.email looks like an email address, by its name, and has no mask "
        "! customers.name looks like a name, by its name, and has no mask "
        "! customers.born looks like a date of birth, by its name, and has no mask "
        "! customers.phone looks like a phone number, by its name, and has no mask "
        "! customers.iban looks like an account, by its name and its values, and has no mask "
        "! orders.remark looks like free text, by its name and its values, and has no mask"
    )
    assert (place.root / "shop.sqlite").read_bytes() == before
    assert not (place.root / "home" / ".local" / "state" / "outpace" / "staging").exists()


def test_where_all_that_looks_personal_has_a_mask_nothing_is_left_to_do(place: Place) -> None:
    place.declare(masks(*EVERY))
    answer = json.loads(place.says("--format", "json", status=0))
    (database,) = answer["result"]["databases"]
    assert {each["column"] for each in database["masked"]} == {*EVERY, "orders.email"}
    assert (database["unmasked"], database["refused"], answer["warnings"]) == ([], "", [])


def test_one_column_without_a_mask_is_told_as_one(place: Place) -> None:
    place.declare(masks(*(each for each in EVERY if each != "customers.born")))
    told = " ".join(place.says(status=10).split())
    assert told.startswith("8 columns would be masked, and 1 column that looks personal would not")


def test_a_shuffle_is_told_and_leaves_nothing_to_do(place: Place) -> None:
    one = masks(*(each for each in EVERY if each != "customers.born"))
    place.declare(one[:-1] + ', { column = "customers.born", by = "shuffle" }]')
    answer = json.loads(place.says("--format", "json", status=0))
    assert answer["warnings"] == ["DATABASE: customers.born is shuffled: its values are in the copy, in other rows"]


@pytest.mark.parametrize(
    ("more", "why", "hint"),
    [
        ("", "the database in DATABASE is production's, and neither `masks` nor `no_personal_data` is declared",
         "these look personal: changes.email, customers.email"),
        (masks("customers.emial"), "a mask is declared for customers.emial, and there is no such column",
         "did you mean customers.email?"),
    ],
)  # fmt: skip
def test_a_copy_that_would_be_refused_is_told_with_what_looks_personal(
    place: Place, more: str, why: str, hint: str
) -> None:
    place.declare(more)
    answer = json.loads(place.says("--format", "json", status=4))
    (database,) = answer["result"]["databases"]
    assert database["refused"] == why
    assert database["hint"].startswith(hint)
    assert "customers.email" in {each["column"] for each in database["unmasked"]}
    assert place.says(status=4).startswith("No copy would be made of DATABASE\n")


def test_a_mask_that_cannot_be_is_an_error_of_the_configuration(place: Place) -> None:
    place.declare(masks("customers.id", by="blank"))
    assert "customers.id is linked with orders.customer, and blank would part them" in " ".join(
        place.says(status=2).split()
    )


def test_an_application_without_a_database_is_told_how_to_declare_one(place: Place) -> None:
    place.declare("")
    toml = place.root / "outpace.toml"
    toml.write_text(toml.read_text().split("[[applications.edge")[0])
    assert "shop declares no database for staging" in place.says(status=2)


def test_a_database_of_a_server_is_shown_by_its_reference_alone(place: Place, postgres_server: PostgresServer) -> None:
    place.declare(masks("customers.email"), source="env:SHOP")
    with postgres_server.database("shop", POSTGRES):
        told = place.says(
            status=10, SHOP=postgres_server.address("shop"), PATH=f"{postgres_server.programs}:{os.environ['PATH']}"
        )
    assert "DATABASE, from env:SHOP: PostgreSQL" in told
    assert PASSWORD not in told
    assert "127.0.0.1" not in told
    assert "Plantagenet" not in told


def test_a_server_that_does_not_answer_is_an_error_without_its_password(place: Place) -> None:
    place.declare(masks("customers.email"), source="env:SHOP")
    told = place.says(status=3, SHOP="postgresql://shop:hidden-word@127.0.0.1:1/shop")
    assert "psql: connection to server at" in told
    assert "hidden-word" not in told
