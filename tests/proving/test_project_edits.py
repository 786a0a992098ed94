"""What an edit of pyproject.toml changes beside the dependencies that moved."""

from __future__ import annotations

import pytest

from outpace.proving.project_edits import altered, edited

BASE = """[project]
name = "shop"
requires-python = ">=3.11"
dependencies = ["flask>=2", "jwt>=2"]
optional-dependencies = {web = ["uvicorn>=0.20"]}
[dependency-groups]
dev = ["pytest", {include-group = "docs"}]
docs = ["sphinx"]
[build-system]
requires = ["hatchling"]
[tool.pytest.ini_options]
testpaths = ["tests"]
[tool.uv]
constraint-dependencies = ["idna>=3"]
[tool.poetry.dependencies]
python = "^3.11"
Kit = {version = "^1.0", optional = true}
"""


def told(change: str, base: str = BASE) -> tuple[tuple[str, ...], tuple[str, ...]]:
    sides = (lambda _: base.encode(), lambda _: change.encode())
    paths = ("pyproject.toml", "uv.lock")
    return tuple(str(each) for each in edited(paths, *sides)), altered(paths, *sides, {"jwt"})


@pytest.mark.parametrize(
    ("old", "new", "tables", "demands"),
    [
        ('testpaths = ["tests"]', 'testpaths = ["less"]', ("[tool.pytest.ini_options] in pyproject.toml",), ()),
        (">=3.11", ">=3.9", ("[project] requires-python in pyproject.toml",), ()),
        ('name = "shop"', 'name = "shop"\nscripts = {a = "b:c"}', ("[project.scripts] in pyproject.toml",), ()),
        ("jwt>=2", "jwt>=2.4", (), ()),  # it moved
        ("flask>=2", "flask", (), ("flask (pyproject.toml)",)),
        ("uvicorn>=0.20", "uvicorn", (), ("uvicorn (pyproject.toml, extra web)",)),
        ('"flask>=2", ', "", (), ("flask (pyproject.toml, gone)",)),
        ('{include-group = "docs"}', "", (), ("{'include-group': 'docs'} (pyproject.toml, group dev, gone)",)),
        ('["idna>=3"]', "[]", (), ("idna (pyproject.toml, constraints, gone)",)),
        ('["hatchling"]', '["hatchling", "evil"]', (), ("evil (pyproject.toml, to build)",)),
        ("^1.0", "*", (), ("kit (pyproject.toml)",)),
        ("[tool.uv]", "[tool.uv]\npackage = false", ("[tool.uv] package in pyproject.toml",), ()),
    ],
)
def test_what_differs_is_told_by_its_table_or_by_the_name_of_which_it_is_demanded(
    old: str, new: str, tables: tuple[str, ...], demands: tuple[str, ...]
) -> None:
    assert told(BASE.replace(old, new, 1)) == (tables, demands)


def test_what_is_the_same_in_other_words_is_no_edit() -> None:
    assert told("# a remark\n" + BASE.replace("[tool.uv]", "\n[tool.uv]")) == ((), ())


def test_a_file_that_breaks_loses_all_its_tables_and_a_hostile_name_is_no_command_to_a_terminal() -> None:
    assert "[tool.pytest.ini_options] in pyproject.toml" in told("[[")[0]
    hostile = BASE + '["x\\u001b[2J' + "y" * 200 + '"]\na = 1\n'
    assert told(hostile) == ((f"[x\\x1b[2J{'y' * 52}] a in pyproject.toml",), ())
