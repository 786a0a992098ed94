"""What PostgreSQL itself says of a migration: the old release's statements, run before and after it."""

from __future__ import annotations

import re
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.postgres import PostgresServer

DATA = Path(__file__).resolve().parent / "data" / "migrations"
TOOLS = ("sql", "alembic", "django")
APART = "=====\n"
SPLITS = ("development", "held_out")
HOSTILE = ("hostile", "hostile_held_out")
"""Whole files that seem to expand, and do something else; what they emit was recorded while they ran."""
ALEMBIC = """\
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "new"
down_revision = "base"


def upgrade():
"""
DJANGO = """\
import uuid

import django.db.models.deletion
import django.db.models.functions
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_base")]
    operations = [
"""


class Case(NamedTuple):
    """`sql` is what the tool itself emits for it; `base` and `head` are the files of the two revisions."""

    split: str
    tool: str
    name: str
    text: str
    sql: str
    base: dict[str, str]
    head: dict[str, str]


class Truth(NamedTuple):
    """`safe`: every statement of the old release gives what it gave; `why` is the first that does not."""

    safe: bool
    why: str


def cases(split: str) -> Iterator[Case]:
    for tool in TOOLS:
        emitted = dict(_parts(DATA / split / f"{tool}.sql")) if tool != "sql" else {}
        for name, text in _parts(DATA / split / f"{tool}.txt"):
            base, head = _files(tool, text, whole=split in HOSTILE)
            yield Case(split, tool, name, text, emitted.get(name, text), base, {**base, **head})


def _parts(path: Path) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^### ", path.read_bytes().decode(), flags=re.MULTILINE)[1:]:
        name, _, text = part.partition("\n")
        yield name, text


def _files(tool: str, text: str, *, whole: bool) -> tuple[dict[str, str], dict[str, str]]:
    match tool:
        case "sql":
            return {"migrations/001_base.sql": (DATA / "base.sql").read_text()}, {"migrations/002_new.sql": text}
        case "alembic":
            head = ALEMBIC.removesuffix("def upgrade():\n")
            new = head + text if whole else ALEMBIC + textwrap.indent(text, "    ")
            return {"versions/base.py": (DATA / "base_alembic.py").read_text()}, {"versions/new.py": new}
        case _:
            head = DJANGO.partition("class Migration")[0]
            new = head + text if whole else DJANGO + textwrap.indent(text, "        ") + "    ]\n"
            base = (DATA / "base_django.py").read_text()
            return {"shop/migrations/0001_base.py": base}, {"shop/migrations/0002_new.py": new}


class Judge:
    """One server; each case gets a copy of its tool's base with the same rows."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._before: dict[str, tuple[str, str]] = {}
        for tool in TOOLS:
            base = DATA / ("base.sql" if tool == "sql" else f"base_{tool}.sql")
            server.sql(f"CREATE DATABASE base_{tool}")
            server.sql(base.read_text() + (DATA / "seed.sql").read_text(), f"base_{tool}")
            server.sql(f"CREATE DATABASE kept_{tool} TEMPLATE base_{tool}")
            self._before[tool] = self._seen(f"kept_{tool}")

    def truth(self, case: Case) -> Truth:
        remade = f"DROP DATABASE IF EXISTS tried WITH (FORCE);\nCREATE DATABASE tried TEMPLATE base_{case.tool};"
        self._server.sql(remade)
        done = self._psql("tried", case.sql, stop=True)
        if done.returncode:
            return Truth(safe=False, why=f"it fails: {done.stderr.strip()[:160]}")
        rows, told = self._seen("tried")
        return self._compared(case, rows, told)

    def _compared(self, case: Case, rows: str, told: str) -> Truth:
        for what, before, after in zip(("rows", "statements"), self._before[case.tool], (rows, told), strict=True):
            if before != after:
                lines = zip(before.splitlines(), [*after.splitlines(), "", ""], strict=False)
                first = next(((old, new) for old, new in lines if old != new), ("", "more lines"))
                return Truth(safe=False, why=f"{what}: {first[0][:80]!r} became {first[1][:120]!r}")
        return Truth(safe=True, why="")

    def _seen(self, database: str) -> tuple[str, str]:
        """The rows as they are; then what each statement of the old release says, and the rows that it leaves."""
        snapshot, old = (DATA / "snapshot.sql").read_text(), (DATA / "old_release.sql").read_text()
        left = "\n".join(line for line in snapshot.splitlines() if "created_at" not in line)
        told = self._psql(database, f"{snapshot}\\echo {APART}{old}\\echo {APART}{left}")
        rows, _, said = told.stdout.partition(APART)
        return rows, said + re.sub(r"^psql:[^:]*:(\d+)", r"\1", told.stderr, flags=re.MULTILINE)

    def _psql(self, database: str, text: str, *, stop: bool = False) -> subprocess.CompletedProcess[str]:
        words = ["-v", "ON_ERROR_STOP=1"] if stop else []
        argv = [self._server.programs / "psql", "-XAt", *words, "-d", database, "-f", "-"]
        return subprocess.run(
            argv, input=text, env=self._server.environment(), capture_output=True, text=True, check=False, timeout=120
        )
