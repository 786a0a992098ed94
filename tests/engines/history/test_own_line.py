"""The default branch's own line, and the dates that it is told by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from outpace.assessment.chronicle import Horizon
from tests.engines.history.reading import day, line_of, opened
from tests.fakes.histories import BEGAN, CENTRAL, DAY, DEPENDABOT, Commit, build, git

FORK = "https://forge.example.invalid/grace/app"


def commit(id_: str, *parents: str, on: float, branch: str = "main", subject: str = "", **more: object) -> Commit:
    files = more.pop("files", None) or {id_: id_}
    at = BEGAN + int(on * DAY)
    return Commit(id=id_, parents=parents, at=at, branch=branch, subject=subject, files=files, **more)  # type: ignore[arg-type]  # passed on


def pulled(subject: str, *, local: int = 1, came: int = 1) -> list[Commit]:
    """A local branch merges the shared one, and is pushed as the shared one; day by day."""
    own = [commit(f"l{n}", f"l{n - 1}" if n else "c0", on=1 + n / 100, branch="local") for n in range(local)]
    shared = [commit(f"s{n}", f"s{n - 1}" if n else "c0", on=2 + n / 100) for n in range(came)]
    merge = commit("m", own[-1].id, shared[-1].id, on=5, subject=subject)
    return [commit("c0", on=0), *own, *shared, merge, commit("c9", "m", on=6)]


def names(folder: Path, commits: Sequence[Commit], origin: str = "") -> list[str]:
    ids = build(folder, commits)
    if origin:
        git(folder, "remote", "add", "origin", origin)
    return [told.commit for told in line_of(opened(folder).walk(), ids)]


def test_a_merge_lands_what_it_brought_on_its_own_day(tmp_path: Path) -> None:
    commits = [
        commit("c0", on=0),
        commit("f1", "c0", on=1, branch="fix"),
        commit("f2", "f1", on=2, branch="fix"),
        commit("c1", "c0", on=3),
        commit("m", "c1", "f2", on=4, files={"f1": "f1", "f2": "f2"}),
    ]
    ids = build(tmp_path, commits)
    walk = opened(tmp_path).walk()
    assert line_of(walk, ids) == [("c0", 0, "commit"), ("c1", 3, "commit"), ("m", 4, "merge")]
    merge = walk.chronicle.landings[-1]
    assert (merge.is_merge, merge.branch_commits, merge.branch_began, merge.files) == (True, 2, day(1), 2)
    assert walk.chronicle.horizon == Horizon(tip=ids["m"], branch="main", landings=3, began=day(0), ended=day(4))


@pytest.mark.parametrize(
    ("subject", "origin"),
    [
        ("Merge remote-tracking branch 'origin/main'", ""),
        ("Merge remote-tracking branch 'origin/main' into main", FORK),
        (f"Merge branch 'main' of {CENTRAL}", CENTRAL + ".git"),
        (f"Merge branch 'main' of {CENTRAL}.git into main", "git@forge.example.invalid:acme/app.git"),
        ("Merge branch 'main' of forge.example.invalid:ACME/app", CENTRAL),
        ("Merge branch 'main' of forge.example.invalid:acme/former-name", CENTRAL),
        ("Merge branch 'master' of forge.example.invalid:acme/app", CENTRAL),  # the branch was renamed since
        (f"Merge branch 'main' of {CENTRAL}", ""),  # a mirror knows no remote: what is pulled most often
    ],
)
def test_where_the_branch_was_pulled_into_a_local_one_the_other_parent_is_the_line(
    tmp_path: Path, subject: str, origin: str
) -> None:
    assert names(tmp_path, pulled(subject, local=3, came=2), origin) == ["c0", "s0", "s1", "m", "c9"]


@pytest.mark.parametrize(
    ("subject", "origin"),
    [
        ("Merge branch 'fix'", ""),
        ("Merge branch 'fix' of " + CENTRAL, CENTRAL),
        (f"Merge branch 'main' of {CENTRAL} into develop", CENTRAL),
        ("Merge remote-tracking branch 'origin/main' into develop", CENTRAL),
        ("Merge remote-tracking branch 'grace/main'", CENTRAL),
        (f"Merge branch 'main' of {FORK}", CENTRAL),  # a maintainer pulls a contributor's fork
        ("Merge branch 'main' into main", CENTRAL),
        (f"Merge branch 'master' of {CENTRAL} into main", CENTRAL),
    ],
)
def test_other_merges_keep_the_first_parent(tmp_path: Path, subject: str, origin: str) -> None:
    assert names(tmp_path, pulled(subject), origin) == ["c0", "l0", "m", "c9"]


def test_a_line_that_is_far_longer_than_what_it_pulled_is_nobodys_local_one(tmp_path: Path) -> None:
    subject = "Merge remote-tracking branch 'origin/main'"
    assert len(names(tmp_path / "long", pulled(subject, local=31, came=10))) == 1 + 31 + 2
    assert len(names(tmp_path / "short", pulled(subject, local=30, came=1))) == 1 + 1 + 2
    assert len(names(tmp_path / "wide", pulled(subject, local=33, came=11))) == 1 + 11 + 2


def test_what_a_local_branch_held_landed_with_the_merge(tmp_path: Path) -> None:
    ids = build(tmp_path, pulled("Merge remote-tracking branch 'origin/main'"))
    walk = opened(tmp_path).walk()
    assert line_of(walk, ids) == [
        ("c0", 0, "commit"),
        ("s0", 2, "commit"),
        ("m", 5, "other parent"),
        ("c9", 6, "commit"),
    ]
    assert walk.chronicle.horizon.local_merges == 1
    assert (walk.chronicle.landings[2].branch_commits, walk.chronicle.landings[2].branch_began) == (1, day(1))


def test_of_places_that_a_mirror_cannot_tell_apart_none_is_followed(tmp_path: Path) -> None:
    one = pulled(f"Merge branch 'main' of {CENTRAL}")
    more = [commit("o", "c0", on=1, branch="x"), commit("p", "c9", "o", on=9, subject=f"Merge branch 'main' of {FORK}")]
    assert names(tmp_path, [*one, *more]) == ["c0", "l0", "m", "c9", "p"]


def test_an_octopus_lands_all_its_branches(tmp_path: Path) -> None:
    branches = [commit(name, "c0", on=number, branch=name) for number, name in enumerate("abc", 1)]
    ids = build(
        tmp_path,
        [commit("c0", on=0), *branches, commit("m", "c0", "a", "b", "c", on=4, files={"a": "a", "b": "b", "c": "c"})],
    )
    walk = opened(tmp_path).walk()
    assert line_of(walk, ids) == [("c0", 0, "commit"), ("m", 4, "merge")]
    assert (walk.chronicle.landings[1].branch_commits, walk.chronicle.landings[1].files) == (3, 3)


def test_commits_of_a_criss_cross_history_land_once(tmp_path: Path) -> None:
    commits = [
        commit("c0", on=0),
        commit("a1", "c0", on=1),
        commit("b1", "c0", on=2, branch="b"),
        commit("a2", "a1", "b1", on=3, subject="Merge branch 'b'"),
        commit("b2", "b1", "a1", on=4, branch="b", subject="Merge branch 'main' into b"),
        commit("b3", "b2", on=5, branch="b"),
        commit("a3", "a2", "b3", on=6, subject="Merge branch 'b'"),
    ]
    ids = build(tmp_path, commits)
    walk = opened(tmp_path).walk()
    assert line_of(walk, ids) == [("c0", 0, "commit"), ("a1", 1, "commit"), ("a2", 3, "merge"), ("a3", 6, "merge")]
    assert [landing.branch_commits for landing in walk.chronicle.landings] == [0, 0, 1, 2]


def test_a_history_without_a_common_root_comes_with_its_merge(tmp_path: Path) -> None:
    commits = [
        commit("c0", on=3),
        commit("x0", on=0, branch="x", files={"x.lock": "1"}),
        commit("x1", "x0", on=1, branch="x"),
        commit("m", "c0", "x1", on=4, files={"x.lock": "1"}),
    ]
    ids = build(tmp_path, commits)
    walk = opened(tmp_path).walk()
    assert line_of(walk, ids) == [("c0", 3, "commit"), ("m", 4, "merge")]
    assert walk.chronicle.landings[1].branch_commits == 2


def test_a_rebased_series_is_dated_by_its_committer_and_never_before_what_it_stands_on(tmp_path: Path) -> None:
    commits = [
        commit("c0", on=0),
        commit("c1", "c0", on=10, authored=BEGAN - 90 * DAY),
        commit("c2", "c1", on=4, authored=BEGAN - 80 * DAY),
        commit("c3", "c2", on=12),
    ]
    ids = build(tmp_path, commits)
    walk = opened(tmp_path).walk()
    assert line_of(walk, ids) == [
        ("c0", 0, "commit"),
        ("c1", 10, "commit"),
        ("c2", 10, "later parent"),
        ("c3", 12, "commit"),
    ]
    assert walk.chronicle.horizon.out_of_order == 1


def test_a_date_that_has_not_come_yet_spoils_no_other(tmp_path: Path) -> None:
    commits = [commit("c0", on=0), commit("c1", "c0", on=9000), commit("c2", "c1", on=3), commit("c3", "c2", on=9001)]
    ids = build(tmp_path, commits)
    walk = opened(tmp_path, at=day(20), today=day(20)).walk()
    assert line_of(walk, ids) == [
        ("c0", 0, "commit"),
        ("c1", 3, "later parent"),
        ("c2", 3, "commit"),
        ("c3", 20, "later parent"),
    ]
    horizon = walk.chronicle.horizon
    assert (horizon.in_future, horizon.out_of_order, horizon.ended) == (2, 0, day(20))


def test_the_date_of_a_clock_that_was_never_set_is_that_of_what_follows_and_no_sooner(tmp_path: Path) -> None:
    unset = 1 - BEGAN / DAY  # a day after the seconds begin
    ids = build(tmp_path, [commit("c0", on=0), commit("c1", "c0", on=unset), commit("c2", "c1", on=12)])
    walk = opened(tmp_path).walk()
    assert line_of(walk, ids) == [("c0", 0, "commit"), ("c1", 12, "later parent"), ("c2", 12, "commit")]
    assert walk.chronicle.horizon.out_of_order == 1


def test_a_history_whose_clock_was_never_set_keeps_its_dates(tmp_path: Path) -> None:
    unset = 1 - BEGAN / DAY  # a day after the seconds begin
    ids = build(tmp_path, [commit("c0", on=unset), commit("c1", "c0", on=unset + 1), commit("c2", "c1", on=12)])
    dates = [round(on, 3) for _, on, _ in line_of(opened(tmp_path).walk(), ids)]
    assert dates == [round(unset, 3), round(unset + 1, 3), 12]


def test_what_landed_after_the_day_is_left_out(tmp_path: Path) -> None:
    commits = [
        commit("c0", on=0, files={"a.lock": "1"}),
        commit("c1", "c0", on=1, files={"a.lock": "2", ".ci/x": "1"}),
        commit("c2", "c1", on=2, files={"a.lock": None, "b.lock": "2", ".ci/x": None}),
    ]
    ids = build(tmp_path, commits)
    walk = opened(tmp_path, at=day(1.5)).walk()
    assert [told.commit for told in line_of(walk, ids)] == ["c0", "c1"]
    assert [change.landing for change in walk.changes] == [0, 1]
    assert (walk.renames, [touch.kind for touch in walk.chronicle.touches]) == ((), ["added"])
    assert walk.chronicle.horizon.tip == ids["c1"]
    assert opened(tmp_path, at=day(-1)).walk().chronicle.landings == ()


def test_a_program_is_told_by_who_wrote_not_by_who_clicked(tmp_path: Path) -> None:
    bot = DEPENDABOT
    commits = [
        commit("c0", on=0),
        commit("b1", "c0", on=1, branch="bump", author=bot),
        commit("m1", "c0", "b1", on=2),
        commit("h1", "m1", on=3, branch="human"),
        commit("m2", "m1", "h1", on=4, author=bot, committer=bot),
        commit("c3", "m2", on=5, author=bot),
        commit("x1", "c3", on=6, branch="mixed", author=bot),
        commit("x2", "x1", "c3", on=7, branch="mixed"),
        commit("m3", "c3", "x2", on=8),
        commit("c4", "m3", on=9, committer=bot),
    ]
    ids = build(tmp_path, commits)
    walk = opened(tmp_path).walk()
    assert [
        (told.commit, landing.by_bot) for told, landing in zip(line_of(walk, ids), walk.chronicle.landings, strict=True)
    ] == [("c0", False), ("m1", True), ("m2", False), ("c3", True), ("m3", True), ("c4", False)]
