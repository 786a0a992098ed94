"""Copies for staging, made together and gone together, on real databases of both kinds."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs

from outpace.app.staging import Prepared, discard, prepare, shown
from outpace.bootstrap.staging import databases
from outpace.model.edge import Data, Mask
from outpace.model.errors import BadConfiguration, BadInput, Unmasked, UsageError
from tests.contracts.copied_databases import POSTGRES, SQLITE
from tests.postgres import PostgresServer

MASKS = (Mask(column="customers.name"),)
FILE = Data(source="sqlite:shop.sqlite", variable="FILE", masks=MASKS)
SERVER = Data(source="env:SHOP_ADDRESS", variable="DATABASE_URL", masks=MASKS)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as sql:
        sql.executescript(SQLITE)
        sql.commit()
    return tmp_path


def names(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as sql:
        return [str(name) for (name,) in sql.execute("SELECT name FROM customers ORDER BY id")]


def test_variables_hold_the_copies_and_nothing_of_them_is_left_behind(
    root: Path, postgres_server: PostgresServer
) -> None:
    folder = root / "copies"
    with postgres_server.database("shop", POSTGRES):
        environ = {"SHOP_ADDRESS": postgres_server.address("shop"), "PATH": str(postgres_server.programs)}
        reach = databases(folder, root=root, report=lambda _: None, environ=environ)
        prepared = prepare((FILE, SERVER), name="up", reach=reach)
        try:
            database = prepared.variables["DATABASE_URL"].rpartition("/")[2]
            assert re.fullmatch("outpace_staging_[0-9a-f]{8}_up_1", database)
            assert prepared.variables == {
                "FILE": str(folder / "up_0.sqlite"),
                "DATABASE_URL": postgres_server.address(database),
            }
            elsewhere = databases(root / "another", root=root, report=lambda _: None, environ=environ)
            discard((SERVER, SERVER), name="up", reach=elsewhere)
            assert {"Ann Plantagenet", "Bob Planted"} & set(names(prepared.variables["FILE"])) == set()
            assert postgres_server.sql("SELECT count(*) FROM customers WHERE name ~ 'Plant'", database) == "0"
            assert prepared.cost.rows == 10
            assert prepared.cost.bytes == sum(each.copy.bytes for each in prepared.copies)
            assert prepared.cost.seconds > 0
            assert "FILE" not in {each.variable for each in prepared.copies if each.source.digest != each.copied.digest}
            assert (
                "customers.email looks like an email address, by its name and its values, and has no mask"
                in prepared.warnings
            )
            assert postgres_server.password not in repr(prepared)
        finally:
            discard((FILE, SERVER), name="up", reach=reach)
            discard((FILE, SERVER), name="up", reach=reach)
        assert list(folder.iterdir()) == []
        assert postgres_server.sql(r"SELECT count(*) FROM pg_database WHERE datname LIKE 'outpace\_%'") == "0"


def prepared_here(root: Path, *data: Data) -> Prepared:
    return prepare(data, name="up", reach=databases(root / "copies", root=root, report=lambda _: None, environ={}))


def test_all_of_them_or_none(root: Path) -> None:
    refused = structs.replace(FILE, variable="OTHER", masks=())
    with pytest.raises(Unmasked):
        prepared_here(root, FILE, refused)
    assert list((root / "copies").iterdir()) == []


def test_a_copy_that_is_there_already_is_not_dropped_by_a_second_run(root: Path) -> None:
    first = prepared_here(root, FILE)
    with pytest.raises(BadInput, match="there is a copy up_0 already"):
        prepared_here(root, FILE)
    assert len(names(first.variables["FILE"])) == 2


def test_a_copy_of_a_copy_has_its_rows_and_masks_whatever_the_source_got_meanwhile(root: Path) -> None:
    first = prepared_here(root, FILE)
    with closing(sqlite3.connect(root / "shop.sqlite")) as sql:
        sql.execute("DELETE FROM customers WHERE id = (SELECT min(id) FROM customers)")
        sql.commit()
    reach = databases(root / "copies", root=root, report=lambda _: None, environ={})
    second = prepare((FILE,), name="beside", reach=reach, like=first)
    assert second.variables["FILE"] != first.variables["FILE"]
    assert names(second.variables["FILE"]) == names(first.variables["FILE"])
    assert len(names(second.variables["FILE"])) == 2


def test_what_a_killed_run_left_half_made_is_removed_by_the_next(root: Path) -> None:
    from outpace.engines.database_copies.making import half_made

    told = list[str]()
    left = root / "copies" / half_made("up_0").replace(f"_{os.getpid()}x", "_999999999x")
    left.mkdir(parents=True)
    (left / "raw").write_bytes(b"planted")
    prepare(
        (FILE,),
        name="up",
        reach=databases(root / "copies", root=root, report=told.append, environ={}),
        report=told.append,
    )
    assert [path.name for path in (root / "copies").iterdir()] == ["up_0.sqlite"]
    assert told[0] == f"removing {left.name}, which a killed run left half made"


@pytest.mark.parametrize(
    ("held", "given"),
    [("sqlite:///{0}", "sqlite:///{1}"), ("sqlite+aiosqlite:///{0}?timeout=5", "sqlite+aiosqlite:///{1}?timeout=5")],
)
def test_a_reference_to_an_address_of_a_file_is_answered_in_its_own_form(root: Path, held: str, given: str) -> None:
    data = Data(source="env:ADDRESS", variable="URL", masks=MASKS)
    reach = databases(
        root / "copies", root=root, report=lambda _: None, environ={"ADDRESS": held.format(root / "shop.sqlite")}
    )
    prepared = prepare((data,), name="up", reach=reach)
    assert prepared.variables == {"URL": given.format(None, root / "copies" / "up_0.sqlite")}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (structs.replace(FILE, source="shop.sqlite"), "is no reference"),
        (structs.replace(FILE, source="postgresql://u:secret@h/d"), "is no reference"),
        (structs.replace(FILE, source="env:NOWHERE"), "env:NOWHERE holds nothing"),
        (structs.replace(FILE, into="env:ANYWHERE"), "is for PostgreSQL alone"),
    ],
)
def test_a_source_that_is_out_of_reach_is_told_without_its_secret(root: Path, data: Data, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        prepared_here(root, data)
    assert why in refused.value.message
    assert "secret" not in refused.value.message


def test_two_databases_in_one_variable_and_none_at_all_are_refused(root: Path) -> None:
    with pytest.raises(BadConfiguration, match="more than one database is declared for FILE"):
        prepared_here(root, FILE, FILE)
    with pytest.raises(UsageError, match="shop declares no database for staging"):
        shown("shop", (), reach=databases(root, root=root, report=lambda _: None, environ={}))
