"""What a project asks for in its own files, without what is for development alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.ecosystems.scan import Pin, Scanned, Unscannable, asks, scan_asked

PYPROJECT = """[project]
name = "shop"
dependencies = ["Acme_Core>=1.0", "exact==2.0"]

[project.optional-dependencies]
fast = ["quick"]
test = ["pytest"]

[dependency-groups]
dev = ["ruff"]
"""
POETRY = """[tool.poetry.dependencies]
python = "^3.11"
acme = "^1.0"

[tool.poetry.group.dev.dependencies]
ruff = "*"
"""
PIPFILE = """[packages]
acme = "*"
exact = "==2.0"
ranged = {version = ">=1.0", extras = ["fast"]}
forked = {git = "https://forge.example.invalid/forked.git"}

[dev-packages]
ruff = "*"
"""
SETUP = (
    "from setuptools import setup\nsetup(name='shop', install_requires=['acme'], extras_require={'dev': ['ruff']})\n"
)
FILES = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "requirements.in", "package.json")


def loose(name: str, specifier: str = "", ecosystem: str = "PyPI") -> Pin:
    return Pin(ecosystem, name, specifier, "unpinned")


@pytest.mark.parametrize(
    ("path", "content", "pins"),
    [
        (
            "pyproject.toml",
            PYPROJECT,
            [loose("acme-core", ">=1.0"), Pin("PyPI", "exact", "2.0", "pinned"), loose("quick")],
        ),
        ("pyproject.toml", POETRY, [loose("acme", "<2,>=1.0")]),
        ("pyproject.toml", "[tool.ruff]\n", []),
        ("setup.cfg", "[options]\ninstall_requires =\n    acme\n", [loose("acme")]),
        ("setup.py", SETUP, [loose("acme")]),
        (
            "Pipfile",
            PIPFILE,
            [loose("acme"), Pin("PyPI", "exact", "2.0", "pinned"), loose("forked"), loose("ranged", ">=1.0")],
        ),
        ("requirements/base.in", "acme\n", [loose("acme")]),
        (
            "package.json",
            '{"dependencies": {"acme": "^1.0"}, "devDependencies": {"eslint": "*"}}',
            [loose("acme", "^1.0", "npm")],
        ),
    ],
)
def test_what_is_asked_for_is_told_as_it_is_written(path: str, content: str, pins: list[Pin]) -> None:
    assert scan_asked(path, content.encode()) == Scanned(tuple(pins), is_partial=True)


@pytest.mark.parametrize("path", FILES)
def test_what_is_garbled_is_refused_by_name(path: str) -> None:
    found = scan_asked(path, b"\xff<<<<<<< HEAD\n== {[")
    assert found == Scanned(is_partial=True) or isinstance(found, Unscannable)
    assert isinstance(scan_asked(path, b" " * (2 << 20)), Unscannable)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_bytes_make_it_raise(path: str, data: bytes) -> None:
    assert isinstance(scan_asked(path, data), Scanned | Unscannable)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pyproject.toml", True),
        ("api/setup.py", True),
        ("Pipfile", True),
        ("requirements.in", True),
        ("requirements/base.in", True),
        ("web/package.json", True),
        ("requirements-dev.in", False),
        ("docs/pyproject.toml", False),
        ("MANIFEST.in", False),
        ("requirements.txt", False),
        ("poetry.lock", False),
    ],
)
def test_files_that_ask_are_told_by_their_names(path: str, expected: bool) -> None:
    assert asks(path) == expected
