"""What could not be seen is a question, and what nothing could be read of comes first."""

from __future__ import annotations

from collections.abc import Collection

from outpace.app.lock_versions import NOT_HERE
from outpace.app.unseen import questions
from outpace.assessment.chronicle import Chronicle, Horizon
from outpace.assessment.episodes import History, Item, Lock, Moved, Unread
from outpace.assessment.paths import UnknownPath
from outpace.model.package import Package
from tests.fakes.told_histories import day

NO_PATH = UnknownPath(why="nothing was seen")


def asked(history: History, horizon: Horizon | None = None, deployed: Collection[str] = ()) -> list[tuple[str, str]]:
    chronicle = Chronicle(horizon=horizon or Horizon(tip="", branch="main"))
    return [(each.what, each.why) for each in questions(NO_PATH, chronicle, history, deployed)]


def unread(path: str, *, since: float = 0, until: float | None = None) -> Unread:
    return Unread(path=path, since=day(since), until=None if until is None else day(until), why="it is empty")


def test_a_lock_that_cannot_be_read_is_asked_for_before_anything_else() -> None:
    history = History(unread=(unread("old.lock", until=9), unread("uv.lock", since=3)), uncovered=(("Go", 7),))
    shallow = Horizon(tip="", branch="main", shallow=True)
    assert asked(history, shallow)[:3] == [
        ("what uv.lock pins since 2024-01-04", "uv.lock cannot be read: it is empty"),
        ("what old.lock pins from 2024-01-01 to 2024-01-10", "old.lock cannot be read: it is empty"),
        ("the history before this clone begins", "the clone is shallow: its history is cut off"),
    ]


def test_many_locks_that_cannot_be_read_are_counted() -> None:
    history = History(unread=tuple(unread(f"{number:02}/uv.lock") for number in range(18)))
    told = asked(history)
    assert [what for what, _ in told] == [
        *(f"what {number:02}/uv.lock pins since 2024-01-01" for number in range(3)),
        "what 15 more lock files pin",
    ]
    assert told[3][1] == "they cannot be read: 03/uv.lock since 2024-01-01: it is empty; and others"


def test_dates_that_have_not_come_yet_are_said() -> None:
    ((what, why),) = asked(History(), Horizon(tip="", branch="main", in_future=1))
    assert what == "when 1 change landed"
    assert "have not come yet" in why


def test_a_lock_that_outpace_toml_names_and_that_never_was_there_is_named() -> None:
    there = Lock(path="reqs.txt", kind="requirements", first=day(0))
    assert asked(History(locks=(there,)), deployed=["nosuch.txt", "reqs.txt"]) == [
        ("what nosuch.txt pins", "outpace.toml names it in locks, and there never was such a file on main")
    ]


def test_a_lock_that_was_moved_to_where_it_does_not_count_is_asked_for() -> None:
    moved = Moved(path="requirements.txt", since=day(40), to="reqs.txt, which is no lock file by its name")
    assert asked(History(moved=(moved,))) == [
        (
            "what became of requirements.txt since 2024-02-10",
            "it was moved unchanged to reqs.txt, which is no lock file by its name",
        )
    ]


def removed(name: str, why: str = "requirements.txt need not name all") -> Item:
    return Item(package=Package("PyPI", name), id=f"PYSEC-{name}", entry="reactive", state="removed", why=why)


def test_what_may_still_be_installed_without_a_pin_is_asked_for_by_name() -> None:
    certain = removed("acme", why="")
    assert asked(History(items=(certain,))) == []
    assert asked(History(items=(certain, removed("zeta"), removed("zeta")))) == [
        ("whether zeta may still be installed, without a pin", "requirements.txt need not name all")
    ]
    many = History(items=tuple(removed(name) for name in ("e", "d", "c", "b", "a")))
    assert [what for what, _ in asked(many)] == ["whether a, b, c and 2 more may still be installed, without a pin"]


def test_many_locks_that_were_moved_are_counted_and_the_last_ones_named() -> None:
    moved = tuple(Moved(path=f"{at}.txt", since=day(at), to="old") for at in range(6))
    assert [what for what, _ in asked(History(moved=moved))] == [
        "what became of 5.txt since 2024-01-06",
        "what became of 4.txt since 2024-01-05",
        "what became of 3.txt since 2024-01-04",
        "what became of 3 more lock files",
    ]


def test_what_only_a_partial_clone_lacks_is_settled_by_a_fetch() -> None:
    lacking = History(unread=(Unread(path="uv.lock", since=day(0), until=day(9), why=NOT_HERE.why),))
    chronicle = Chronicle(horizon=Horizon(tip="", branch="main"))
    assert [each.would_settle for each in questions(NO_PATH, chronicle, lacking)] == [
        "a full clone, or git fetch --refetch --filter=blob:limit=10m"
    ]
