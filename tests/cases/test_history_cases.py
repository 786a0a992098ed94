"""The hard cases of `tests/data/cases.json` that ask for a history, by the real command in a repository of real git."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.case_files import NO_UV, Case, load
from bench.history_cases import check

CASES = [case for case in load(Path(__file__).parents[1] / "data" / "cases.json") if case.ask == "history"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_history_is_told_as_its_answer_says(case: Case, tmp_path: Path) -> None:
    assert check(case, tmp_path, NO_UV) == []
