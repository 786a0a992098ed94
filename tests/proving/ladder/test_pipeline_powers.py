"""What an edit lets the pipeline do that it did not: told by the file's meaning, not by its layout."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.proving.ladder.pipeline_powers import gains, suites_gone

PATH = ".github/workflows/ci.yml"
BASE = """on: [push]
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install pytest
      - run: pytest -q
        env: {TOKEN: "${{ secrets.UPLOAD }}"}
"""
GAINED = {
    "a later action": ("checkout@v4", "checkout@v5", []),
    "a step": ("      - run: pytest -q", "      - run: ruff check\n      - run: pytest -q", []),
    "another layout": ("permissions: {contents: read}", "permissions:\n  contents: read", []),
    "a right": ("contents: read", "contents: write", ["2 gives the pipeline more rights (contents: write)"]),
    "all rights": ("{contents: read}", "write-all", ["2 gives the pipeline more rights (write-all)"]),
    "a right in other letters": (
        "contents: read",
        'contents: "wr\\x69te"',
        ["2 gives the pipeline more rights (contents: write)"],
    ),
    "no bound": ("permissions: {contents: read}\n", "", ["2 gives the pipeline more rights (permissions is gone)"]),
    "strangers": (
        "[push]",
        "[push, pull_request_target]",
        ["1 lets strangers start the pipeline with its rights (pull_request_target)"],
    ),
    "strangers in a table": (
        "[push]",
        "{pull_request_target: {branches: [main]}}",
        ["1 lets strangers start the pipeline with its rights (pull_request_target)"],
    ),
    "a secret": ("secrets.UPLOAD", "secrets.DEPLOY", ["10 hands the pipeline a secret (DEPLOY)"]),
    "a failure": ("pytest -q", "pytest -q || true", ["9 lets the pipeline pass over failures (|| true)"]),
    "a job that may fail": (
        "    runs-on",
        "    continue-on-error: true\n    runs-on",
        ["5 lets the pipeline pass over failures (continue-on-error: true)"],
    ),
    "a job that never runs": (
        "    runs-on",
        "    if: ${{ false }}\n    runs-on",
        ["5 lets the pipeline pass over failures (if: ${{ false }})"],
    ),
    "tests that are left out": (
        "pytest -q",
        "pytest -q --deselect tests/test_a.py::test_b",
        ["9 lets the pipeline run fewer tests (pytest --deselect)"],
    ),
    "no YAML": ("on: [push]", "on: [push", ["2 brings a pipeline that cannot be read"]),
}


def reads(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


@pytest.mark.parametrize("name", GAINED)
def test_an_edit_of_a_workflow_tells_what_it_gains(name: str) -> None:
    old, new, told = GAINED[name]
    assert old in BASE
    before, after = reads({PATH: BASE}), reads({PATH: BASE.replace(old, new)})
    found = [f"{use.line} {use.power} ({use.what})" for _, use in gains([PATH], before.get, after.get)]
    assert [each for each, start in zip(found, told, strict=True) if not each.startswith(start)] == []


def test_a_file_that_is_too_large_to_be_a_pipeline_is_not_passed_over() -> None:
    large = reads({PATH: BASE + "#" * (1 << 20)})
    told = [(use.power, use.what) for _, use in gains([PATH], reads({PATH: BASE}).get, large.get)]
    assert told == [("brings a pipeline that cannot be read", "")]


def test_what_is_taken_away_gains_nothing_and_a_new_file_gains_all_of_it() -> None:
    wide = reads({PATH: BASE.replace("contents: read", "contents: write")})
    assert gains([PATH], wide.get, reads({PATH: BASE}).get) == ()
    assert gains([PATH], wide.get, {}.get) == ()
    assert [use.what for _, use in gains([PATH], {}.get, wide.get)] == ["contents: write", "UPLOAD"]
    assert gains(["shop/ci.yml"], {}.get, reads({"shop/ci.yml": BASE}).get) == ()


def test_a_pipeline_that_ran_tests_and_runs_none_is_told() -> None:
    tests = {"tests/test_a.py": "", "pyproject.toml": ""}
    before = reads({PATH: BASE, **tests})
    for after in (reads(tests), reads({PATH: BASE.replace("pytest -q", "true"), **tests})):
        found = suites_gone((tuple(before), tuple(after)), before.get, after.get)
        assert [(path, str(use.what)) for path, use in found] == [(PATH, "none in the root")]
    assert suites_gone((tuple(before), tuple(before)), before.get, before.get) == ()
