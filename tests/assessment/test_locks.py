"""Which files count: what is deployed, or what is not for development by its name, and what these include."""

from __future__ import annotations

import pytest

from outpace.assessment.chronicle import Chronicle, Horizon
from outpace.assessment.locks import counted, groups, included
from outpace.assessment.pool import Pool
from outpace.assessment.ports import LockChange, Walk
from outpace.ecosystems.scan import Scanned


def walk(*paths: str, renames: tuple[tuple[int, str, str], ...] = ()) -> Walk:
    return Walk(
        chronicle=Chronicle(horizon=Horizon(tip="", branch="main")),
        changes=tuple(LockChange(0, path, "b") for path in paths),
        renames=renames,
    )


def test_all_count_but_those_for_development() -> None:
    told = walk("uv.lock", "requirements-dev.txt", "docs/requirements.txt", "api/Cargo.lock")
    assert counted(told, deployed=(), included=()) == {"uv.lock": "uv.lock", "api/Cargo.lock": "Cargo.lock"}


def test_what_is_included_and_no_lock_by_its_name_is_read_as_requirements() -> None:
    assert counted(walk("base.list"), deployed=(), included=["base.list"]) == {"base.list": "requirements"}


def test_of_what_is_deployed_every_name_counts_and_what_it_includes_whatever_its_name() -> None:
    moves = ((1, "a/requirements.txt", "b/requirements.txt"), (5, "b/requirements.txt", "requirements-test.txt"))
    told = walk(
        "a/requirements.txt", "b/requirements.txt", "requirements-test.txt", "uv.lock", "dev.txt", renames=moves
    )
    assert counted(told, deployed=["requirements-test.txt"], included=["dev.txt"]) == dict.fromkeys(
        ("a/requirements.txt", "b/requirements.txt", "requirements-test.txt", "dev.txt"), "requirements"
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("base.txt", "deploy/base.txt"),
        ("../base.txt", "base.txt"),
        ("./x/../base.txt", "deploy/base.txt"),
        ("../../base.txt", None),
        ("/etc/passwd", None),
        ("https://example.invalid/base.txt", None),
        (r"..\base.txt", None),
        ("..", None),
    ],
)
def test_an_include_leads_from_its_file_and_not_out_of_the_repository(name: str, path: str | None) -> None:
    pool = Pool()
    pool.add("requirements:b", Scanned((), (name,)))
    told = included(walk("deploy/requirements.txt").changes, {"deploy/requirements.txt": "requirements"}, pool)
    assert told == ({} if path is None else {"deploy/requirements.txt": {path}})


def test_files_that_include_one_another_in_any_number_of_steps_are_together() -> None:
    numbers = groups({"a": {"b"}, "c": {"b", "d"}, "e": {"f"}})
    assert len({numbers[path] for path in "abcd"}) == 1
    assert numbers["e"] == numbers["f"] != numbers["a"]
