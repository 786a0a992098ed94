"""Where answers of one release differ among themselves, and what that leaves to be said of another release's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from outpace.delivery.exchanges.answers import Difference
from outpace.delivery.exchanges.volatile import Volatile, words

MOST_CHANCES = 12
MOST_PLACES = 10_000
_PARTS = re.compile(r"[.\[ ]")


class Noise:
    def __init__(self, volatile: Volatile) -> None:
        self._volatile = volatile
        self._seen: dict[str, list[Difference]] = {}
        self._places: set[str] = set()
        self._coming: set[str] = set()  # what holds fields or lines that come and go

    def learn(self, found: Iterable[Difference]) -> None:
        for each in found:
            self._seen.setdefault(each.spot, []).append(each)
            self._learn_place(each)

    def learn_lines(self, found: Iterable[Difference]) -> None:
        """By their place alone: each has another number in each answer."""
        for each in found:
            self._learn_place(each)

    def _learn_place(self, found: Difference) -> None:
        self._places.add(found.place)
        if found.kind in {"missing", "added"}:
            self._coming.add(_holder(found.place))

    @property
    def without_order(self) -> frozenset[str]:
        """Lists that come now in one order, now in another."""
        return frozenset(spot.removesuffix(" order") for spot in self._seen if spot.endswith(" order"))

    @property
    def differences(self) -> Iterator[Difference]:
        return (each for found in self._seen.values() for each in found)

    def may_bring(self, found: Difference) -> bool:
        """Other items differ there among old answers, or other fields or lines come and go where it does."""
        comes_or_goes = found.kind in {"missing", "added"}
        return found.place in self._places or (comes_or_goes and _holder(found.place) in self._coming)

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(sorted({each.place for each in self.differences}))

    def covers(self, found: Difference) -> bool:
        """A value that is always another may be any other of its form: but it is there, and a clock is right."""
        if any(spot in self._seen for spot in _around(found.spot)):
            return True
        known = self._seen.get(found.spot)
        if known is None:
            return False
        changes = all(each.kind == "changed" for each in known)
        if not changes:
            return True
        if found.kind != "changed":
            return False
        if not self._stable_words(known, found):
            return False
        forms = {self._form(told) for each in known for told in (each.old, each.new)}
        return len(forms) > 1 or forms == {""} or self._form(found.new) in forms

    def _stable_words(self, known: list[Difference], found: Difference) -> bool:
        """Of a text with as many words in each answer, those that never changed are as they were."""
        pairs = [tuple(map(words, each.whole)) for each in (*known, found)]
        if len({len(told) for pair in pairs for told in pair}) > 1:
            return True
        before, after = pairs[-1]
        open_places = {place for one, other in pairs[:-1] for place, word in enumerate(one) if word != other[place]}
        return all(
            self._volatile.alike(word, after[place]) for place, word in enumerate(before) if place not in open_places
        )

    def _form(self, told: str) -> str:
        return self._volatile.form(_plain(told))


class Chances:
    """The few values that the old release gives at a place of a route, now one and now the other."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], set[str]] = {}
        self._lines: dict[str, set[str]] = {}

    def learn(self, about: str, found: Iterable[Difference]) -> None:
        for each in found:
            if _is_line(each):
                known = self._lines.setdefault(about, set())
                known |= {each.old or each.new} if len(known) <= MOST_PLACES else set()
            elif each.kind == "changed" and len(self._given) <= MOST_PLACES:
                known = self._given.setdefault(_named(about, each), set())
                known |= {each.old, each.new} if len(known) <= MOST_CHANCES else set()

    def covers(self, about: str, found: Difference) -> bool:
        if _is_line(found):
            return (found.old or found.new) in self._lines.get(about, ())
        given = self._given.get(_named(about, found), set())
        return found.kind == "changed" and len(given) <= MOST_CHANCES and {found.old, found.new} <= given

    def touches(self, about: str, found: Difference) -> bool:
        """Some answers of the old release differ there."""
        return _named(about, found) in self._given


def _is_line(found: Difference) -> bool:
    """That some answers have, and others have not."""
    return found.place.startswith("line") and found.kind in {"missing", "added"}


def _holder(place: str) -> str:
    return place.rpartition(".")[0] if place.startswith("$") else place.partition(" ")[0]


def _named(about: str, found: Difference) -> tuple[str, str]:
    """A header is the same one in every route."""
    return ("" if found.place.startswith("header ") else about, found.place)


def _around(spot: str) -> Iterator[str]:
    for found in _PARTS.finditer(spot):
        yield spot[: found.start()]
        yield f"{spot[: found.start()]} items"


def _plain(told: str) -> str:
    if not told.startswith('"'):
        return told
    try:
        return str(json.loads(told))
    except ValueError:
        return told
