"""Tags: what each is the first to contain."""

from __future__ import annotations

from pathlib import Path

from outpace.assessment.chronicle import Chronicle, first_tags
from tests.engines.history.reading import Memory, day, opened
from tests.fakes.histories import BEGAN, DAY, Commit, Tag, build, extend, git, line


def told(chronicle: Chronicle) -> list[tuple[str, float, int]]:
    return [(tag.name, (tag.at.timestamp() - BEGAN) / DAY, tag.first) for tag in chronicle.tags]


def test_each_tag_counts_the_landings_that_no_earlier_one_contains(tmp_path: Path) -> None:
    tags = [
        Tag(name="light", commit="c1"),
        Tag(name="annotated", commit="c4", at=BEGAN + 9 * DAY),
        Tag(name="between", commit="c3", at=BEGAN + 8 * DAY),
        Tag(name="late/for-an-old-one", commit="c0", at=BEGAN + 10 * DAY),
    ]
    ids = build(tmp_path, line(*({"x": str(number)} for number in range(6))), tags=tags)
    chronicle = opened(tmp_path).walk().chronicle
    assert told(chronicle) == [("light", 1, 2), ("between", 8, 2), ("annotated", 9, 1), ("late/for-an-old-one", 10, 0)]
    firsts = first_tags(chronicle)
    assert {name: firsts[ids[name]].name for name in ids if ids[name] in firsts} == {
        "c0": "light",
        "c1": "light",
        "c2": "between",
        "c3": "between",
        "c4": "annotated",
    }


def test_a_tag_on_a_release_branch_contains_the_line_up_to_where_it_began(tmp_path: Path) -> None:
    commits = [
        *line({"x": "0"}, {"x": "1"}, {"x": "2"}, {"x": "3"}),
        Commit(id="r1", parents=("c1",), branch="release", at=BEGAN + 4 * DAY, files={"y": "1"}),
        Commit(id="r2", parents=("r1", "c2"), branch="release", at=BEGAN + 5 * DAY, files={"x": "2"}),
        Commit(id="o", branch="other", at=BEGAN, files={"o": "1"}),
        Commit(id="w", parents=("c3",), branch="work", at=BEGAN + 6 * DAY, files={"w": "1"}),
        Commit(id="m", parents=("c3", "w"), at=BEGAN + 7 * DAY, files={"w": "1"}),
    ]
    tags = [Tag(name=f"on-{id_}", commit=id_) for id_ in ("r1", "r2", "o", "w")]
    build(tmp_path, commits, tags=tags)
    chronicle = opened(tmp_path).walk().chronicle
    assert told(chronicle) == [("on-o", 0, 0), ("on-r1", 4, 2), ("on-r2", 5, 1), ("on-w", 6, 1)]
    assert told(opened(tmp_path, at=day(4.5)).walk().chronicle) == [("on-o", 0, 0), ("on-r1", 4, 2)]


def test_a_tag_is_never_older_than_what_it_contains(tmp_path: Path) -> None:
    commits = [
        Commit(id="c0", at=BEGAN + 5 * DAY, files={"x": "0"}),
        Commit(id="c1", parents=("c0",), at=BEGAN, files={"x": "1"}),
    ]
    build(tmp_path, commits, tags=[Tag(name="v1", commit="c1")])
    assert told(opened(tmp_path).walk().chronicle) == [("v1", 5, 2)]


def test_tags_of_tags_count_and_tags_of_files_do_not(tmp_path: Path) -> None:
    build(tmp_path, line({"x": "0"}), tags=[Tag(name="v1", commit="c0", at=BEGAN + DAY)])
    git(tmp_path, "tag", "tree", "HEAD^{tree}")
    git(tmp_path, "tag", "blob", "HEAD:x")
    git(tmp_path, "tag", "-a", "-m", "again", "v1-again", "v1", GIT_COMMITTER_DATE=f"{BEGAN + 3 * DAY} +0000")
    git(
        tmp_path,
        "tag",
        "-a",
        "-m",
        "more",
        "v1-more",
        "refs/tags/v1-again",
        GIT_COMMITTER_DATE=f"{BEGAN + 4 * DAY} +0000",
    )
    assert told(opened(tmp_path).walk().chronicle) == [("v1", 1, 1), ("v1-again", 3, 0), ("v1-more", 4, 0)]


def test_new_tags_are_seen_where_nothing_else_is_new(tmp_path: Path) -> None:
    cached = Memory()
    commits = [
        *line({"x": "0"}, {"x": "1"}),
        Commit(id="r", parents=("c0",), branch="r", at=BEGAN + 3 * DAY, files={"y": "1"}),
    ]
    ids = build(tmp_path, commits)
    assert told(opened(tmp_path, cached=cached).walk().chronicle) == []
    extend(
        tmp_path, [], known=ids, tags=[Tag(name="on-r", commit="r"), Tag(name="v1", commit="c1", at=BEGAN + 4 * DAY)]
    )
    assert told(opened(tmp_path, cached=cached).walk().chronicle) == [("on-r", 3, 1), ("v1", 4, 1)]
    git(tmp_path, "tag", "-d", "on-r")
    assert told(opened(tmp_path, cached=cached).walk().chronicle) == [("v1", 4, 2)]


def test_a_name_that_holds_anything_is_kept(tmp_path: Path) -> None:
    name = "v1;$(touch)`|&'\"\udcff<b>%00@é"
    build(tmp_path, line({"x": "0"}))
    git(tmp_path, "tag", name)
    assert [tag.name for tag in opened(tmp_path).walk().chronicle.tags] == [name]
