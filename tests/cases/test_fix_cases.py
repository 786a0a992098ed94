"""The hard cases that ask for a fix, through the real command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.fix_cases import run_case

CASES = json.loads((Path(__file__).parent.parent / "data" / "cases.json").read_text())


@pytest.mark.parametrize("case", [case for case in CASES if case["ask"] == "fix"], ids=lambda case: case["id"])
def test_a_fix_case_is_solved_as_its_answer_says(case: dict[str, Any]) -> None:
    assert run_case(case) == []
