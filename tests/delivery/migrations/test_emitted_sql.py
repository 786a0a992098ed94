"""What is read of a migration, and of the SQL that its tool emits for it, has the same class."""

from __future__ import annotations

import pytest

from bench import migrations_truth as truths
from bench.migrations import ours
from outpace.delivery.migrations.finding import road_between


@pytest.mark.parametrize("split", truths.SPLITS)
def test_a_migration_and_the_sql_that_its_tool_emits_have_the_same_class(split: str) -> None:
    """The SQL is that of Alembic's offline mode and of Django's `sqlmigrate`, kept beside each case."""
    apart: dict[str, tuple[str, str]] = {}
    counted = 0
    for case in truths.cases(split):
        if case.tool == "sql":
            continue
        base = {"migrations/001_base.sql": (truths.DATA / f"base_{case.tool}.sql").read_text()}
        road = road_between(base, {**base, "migrations/002_new.sql": case.sql})
        emitted = "contract" if road.contract else "expand" if road.safe else "unknown"
        counted += 1
        if emitted != ours(case):
            apart[f"{case.tool}: {case.name}"] = (ours(case), emitted)
    assert apart == {}
    assert counted > 40
