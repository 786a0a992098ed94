"""Lock files, other files of interest, and what each landing changed besides."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from outpace.assessment.chronicle import Said
from outpace.assessment.ports import LockChange
from outpace.engines.history.subjects import said
from tests.engines.history.reading import Memory, line_of, opened
from tests.fakes.histories import BEGAN, DAY, Commit, Link, Submodule, build, git, line

ODD = 'odd "\udcff\n\t é.lock'


def blob(folder: Path, content: str) -> str:
    (folder / "content").write_text(content)
    return git(folder, "hash-object", "content")


def test_lock_files_are_told_by_landing_as_they_came_changed_and_went(tmp_path: Path) -> None:
    build(
        tmp_path / "r",
        line(
            {"a.lock": "1", "x": "1"},
            {"a.lock": "2", "sub/b.lock": "1", "y": "1", "z": "1"},
            {"x": "2"},
            {"a.lock": None, "sub/b.lock": "2"},
        ),
    )
    history = opened(tmp_path / "r")
    walk = history.walk()
    one, two = blob(tmp_path, "1"), blob(tmp_path, "2")
    assert walk.changes == (
        LockChange(0, "a.lock", one),
        LockChange(1, "a.lock", two),
        LockChange(1, "sub/b.lock", one),
        LockChange(3, "a.lock", ""),
        LockChange(3, "sub/b.lock", two),
    )
    assert [landing.files for landing in walk.chronicle.landings] == [1, 2, 1, 0]
    assert list(history.blobs([two, one, two, ""])) == [(two, b"2"), (one, b"1"), (two, b"2")]


def test_files_of_interest_keep_both_sides(tmp_path: Path) -> None:
    build(tmp_path / "r", line({".ci/a": "1"}, {".ci/a": "2", "x": "1"}, {".ci/a": None}))
    chronicle = opened(tmp_path / "r").walk().chronicle
    one, two = blob(tmp_path, "1"), blob(tmp_path, "2")
    assert [(touch.kind, touch.path, touch.before, touch.after) for touch in chronicle.touches] == [
        ("added", ".ci/a", "", one),
        ("changed", ".ci/a", one, two),
        ("deleted", ".ci/a", two, ""),
    ]
    assert [(touch.landing, touch.at) for touch in chronicle.touches] == [
        (landing.id, landing.at) for landing in chronicle.landings
    ]


def test_a_file_that_is_included_counts_as_if_it_always_had(tmp_path: Path) -> None:
    build(
        tmp_path,
        line(
            {"a.lock": "1", "base.in": "b", "x": "1"},
            {"x": "2"},
            {"base.in": "c", "a.lock": "2", "x": "3"},
            {"base.in": None, "sub/base.in": "c", "a.lock": None, "b.lock": "2"},
            {"z.lock": "c", "sub/base.in": None},
        ),
    )
    also = ["sub/base.in", "base.in", "not-there.in"]
    cached = Memory()
    history = opened(tmp_path, cached=cached)
    assert [change.path for change in history.walk().changes] == ["a.lock", "a.lock", "a.lock", "b.lock", "z.lock"]
    walk = history.walk(also)
    every = opened(tmp_path, locks=lambda path: path.endswith(".lock") or path in also).walk()
    assert walk == every
    assert walk.renames == (
        (3, "a.lock", "b.lock"),
        (3, "base.in", "sub/base.in"),
        (4, "sub/base.in", "z.lock"),
    )
    kept = dict(cached.kept)
    assert opened(tmp_path, cached=cached).walk(also) == walk
    assert opened(tmp_path, cached=cached).walk() == opened(tmp_path).walk()
    assert cached.kept == kept


def test_what_a_branch_changed_of_an_included_file_is_told_too(tmp_path: Path) -> None:
    commits = [
        *line({"a.lock": "1", "base.in": "1"}),
        Commit(id="f", parents=("c0",), branch="f", at=BEGAN + DAY, files={"base.in": "2"}),
        Commit(id="m", parents=("c0", "f"), at=BEGAN + DAY, files={"base.in": "2"}),
    ]
    ids = build(tmp_path, commits)
    history = opened(tmp_path)
    assert [one.changes for one in history.brought([ids["m"]])[ids["m"]]] == [()]
    history.walk(["base.in"])
    assert [[path for path, _ in one.changes] for one in history.brought([ids["m"]])[ids["m"]]] == [["base.in"]]


def test_a_link_and_a_submodule_are_no_lock_files(tmp_path: Path) -> None:
    build(
        tmp_path,
        line(
            {"a.lock": Link("elsewhere"), "b.lock": Submodule("1" * 40), ".ci/s": Submodule("1" * 40), "c.lock": "1"},
            {"c.lock": Link("elsewhere"), "b.lock": Submodule("2" * 40)},
        ),
    )
    walk = opened(tmp_path).walk()
    assert [(change.landing, change.path, bool(change.blob)) for change in walk.changes] == [
        (0, "c.lock", True),
        (1, "c.lock", False),
    ]
    assert walk.chronicle.touches == ()


def test_a_changed_mode_is_no_change_of_a_lock(tmp_path: Path) -> None:
    build(tmp_path, line({"a.lock": "1"}))
    (tmp_path / "a.lock").chmod(0o755)
    git(tmp_path, "commit", "-qam", "Make it executable")
    walk = opened(tmp_path).walk()
    assert (len(walk.chronicle.landings), [change.landing for change in walk.changes]) == (2, [0])


def test_a_file_that_moved_unchanged_is_a_rename_and_one_that_also_changed_is_not(tmp_path: Path) -> None:
    build(
        tmp_path,
        line(
            {"a.lock": "1", "b.lock": "2", "d.lock": "3", "e/d.lock": "3"},
            {"a.lock": None, "sub/a.lock": "1"},
            {"b.lock": None, "sub/b.lock": "2 and more"},
            {"d.lock": None, "e/d.lock": None, "f/d.lock": "3", "f/e.lock": "3"},
        ),
    )
    walk = opened(tmp_path).walk()
    assert walk.renames == ((1, "a.lock", "sub/a.lock"), (3, "d.lock", "f/d.lock"), (3, "e/d.lock", "f/e.lock"))


def test_a_path_that_is_no_text_is_carried_whole(tmp_path: Path) -> None:
    build(tmp_path, line({ODD: "1"}, {ODD: None, "sub/" + ODD: "1"}))
    walk = opened(tmp_path).walk()
    assert [change.path for change in walk.changes] == [ODD, ODD, "sub/" + ODD]
    assert walk.renames == ((1, ODD, "sub/" + ODD),)
    assert os.fsencode(walk.changes[0].path) == 'odd "\udcff\n\t é.lock'.encode("utf-8", "surrogateescape")


def test_a_merge_with_a_change_of_its_own_lands_it(tmp_path: Path) -> None:
    commits = [
        Commit(id="c0", at=BEGAN, files={"a.lock": "1"}),
        Commit(id="f", parents=("c0",), branch="fix", at=BEGAN + DAY, files={"a.lock": "2"}),
        Commit(id="c1", parents=("c0",), at=BEGAN + DAY, files={"a.lock": "3"}),
        Commit(id="m", parents=("c1", "f"), at=BEGAN + 2 * DAY, files={"a.lock": "both"}),
    ]
    ids = build(tmp_path / "r", commits)
    history = opened(tmp_path / "r")
    walk = history.walk()
    assert [told.commit for told in line_of(walk, ids)] == ["c0", "c1", "m"]
    assert walk.changes[-1] == LockChange(2, "a.lock", blob(tmp_path, "both"))
    (branch,) = history.brought([ids["m"]]).values()
    assert [(one.id, one.at, one.changes) for one in branch] == [
        (ids["f"], BEGAN + DAY, (("a.lock", blob(tmp_path, "2")),))
    ]


def test_what_a_branch_took_from_the_line_is_not_its_own_change(tmp_path: Path) -> None:
    commits = [
        Commit(id="c0", at=BEGAN, files={"a.lock": "1", "b.lock": "1"}),
        Commit(id="f1", parents=("c0",), branch="fix", at=BEGAN + DAY, files={"x": "1"}),
        Commit(id="c1", parents=("c0",), at=BEGAN + 2 * DAY, files={"a.lock": "2", "b.lock": "2"}),
        Commit(
            id="f2", parents=("f1", "c1"), branch="fix", at=BEGAN + 3 * DAY, files={"a.lock": "2", "b.lock": "merged"}
        ),
        Commit(id="m", parents=("c1", "f2"), at=BEGAN + 4 * DAY, files={"x": "1", "b.lock": "merged"}),
        Commit(id="c2", parents=("m",), at=BEGAN + 5 * DAY, files={"x": "2"}),
    ]
    ids = build(tmp_path / "r", commits)
    merged = blob(tmp_path, "merged")
    assert opened(tmp_path / "r").brought([ids["m"], ids["c2"], "0" * 40]) == {
        ids["m"]: ((ids["f1"], BEGAN + DAY, ()), (ids["f2"], BEGAN + 3 * DAY, (("b.lock", merged),))),
        ids["c2"]: (),
        "0" * 40: (),
    }


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ('Revert "Bump acme from 1 to 2"', "revert"),
        ("revert: bump acme", "revert"),
        ("Reverts #12", "revert"),
        ("Back out the new resolver", "revert"),
        ("Merge pull request #7 from acme/revert-6-fix", "revert"),
        ('Revert "Revert "Bump acme""', ""),
        ("Do not revert on failure", ""),
        ("Hotfix: log in again", "hotfix"),
        ("Merge branch 'hotfix/log-in'", "hotfix"),
        ("[HOT-FIX] log in", "hotfix"),
        ("Snapshotfix", ""),
        ("Release 1.2.3", "release"),
        ("chore(main): release 1.2.3", "release"),
        ("v1.2.3", "release"),
        ("1.2.3rc1", "release"),
        ("Bump version to 1.2.3", "release"),
        ("Prepare for the release", "release"),
        ("Merge branch 'release/1.2' into main", "release"),
        ("Release notes for 1.2", ""),
        ("Bump acme from 1.2 to 1.3", ""),
        ("Released the lock in the worker", ""),
        ("", ""),
    ],
)
def test_a_subject_tells_reverts_hotfixes_and_releases(subject: str, expected: Said) -> None:
    assert said(subject.encode()) == expected
