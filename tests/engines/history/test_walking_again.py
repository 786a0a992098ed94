"""A second walk reads what is new, and gives what a first one would; nobody's identity is in what is given or kept."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outpace.assessment.ports import Walk
from tests.engines.history.reading import Memory, day, line_of, opened
from tests.fakes.histories import BEGAN, CENTRAL, DAY, DEPENDABOT, Commit, Person, Tag, build, extend, git, line

GRACE = Person("Grace Brewster", "grace.brewster@navy.example.invalid")
FIRST = line({"a.lock": "1"}, {"a.lock": "2"}, {"x": "1"})
MORE = (
    Commit(id="c3", parents=("c2",), at=BEGAN + 3 * DAY, files={"a.lock": "3"}),
    Commit(id="f", parents=("c1",), branch="fix", at=BEGAN + 4 * DAY, files={"b.lock": "1"}),
    Commit(id="m", parents=("c3", "f"), at=BEGAN + 5 * DAY, files={"b.lock": "1"}),
)


def again(root: Path, cached: Memory) -> tuple[Walk, str]:
    """The walk, and what was reported of how much was read."""
    said: list[str] = []
    walk = opened(root, cached=cached, report=said.append).walk()
    return walk, " ".join(re.findall(r"\d+", " ".join(said)))


def test_an_unchanged_history_is_not_read_again(tmp_path: Path) -> None:
    build(tmp_path, FIRST)
    cached = Memory()
    first, read = again(tmp_path, cached)
    kept = dict(cached.kept)
    assert read == "3"
    assert again(tmp_path, cached) == (first, "")
    assert cached.kept == kept


def test_only_new_commits_are_read(tmp_path: Path) -> None:
    cached = Memory()
    ids = build(tmp_path, FIRST)
    again(tmp_path, cached)
    extend(tmp_path, MORE, known=ids)
    walk, read = again(tmp_path, cached)
    assert read == "2"
    assert walk == opened(tmp_path).walk()


def test_the_day_is_told_anew(tmp_path: Path) -> None:
    cached = Memory()
    ids = build(tmp_path, FIRST)
    again(tmp_path, cached)
    earlier = opened(tmp_path, cached=cached, at=day(1)).walk()
    assert line_of(earlier, ids) == [("c0", 0, "commit"), ("c1", 1, "commit")]


def test_a_rewritten_history_is_read_anew(tmp_path: Path) -> None:
    cached = Memory()
    ids = build(tmp_path, FIRST)
    again(tmp_path, cached)
    extend(tmp_path, [Commit(id="n", parents=("c0",), at=BEGAN + 9 * DAY, files={"a.lock": "n"})], known=ids)
    walk, read = again(tmp_path, cached)
    assert read == "2"
    assert walk == opened(tmp_path).walk()


def test_a_line_that_leaves_the_old_one_aside_is_read_anew(tmp_path: Path) -> None:
    cached = Memory()
    ids = build(tmp_path, FIRST)
    again(tmp_path, cached)
    more = [
        Commit(id="n", parents=("c0",), branch="n", at=BEGAN + 4 * DAY, files={"n": "1"}),
        Commit(id="m", parents=("n", "c2"), at=BEGAN + 5 * DAY, files={"x": "1"}, subject="Take them all"),
    ]
    ids = extend(tmp_path, more, known=ids)
    walk, _ = again(tmp_path, cached)
    assert line_of(walk, ids) == [("c0", 0, "commit"), ("n", 4, "commit"), ("m", 5, "merge")]


def test_another_remote_another_reading_and_another_branch_are_read_anew(tmp_path: Path) -> None:
    cached = Memory()
    ids = build(tmp_path, FIRST)
    again(tmp_path, cached)
    git(tmp_path, "remote", "add", "origin", CENTRAL)
    assert again(tmp_path, cached)[1] == "3"
    said: list[str] = []
    opened(tmp_path, cached=cached, reads="other files", report=said.append).walk()
    assert len(said) == 1
    extend(tmp_path, [Commit(id="d", parents=("c0",), branch="d", files={"d.lock": "1"})], known=ids)
    assert len(opened(tmp_path, cached=cached, branch="d").walk().chronicle.landings) == 2
    assert again(tmp_path, cached)[1] == ""


def test_a_damaged_cache_is_read_over(tmp_path: Path) -> None:
    cached = Memory()
    ids = build(tmp_path, [*FIRST, *MORE])
    history = opened(tmp_path, cached=cached)
    whole = (history.walk(), history.brought([ids["m"]]))
    for damage in (b"", b"\x00", b"\xff" * 9, msgspec.msgpack.encode({"tip": 1})):
        cached.kept = dict.fromkeys(cached.kept, damage)
        history = opened(tmp_path, cached=cached)
        assert (history.walk(), history.brought([ids["m"]])) == whole


def test_what_merges_brought_is_kept(tmp_path: Path) -> None:
    cached = Memory()
    ids = build(tmp_path, [*FIRST, *MORE])
    first = opened(tmp_path, cached=cached).brought([ids["m"]])
    kept = dict(cached.kept)
    assert [one.id for one in first[ids["m"]]] == [ids["f"]]
    assert opened(tmp_path, cached=cached).brought([ids["m"]]) == first
    assert cached.kept == kept


SUBJECTS = st.sampled_from(
    [
        "Change",
        f"Merge branch 'main' of {CENTRAL}",
        "Merge branch 'main' of https://other.example.invalid/eve/app",
        "Merge remote-tracking branch 'origin/main'",
        "Merge branch 'fix'",
        'Revert "Change" by Grace Brewster',
        "Release 1 (grace.brewster@navy.example.invalid)",
    ]
)
FILES = st.dictionaries(
    st.sampled_from(["a.lock", "b.lock", "sub/a.lock", ".ci/x", "y"]), st.sampled_from(["1", "2", "3"]), max_size=3
)


@st.composite
def commits(draw: st.DrawFn) -> list[Commit]:
    made: list[Commit] = []
    for number in range(draw(st.integers(2, 12))):
        parents = draw(st.lists(st.integers(max(0, number - 5), number - 1), max_size=3, unique=True)) if number else []
        made.append(
            Commit(
                id=f"c{number}",
                parents=tuple(f"c{parent}" for parent in parents) or ((f"c{number - 1}",) if number else ()),
                at=BEGAN + draw(st.integers(-3, 3)) * DAY + number * DAY,
                files={**draw(FILES), ".mailmap": f"{GRACE.name} <{GRACE.email}> <x@example.invalid>"},
                subject=draw(SUBJECTS),
                trailers=(f"Co-authored-by: {GRACE.name} <{GRACE.email}>",),
                author=draw(st.sampled_from([GRACE, DEPENDABOT])),
                committer=GRACE,
            )
        )
    return made


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(commits(), st.data())
def test_a_walk_in_two_steps_is_a_walk_from_the_first_commit_and_holds_no_identity(
    made: list[Commit], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(made) - 1))
    tags = [Tag(name=f"t{number}", commit=f"c{number}") for number in data.draw(st.sets(st.integers(0, cut - 1)))]
    cached = Memory()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        ids = build(root, made[:cut], tags=tags, bare=True)
        opened(root, cached=cached).walk()
        extend(root, made[cut:], known=ids, tags=[Tag(name="late", commit=made[-1].id)], bare=True)
        history = opened(root, cached=cached)
        walk = history.walk()
        merges = [landing.id for landing in walk.chronicle.landings if landing.is_merge]
        brought = history.brought(merges)
        fresh = opened(root)
        assert walk == fresh.walk()
        assert brought == fresh.brought(merges)
        counts = {landing.id: landing.branch_commits for landing in walk.chronicle.landings if landing.is_merge}
        assert {merge: len(commits) for merge, commits in brought.items()} == counts
        given_and_kept = msgspec.msgpack.encode((walk, brought)) + b"".join(cached.kept.values())
    for identity in ("grace", "brewster", "navy", "dependabot", "noreply", "eve/", "co-authored", "mailmap"):
        assert identity.encode() not in given_and_kept.lower()
