"""Benign calls with words of themselves in one another.

A host that begins or ends like the one that is given, a word behind or before a sign, a letter that is escaped.
A change that asks whether a text begins or ends like another says yes to them where base says no; more is not asked,
since a right change may well refuse such words. One that decodes leaves escaped in its answer what base does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from outpace.model.proof import Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder import benign as calls
from outpace.proving.ladder.cases import RAISED, RETURNED, Benign, Case, Seen, Trials, numbered, thinned
from outpace.proving.ladder.literals import first_places, texts
from outpace.proving.ladder.neighbors import is_plain
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import code

MIXED, ESCAPED = "words of the call in one another", "a letter that is escaped"
MOST, MOST_WORDS, MOST_TEXTS, SHORTEST = 160, 6, 8, 3
WORD = re.compile(r"[\w.-]{2,}")
DECODES = re.compile(r"unquote|unescape|decode|\bchr\(|\bint\(.*16")


def mixed(benign: Sequence[Benign], patch: Patch) -> tuple[Case, ...]:
    decodes = any(DECODES.search(line) for file in code(patch) for line in _added(file))
    found = {
        (each.setup, other): Case(id="", setup=each.setup, does=other, of=number, sort=sort)
        for number, each in enumerate(benign)
        for sort, ways in ((MIXED, _among(each.does)), (ESCAPED, first_places(each.does, _escaped) if decodes else ()))
        for other in ways
        if other != each.does
    }
    return numbered("mixed", thinned(found.values(), MOST))


def _added(file: PatchedFile) -> Iterator[str]:
    lines = (file.after or b"").splitlines()
    return (lines[number - 1].decode(errors="replace") for number in file.added if number <= len(lines))


def judge(cases: Sequence[Case], base: Trials, change: Trials, showing: Callable[[Case, Seen], bool]) -> Result:
    """`showing` as in `benign.judge_held_out`."""
    compared = 0
    for case in cases:
        before, after = base.get(case.id, ()), change.get(case.id, ())
        if not calls.is_steady(before) or not after or any(showing(case, row) for row in before):
            continue
        compared += 1
        if _grants(before[0], after[0]) or (case.sort == ESCAPED and _decodes(before[0], after[0])):
            return Failed(f"a call like those that are given, held out, has another answer: {case.sort}")
    if not compared:
        return Skipped("no call could be made of those that are given")
    return Passed(f"{counted(compared, 'call')} with words in one another, held out, none let through that was not")


def _grants(before: Seen, after: Seen) -> bool:
    return after.state == RETURNED and (before.state == RAISED or (before.whole, after.whole) == ("False", "True"))


def _decodes(before: Seen, after: Seen) -> bool:
    """Base's answer, with what was escaped in it no longer escaped."""
    return after.state == RETURNED and before.text != after.text and unquote(before.text) == after.text


def _among(does: str) -> Iterator[str]:
    plain = [one for one in dict.fromkeys(texts(does)) if is_plain(one) and len(one) >= SHORTEST][:MOST_TEXTS]
    for one in plain:
        yield from first_places(does, lambda text, one=one: _with(text, one) if text != one else iter(()))


def _with(text: str, other: str) -> Iterator[str]:
    for found in [*WORD.finditer(text)][:MOST_WORDS]:
        before, word, behind = text[: found.start()], found.group(), text[found.end() :]
        for mix in (f"x{other}", f"{other}x", f"{other}.x", f"x.{other}", f"{other}@{word}", f"{word}@{other}"):
            yield before + mix + behind


def _escaped(text: str) -> Iterator[str]:
    """Of a text with a grammar of its own; that of others is one of the plain words."""
    if not is_plain(text):
        for found in [*WORD.finditer(text)][:MOST_WORDS]:
            first = text[found.start()]
            if first.isascii() and first.isalnum():
                yield f"{text[: found.start()]}%{ord(first):02x}{text[found.start() + 1 :]}"
