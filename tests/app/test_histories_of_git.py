"""A history in a real repository is told like the same one in memory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from outpace.app.histories import history_of
from outpace.assessment.episodes import History
from outpace.ecosystems.scan import asks, kind_of
from outpace.engines.history.git_history import GitHistory
from tests.app.lock_histories import ADVISORY, ASKED, BAD, BROKEN, END, GONE, GOOD, LOCK, OTHER, UV_GOOD, history, rows
from tests.fakes.advisories import Advisories
from tests.fakes.histories import ISOLATED, Commit, build
from tests.fakes.told_histories import Remembered, Row, day

TOLD = {
    "reverted": rows((0, {LOCK: BAD}), (32, {LOCK: GOOD}), (34, {LOCK: BAD}), (44, {LOCK: GOOD})),
    "moved, and over to another lock": rows(
        (0, {LOCK: BAD}), (40, {LOCK: None, OTHER: BAD}), (45, {"uv.lock": UV_GOOD}), (50, {OTHER: None})
    ),
    "not to be read, moved, and read again": rows(
        (0, {LOCK: BAD}), (35, {LOCK: BROKEN}), (40, {LOCK: None, OTHER: BROKEN}), (50, {OTHER: GOOD})
    ),
    "gone, and no lock file any more": rows((0, {LOCK: BAD, OTHER: BAD}), (40, {LOCK: GONE}), (50, {OTHER: None})),
    "moved to a name that is no lock's": rows(
        (0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "reqs.txt": BAD, "notes.txt": "x"})
    ),
    "dropped, and still asked for": rows(
        (0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "pyproject.toml": ASKED}), (50, {"pyproject.toml": None})
    ),
    "merged": [
        Row(id="c0", day=0, files={LOCK: BAD}),
        Row(id="c1", day=33, files={"other.txt": "x"}),
        Row(id="m2", day=40, files={LOCK: GOOD}, branch=(("b0", 35, {LOCK: GOOD}),)),
    ],
}


def made(folder: Path, told: list[Row]) -> dict[str, str]:
    commits: list[Commit] = []
    for number, row in enumerate(told):
        parents = (told[number - 1].id,) if number else ()
        for name, at, files in row.branch:
            commits.append(Commit(id=name, parents=parents, branch="fix", at=seconds(day(at)), files=files))
        parents += tuple(name for name, _, _ in row.branch[-1:])
        commits.append(Commit(id=row.id, parents=parents, at=seconds(day(row.day)), files=row.files))
    return build(folder, commits)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def by_git(folder: Path) -> History:
    git = GitHistory(
        folder,
        at=day(END),
        today=day(END),
        is_lock=lambda path: kind_of(path) is not None,
        is_interesting=asks,
        environ=ISOLATED,
        cached=Remembered(),
        report=lambda _: None,
    )
    return history_of(git, Advisories([ADVISORY]), at=day(END), kept=Remembered(), report=lambda _: None)[1]


def without_ids(found: History) -> History:
    """Commits by whether there is one; how a date was told is git's matter."""
    items = [
        replace(
            item,
            commit=item.commit and "-",
            told="commit",
            windows=tuple(
                replace(one, opening_commit=one.opening_commit and "-", closing_commit=one.closing_commit and "-")
                for one in item.windows
            ),
            gaps=tuple(replace(gap, commit=gap.commit and "-") for gap in item.gaps),
            stages=replace(item.stages, first_commit_id=item.stages.first_commit_id and "-"),
        )
        for item in found.items
    ]
    episodes = [
        replace(
            each,
            commit=each.commit and "-",
            told="commit",
            stages=replace(each.stages, first_commit_id=each.stages.first_commit_id and "-"),
        )
        for each in found.episodes
    ]
    return replace(found, items=tuple(items), episodes=tuple(episodes))


@pytest.mark.parametrize("name", TOLD)
def test_the_same_history_is_told_alike(tmp_path: Path, name: str) -> None:
    ids = made(tmp_path, TOLD[name])
    found, expected = by_git(tmp_path), history(TOLD[name])
    assert without_ids(found) == without_ids(expected)
    assert [item.commit for item in found.items] == [ids.get(item.commit, "") for item in expected.items]


def test_a_path_that_is_not_utf_8_is_told_in_text(tmp_path: Path) -> None:
    made(tmp_path, rows((0, {"caf\udce9/requirements.txt": BAD})))
    found = by_git(tmp_path)
    assert [(item.state, item.files) for item in found.items] == [("open", (r"caf\xe9/requirements.txt",))]
    assert [lock.path for lock in found.locks] == [r"caf\xe9/requirements.txt"]
