"""What starts, tests or ships a project is edited only where a glob of the task says so itself."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.patch import PatchedFile
from outpace.proving.ladder.shape import PROTECTED, Limits, wrong_with

WIDE = ("**", "**/*", "src/**", "*")
EXAMPLES = {
    "part of the CI": ".github/workflows/ci.yml",
    "read by git": ".gitattributes",
    "a test": "src/shop/tests/test_a.py",
    "settings of the tests": "src/tox.ini",
    "of dependencies": "pyproject.toml",
    "run at each start of Python": "src/sitecustomize.py",
    "settings of an analyzer": "src/.semgrepignore",
}
SAID = {
    ".github/workflows/ci.yml": (".github/**", ".github/workflows/ci.yml", "**/.github/workflows/*.yml"),
    "src/shop/tests/test_a.py": ("src/**/tests/**", "src/shop/tests/*.py", "src/shop/tests/test_a.py", "**/test_*.py"),
    "tests/test_fix_a.py": ("tests/test_fix_*.py", "tests/**"),
    "pyproject.toml": ("pyproject.toml", "**/pyproject.toml"),
    "requirements-dev.txt": ("requirements-dev.txt", "requirements*.txt"),
    "conftest.py": ("conftest.py",),
}


def edited(path: str) -> PatchedFile:
    return PatchedFile(path=path, before=b"a\n", after=b"b\n")


def test_there_is_an_example_of_each_protected_kind() -> None:
    assert tuple(EXAMPLES) == tuple(kind for _, kind in PROTECTED)


@pytest.mark.parametrize("glob", WIDE)
@pytest.mark.parametrize(("kind", "path"), EXAMPLES.items(), ids=EXAMPLES.keys())
def test_a_wide_glob_does_not_mean_what_is_protected(kind: str, path: str, glob: str) -> None:
    assert wrong_with(edited(path), Limits(editable=(glob,))) == f"{path} is {kind}, which this task does not edit"


@pytest.mark.parametrize(("path", "globs"), SAID.items(), ids=SAID.keys())
def test_a_glob_that_says_so_means_it(path: str, globs: tuple[str, ...]) -> None:
    assert [glob for glob in globs if wrong_with(edited(path), Limits(editable=(glob,)))] == []


def test_a_wide_glob_means_everything_else() -> None:
    assert wrong_with(edited("src/shop/prices.py"), Limits(editable=("**",))) == ""


def test_what_may_be_created_may_not_be_edited_and_a_wide_one_creates_no_test() -> None:
    new = PatchedFile(path="tests/test_a.py", before=None, after=b"b\n")
    refused = "tests/test_a.py is a test, which this task does not edit"
    assert wrong_with(new, Limits(editable=(), created=("tests/test_*.py",))) == ""
    assert wrong_with(edited("tests/test_a.py"), Limits(editable=(), created=("tests/test_*.py",))) == refused
    assert wrong_with(new, Limits(editable=(), created=("**",))) == refused
