"""What moved and is not installed, and what brings it."""

from __future__ import annotations

import pytest

from outpace.model.application import Application
from outpace.model.change import Move
from outpace.model.inventory import Component
from outpace.model.package import Package
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.proving.wider import absent, joined, named, uv_lock, words

PROJECT = b"""[project.optional-dependencies]
web = ["kit"]
[dependency-groups]
docs = ["leaf"]
"""


def move(name: str, after: str | None, file: str = "uv.lock") -> Move:
    return Move(package=Package("PyPI", name), before="1", after=after, file=file)


def component(name: str, file: str, *groups: str) -> Component:
    return Component(package=Package("PyPI", name), version="2", file=file, groups=groups)


@pytest.mark.parametrize(
    ("moves", "installed", "expected"),
    [
        ((move("kit", "2"),), {"kit": "2.0"}, ()),
        ((move("kit", "2"),), {}, ("kit 2",)),
        ((move("kit", None),), {}, ()),
        ((move("kit", "2", "docs.txt"),), {"kit": "1"}, ("kit 2",)),  # another file's version is there
        ((move("kit", "2"), move("kit", "3")), {"kit": "3"}, ()),  # one of them for each platform
        ((move("kit", ">=2", "a.txt"),), {"kit": "3"}, ()),
        ((move("kit", "2", "a.txt"), move("kit", "2", "b.txt")), {}, ("kit 2",)),
    ],
)
def test_what_moved_is_there_in_the_version_it_moved_to_or_it_is_absent(
    moves: tuple[Move, ...], installed: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert named(absent(moves, installed.get)) == expected


@pytest.mark.parametrize(
    ("lock", "components", "expected"),
    [
        ("uv.lock", (component("kit", "uv.lock", "docs", "web"),), ("--group docs",)),
        (
            "uv.lock",
            (component("a", "uv.lock", "web"), component("b", "uv.lock", "docs", "web")),
            ("--extra web",),
        ),
        ("uv.lock", (component("kit", "uv.lock", "another-members"),), ()),
        ("uv.lock", (component("kit", "uv.lock"),), ()),
        ("uv.lock", (component("kit", "docs.txt"),), ()),  # uv sync takes no such file
        ("uv.lock", (component("kit", "docs/uv.lock", "docs"),), ()),
        (None, (component("kit", "docs.txt"), component("leaf", "docs.txt")), ("-r docs.txt",)),
        (None, (component("kit", "constraints.txt"), component("other", "a.txt")), ()),
    ],
)
def test_what_brings_it_is_a_group_or_an_extra_of_the_projects_own_or_a_requirements_file(
    lock: str | None, components: tuple[Component, ...], expected: tuple[str, ...]
) -> None:
    missing = tuple(move(one.package.name, "2", one.file) for one in components if one.package.name != "other")
    assert words(missing, components, lock=lock, project=PROJECT) == expected


@pytest.mark.parametrize(
    ("application", "paths", "expected"),
    [
        (Application(name="a"), ("uv.lock", "b/uv.lock"), "uv.lock"),
        (Application(name="a", path="b"), ("uv.lock", "b/uv.lock"), "b/uv.lock"),
        (Application(name="a", locks=("requirements.txt",)), ("uv.lock",), None),
        (Application(name="a", path="b", locks=("uv.lock",)), ("uv.lock",), "uv.lock"),
        (Application(name="a"), ("b/uv.lock",), None),
    ],
)
def test_the_lock_of_uv_is_the_one_that_the_environment_is_made_from(
    application: Application, paths: tuple[str, ...], expected: str | None
) -> None:
    assert uv_lock(application, paths) == expected


@pytest.mark.parametrize(
    ("narrow", "wide", "expected"),
    [
        (Passed("a"), Passed("b"), Passed("a; with -r x: b")),
        (Skipped("none"), Passed("b"), Passed("with -r x: b")),
        (Passed("a"), Skipped("none"), Passed("a")),
        (Passed("a"), Failed("b"), Failed("with -r x: b")),
        (Failed("a"), Passed("b"), Failed("a")),
        (Passed("a"), CheckUndecided("b", "c"), CheckUndecided("with -r x: b", "c")),
        (CheckUndecided("a", "c"), Failed("b"), CheckUndecided("a", "c")),
    ],
)
def test_neither_environment_makes_up_for_what_the_other_lacks(narrow: Result, wide: Result, expected: Result) -> None:
    assert joined(narrow, wide, ("-r x",)) == expected
