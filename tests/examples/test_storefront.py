"""The example shop: a stranger to Outpace, with exactly the versions that its story needs."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

SHOP = Path(__file__).parents[2] / "examples" / "storefront"
MADE_LATER = {"__pycache__", "data"}
BETRAYING = ("outpace", "advisory", "advisories", "cve-", "exploit", "ghsa-", "probe", "pysec", "vulnerab")


def written_files() -> Iterator[Path]:
    for path in sorted(SHOP.rglob("*")):
        folders = path.relative_to(SHOP).parts[:-1]
        if path.is_file() and not any(name in MADE_LATER or name.startswith(".") for name in folders):
            yield path


def pinned() -> dict[str, Version]:
    lines = (SHOP / "versions.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {name: Version(version) for name, version in pairs}


@pytest.mark.parametrize("word", BETRAYING)
def test_the_shop_knows_nothing_of_why_it_is_here(word: str) -> None:
    assert [path.name for path in written_files() if word in path.read_text(encoding="utf-8").lower()] == []


def test_the_shop_commits_no_lock_because_a_lock_names_its_index() -> None:
    assert [path for path in written_files() if path.name == "uv.lock"] == []


def test_the_versions_are_normalized_sorted_and_listed_once() -> None:
    lines = [line for line in (SHOP / "versions.txt").read_text().splitlines() if not line.startswith("#")]
    names = [line.split("==")[0] for line in lines]
    assert names == sorted({canonicalize_name(name) for name in names})


def declared() -> dict[str, SpecifierSet]:
    project = tomllib.loads((SHOP / "pyproject.toml").read_text())
    texts = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    return {canonicalize_name(Requirement(text).name): Requirement(text).specifier for text in texts}


def test_the_versions_satisfy_what_the_project_declares() -> None:
    assert [name for name, specifier in declared().items() if pinned()[name] not in specifier] == []


def test_the_versions_are_those_that_the_story_is_about() -> None:
    assert (pinned()["starlette"], pinned()["pyjwt"]) == (Version("0.26.1"), Version("1.7.1"))


def test_the_project_declares_room_for_the_fixed_releases() -> None:
    assert Version("0.27.0") in declared()["starlette"]
    assert Version("2.4.0") in declared()["pyjwt"]


def test_every_module_of_the_shop_says_what_it_holds() -> None:
    modules = [path for path in written_files() if path.suffix == ".py"]
    assert len(modules) > 15
    assert [path.name for path in modules if ast.get_docstring(ast.parse(path.read_text())) is None] == []
