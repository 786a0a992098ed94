"""What a project's own CI installs, and locks of other programs, as words for uv."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines.python_by_install import CONSTRAINTS, GENERATED, SEED, recipe_for
from outpace.engines.python_recipe import Recipe
from outpace.model.application import Application
from outpace.model.unknown import Unknown
from tests.fakes.here import written

PROJECT = """[project]
name = "shop"
dependencies = ["flask>=2"]
[project.optional-dependencies]
test = ["pytest", "shop[web]"]
web = ["uvicorn[standard]==0.30 ; python_version>'3.8'"]
docs = ["sphinx"]
[dependency-groups]
lint = ["ruff"]
"""
POETRY = """[tool.poetry]
name = "shop"
version = "1"
[tool.poetry.dependencies]
python = "^3.9"
flask = "^2.0"
[tool.poetry.group.dev.dependencies]
pytest = "*"
[tool.poetry.group.docs.dependencies]
sphinx = "*"
"""
POETRY_LOCK = """[[package]]
name = "flask"
version = "2.1.0"
[[package]]
name = "pytest"
version = "8.0.0"
[[package]]
name = "forked"
version = "1.0"
[package.source]
type = "git"
url = "https://git.invalid/forked"
resolved_reference = "abc"
[metadata]
lock-version = "2.0"
python-versions = "^3.9"
content-hash = "0"
"""
PIPFILE_LOCK = """{"_meta": {"hash": {"sha256": "0"}, "pipfile-spec": 6, "requires": {}, "sources": []},
"default": {"flask": {"version": "==2.1.0", "markers": "python_version >= '3.7'"}},
"develop": {"pytest": {"version": "==8.0.0"}}}
"""
PDM_LOCK = """[metadata]
lock_version = "4.4"
content_hash = "0"
[[package]]
name = "flask"
version = "2.1.0"
groups = ["default"]
[[package]]
name = "flask"
version = "2.1.0"
extras = ["async"]
groups = ["default"]
[[package]]
name = "pywin32"
version = "306"
groups = ["default"]
[[package]]
name = "ruff"
version = "0.1"
groups = ["lint"]
"""


def recipe(tmp_path: Path, files: dict[str, str], *install: str, locks: tuple[str, ...] = ()) -> Recipe:
    found = recipe_for(written(tmp_path, files), Application(name="shop", install=install, locks=locks))
    assert isinstance(found, Recipe), found
    return found


def generated(found: Recipe) -> dict[str, list[str]]:
    return {name: content.splitlines() for name, content in found.generated}


def test_the_projects_own_extras_are_what_they_ask_for_and_nothing_of_the_project_is_built(tmp_path: Path) -> None:
    found = recipe(tmp_path, {"pyproject.toml": PROJECT, "dev.txt": "-r more.txt\n", "more.txt": "tox\n"},
                   "-r dev.txt", "-e .[test]", "pytest-xdist>=3", "--group lint")  # fmt: skip
    assert found.words == ("pip", "install", "-r", "dev.txt", "-r", GENERATED)
    assert generated(found) == {
        GENERATED: [
            "flask>=2",
            "pytest",
            'uvicorn[standard]==0.30 ; python_version > "3.8"',
            "ruff",
            "pytest-xdist>=3",
            SEED,
        ]
    }
    assert found.inputs == ("dev.txt", "more.txt", "pyproject.toml")
    assert (found.pinned, found.roots) == (False, (".",))
    assert "does not pin everything" in found.caveats[0]


@pytest.mark.parametrize(
    ("files", "install", "lines", "constraints"),
    [
        (
            {"pyproject.toml": POETRY, "poetry.lock": POETRY_LOCK},
            ("--group dev",),
            ["flask<3,>=2.0", "pytest"],
            ["flask==2.1.0", "pytest==8.0.0"],
        ),
        (
            {"Pipfile.lock": PIPFILE_LOCK},
            ("--group dev", "extra"),
            ["flask==2.1.0 ; python_version >= '3.7'", "pytest==8.0.0", "extra"],
            None,
        ),
        (
            {"pyproject.toml": PROJECT, "pdm.lock": PDM_LOCK},
            ("--group lint",),
            ["flask>=2", "ruff"],
            ["flask==2.1.0", "pywin32==306", "ruff==0.1"],
        ),
        ({"Pipfile.lock": PIPFILE_LOCK}, ("extra",), ["flask==2.1.0 ; python_version >= '3.7'", "extra"], None),
    ],
)
def test_a_lock_of_another_program_gives_its_pins_for_the_groups_that_are_wanted(
    files: dict[str, str], install: tuple[str, ...], lines: list[str], constraints: list[str] | None, tmp_path: Path
) -> None:
    found = recipe(tmp_path, files, *install)
    assert found.pinned
    assert generated(found) == {GENERATED: [*lines, SEED], **({CONSTRAINTS: constraints} if constraints else {})}


def test_an_editable_line_of_a_requirements_file_brings_what_that_directory_asks_for(tmp_path: Path) -> None:
    files = {
        "r.txt": "-e .[docs]\n",
        "setup.py": "from setuptools import setup\nsetup(install_requires=['a'], extras_require={'docs': ['b']})\n",
    }
    found = recipe(tmp_path, files, "-r r.txt")
    assert generated(found) == {GENERATED: ["a", "b", SEED]}


@pytest.mark.parametrize("install", [("-r ../outside.txt",), ("-r missing.txt",), ("-e .[x]",)])
def test_what_cannot_be_read_is_unknown(install: tuple[str, ...], tmp_path: Path) -> None:
    found = recipe_for(written(tmp_path, {"README": ""}), Application(name="shop", install=install))
    assert isinstance(found, Unknown)


def test_a_project_that_speaks_of_setuptools_gets_its_own(tmp_path: Path) -> None:
    found = recipe(tmp_path, {"r.txt": "setuptools==70\n"}, "-r r.txt")
    assert generated(found) == {}


@pytest.mark.parametrize(
    ("files", "application", "also", "words"),
    [
        (
            {"uv.lock": "version = 1\n", "pyproject.toml": PROJECT},
            Application(name="shop"),
            ("--group lint", "--extra test", "--extra docs"),
            "sync --frozen --no-install-workspace --extra=test --group=lint --extra=docs",
        ),
        (
            {"requirements.txt": "a==1\n", "docs.txt": "b==1\n"},
            Application(name="shop"),
            ("-r docs.txt",),
            "pip install -r requirements.txt -r docs.txt",
        ),
        (
            {"dev.txt": "a==1\n", "docs.txt": "setuptools==1\n"},
            Application(name="shop", install=("-r dev.txt",)),
            ("-r docs.txt",),
            "pip install -r dev.txt -r docs.txt",
        ),
    ],
    ids=["uv.lock", "requirements", "declared"],
)
def test_what_is_asked_for_in_addition_stands_beside_what_is_usual(
    files: dict[str, str], application: Application, also: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    found = recipe_for(written(tmp_path, files), application, also)
    assert isinstance(found, Recipe), found
    assert " ".join(found.words) == words
