"""Which programs become tests, and which of their assertions: those without which a mutant or a branch is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

COST = 20
Element = tuple[str, int]
ANYTHING = "*"


class Candidate(NamedTuple):
    """A program that was stable: its length, the places where it may be asserted (the best first), the branches it
    takes, and for each mutant it kills, the places that differ (`*`: whatever is asserted fails)."""

    number: int
    length: float
    places: tuple[str, ...]
    branches: frozenset[int]
    kills: dict[int, frozenset[str]]

    @property
    def elements(self) -> frozenset[Element]:
        return frozenset({("branch", each) for each in self.branches} | {("mutant", each) for each in self.kills})


class Chosen(NamedTuple):
    """What earns it its place, and what it asserts."""

    number: int
    mutants: tuple[int, ...]
    branches: tuple[int, ...]
    places: tuple[str, ...]


def chosen(candidates: Sequence[Candidate]) -> list[Chosen]:
    """Greedy weighted cover, then those that have become superfluous are left out."""
    picked = _without_superfluous(_cover(candidates))
    taken: set[Element] = set()
    found: list[Chosen] = []
    for candidate in picked:
        mine = sorted(candidate.elements - taken)
        taken |= candidate.elements
        mutants = tuple(number for kind, number in mine if kind == "mutant")
        branches = tuple(number for kind, number in mine if kind == "branch")
        found.append(Chosen(candidate.number, mutants, branches, _asserted(candidate, mutants)))
    return found


def _cover(candidates: Sequence[Candidate]) -> list[Candidate]:
    left = {element for candidate in candidates for element in candidate.elements}
    waiting = {candidate.number: candidate for candidate in candidates if candidate.places}
    picked: list[Candidate] = []
    while left and waiting:
        best = min(waiting.values(), key=lambda each: (-len(each.elements & left) / (COST + each.length), each.number))
        if not best.elements & left:
            break
        picked.append(waiting.pop(best.number))
        left -= best.elements
    return picked


def _without_superfluous(picked: list[Candidate]) -> list[Candidate]:
    """The longest first."""
    kept = list(picked)
    for candidate in sorted(picked, key=lambda each: (-each.length, each.number)):
        others = {element for each in kept if each is not candidate for element in each.elements}
        if candidate.elements <= others:
            kept.remove(candidate)
    return kept


def _asserted(candidate: Candidate, mutants: Sequence[int]) -> tuple[str, ...]:
    """As few places as possible see all of these mutants; the better ones where it is the same."""
    rank = {place: at for at, place in enumerate(candidate.places)}
    every: dict[int, frozenset[str]] = {number: candidate.kills[number] for number in mutants}
    left: dict[int, frozenset[str]] = {number: each for number, each in every.items() if not _anything(each)}
    picked: list[str] = []
    while left:
        counts = {place: sum(place in places for places in left.values()) for place in candidate.places}
        best = min(candidate.places, key=lambda place: (-counts[place], rank[place]))
        if not counts[best]:
            break
        picked.append(best)
        left = {number: places for number, places in left.items() if best not in places}
    return tuple(sorted(picked, key=rank.__getitem__)) or candidate.places[:1]


def _anything(places: frozenset[str]) -> bool:
    return any(place.startswith(ANYTHING) for place in places)


def places_of(seen: Mapping[str, Sequence[Any]], result: int) -> tuple[str, ...]:
    """Where a program may be asserted: its result first, then what is in it, then its other variables."""

    def rank(place: str) -> tuple[int, int, int, str]:
        if place in ("raises", "message", "prints"):
            return (("raises", "message", "prints").index(place) + 3, 0, 0, place)
        number, _, inner = place.partition(":")
        late = 0 if int(number) == result else 2
        kind = seen[place][0]
        return (late, int(kind == "type"), len(inner) + len(str(seen[place][1])) // 20, place)

    return tuple(sorted(seen, key=rank))
