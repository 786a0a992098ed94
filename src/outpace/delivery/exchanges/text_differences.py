"""Where pages or other texts of two releases differ: what every old answer has is looked for in every new one.

A line counts as it is written but for clocks and drawn ids; where old answers have the same line with other words in
it, those words may be any. A line that only some old answers have may be there or not.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from msgspec.structs import replace

from outpace.delivery.exchanges.alignment import NotAligned, Work, matched
from outpace.delivery.exchanges.answers import Difference, shown, shown_beside
from outpace.delivery.exchanges.volatile import Volatile, of_one_answer, words

LOOKED_AHEAD = 400
"""Lines among which the one is looked for that an old line became."""
ALIKE = 0.5
MOST_OPENED = 1_000
_BETWEEN_TAGS = re.compile(r">\s*<")
_TAG = re.compile(r"<[a-zA-Z][^<>]*+>")
_NAMED = re.compile(r"""\b(?:name|id)=["']?([\w.-]+)""")
_HELD = re.compile(r"""\b(?:value|content)=("[^"]*"|'[^']*')""")


class Line(NamedTuple):
    """`words` are None where any word may stand; `number` is its place in its own answer; `key` is the same for lines
    that differ in clocks and ids alone."""

    number: int
    words: tuple[str | None, ...]
    key: str

    @property
    def text(self) -> str:
        return "".join("*" if word is None else word for word in self.words)


class Texts(NamedTuple):
    """What differs in each new answer, or None for one that was not looked at to its end; and where old answers differ
    among themselves, for reading and by place."""

    found: tuple[tuple[Difference, ...] | None, ...]
    noise: frozenset[str] = frozenset()
    restless: tuple[Difference, ...] = ()


def differing_texts(
    old: Sequence[str], new: Sequence[str | None], volatile: Volatile, work: Work, *, markup: bool
) -> Texts:
    """`old` holds at least one; of a new answer that is no text, nothing is found. Raises NotAligned where old ones are
    too different to be a measure."""
    if len({*old, *new} - {None}) == 1:
        return Texts(((),) * len(new))
    read = _Reading(volatile, markup=markup)
    before = [read.lines(each) for each in old]
    skeleton = before[0]
    known: Counter[str] = Counter()
    for answer in before:
        known |= _count(answer)
    noise: set[str] = set()
    for answer in before[1:]:
        skeleton = _common(skeleton, answer, volatile, noise, work)
    after = [read.lines(each) if each is not None else None for each in new]
    found = [_found(skeleton, each, known, volatile, work) if each is not None else () for each in after]
    if all(each is not None and _count(each) == _count(before[0]) for each in after):
        restless = _restless(before)
        found = [told and tuple(replace(each, moved=each.spot not in restless) for each in told) for told in found]
    return Texts(tuple(found), frozenset(noise), (*islice(_opened(skeleton), MOST_OPENED), *_coming(skeleton, before)))


def _opened(skeleton: list[Line]) -> Iterable[Difference]:
    """Words that are not the same in each old answer."""
    for line in skeleton:
        for place, word in enumerate(line.words):
            if word is None:
                yield Difference(_behind(line, place), "changed", "", "")


def _coming(skeleton: list[Line], answers: list[list[Line]]) -> Iterable[Difference]:
    """Lines that some old answers have, and others have not."""
    every = {line.key for line in skeleton}
    lines = {line.text for answer in answers for line in answer if line.key not in every}
    return (Difference("line", "missing", shown(text), "") for text in lines)


def _count(answer: list[Line]) -> Counter[str]:
    return Counter(line.key for line in answer)


def _restless(answers: list[list[Line]]) -> set[str]:
    """Spots of the first, in runs of lines that another answer has, too, and nothing else there, in another order."""
    first, *others = answers
    found: set[str] = set()
    for other in others:
        if _count(other) == _count(first):
            places: dict[str, deque[int]] = {}
            for place, line in enumerate(other):
                places.setdefault(line.key, deque()).append(place)
            begin, furthest = 0, -1
            for place, line in enumerate(first):
                furthest = max(furthest, places[line.key].popleft())
                if furthest == place:
                    found |= {f"line {each.number}" for each in first[begin : place + 1]} if place > begin else set()
                    begin = place + 1
    return found


def _changed(line: Line, instead: Line | None, drawn: tuple[str, ...] = ()) -> Difference:
    spot = f"line {line.number}"
    if instead is None:
        return Difference(spot, "missing", shown(line.text), "", spot)
    if len(line.words) == len(instead.words):
        pairs = enumerate(zip(line.words, instead.words, strict=True))
        differing = [place for place, (one, other) in pairs if one is not None and one != other]
        if len(differing) == 1:
            old, new = (shown(each.words[differing[0]] or "") for each in (line, instead))
            return Difference(_behind(line, differing[0]), "changed", old, new, spot, drawn=drawn)
    return Difference(spot, "changed", *shown_beside(line.text, instead.text), spot, drawn=drawn)


def _behind(line: Line, place: int) -> str:
    around = " ".join("".join(word or "*" for word in line.words[max(0, place - 8) : place]).split())[-40:]
    return f"line {line.number}, behind {shown(around, 40)!r}" if around else f"line {line.number}"


class _Reading:
    """Of the texts of one comparison: a line that several have is read once."""

    def __init__(self, volatile: Volatile, *, markup: bool) -> None:
        self._volatile = volatile
        self._markup = markup
        self._read: dict[str, tuple[tuple[str, ...], str]] = {}

    def lines(self, text: str) -> list[Line]:
        """A page without line breaks has tags to part it at; the value of a field of one answer is no part of it."""
        if self._markup:
            text = _TAG.sub(_without_value, _BETWEEN_TAGS.sub(">\n<", text))
        lines = enumerate((line.strip() for line in text.split("\n")), start=1)
        return [Line(number, *self._line(line)) for number, line in lines if line]

    def _line(self, line: str) -> tuple[tuple[str, ...], str]:
        found = self._read.get(line)
        if found is None:
            told = tuple(words(line))
            found = self._read[line] = told, "\0".join(map(self._volatile.spelled, told))
        return found


def _without_value(tag: re.Match[str]) -> str:
    named = _NAMED.search(tag[0])
    if named is None:
        return tag[0]
    return _HELD.sub(lambda held: "value=*" if of_one_answer(named[1], held[1][1:-1]) else held[0], tag[0])


def _common(skeleton: list[Line], answer: list[Line], volatile: Volatile, noise: set[str], work: Work) -> list[Line]:
    """What both have, with the words that differ left open."""
    kept: list[Line] = []
    for one, other in _aligned(skeleton, answer, work):
        if other is None:
            noise.add("line")
        elif one is not None:
            kept.append(_merged(one, other, volatile))
            if kept[-1].words != one.words:
                noise.add(shown(f"line, {kept[-1].text}", 80))
        else:
            noise.add("line")
    return kept


def _merged(one: Line, other: Line, volatile: Volatile) -> Line:
    """A clock stays one, and what it may be is another clock."""
    if one.words == other.words:
        return one
    pairs = zip(one.words, other.words, strict=True)
    kept = tuple(word if word is not None and _same(word, beside, volatile) else None for word, beside in pairs)
    spelled = ("\1" if word is None else volatile.spelled(word) for word in kept)
    return Line(one.number, kept, "\0".join(spelled))


def _same(word: str | None, other: str | None, volatile: Volatile) -> bool:
    return word is None or (other is not None and volatile.alike(word, other))


def _found(
    skeleton: list[Line], answer: list[Line], known: Counter[str], volatile: Volatile, work: Work
) -> tuple[Difference, ...] | None:
    """Lines of the skeleton that are not there, each with what stands in its place; and lines that are new."""
    found: list[Difference] = []
    added: list[Line] = []
    told: set[str] = set()
    try:
        for one, other in _aligned(skeleton, answer, work):
            drawn = _drawn(one, other, volatile) if one is not None and other is not None else None
            if one is None and other is not None:
                added.append(other)
            elif one is not None and (drawn is None or drawn):
                found.append(_changed(one, other, drawn or ()))
                told |= {other.key} if other is not None and drawn is None else set()
    except NotAligned:
        return None
    beyond = _count(answer) - known
    lines = {line.key: line for line in added if line.key in beyond and line.key not in told}
    more = (
        Difference(f"line {line.number}", "added", "", shown(line.text), f"added {key}") for key, line in lines.items()
    )
    return (*found, *more)


def _drawn(line: Line, other: Line, volatile: Volatile) -> tuple[str, ...] | None:
    """As of two values; an open word is like any."""
    if line.words == other.words:
        return ()
    if len(line.words) != len(other.words):
        return None
    pairs = ((one, word) for one, word in zip(line.words, other.words, strict=True) if one is not None)
    found = [volatile.drawn(one, word or "") for one, word in pairs]
    return None if None in found else tuple(each for ids in found for each in ids or ())


def _aligned(old: list[Line], new: list[Line], work: Work) -> Iterable[tuple[Line | None, Line | None]]:
    """Pairs in order: the same lines, then between them those that have most in common. Raises NotAligned."""
    begin = new_begin = 0
    for place, other in (*matched(*_names(old, new, work), work), (len(old), len(new))):
        yield from _paired(old[begin:place], new[new_begin:other], work)
        if place < len(old):
            yield old[place], new[other]
        begin, new_begin = place + 1, other + 1


def _names(old: list[Line], new: list[Line], work: Work) -> tuple[list[str], list[str]]:
    """A line with open words goes by its others, and so does a new line that fits."""
    exact = {line.key for line in old}
    masks: dict[int, set[tuple[int, ...]]] = {}
    for line in old:
        if None in line.words:
            opened = tuple(place for place, word in enumerate(line.words) if word is None)
            masks.setdefault(len(line.words), set()).add(opened)
    names: list[str] = []
    for line in new:
        tried = () if line.key in exact else sorted(masks.get(len(line.words), ()))
        work.spend(len(tried))
        fitting = (name for name in (_masked(line.key, opened) for opened in tried) if name in exact)
        names.append(next(fitting, line.key))
    return [line.key for line in old], names


def _masked(key: str, opened: tuple[int, ...]) -> str:
    spelled = key.split("\0")
    for place in opened:
        spelled[place] = "\1"
    return "\0".join(spelled)


def _paired(old: list[Line], new: list[Line], work: Work) -> Iterable[tuple[Line | None, Line | None]]:
    """In order; a line of as many words, of which at least half are the same, is the same line with other words."""
    begin = 0
    for line in old:
        ahead = range(begin, min(begin + LOOKED_AHEAD, len(new)))
        place = next((place for place in ahead if _likeness(line, new[place], work) >= ALIKE), None)
        if place is None:
            yield line, None
            continue
        yield from [(None, other) for other in new[begin:place]]
        yield line, new[place]
        begin = place + 1
    yield from [(None, line) for line in new[begin:]]


def _likeness(line: Line, other: Line, work: Work) -> float:
    work.spend(1)
    if len(line.words) != len(other.words) or not line.words:
        return 0.0
    told = [(one, word) for one, word in zip(line.words, other.words, strict=True) if word and word.strip()]
    return sum(one is None or one == word for one, word in told) / max(1, len(told))
