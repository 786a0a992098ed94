"""package-lock.json, npm-shrinkwrap.json, yarn.lock and pnpm-lock.yaml, of every era, scanned."""

from __future__ import annotations

import pytest

from outpace.ecosystems.scan import Pin, Scanned, Unscannable, scan
from tests.ecosystems.scan.locks import NPM_PACKAGES, NPM_TREE, PNPM_5, PNPM_6, PNPM_9, YARN, YARN_LATER


def npm(name: str, version: str, how: str = "pinned") -> Pin:
    return Pin("npm", name, version, how)  # pyright: ignore[reportArgumentType]  spelled out in the tables below


@pytest.mark.parametrize(
    ("path", "content", "pins"),
    [
        (
            "package-lock.json",
            NPM_TREE,
            [
                npm("@acme/core", "1.2.3"),
                npm("by-git", "git+ssh://***@git.example.invalid/acme/by-git.git#0123", "elsewhere"),
                npm("by-path", "file:../by-path", "elsewhere"),
                npm("inner", "2.0.0"),
                npm("inner", "3.0.0"),
                npm("real", "4.0.0"),
            ],
        ),
        (
            "web/package-lock.json",
            NPM_PACKAGES,
            [
                npm("@acme/core", "1.2.3"),
                npm("by-archive", "0.1.0", "elsewhere"),
                npm("by-git", "0.2.0", "elsewhere"),
                npm("inner", "2.0.0"),
                npm("lost", "", "unpinned"),
                npm("real", "4.0.0"),
                npm("tool", "", "elsewhere"),
            ],
        ),
        (
            "yarn.lock",
            YARN,
            [
                npm("@acme/core", "1.2.3"),
                npm("@acme/real", "4.0.0"),
                npm("by-git", "0.2.0", "elsewhere"),
                npm("by-path", "0.1.0", "elsewhere"),
                npm("fsevents", "1.0.0"),
                npm("inner", "3.0.0"),
            ],
        ),
        (
            "yarn.lock",
            YARN_LATER,
            [
                npm("@acme/core", "1.2.3"),
                npm("@acme/real", "4.0.0"),
                npm("fsevents", "1.0.0"),
                npm("patched", "1.0.0", "elsewhere"),
            ],
        ),
        (
            "pnpm-lock.yaml",
            PNPM_5,
            [npm("@acme/core", "1.2.3"), npm("by-archive", "0.1.0", "elsewhere"), npm("inner", "2.0.0")],
        ),
        ("pnpm-lock.yaml", PNPM_6, [npm("@acme/core", "1.2.3"), npm("inner", "2.0.0")]),
        (
            "pnpm-lock.yaml",
            PNPM_9,
            [npm("@acme/core", "1.2.3"), npm("by-archive", "0.1.0", "elsewhere"), npm("inner", "2.0.0")],
        ),
    ],
)
def test_a_lock_of_node_gives_its_pins_without_development_and_own_code(
    path: str, content: str, pins: list[Pin]
) -> None:
    assert scan(path, content.encode()) == Scanned(tuple(pins))


def test_a_shrinkwrap_from_before_lock_files_had_a_version_is_read() -> None:
    content = b'{"name": "app", "dependencies": {"acme": {"version": "1.0.0", "from": "acme@^1.0.0"}}}'
    assert scan("npm-shrinkwrap.json", content) == Scanned((npm("acme", "1.0.0"),))


def test_a_yarn_lock_may_quote_the_names_of_fields() -> None:
    content = '# yarn lockfile v1\n\n"acme@1.0.0":\n  "integrity" "sha512-0a=="\n  "version" "1.0.0"\n'
    assert scan("yarn.lock", content.encode()) == Scanned((npm("acme", "1.0.0"),))


def test_a_project_without_packages_has_a_lock_without_pins() -> None:
    assert scan("package-lock.json", b'{"lockfileVersion": 1}') == Scanned()
    assert scan("package-lock.json", b'{"lockfileVersion": 3, "packages": {"": {}}}') == Scanned()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("yarn.lock", "# yarn lockfile v1\n\n\n"),
        ("yarn.lock", "__metadata:\n  version: 8\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n"),
    ],
)
def test_a_head_alone_may_have_been_cut_off(path: str, content: str) -> None:
    told = "it names no package at all: nothing is locked, or the file was cut off"
    assert scan(path, content.encode()) == Unscannable(told)


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("package-lock.json", "{}", "it has neither `packages` nor `dependencies`"),
        ("package-lock.json", "[]", "not as its format says: Expected `object`, got `array`"),
        (
            "package-lock.json",
            '{"lockfileVersion": 4, "packages": {}}',
            "its lockfileVersion is 4; versions 1 to 3 are understood",
        ),
        ("yarn.lock", "acme@^1.0:\n", "it has neither the first line of a yarn.lock nor `__metadata`"),
        (
            "yarn.lock",
            YARN.replace('"inner@^2.0.0 || ^3.0.0":', "other@^2.0.0:"),
            "inner, which is asked for, is not in it: it was cut off or merged badly",
        ),
        (
            "yarn.lock",
            YARN_LATER.replace('"@acme/real@npm:^4.0.0":', '"other@npm:^4.0.0":'),
            "@acme/real, which is asked for, is not in it: it was cut off or merged badly",
        ),
        (
            "yarn.lock",
            YARN_LATER.replace('  resolution: "@acme/real@npm:4.0.0"\n', ""),
            "@acme/real@npm:^4.0.0 has no resolution",
        ),
        (
            "pnpm-lock.yaml",
            PNPM_6.replace("  /inner@2.0.0:\n", "  /other@2.0.0:\n"),
            "inner@2.0.0, which is asked for, is not in it: it was cut off or merged badly",
        ),
        ("pnpm-lock.yaml", PNPM_9.partition("snapshots:")[0], "it has no `snapshots`: it was cut off"),
        (
            "pnpm-lock.yaml",
            PNPM_6.replace("  /tester@7.0.0:\n", "  /inner@2.0.0:\n"),
            "it names a package twice: it was merged badly",
        ),
        (
            "pnpm-lock.yaml",
            PNPM_6.replace("'6.0'", "4.0"),
            "its lockfileVersion is 4.0; 5, 6 and 9 are understood",
        ),
    ],
)
def test_a_lock_of_node_that_is_not_whole_says_why(path: str, content: str, why: str) -> None:
    assert scan(path, content.encode()) == Unscannable(why)


def test_yaml_in_another_layout_is_read_all_the_same() -> None:
    content = """\
lockfileVersion: "5.3"
dependencies: {acme: 1.0.0}
packages:
  ? /acme/1.0.0
  : resolution:
      integrity: >-
        sha512-0a==
    dev: false
"""
    assert scan("pnpm-lock.yaml", content.encode()) == Scanned((npm("acme", "1.0.0"),))
