"""Public bug reports of other tools, each as a small input of our own, through the real commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.case_files import Case, load, public_index
from bench.fix_cases import run_case
from bench.match_cases import check

CASES = load(Path(__file__).parents[1] / "data" / "peer_reports.json")


@pytest.mark.parametrize("case", [case for case in CASES if case.ask == "fix"], ids=lambda case: case.id)
def test_a_fix_does_not_have_the_reported_fault(case: Case) -> None:
    assert run_case(case.raw) == []


@pytest.mark.parametrize("case", [case for case in CASES if case.ask == "match"], ids=lambda case: case.id)
def test_a_match_does_not_have_the_reported_fault(case: Case, tmp_path: Path) -> None:
    assert check(case, tmp_path, public_index()) == []
