"""What a change touches beside the lock."""

from __future__ import annotations

import pytest

from outpace.model.change import Move
from outpace.model.package import Package
from outpace.proving.declared import Asked
from outpace.proving.lock_diff import LockDiff
from outpace.proving.notes import is_beyond_lock, notes, touched_tests
from outpace.proving.project_edits import Edited

NOTHING = LockDiff(moves=())
CASES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("M", "uv.lock", ()),
    ("M", "pyproject.toml", ()),
    ("M", "requirements/dev.txt", ()),
    ("D", "tests/test_a.py", ("deletes tests: tests/test_a.py", "touches more than the lock: tests/test_a.py")),
    ("M", "tests/test_a.py", ("edits tests: tests/test_a.py", "touches more than the lock: tests/test_a.py")),
    ("A", "shop/test_b.py", ("adds tests: shop/test_b.py", "touches more than the lock: shop/test_b.py")),
    (
        "M",
        ".github/workflows/ci.yml",
        ("touches the pipeline: .github/workflows/ci.yml", "touches more than the lock: .github/workflows/ci.yml"),
    ),
    ("M", ".gitlab-ci.yml", ("touches the pipeline: .gitlab-ci.yml", "touches more than the lock: .gitlab-ci.yml")),
    ("M", "Makefile", ("touches how it is built: Makefile", "touches more than the lock: Makefile")),
    ("M", "tox.ini", ("touches how tests are run: tox.ini", "touches more than the lock: tox.ini")),
    ("M", "noxfile.py", ("touches how tests are run: noxfile.py", "touches more than the lock: noxfile.py")),
    ("A", "conftest.py", ("touches how tests are run: conftest.py", "touches more than the lock: conftest.py")),
    ("M", "outpace.toml", ("touches what Outpace is told: outpace.toml", "touches more than the lock: outpace.toml")),
    ("M", "shop/app.py", ("touches more than the lock: shop/app.py",)),
)


@pytest.mark.parametrize(("status", "path", "said"), CASES, ids=[path for _, path, _ in CASES])
def test_what_a_change_touches_is_said(status: str, path: str, said: tuple[str, ...]) -> None:
    assert notes([(status, path)], NOTHING) == said


def test_added_and_removed_dependencies_and_settings_are_said() -> None:
    moves = (
        Move(package=Package("PyPI", "new"), before=None, after="1"),
        Move(package=Package("PyPI", "old"), before="2", after=None),
    )
    tables = (
        "[build-system] build-backend",
        "[tool.pytest.ini_options]",
        "[tool.uv] index-url",
        "[tool.uv] package",
    )
    edits = [Edited(table=table, path="pyproject.toml") for table in tables]
    found = notes([("M", "uv.lock")], LockDiff(moves=moves), edits=edits, altered=("flask (pyproject.toml)",))
    assert found == (
        "touches how it is built: [build-system] build-backend in pyproject.toml",
        "touches how tests are run: [tool.pytest.ini_options] in pyproject.toml",
        "changes where packages come from: [tool.uv] index-url in pyproject.toml",
        "adds dependencies: new 1",
        "changes what is asked of: flask (pyproject.toml)",
        "removes dependencies: old 2",
        "changes the project otherwise: [tool.uv] package in pyproject.toml",
    )


def test_the_project_file_is_one_of_the_tests_where_pytest_is_told_another_thing() -> None:
    touched = [("M", "pyproject.toml"), ("M", "a/pyproject.toml"), ("M", "tox.ini"), ("D", "tests/a.py"), ("M", "a.py")]
    edits = [
        Edited(table="[tool.pytest.ini_options]", path="a/pyproject.toml"),
        Edited(table="[tool.ruff.lint]", path="pyproject.toml"),
    ]
    assert touched_tests(touched, edits) == ("a/pyproject.toml", "tox.ini", "tests/a.py")


def test_what_goes_down_is_said_once_whoever_states_it() -> None:
    package = Package("PyPI", "kit")
    moves = tuple(Move(package=package, before="2.0", after="1.10", file=file) for file in ("a.txt", "b.txt"))
    up = Move(package=Package("PyPI", "other"), before="1.9", after="1.10")
    assert notes([("M", "uv.lock")], LockDiff(moves=(*moves, up))) == (
        "lowers versions: kit 2.0 -> 1.10 (advisories are matched again; what else was mended since is lost)",
    )


def test_a_dependency_that_is_declared_is_said_unless_the_lock_shows_it_as_added() -> None:
    diff = LockDiff(
        moves=(Move(package=Package("PyPI", "new"), before=None, after="1"),),
        holds=frozenset({("new", "1"), ("old", "1")}),
    )
    asked = (
        Asked(name="new", what="new", place="pyproject.toml"),
        Asked(name="old", what="old[tls]", place="pyproject.toml, group dev"),
        Asked(name="evil", what="evil", place="requirements.in"),
    )
    assert notes([("M", "uv.lock")], diff, asked=asked) == (
        "adds dependencies: new 1",
        "declares dependencies: old[tls] (pyproject.toml, group dev), evil (requirements.in, in no lock)",
    )


def test_a_lock_is_not_beyond_itself() -> None:
    assert [path for path in ("uv.lock", "a/pylock.toml", "requirements.txt", "shop.py") if is_beyond_lock(path)] == [
        "shop.py"
    ]
