"""Pairs of calls that differ in the secret alone: what does not tell it answers them alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import structs

from outpace.proving.ladder.cases import Case, Leaks, Room, thinned
from outpace.proving.ladder.neighbors import with_secret
from outpace.proving.tasks import Task

MOST = 60
LONGER = (" and more of it", "\nand more of it\n")
"""Some files cannot hold more lines, and of some only the lines are counted."""
SECRET = "another secret"  # noqa: S105  how a case was made
Pair: TypeAlias = tuple[Case, Case]


def twins(task: Task, others: Sequence[Case] = ()) -> tuple[Pair, ...]:
    """Each witness of a leak, each other way to it, and `others`, which are made of these: with another secret of the
    same length and, where it lies in a file, with a longer one."""
    found: list[Pair] = []
    ways = (Case(id="", setup=setup, does=does, of=of) for of, setup, does in _ways(task))
    for case in (*ways, *others):
        match _effect(task, case):
            case Leaks(text) if text not in case.does:
                found += _pairs(task, case, text)
            case _:
                continue
    return tuple((_named(one, n, "a"), _named(other, n, "b")) for n, (one, other) in enumerate(thinned(found, MOST)))


def _ways(task: Task) -> Iterator[tuple[int, str, str]]:
    for number, each in enumerate(task.witnesses):
        for does in (each.does, *task.siblings):
            yield number, each.setup, does


def _effect(task: Task, case: Case) -> object:
    return case.exploited or task.witnesses[case.of].exploited


def _pairs(task: Task, case: Case, text: str) -> Iterator[Pair]:
    own = {file.path for file in case.room}
    room = (*(file for file in task.room if file.path not in own), *case.room)
    other = "".join(map(_turned, text))
    if not case.sort and (text in case.setup or with_secret(room, text, other)):
        yield case, structs.replace(case, setup=case.setup.replace(text, other), room=with_secret(room, text, other))
    for more in LONGER:
        if longer := with_secret(room, text, other + more):
            yield case, structs.replace(case, room=_over(case.room, longer))


def _over(room: Sequence[Room], longer: Sequence[Room]) -> tuple[Room, ...]:
    changed = {file.path for file in longer}
    return (*(file for file in room if file.path not in changed), *longer)


def _named(case: Case, number: int, side: str) -> Case:
    return structs.replace(case, id=f"twin-{number}-{side}", sort=SECRET)


def _turned(each: str) -> str:
    if each.isascii() and each.isalpha():
        first = ord("a" if each.islower() else "A")
        return chr((ord(each) - first + 7) % 26 + first)
    return str((int(each) + 3) % 10) if each.isascii() and each.isdecimal() else each
