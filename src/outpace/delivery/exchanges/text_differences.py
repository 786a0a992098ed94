"""Where pages or other texts of two releases differ: what every old answer has is looked for in every new one.

A line counts as it is written but for clocks and drawn ids; where old answers have the same line with other words in
it, those words may be any. A line that only some old answers have may be there or not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from outpace.delivery.exchanges.answers import Difference, shown, shown_beside
from outpace.delivery.exchanges.volatile import Volatile, of_one_answer, words

MOST_LINES = 3_000
LONGEST_ALIGNED = 400
"""Lines between two that are alike: more are not paired by what they have in common."""
ALIKE = 0.5
_BETWEEN_TAGS = re.compile(r">\s*<")
_NAMED = re.compile(r"""<[a-zA-Z][^<>]*?\b(?:name|id)=["']?([\w.-]+)["']?[^<>]*>""")
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
    """What differs, and where old answers differ among themselves."""

    found: tuple[Difference, ...]
    noise: tuple[str, ...]
    optional: frozenset[str]  # lines that some old answers have, and others have not


def differing_texts(old: Sequence[str], new: Sequence[str], volatile: Volatile, *, markup: bool) -> Texts:
    """`old` holds at least one. A difference is in each of `new`."""
    before = [_lines(each, volatile, markup=markup) for each in old]
    after = [_lines(each, volatile, markup=markup) for each in new]
    if max(map(len, [*before, *after])) > MOST_LINES:
        return _as_wholes(before, after)
    skeleton = before[0]
    known: Counter[str] = Counter()
    for answer in before:
        known |= Counter(line.key for line in answer)
    noise: set[str] = set()
    for answer in before[1:]:
        skeleton = _common(skeleton, answer, volatile, noise)
    lost: list[dict[int, tuple[Line, Line | None]]] = []
    gained: list[dict[str, Line]] = []
    for answer in after:
        missing, added = _against(skeleton, answer, volatile)
        lost.append(missing)
        beyond = Counter(line.key for line in answer) - known
        gained.append({line.key: line for line in added if line.key in beyond})
    every = {line.key for line in skeleton}
    optional = (
        {line.text for lines in before for line in lines if line.key not in every} if len(before) > 1 else set[str]()
    )
    return Texts(_told(lost, gained), tuple(sorted(noise)), frozenset(optional))


def _told(lost: list[dict[int, tuple[Line, Line | None]]], gained: list[dict[str, Line]]) -> tuple[Difference, ...]:
    if not lost:
        return ()
    always = [place for place in lost[0] if all(place in each for each in lost)]
    told: list[Difference] = []
    shown_already: set[str] = set()
    for place in always:
        line, instead = lost[0][place]
        if instead is not None:
            shown_already.add(instead.key)
        told.append(_changed(line, instead))
    for key, line in gained[0].items():
        if key not in shown_already and all(key in each for each in gained):
            told.append(Difference(f"line {line.number}", "added", "", shown(line.text), f"line {line.number} added"))
    return tuple(told)


def _changed(line: Line, instead: Line | None) -> Difference:
    spot = f"line {line.number}"
    if instead is None:
        return Difference(spot, "missing", shown(line.text), "", spot)
    if len(line.words) == len(instead.words):
        pairs = enumerate(zip(line.words, instead.words, strict=True))
        differing = [place for place, (one, other) in pairs if one is not None and one != other]
        if len(differing) == 1:
            place = differing[0]
            around = " ".join("".join(word or "*" for word in line.words[max(0, place - 8) : place]).split())[-40:]
            where = f"{spot}, behind {shown(around, 40)!r}" if around else spot
            return Difference(where, "changed", shown(line.words[place] or ""), shown(instead.words[place] or ""), spot)
    return Difference(spot, "changed", *shown_beside(line.text, instead.text), spot)


def _lines(text: str, volatile: Volatile, *, markup: bool) -> list[Line]:
    """A page without line breaks has tags to part it at; the value of a field of one answer is no part of it."""
    if markup:
        text = _NAMED.sub(_without_value, _BETWEEN_TAGS.sub(">\n<", text))
    lines = enumerate((line.strip() for line in text.split("\n")), start=1)
    return [_line(number, words(line), volatile) for number, line in lines if line]


def _line(number: int, told: list[str], volatile: Volatile) -> Line:
    return Line(number, tuple(told), "\0".join(map(volatile.spelled, told)))


def _without_value(found: re.Match[str]) -> str:
    return _HELD.sub('value=""', found[0]) if of_one_answer(found[1]) else found[0]


def _common(skeleton: list[Line], answer: list[Line], volatile: Volatile, noise: set[str]) -> list[Line]:
    """What both have, with the words that differ left open."""
    kept: list[Line] = []
    for one, other in _aligned(skeleton, answer, volatile):
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
    pairs = zip(one.words, other.words, strict=True)
    kept = tuple(word if word is not None and _same(word, beside, volatile) else None for word, beside in pairs)
    spelled = ("\1" if word is None else volatile.spelled(word) for word in kept)
    return Line(one.number, kept, "\0".join(spelled))


def _same(word: str | None, other: str | None, volatile: Volatile) -> bool:
    return word is None or (other is not None and volatile.alike(word, other))


def _against(
    skeleton: list[Line], answer: list[Line], volatile: Volatile
) -> tuple[dict[int, tuple[Line, Line | None]], list[Line]]:
    """Lines of the skeleton that are not there, each with what stands in its place; and lines that are new."""
    missing: dict[int, tuple[Line, Line | None]] = {}
    added: list[Line] = []
    for one, other in _aligned(skeleton, answer, volatile):
        if one is None and other is not None:
            added.append(other)
        elif one is not None and other is None:
            missing[one.number] = (one, None)
        elif one is not None and other is not None and not _fits(one, other, volatile):
            missing[one.number] = (one, other)
            added.append(other)
    return missing, added


def _fits(line: Line, other: Line, volatile: Volatile) -> bool:
    if len(line.words) != len(other.words):
        return False
    return all(_same(one, word, volatile) for one, word in zip(line.words, other.words, strict=True))


def _aligned(old: list[Line], new: list[Line], volatile: Volatile) -> Iterable[tuple[Line | None, Line | None]]:
    """Pairs in order: the same lines, then between them those that have most in common."""
    wanted = _resolved(old, new, volatile)
    matcher = SequenceMatcher(None, wanted, [line.key for line in new], autojunk=False)
    for step, begin, end, new_begin, new_end in matcher.get_opcodes():
        if step == "equal":
            yield from zip(old[begin:end], new[new_begin:new_end], strict=True)
        else:
            yield from _paired(old[begin:end], new[new_begin:new_end])


def _resolved(old: list[Line], new: list[Line], volatile: Volatile) -> list[str]:
    """A line with open words goes by the name of the first new line that fits, so that both are the same."""
    exact = {line.key for line in new}
    by_length: dict[int, list[Line]] = {}
    for line in new:
        by_length.setdefault(len(line.words), []).append(line)
    keys: list[str] = []
    for line in old:
        fitting: Callable[[Line], bool] = lambda other, line=line: _fits(line, other, volatile)  # noqa: E731
        found = None if line.key in exact else next(filter(fitting, by_length.get(len(line.words), ())), None)
        keys.append(line.key if found is None else found.key)
    return keys


def _paired(old: list[Line], new: list[Line]) -> Iterable[tuple[Line | None, Line | None]]:
    """In order; a line of as many words, of which at least half are the same, is the same line with other words."""
    if len(old) * len(new) > LONGEST_ALIGNED**2:
        yield from [(line, None) for line in old]
        yield from [(None, line) for line in new]
        return
    rest = list(new)
    for line in old:
        place = next((place for place, other in enumerate(rest) if _likeness(line, other) >= ALIKE), None)
        if place is None:
            yield line, None
            continue
        yield from [(None, other) for other in rest[:place]]
        yield line, rest[place]
        del rest[: place + 1]
    yield from [(None, line) for line in rest]


def _likeness(line: Line, other: Line) -> float:
    if len(line.words) != len(other.words) or not line.words:
        return 0.0
    told = [(one, word) for one, word in zip(line.words, other.words, strict=True) if word and word.strip()]
    return sum(one is None or one == word for one, word in told) / max(1, len(told))


def _as_wholes(before: list[list[Line]], after: list[list[Line]]) -> Texts:
    """Too long to be aligned: the set of lines that every old answer has, and that no new one may lack."""
    stable = _keys(before[0])
    for answer in before[1:]:
        stable &= _keys(answer)
    lost = [line for line in before[0] if line.key in stable and all(line.key not in _keys(each) for each in after)]
    noise = ("line",) if any(_keys(each) != stable for each in before) else ()
    return Texts(tuple(_changed(line, None) for line in lost[:MOST_LINES]), noise, frozenset())


def _keys(answer: list[Line]) -> set[str]:
    return {line.key for line in answer}
