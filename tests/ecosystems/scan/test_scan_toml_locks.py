"""uv.lock, poetry.lock, pdm.lock, pylock.toml and Cargo.lock, of every era, scanned."""

from __future__ import annotations

import pytest

from outpace.ecosystems.scan import Pin, Scanned, Unscannable, scan
from tests.ecosystems.scan.locks import (
    CARGO,
    CARGO_ROOT,
    PDM,
    PDM_FIRST,
    POETRY,
    POETRY_CATEGORY,
    POETRY_FIRST,
    PYLOCK,
    UV,
)


def pypi(name: str, version: str, how: str = "pinned") -> Pin:
    return Pin("PyPI", name, version, how)  # pyright: ignore[reportArgumentType]  spelled out in the tables below


def crate(name: str, version: str, how: str = "pinned") -> Pin:
    return Pin("crates.io", name, version, how)  # pyright: ignore[reportArgumentType]  the same


@pytest.mark.parametrize(
    ("path", "content", "pins"),
    [
        (
            "uv.lock",
            UV,
            [
                pypi("aged", "0.1.dev0", "elsewhere"),
                pypi("forked", "2.0", "elsewhere"),
                pypi("plain-name", "1.10"),
                pypi("plain-name", "2.0"),
                pypi("vendored", "", "elsewhere"),
            ],
        ),
        (
            "poetry.lock",
            POETRY,
            [pypi("acme-core", "1.2.3"), pypi("acme-fork", "0.4", "elsewhere"), pypi("tester", "7.0")],
        ),
        ("poetry.lock", POETRY_CATEGORY, [pypi("acme", "1.0"), pypi("private", "3.1"), pypi("tester", "7.0")]),
        ("poetry.lock", POETRY_FIRST, [pypi("acme", "1.0"), pypi("tester", "7.0")]),
        ("pdm.lock", PDM, [pypi("acme", "1.0"), pypi("acme-git", "0.2", "elsewhere"), pypi("local", "", "elsewhere")]),
        ("pdm.lock", PDM_FIRST, [pypi("acme", "1.0")]),
        (
            "pylock.toml",
            PYLOCK,
            [pypi("acme", "1.0"), pypi("by-wheel", "2.5"), pypi("forked", "", "elsewhere")],
        ),
        (
            "Cargo.lock",
            CARGO,
            [crate("app", "0.1.0", "elsewhere"), crate("forked_crate", "0.3.0", "elsewhere"), crate("serde", "1.0.1")],
        ),
        ("Cargo.lock", CARGO_ROOT, [crate("app", "0.1.0", "elsewhere"), crate("libc", "0.2.1")]),
    ],
)
def test_a_toml_lock_gives_its_pins_without_development_and_own_code(path: str, content: str, pins: list[Pin]) -> None:
    assert scan(path, content.encode()) == Scanned(tuple(pins))


def test_poetry_s_marks_of_what_is_for_development_change_nothing_since_some_versions_do_not_write_them() -> None:
    marked, unmarked = (
        POETRY_CATEGORY,
        POETRY_CATEGORY.replace('category = "main"\n', "").replace('category = "dev"\n', ""),
    )
    assert scan("poetry.lock", marked.encode()) == scan("poetry.lock", unmarked.encode())


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert scan("uv.lock", b"\xef\xbb\xbf" + UV.replace("\n", "\r\n").encode()) == scan("uv.lock", UV.encode())


def test_a_lock_in_another_layout_than_its_tools_is_read_all_the_same() -> None:
    content = """\
version = 1
package = [
  { name = "acme", version = '1.0', source = { registry = "https://index.example.invalid/simple" } },  # by hand
]
"""
    assert scan("uv.lock", content.encode()) == Scanned((pypi("acme", "1.0"),))


def test_a_block_that_only_a_real_parser_reads_stands_beside_those_in_the_tools_form() -> None:
    content = POETRY.replace('description = "Core of Acme"', "description = '''Core of\n[[package]]\nAcme'''")
    assert scan("poetry.lock", content.encode()) == scan("poetry.lock", POETRY.encode())


def test_a_script_that_needs_nothing_has_an_empty_lock_and_a_project_has_not() -> None:
    head = b'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n'
    assert scan("tools/run.py.lock", head) == Scanned()
    assert scan("uv.lock", head) == Unscannable(
        "it names no package at all: nothing is locked, or the file was cut off"
    )


def test_a_poetry_lock_may_lock_nothing() -> None:
    content = b'package = []\n\n[metadata]\nlock-version = "2.0"\ncontent-hash = "0f"\n'
    assert scan("poetry.lock", content) == Scanned()


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("uv.lock", UV.replace("version = 1\n", "version = 2\n", 1), "its version is 2; version 1 is understood"),
        ("uv.lock", UV.replace('name = "forked"\n', ""), "'' is no name of a package"),
        ("uv.lock", UV.replace('version = "1.10"\n', ""), "plain-name has no version: it was cut off or merged badly"),
        (
            "uv.lock",
            UV.replace('{ name = "forked" },', '{ name = "gone" },'),
            "gone, which it depends on, is not in it: it was cut off or merged badly",
        ),
        ("poetry.lock", POETRY.partition("[metadata]")[0], "it has no [metadata]: it is cut off, or no poetry.lock"),
        (
            "poetry.lock",
            POETRY.replace('lock-version = "2.1"', 'lock-version = "3.0"'),
            "its lock-version is 3.0; versions 1 and 2 are understood",
        ),
        (
            "poetry.lock",
            POETRY.replace('version = "0.4"\n', ""),
            "acme-fork has no version: it was cut off or merged badly",
        ),
        ("pdm.lock", PDM.partition("[[")[0], "it names no package at all: nothing is locked, or the file was cut off"),
        ("pylock.toml", 'lock-version = "1.0"\n', "it has no `packages`, which PEP 751 requires"),
        ("Cargo.lock", CARGO.replace("version = 3", "version = 9"), "its version is 9; versions 1 to 4 are understood"),
        (
            "Cargo.lock",
            CARGO.replace('name = "serde"', 'name = "other"'),
            "serde, which it depends on, is not in it: it was cut off or merged badly",
        ),
    ],
)
def test_a_toml_lock_that_is_not_whole_says_why(path: str, content: str, why: str) -> None:
    assert scan(path, content.encode()) == Unscannable(why)


@pytest.mark.parametrize("repeated", ['name = "Acme.Core"\n', 'groups = ["main"]\n'])
def test_a_key_that_a_merge_left_twice_is_refused(repeated: str) -> None:
    assert repeated in POETRY
    found = scan("poetry.lock", POETRY.replace(repeated, repeated * 2, 1).encode())
    assert isinstance(found, Unscannable)
    assert found.why.startswith("not TOML: ")
