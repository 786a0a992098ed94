"""What a change touches beside the lock."""

from __future__ import annotations

import pytest

from outpace.model.change import Move
from outpace.model.package import Package
from outpace.proving.declared import Asked
from outpace.proving.lock_diff import LockDiff
from outpace.proving.notes import index_settings, is_beyond_lock, notes, suite_settings

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
    found = notes([("M", "uv.lock")], LockDiff(moves=moves), settings_changed=True, index_changed=True)
    assert found == (
        "touches how tests are run: the test settings in pyproject.toml",
        "changes where packages come from: [tool.uv] or [[tool.uv.index]] in pyproject.toml",
        "adds dependencies: new 1",
        "removes dependencies: old 2",
    )


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


def test_settings_are_read_from_the_project_file_and_damage_is_no_setting() -> None:
    project = b"[tool.pytest.ini_options]\naddopts = '-q'\n[tool.uv]\nindex-url = 'u'\npackage = false\n"
    assert suite_settings(project) == {"pytest": {"ini_options": {"addopts": "-q"}}}
    assert index_settings(project) == {"uv": {"index-url": "u"}}
    assert (suite_settings(b"[["), index_settings(None)) == ({}, {"uv": {}})


def test_a_lock_is_not_beyond_itself() -> None:
    assert [path for path in ("uv.lock", "a/pylock.toml", "requirements.txt", "shop.py") if is_beyond_lock(path)] == [
        "shop.py"
    ]
