"""Which packages moved, and whether that is what was stated."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.model.change import Move
from outpace.model.inventory import Component, Git, Inventory, Origin, PublicIndex, Unread, Workspace
from outpace.model.package import Package
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.proving.lock_diff import LockDiff, SourceChange, difference, judge, reaches
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
    assert (found.moves, found.sources) == ((), (expected,))


def test_the_versions_of_a_fork_are_paired_by_their_order_and_not_by_their_spelling() -> None:
    base = inventory(component("a", "8.0"), component("a", "9.9"))
    change = inventory(component("a", "8.1"), component("a", "10.0"))
    assert difference(base, change).moves == (move("a", "8.0", "8.1"), move("a", "9.9", "10.0"))


def ranged(name: str, specifier: str) -> Component:
    return Component(package=Package("PyPI", name), version=None, specifier=specifier, file=LOCK)


@pytest.mark.parametrize(
    ("before", "after", "is_lower"),
    [
        (component("a", "2.0"), component("a", "1.9"), True),
        (component("a", "2.0"), component("a", "2.0rc1"), True),
        (component("a", "1.9"), component("a", "1.10"), False),
        (component("a", "odd"), component("a", "1.0"), False),
        (ranged("a", ">=2,<3"), ranged("a", ">=1,<3"), True),
        (ranged("a", ">=1,<2"), ranged("a", ">=1,<3"), False),
        (component("a", "2.0"), ranged("a", ">=1"), True),
        (component("a", "2.0"), component("b", "1.0"), False),
    ],
)
def test_what_goes_down_is_known_as_such(before: Component, after: Component, is_lower: bool) -> None:
    found = difference(inventory(before), inventory(after))
    assert found.lowered == (found.moves if is_lower else ())


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
A_1, A_2, B_1 = component("a", "1"), component("a", "2"), component("b", "1")
UNMOVED = difference(inventory(A_1), inventory(A_1))
MOVED = difference(inventory(A_1), inventory(A_2))
MORE = difference(inventory(A_1), inventory(A_2, B_1))
ELSEWHERE = msgspec.structs.replace(
    MOVED, sources=(SourceChange(package=Package("PyPI", "a"), before="the public index", after="u", file=LOCK),)
)
ACTION = StatedMove(name="checkout", before="3", after="4")
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
            "more moved than is stated by the message: b 1 (new)",
            "a trailer `Moves: name a -> b` for each package that moves along",
        ),
    ),
    ("not what was named", UNMOVED, NAMED, Failed("a -> 2 was stated by the message and did not happen")),
    (
        "what is in no lock",
        UNMOVED,
        Named(moves=(ACTION,)),
        Skipped("no package moved"),
    ),
    (
        "something else than what is in no lock",
        MOVED,
        Named(moves=(ACTION,)),
        CheckUndecided(
            "the change does not say what it is for; a 1 -> 2",
            "a trailer `Moves: name a -> b` in the commit's message for each package that is meant to move",
        ),
    ),
    (
        "beside what is in no lock",
        MOVED,
        Named(moves=(A, ACTION), by="the message"),
        Passed("exactly as stated by the message: a 1 -> 2"),
    ),
    ("named, from elsewhere", ELSEWHERE, NAMED, Failed("a now comes from u instead of the public index")),
    ("nothing at all", LockDiff(moves=()), Unstated(), Skipped("no package moved")),
    (
        "a stranger's move",
        MOVED,
        Unstated(),
        CheckUndecided(
            "the change does not say what it is for; a 1 -> 2",
            "a trailer `Moves: name a -> b` in the commit's message for each package that is meant to move",
        ),
    ),
    (
        "a lock that cannot be read",
        LockDiff(moves=MOVED.moves, unread=("uv.lock: a merge conflict",)),
        STATED,
        CheckUndecided("some of the lock could not be read: uv.lock: a merge conflict"),
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


@pytest.mark.parametrize(
    ("stated", "version", "expected"),
    [
        ("2.4", "2.4.0", True),
        ("2.4.0", "2.4.1", False),
        ("2.4", "2.4.1", False),
        ("2", "2.4.1", True),
        ("2", "3.0", False),
        ("2.x", "2.9", True),
        ("2.4.*", "2.4.7", True),
        ("2.4.x", "2.5.0", False),
        ("~=2.0", "2.3", True),
        ("~=2.0", "3.0", False),
        ("<3,>=2", ">=2,<3", True),
        (">=2,<4", ">=2,<3", False),
        ("abc123", "abc123", True),
        ("abc123", "1.0", False),
        ("", "1.0", True),
    ],
)
def test_a_stated_version_may_be_written_in_the_ways_of_bots_and_people(
    stated: str, version: str, expected: bool
) -> None:
    assert reaches(stated, version) is expected


def test_a_line_that_neither_side_lets_us_read_stops_nothing_where_it_is_the_same() -> None:
    unread = (Unread(file=LOCK, why="a directory", line=4),)
    base, change = (inventory(component("a", version), unread=unread) for version in ("1", "2"))
    stated = Stated(moves=(StatedMove(name="a", before="1", after="2"),), by="the trailers")
    assert judge(difference(base, change), stated) == CheckUndecided(
        "some of the lock could not be read: uv.lock: a directory"
    )
    assert judge(difference(base, change, lambda _: True), stated) == Passed(
        "exactly as stated by the trailers: a 1 -> 2; not compared, being the same on both sides: uv.lock: a directory"
    )
