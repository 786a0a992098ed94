"""Where two pages or other texts differ: by line, and within a line by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from outpace.delivery.exchanges.answers import Difference, shown, shown_beside
from outpace.delivery.exchanges.volatile import Volatile, of_one_answer, words

MOST_LINES = 600
"""Of two texts, between their common beginning and end: more are compared as one piece."""
_BETWEEN_TAGS = re.compile(r">\s*<")
_NAMED = re.compile(r"""<[a-zA-Z][^<>]*?\b(?:name|id)=["']?([\w.-]+)["']?[^<>]*>""")
_HELD = re.compile(r"""\b(?:value|content)=("[^"]*"|'[^']*')""")


def differing_texts(old: str, new: str, volatile: Volatile, *, markup: bool) -> Iterator[Difference]:
    before, after = _lines(old, markup=markup), _lines(new, markup=markup)
    start = 0
    while start < min(len(before), len(after)) and volatile.alike(before[start], after[start]):
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and volatile.alike(before[-1 - end], after[-1 - end]):
        end += 1
    middle, other = before[start : len(before) - end], after[start : len(after) - end]
    if len(middle) == len(other):
        for place, pair in enumerate(zip(middle, other, strict=False), start=start + 1):
            yield from _line(place, *pair, volatile)
    elif max(len(middle), len(other)) > MOST_LINES:
        yield from _block(start, middle, other)
    else:
        yield from _aligned(start, middle, other, volatile)


def _lines(text: str, *, markup: bool) -> list[str]:
    """A page without line breaks has tags to part it at; the value of a field of one answer is no part of it."""
    if markup:
        text = _NAMED.sub(_without_value, _BETWEEN_TAGS.sub(">\n<", text))
    return [line.strip() for line in text.split("\n")]


def _without_value(found: re.Match[str]) -> str:
    return _HELD.sub('value=""', found[0]) if of_one_answer(found[1]) else found[0]


def _aligned(start: int, old: list[str], new: list[str], volatile: Volatile) -> Iterator[Difference]:
    for step, begin, end, new_begin, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            continue
        if end - begin == new_end - new_begin:
            for offset in range(end - begin):
                yield from _line(start + begin + offset + 1, old[begin + offset], new[new_begin + offset], volatile)
        else:
            yield from _block(start + begin, old[begin:end], new[new_begin:new_end])


def _block(before: int, old: list[str], new: list[str]) -> Iterator[Difference]:
    where = f"line {before + 1}"
    one, other = shown_beside(" ".join(old), " ".join(new))
    if not old:
        yield Difference(where, "added", "", other, f"line {before + 1} insertion")
    elif not new:
        yield Difference(where, "missing", one, "", f"line {before + 1} insertion")
    else:
        yield Difference(where, "changed", one, other, f"line {before + 1} insertion")


def _line(number: int, old: str, new: str, volatile: Volatile) -> Iterator[Difference]:
    """Word by word where both have as many: each word that differs is a spot of its own."""
    if volatile.alike(old, new):
        return
    before, after = words(old), words(new)
    if len(before) != len(after):
        one, other = shown_beside(old, new)
        yield Difference(f"line {number}", "changed", one, other, f"line {number}")
        return
    for place, (one, other) in enumerate(zip(before, after, strict=False)):
        if not volatile.alike(one, other):
            around = " ".join("".join(before[max(0, place - 8) : place]).split())[-40:]
            where = f"line {number}, behind {shown(around, 40)!r}" if around else f"line {number}"
            yield Difference(where, "changed", shown(one), shown(other), f"line {number} word {place}")
