"""The state of an older Outpace opens, keeps every fact, and is of this schema from then on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from outpace.model.fact import key_of
from outpace.store.facts import Facts
from outpace.store.holdings import Holdings
from outpace.store.schema import STEPS, VERSION, statements

SCHEMA_1 = Path(__file__).parents[1] / "data" / "state" / "schema-1.sql"
KEYS = ["82a80d88643d", "91fc4d98e7b1"]  # as 0.1.0 printed them


def old(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA_1.read_text())
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_a_state_of_schema_1_is_migrated_with_all_its_facts(tmp_path: Path) -> None:
    path = old(tmp_path / "facts")
    with Facts(path) as facts:
        (subject,) = facts.subjects()
        assert [key_of(fact)[:12] for fact in facts.of(subject)] == KEYS
    assert version(path) == VERSION


def test_what_is_migrated_has_the_tables_of_what_is_new(tmp_path: Path) -> None:
    Facts(tmp_path / "new").close()
    Facts(old(tmp_path / "old")).close()

    def tables(path: Path) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(path)) as connection:
            return sorted(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall())

    assert tables(tmp_path / "old") == tables(tmp_path / "new")


@pytest.mark.parametrize("since", range(VERSION))
def test_each_step_goes_on_where_the_one_before_ended(since: int) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in STEPS[:since]:
            connection.executescript(step)
        for statement in statements(since):
            connection.execute(statement)
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert found == {"fact", "lease", "folded", "place", "release", "held"}


OPEN = "import sys; from pathlib import Path; from outpace.store.facts import Facts; Facts(Path(sys.argv[1])).close()"


def test_several_that_open_an_old_state_at_once_migrate_it_once(tmp_path: Path) -> None:
    path = old(tmp_path / "facts")
    started = [subprocess.Popen([sys.executable, "-c", OPEN, str(path)]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0, 0]
    holdings = Holdings(path)
    assert (version(path), holdings.folded()) == (VERSION, 0)
    holdings.close()


def test_a_migration_that_fails_leaves_the_old_state_as_it_was(tmp_path: Path) -> None:
    """All of a migration or none: a table that is in the way is no reason to be half new."""
    path = old(tmp_path / "facts")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE held (other TEXT)")
    with pytest.raises(Exception, match="held already exists"):
        Facts(path)
    with closing(sqlite3.connect(path)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert (version(path), names) == (1, {"fact", "lease", "held"})
