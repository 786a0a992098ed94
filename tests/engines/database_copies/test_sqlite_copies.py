"""Copies of SQLite files that are odd: what was deleted, full text, other encodings, damage."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from outpace.delivery.staging.masks import Plan, plan
from outpace.engines.database_copies.making import PREFIX
from outpace.engines.database_copies.sqlite import SqliteCopier
from outpace.model.edge import Data, Mask
from outpace.model.errors import DamagedData, NotFound, Unmasked

Made = Callable[..., Path]


@pytest.fixture
def copier(tmp_path: Path) -> SqliteCopier:
    return SqliteCopier(tmp_path / "copies")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def make(text: str, *before: str) -> Path:
        path = tmp_path / "source.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as sql:
            for each in before:
                sql.execute(each)
            sql.executescript(text)
        return path

    return make


def planned(copier: SqliteCopier, path: Path, **masks: str) -> Plan:
    told = tuple(Mask(column=name.replace("__", "."), by=by) for name, by in masks.items())  # type: ignore[arg-type]
    data = Data(source="sqlite:x", variable="X", masks=told, no_personal_data="for the test")
    return plan(data, copier.schema(str(path)))


def copied(copier: SqliteCopier, path: Path, **masks: str) -> Path:
    return Path(copier.copy(str(path), planned(copier, path, **masks), "one").address)


def asked(path: Path, text: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as sql:
        return sql.execute(text).fetchall()


DELETED = """
CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
INSERT INTO t SELECT i, 'deleted ' || i || ' planted person' FROM n;
DELETE FROM t WHERE id > 2;
"""


@pytest.mark.parametrize("masks", [{}, {"t__v": "hash"}])
def test_what_was_deleted_from_the_source_is_not_in_the_copy(
    made: Made, copier: SqliteCopier, masks: dict[str, str]
) -> None:
    path = made(DELETED, "PRAGMA secure_delete = OFF")
    assert b"deleted 4000 planted person" in path.read_bytes()
    copy = copied(copier, path, **masks)
    assert b"deleted 4000 planted person" not in copy.read_bytes()
    assert asked(copy, "SELECT count(*) FROM t") == [(2,)]


SEARCHED = """
CREATE TABLE letters (id INTEGER PRIMARY KEY, body TEXT);
CREATE VIRTUAL TABLE outside USING fts5(body, content='letters', content_rowid='id');
CREATE VIRTUAL TABLE textless USING fts5(body, content='');
CREATE VIRTUAL TABLE own USING fts5(body);
CREATE VIRTUAL TABLE older USING fts4(body);
INSERT INTO letters VALUES (1, 'plantagenet sends word');
INSERT INTO outside (rowid, body) SELECT id, body FROM letters;
INSERT INTO textless (rowid, body) SELECT id, body FROM letters;
INSERT INTO own (rowid, body) SELECT id, body FROM letters;
INSERT INTO older (rowid, body) SELECT id, body FROM letters;
"""


def test_an_index_of_full_text_is_made_again_from_masked_words(made: Made, copier: SqliteCopier) -> None:
    path = made(SEARCHED)
    assert asked(path, "SELECT rowid FROM outside WHERE outside MATCH 'plantagenet'") == [(1,)]
    copy = copied(copier, path, letters__body="hash", own__body="hash", older__body="hash")
    assert b"plantagenet" not in copy.read_bytes()
    ((mask,),) = asked(copy, "SELECT body FROM letters")
    for table, found in (("outside", [(1,)]), ("own", [(1,)]), ("older", [(1,)]), ("textless", [])):
        assert asked(copy, f"SELECT rowid FROM {table} WHERE {table} MATCH '{mask}'") == found
    assert [each.column for each in planned(copier, path).suspects] == []


def test_tables_of_every_kind_are_masked_with_their_triggers_back_in_place(made: Made, copier: SqliteCopier) -> None:
    path = made(
        """
        CREATE TABLE plain (who TEXT UNIQUE, n INT);
        CREATE TABLE without (who TEXT PRIMARY KEY, n INT) WITHOUT ROWID;
        CREATE TABLE strict_one (who TEXT, n INTEGER NOT NULL, amount REAL, raw BLOB, free ANY) STRICT;
        CREATE TABLE "odd ""name" ("a b" TEXT, rowid TEXT);
        CREATE TABLE log (line TEXT);
        CREATE TRIGGER told AFTER INSERT ON plain BEGIN INSERT INTO log VALUES (new.who); END;
        INSERT INTO plain (rowid, who, n) VALUES (70, 'planted', 1), (90, 'bob', 2);
        INSERT INTO without VALUES ('planted', 1), ('bob', 2);
        INSERT INTO strict_one VALUES ('planted', 4915112345678, 1234.5, x'706C616E746564', 'planted'),
          (NULL, 7, NULL, NULL, 5);
        INSERT INTO "odd ""name" VALUES ('planted', 'planted');
        DELETE FROM log;
        """
    )
    every = {
        "plain__who": "hash", "without__who": "hash", "strict_one__who": "hash", "strict_one__n": "hash",
        "strict_one__amount": "hash", "strict_one__raw": "hash", "strict_one__free": "hash",
        'odd "name__a b': "hash", 'odd "name__rowid': "hash",
    }  # fmt: skip
    copy = copied(copier, path, **every)
    assert b"planted" not in copy.read_bytes()
    assert asked(copy, "SELECT p.rowid, p.n, w.n FROM plain p JOIN without w USING (who) ORDER BY 1") == [
        (70, 1, 1),
        (90, 2, 2),
    ]
    assert asked(copy, "SELECT count(*) FROM log") == [(0,)]
    assert asked(
        copy, "SELECT typeof(n), length(n), typeof(amount), typeof(raw) FROM strict_one WHERE who IS NOT NULL"
    ) == [("integer", 13, "real", "blob")]
    with closing(sqlite3.connect(copy)) as sql:
        sql.execute("INSERT INTO plain VALUES ('new', 3)")
        assert sql.execute("SELECT line FROM log").fetchall() == [("new",)]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_texts_that_are_none_in_their_encoding_are_masked_like_any_other(
    made: Made, copier: SqliteCopier, encoding: str
) -> None:
    text = "CREATE TABLE t (who TEXT); INSERT INTO t VALUES (CAST(x'706C616E746564FFFE' AS TEXT)), ('planted ä');"
    path = made(text, f"PRAGMA encoding = '{encoding}'")
    copy = copied(copier, path, t__who="hash")
    assert "planted".encode(encoding) not in copy.read_bytes()
    assert b"planted" not in copy.read_bytes()
    assert asked(copy, "SELECT typeof(who), length(who) FROM t") == [("text", 20)] * 2
    assert asked(copy, "PRAGMA encoding") == [(encoding,)]


def test_what_describes_the_file_is_kept(made: Made, copier: SqliteCopier) -> None:
    settings = ("PRAGMA page_size = 8192", "PRAGMA auto_vacuum = 1", "PRAGMA user_version = 42")
    path = made("CREATE TABLE t (a TEXT)", *settings, "PRAGMA application_id = 7", "PRAGMA journal_mode = WAL")
    copy = copied(copier, path)
    named = ("page_size", "auto_vacuum", "user_version", "application_id", "journal_mode")
    assert [asked(copy, f"PRAGMA {name}")[0][0] for name in named] == [8192, 1, 42, 7, "wal"]


def test_nobody_else_may_read_a_copy_and_nothing_else_lies_beside_it(made: Made, copier: SqliteCopier) -> None:
    copy = copied(copier, made("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')"), t__a="hash")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    assert [path.name for path in copy.parent.iterdir()] == ["one.sqlite"]


def test_nobody_else_may_look_into_a_copy_that_is_being_made(made: Made, tmp_path: Path) -> None:
    modes = dict[str, int]()

    def report(_event: str) -> None:
        modes.update({path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "copies").rglob("*")})

    copied(SqliteCopier(tmp_path / "copies", report=report), made("CREATE TABLE t (a TEXT)"), t__a="hash")
    assert {name.split("_")[0]: mode for name, mode in modes.items()} == {"outpace": 0o700, "done": 0o600}


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_no_file_holds_an_unmasked_value_at_any_moment_so_that_a_killed_copy_leaves_none(
    made: Made, tmp_path: Path, journal: str
) -> None:
    rows = ", ".join(f"('planted {number} {'x' * 900}')" for number in range(9_000))
    path, folder = made(f"CREATE TABLE t (who TEXT); INSERT INTO t VALUES {rows}"), tmp_path / "copies"
    asked(path, f"PRAGMA journal_mode = {journal}")
    held = dict[str, list[Path]]()

    def report(event: str) -> None:
        files = [each for each in folder.rglob("*") if each.is_file()]
        held[event.split(maxsplit=1)[0]] = [each for each in files if b"planted" in each.read_bytes()]

    copied(SqliteCopier(folder, report=report), path, t__who="hash")
    assert held == {"copying": [], "masking": []}


def test_a_source_that_cannot_be_written_is_copied_all_the_same(made: Made, copier: SqliteCopier) -> None:
    path = made("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x')")
    path.chmod(0o400)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert asked(copied(copier, path), "SELECT a FROM t") == [("x",)]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_file_that_is_damaged_or_missing_is_told_in_words(tmp_path: Path, copier: SqliteCopier) -> None:
    bad = tmp_path / "bad.sqlite"
    bad.write_bytes(b"this is no database at all, but long enough to be looked at as one" * 20)
    with pytest.raises(DamagedData, match=r"bad.sqlite is no readable SQLite file"):
        copier.schema(str(bad))
    with pytest.raises(NotFound, match="there is no database"):
        copier.copy(str(tmp_path / "none.sqlite"), Plan(), "one")
    assert not (tmp_path / "none.sqlite").exists()


def test_a_column_that_was_renamed_since_its_mask_was_planned_is_not_copied(made: Made, copier: SqliteCopier) -> None:
    path = made("CREATE TABLE t (who TEXT)")
    plan = planned(copier, path, t__who="hash")
    made("ALTER TABLE t RENAME who TO name")
    with pytest.raises(Unmasked, match="t has no who any more"):
        copier.copy(str(path), plan, "one")
    assert list((path.parent / "copies").iterdir()) == []


def test_only_folders_of_dead_makers_on_this_host_are_leftovers(
    made: Made, copier: SqliteCopier, tmp_path: Path
) -> None:
    copied(copier, made("CREATE TABLE t (a TEXT)"))
    from outpace.engines.database_copies.making import half_made

    mine = half_made("one")
    host, me, name = mine.removeprefix(PREFIX).split("_")
    dead = f"{PREFIX}{host}_999999999x000_{name}"
    born = me.partition("x")[2]
    before = f"{PREFIX}{host}_{os.getpid()}x{'000' if born != '000' else '001'}_{name}"
    other = f"{PREFIX}00000000_999999999x000_one"
    for each in (mine, dead, before, other, "something"):
        (tmp_path / "copies" / each).mkdir()
    assert set(copier.leftovers()) == {dead, before}
    for each in (dead, before):
        copier.drop(each)
    assert copier.leftovers() == ()
    assert {path.name for path in (tmp_path / "copies").iterdir()} == {mine, other, "something", "one.sqlite"}
