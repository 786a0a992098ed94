"""Which packages moved, and whether that is what was stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.model.change import Move
from outpace.model.inventory import Component, Git, Inventory, Origin, PublicIndex, Unread, Workspace
from outpace.model.package import Package
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.proving.lock_diff import LockDiff, SourceChange, difference, judge
from outpace.proving.purpose import Named, Purpose, Stated, StatedMove, Unstated

LOCK = "uv.lock"


def component(name: str, version: str, origin: Origin | None = None) -> Component:
    return Component(package=Package("PyPI", name), version=version, origin=origin or PublicIndex(), file=LOCK)


def inventory(*components: Component, unread: tuple[Unread, ...] = ()) -> Inventory:
    return Inventory(source="files", components=components, files=(LOCK,), unread=unread)


def move(name: str, before: str | None, after: str | None) -> Move:
    return Move(package=Package("PyPI", name), before=before, after=after, file=LOCK)


def test_the_difference_names_what_moved_came_and_went_and_not_what_stayed() -> None:
    base = inventory(component("a", "1"), component("gone", "1"), component("same", "3"))
    change = inventory(component("a", "2"), component("new", "1"), component("same", "3"))
    found = difference(base, change)
    assert found.moves == (move("a", "1", "2"), move("gone", "1", None), move("new", None, "1"))
    assert (found.added, found.removed) == ((move("new", None, "1"),), (move("gone", "1", None),))


def test_a_forked_lock_keeps_its_branches_apart() -> None:
    base = inventory(component("a", "1"), component("a", "2"))
    change = inventory(component("a", "1"), component("a", "3"))
    assert difference(base, change).moves == (move("a", "2", "3"),)


def test_the_projects_own_version_is_not_a_move() -> None:
    own = Workspace(".")
    assert difference(inventory(component("shop", "1", own)), inventory(component("shop", "2", own))).moves == ()


def test_another_source_of_the_same_version_is_seen() -> None:
    fork = Git("https://example.org/fork.git", "abc")
    found = difference(inventory(component("a", "1")), inventory(component("a", "1", fork)))
    after = "https://example.org/fork.git at abc"
    expected = SourceChange(package=Package("PyPI", "a"), before="the public index", after=after, file=LOCK)
    assert found == LockDiff(moves=(), sources=(expected,))


VERSIONS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["1", "2", "3"]))


@given(VERSIONS, VERSIONS)
def test_the_moves_lead_from_base_to_the_change(before: dict[str, str], after: dict[str, str]) -> None:
    base, change = (inventory(*(component(n, v) for n, v in side.items())) for side in (before, after))
    reached = dict(before)
    for moved in difference(base, change).moves:
        assert reached.pop(moved.package.name, None) == moved.before
        if moved.after is not None:
            reached[moved.package.name] = moved.after
    assert reached == after


A = StatedMove(name="a", before="1", after="2")
MOVED = LockDiff(moves=(move("a", "1", "2"),))
MORE = LockDiff(moves=(move("a", "1", "2"), move("b", None, "1")))
ELSEWHERE = LockDiff(
    moves=MOVED.moves,
    sources=(SourceChange(package=Package("PyPI", "a"), before="the public index", after="u", file=LOCK),),
)
STATED = Stated(moves=(A,), by="the trailers")
NAMED = Named(moves=(A,), by="the message")
JUDGED: tuple[tuple[str, LockDiff, Purpose, Result], ...] = (
    ("exactly what was stated", MOVED, STATED, Passed("exactly as stated by the trailers: a 1 -> 2")),
    (
        "more than was stated",
        MORE,
        STATED,
        Failed("b 1 (new) moved too, which is not stated by the trailers"),
    ),
    (
        "less than was stated",
        LockDiff(moves=()),
        STATED,
        Failed("a 1 -> 2 was stated by the trailers and did not happen"),
    ),
    ("from elsewhere", ELSEWHERE, STATED, Failed("a now comes from u instead of the public index")),
    ("what was named", MOVED, NAMED, Passed("exactly as stated by the message: a 1 -> 2")),
    (
        "more than was named",
        MORE,
        NAMED,
        CheckUndecided(
            "why more moved than is stated by the message: b 1 (new)",
            "a trailer `Moves: name a -> b` for each package that moves along",
        ),
    ),
    ("not what was named", LockDiff(moves=()), NAMED, Failed("a -> 2 was stated by the message and did not happen")),
    ("named, from elsewhere", ELSEWHERE, NAMED, Failed("a now comes from u instead of the public index")),
    ("nothing at all", LockDiff(moves=()), Unstated(), Skipped("no package moved")),
    (
        "a stranger's move",
        MOVED,
        Unstated(),
        CheckUndecided(
            "what the change is for; a 1 -> 2",
            "a trailer `Moves: name a -> b` in the commit's message for each package that is meant to move",
        ),
    ),
    (
        "a lock that cannot be read",
        LockDiff(moves=MOVED.moves, unread=("uv.lock: a merge conflict",)),
        STATED,
        CheckUndecided("a part of the lock that could not be read: uv.lock: a merge conflict"),
    ),
    ("other files of the same version", LockDiff(moves=MOVED.moves, tampered="odd"), STATED, Failed("odd")),
    (
        "a lock that is gone",
        LockDiff(moves=MOVED.moves, gone=("uv.lock",)),
        STATED,
        Failed("uv.lock is gone, so what it pinned cannot be compared"),
    ),
)


@pytest.mark.parametrize(("diff", "purpose", "result"), [row[1:] for row in JUDGED], ids=[row[0] for row in JUDGED])
def test_only_what_was_stated_may_move(diff: LockDiff, purpose: Purpose, result: Result) -> None:
    assert judge(diff, purpose) == result


def test_what_could_not_be_read_on_the_change_and_a_missing_file_are_told() -> None:
    base = inventory(component("a", "1"))
    change = Inventory(source="files", unread=(Unread(file="uv.lock", why="a conflict"),))
    found = difference(base, change)
    assert (found.unread, found.gone) == (("uv.lock: a conflict",), ("uv.lock",))
