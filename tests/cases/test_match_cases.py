"""The hard cases of `tests/data/cases.json` that ask for a match, by the real command."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.case_files import Case, load, public_index
from bench.match_cases import check

CASES = [case for case in load(Path(__file__).parents[1] / "data" / "cases.json") if case.ask == "match"]


@pytest.fixture(scope="module")
def index() -> str:
    return public_index()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_answer_is_the_right_one(case: Case, tmp_path: Path, index: str) -> None:
    assert check(case, tmp_path, index) == []
