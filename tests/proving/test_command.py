"""The suite that a tree gives away."""

from __future__ import annotations

import pytest

from outpace.proving.command import infer

UNITTEST = b"import unittest\n"
CASES: tuple[tuple[str, dict[str, bytes], str, tuple[str, ...]], ...] = (
    ("no tests", {"shop.py": b"", "uv.lock": b'name = "pytest"'}, ".", ()),
    ("pytest in the lock", {"tests/test_a.py": UNITTEST, "uv.lock": b'name = "pytest"'}, ".", ("pytest", "-q")),
    ("pytest in requirements", {"test_a.py": b"", "requirements-dev.txt": b"pytest==8"}, ".", ("pytest", "-q")),
    ("unittest alone", {"tests/test_a.py": UNITTEST}, ".", ("python", "-m", "unittest")),
    ("a test that imports pytest", {"test_a.py": b"import pytest\n"}, ".", ("pytest", "-q")),
    ("plain functions", {"test_a.py": b"def test_a(): pass\n"}, ".", ("pytest", "-q")),
    ("another application's tests", {"other/test_a.py": b""}, "shop", ()),
    (
        "its own tests",
        {"shop/test_a.py": UNITTEST, "other/test_b.py": b"import pytest\n"},
        "shop",
        ("python", "-m", "unittest"),
    ),
)


@pytest.mark.parametrize(
    ("files", "directory", "command"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_command_is_told_from_the_files(files: dict[str, bytes], directory: str, command: tuple[str, ...]) -> None:
    assert infer(tuple(files), files.get, directory) == command
