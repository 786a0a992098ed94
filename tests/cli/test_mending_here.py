"""A change turns tests red: one calls by an old name and is mended; the others stay red, two behind an old name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROSTER = """class Roster:
    def __init__(self, people):
        self.people = list(people)
        self.swaps = {}

    def swap(self, day, person):
        if person not in self.people:
            raise KeyError(person)
        self.swaps[day] = person

    def leave(self, person):
        if person not in self.people:
            raise KeyError(person)
        self.people = [each for each in self.people if each != person]

    def on_duty(self, day):
        if day in self.swaps:
            return self.swaps[day]
        return self.people[day % len(self.people)]


def refuse(day):
    if day > 0:
        raise ValueError(f"nobody is left for {day}")
"""
TESTS = """import pytest
from roster import Roster, refuse


@pytest.fixture
def roster():
    return Roster(["ann", "bob"])


def test_a_swap_goes_first(roster):
    roster.swap(0, "bob")  # on a Monday
    assert roster.on_duty(0) == "bob"


def test_the_day_after_a_swap_is_as_it_was(roster):
    roster.swap(0, "bob")
    assert (roster.on_duty(0), roster.on_duty(1)) == ("bob", "bob")


def test_who_leaves_is_gone(roster):
    roster.leave("ann")
    assert roster.people == ["bob"]


def test_a_stranger_cannot_leave(roster):
    with pytest.raises(KeyError):
        roster.leave("mallory")


def test_the_rotation_comes_round(roster):
    assert [roster.on_duty(day) for day in (1, 2, 3)] == ["bob", "ann", "bob"]


def test_the_refusal_names_the_day():
    with pytest.raises(ValueError, match="nobody is left for 3"):
        refuse(3)


def test_nobody_is_swapped_at_first(roster):
    assert roster.swaps == {}
"""
CHANGED = (
    ROSTER.replace("def swap(", "def cover(")
    .replace(
        "def leave(self, person):\n        if person not in self.people:\n            raise KeyError(person)\n",
        "def quit(self, person):\n",
    )
    .replace('f"nobody is left for {day}"', 'f"nobody is left on day {day}"')
    .replace("self.people[day % len(self.people)]", "self.people[max(day - 1, 0) % len(self.people)]")
)
FILE = "test_roster.py"
REGRESSION = f"{FILE}::test_the_rotation_comes_round"
BRITTLE = f"{FILE}::test_the_refusal_names_the_day"
CONFIGURATION = """[[applications]]
name = "roster"
test = ["pytest", "-p", "no:cacheprovider"]
test_env = { PYTEST_DISABLE_PLUGIN_AUTOLOAD = "1" }
"""


class Here(NamedTuple):
    root: Path
    status: int
    result: dict[str, Any]
    refused: tuple[int, str, bool]
    """Status and words of `--accept` for a regression, and whether the file was as it was then."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    """What is here after `outpace test mend --write`."""
    root = tmp_path_factory.mktemp("roster")
    (root / "roster.py").write_text(ROSTER)
    (root / FILE).write_text(TESTS)
    (root / "outpace.toml").write_text(CONFIGURATION)
    who = {f"GIT_{role}_{key}": "n@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    env = {**os.environ, **who, "XDG_STATE_HOME": str(root / ".state"), "XDG_CACHE_HOME": str(root / ".cache")}
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "roster.py", FILE, "outpace.toml"],
        ["commit", "-q", "-m", "Begin"],
    ):
        subprocess.run(["git", *words], cwd=root, env=env, check=True)
    (root / "roster.py").write_text(CHANGED)
    argv = [sys.executable, "-m", "outpace.cli", "test", "mend", "--write", "--python", sys.executable]
    refused = subprocess.run([*argv, "--accept", REGRESSION], cwd=root, env=env, capture_output=True, check=False)
    unwritten = (root / FILE).read_text() == TESTS
    done = subprocess.run(
        [*argv, "--accept", BRITTLE, "--format", "json"], cwd=root, env=env, capture_output=True, check=False
    )
    assert done.stdout, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["unknown"] == [], done.stderr.decode()
    return Here(root, done.returncode, told["result"], (refused.returncode, refused.stderr.decode(), unwritten))


def test_each_red_test_is_told_why_and_only_what_calls_by_an_old_name_is_mended(here: Here) -> None:
    assert [(red["test"].partition("::")[2], red["kind"], red["mended"]) for red in here.result["red"]] == [
        ("test_a_swap_goes_first", "mechanical", True),
        ("test_the_day_after_a_swap_is_as_it_was", "regression", False),
        ("test_who_leaves_is_gone", "unknown", False),
        ("test_a_stranger_cannot_leave", "regression", False),
        ("test_the_rotation_comes_round", "regression", False),
        ("test_the_refusal_names_the_day", "brittle", False),
    ]
    assert here.status == 10


def test_the_evidence_names_the_line_and_both_sides(here: Here) -> None:
    evidence = here.result["red"][4]["evidence"]
    assert evidence == [
        "nothing says that this was meant at roster.py:17",
        "expected ['bob', 'ann', 'bob']",
        "observed ['ann', 'bob', 'ann']",
    ]


def test_a_check_that_was_lost_with_the_old_name_is_told_and_nothing_is_mended(here: Here) -> None:
    assert here.result["red"][2]["evidence"] == [
        "Roster.leave is now Roster.quit, 74% alike",
        "with that the test is green, its assertions as they were",
        "the body of leave changed too: roster.py:12",
        "it was: if person not in self.people: raise KeyError(person)",
        "it is: self.people = [each for each in self.people if each != person]",
    ]


def test_what_is_written_is_the_one_name_in_the_one_test_and_what_was_accepted(here: Here) -> None:
    expected = TESTS.replace('swap(0, "bob")  #', 'cover(0, "bob")  #').replace(
        'match="nobody is left for 3"', "match='nobody is left'"
    )
    assert (here.root / FILE).read_text() == expected
    assert [(edit["path"], edit["written"]) for edit in here.result["edits"]] == [(FILE, True)]


def test_an_edit_that_a_person_accepts_is_shown_as_a_diff_of_its_own(here: Here) -> None:
    proposed = [red["proposed"] for red in here.result["red"]]
    assert proposed[:5] == [None] * 5
    assert proposed[5]["accepted"]
    assert "+    with pytest.raises(ValueError, match='nobody" in proposed[5]["diff"]


def test_a_regression_cannot_be_accepted_and_nothing_is_written_then(here: Here) -> None:
    status, words, unwritten = here.refused
    assert (status, unwritten) == (2, True)
    assert f"{REGRESSION} is of class regression" in words


def test_the_code_is_not_written_to(here: Here) -> None:
    assert (here.root / "roster.py").read_text() == CHANGED
