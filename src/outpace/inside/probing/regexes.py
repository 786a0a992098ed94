"""Strings that a regular expression matches, drawn from its parts."""

from __future__ import annotations

import importlib
import random
import re
import sys
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    PARSER: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

LETTERS = "abcxyzABZ019 _-.,:@/"
MOST_REPEATED = 3
LONGEST = 400
CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_NOT_DIGIT": "abc-",
    "CATEGORY_SPACE": " \t\n",
    "CATEGORY_NOT_SPACE": "ab1-",
    "CATEGORY_WORD": "abzABZ019_",
    "CATEGORY_NOT_WORD": " -.@",
}


def matching(pattern: str, rng: random.Random, flags: int = 0) -> str | None:
    """None where it cannot be read or nothing was found that fits; looking around is not understood."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: Any = PARSER.parse(pattern, flags & ~re.LOCALE)
        text = _Drawing(rng).sequence(tree)
    except (re.error, RecursionError, OverflowError, ValueError, IndexError):
        return None
    return text[:LONGEST]


class _Drawing:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._groups: dict[int, str] = {}

    def sequence(self, parts: Any) -> str:
        return "".join(self._part(str(word), value) for word, value in parts)

    def _part(self, word: str, value: Any) -> str:  # noqa: PLR0911  one line each
        rng = self._rng
        if word == "LITERAL":
            return chr(value)
        if word == "NOT_LITERAL":
            return next(letter for letter in rng.sample(LETTERS, len(LETTERS)) if ord(letter) != value)
        if word == "ANY":
            return rng.choice(LETTERS)
        if word == "IN":
            return self._among(value)
        if word == "BRANCH":
            return self.sequence(rng.choice(value[1]))
        if word in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, of = value
            count = rng.randint(int(least), max(int(least), min(int(most), int(least) + MOST_REPEATED)))
            return "".join(self.sequence(of) for _ in range(min(count, 64)))
        if word == "SUBPATTERN":
            text = self.sequence(value[-1])
            if value[0] is not None:
                self._groups[value[0]] = text
            return text
        if word == "ATOMIC_GROUP":
            return self.sequence(value)
        if word == "GROUPREF":
            return self._groups.get(value, "")
        return ""

    def _among(self, choices: Any) -> str:
        rng = self._rng
        words = [str(word) for word, _ in choices]
        if words and words[0] == "NEGATE":
            allowed = [letter for letter in LETTERS if not any(_in(letter, *each) for each in choices[1:])]
            return rng.choice(allowed or ["~"])
        word, value = rng.choice(list(choices))
        if str(word) == "LITERAL":
            return chr(value)
        if str(word) == "RANGE":
            return chr(rng.randint(*value))
        return rng.choice(CATEGORIES.get(str(value), "a"))


def _in(letter: str, word: Any, value: Any) -> bool:
    if str(word) == "LITERAL":
        return ord(letter) == value
    if str(word) == "RANGE":
        return bool(value[0] <= ord(letter) <= value[1])
    return letter in CATEGORIES.get(str(value), "")
