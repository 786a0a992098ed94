"""A secret has twins, and whatever an answer says of it tells them apart."""

from __future__ import annotations

from outpace.proving.ladder.cases import Activates, Case, Leaks, Room, Witness
from outpace.proving.ladder.twins import LONGER, MOST, twins
from outpace.proving.tasks import Task

LEAKING = Witness(setup="from notes import read", does="read('../secret.txt')", exploited=Leaks("canary-7731"))
ROOM = (Room(path="docs/a.txt", content="alpha"), Room(path="secret.txt", content="canary-7731"))
TURNED = "jhuhyf-0064"


def task(*witnesses: Witness, room: tuple[Room, ...] = (), siblings: tuple[str, ...] = ()) -> Task:
    return Task(goal="", editable=("*",), witnesses=witnesses, room=room, siblings=siblings)


def test_a_secret_has_a_twin_of_the_same_length_and_in_a_file_a_longer_one() -> None:
    pairs = twins(task(LEAKING, room=ROOM))
    assert [(one.id, other.id, one.room, other.room) for one, other in pairs] == [
        ("twin-0-a", "twin-0-b", (), (Room(path="secret.txt", content=TURNED),)),
        ("twin-1-a", "twin-1-b", (), (Room(path="secret.txt", content=TURNED + LONGER[0]),)),
        ("twin-2-a", "twin-2-b", (), (Room(path="secret.txt", content=TURNED + LONGER[1]),)),
    ]
    ((one, other),) = twins(task(Witness(does="f()", exploited=Leaks("abz9"), setup="S = 'abz9'")))
    assert (one.setup, other.setup) == ("S = 'abz9'", "S = 'hig2'")


def test_other_ways_in_and_calls_made_of_them_have_longer_twins() -> None:
    placed = Case(
        id="x",
        setup="",
        does="size('../docs-x/s')",
        sort="placed",
        room=(Room(path="docs-x/s", content="canary-7731"),),
    )
    pairs = twins(task(LEAKING, room=ROOM, siblings=("size('../secret.txt')",)), [placed])
    assert [one.does for one, _ in pairs] == [
        *(["read('../secret.txt')"] * 3),
        *(["size('../secret.txt')"] * 3),
        *(["size('../docs-x/s')"] * 2),
    ]
    assert pairs[-1][0].room == placed.room
    assert {file.path: file.content for file in pairs[-1][1].room} == {
        "secret.txt": TURNED + LONGER[1],
        "docs-x/s": TURNED + LONGER[1],
    }


def test_no_twin_is_made_of_what_the_input_says_itself_or_what_stands_nowhere() -> None:
    said = Witness(does="f('abc')", exploited=Leaks("abc"), setup="S = 'abc'")
    nowhere = Witness(does="f()", exploited=Leaks("abc"))
    assert twins(task(said, nowhere, Witness(does="f('x')", exploited=Activates()))) == ()


def test_no_more_twins_are_made_than_can_be_run() -> None:
    calls = [Case(id="x", setup="", does=f"f({number})", sort="elsewhere") for number in range(200)]
    assert 0 < len(twins(task(LEAKING, room=ROOM), calls)) <= MOST
