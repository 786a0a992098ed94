"""Regular expressions that a user declares, run on text that others wrote: bounded in what they repeat and look at."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

WINDOW, OVERLAP = 300, 150
SECONDS = 0.5
MOST_UNBOUNDED = 3
UNBOUNDED = 64
LONGEST_PATTERN = 1_000
_PARSER: Any = import_module("re._parser")  # has no types, and is the only one that reads a pattern as Python does


class TooSlow(Exception):
    """A declared pattern took too long on this text."""


class DeclaredPatterns:
    """Matches up to 150 characters are found wherever they lie. Raises ValueError for what could take without end."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._patterns = tuple(_compiled(pattern) for pattern in patterns)

    def replace(self, text: str, stands: Callable[[str], str]) -> str:
        """Raises TooSlow. Overlapping matches of one pattern count as one."""
        for pattern in self._patterns:
            ends = time.monotonic() + SECONDS
            pieces, at = list[str](), 0
            for begin, end in _joined(_spans(pattern, text, ends)):
                pieces += [text[at:begin], stands(text[begin:end])]
                at = end
            text = "".join([*pieces, text[at:]])
        return text


def _spans(pattern: re.Pattern[str], text: str, ends: float) -> Iterator[tuple[int, int]]:
    for start in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        if time.monotonic() > ends:
            raise TooSlow
        for found in pattern.finditer(text, start, min(len(text), start + WINDOW)):
            if found.end() > found.start():
                yield found.span()


def _joined(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a pattern of `redact` is longer than {LONGEST_PATTERN} characters")
    try:
        compiled = re.compile(pattern)
        unbounded = _repeats(_PARSER.parse(pattern), within=False)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{pattern!r} in `patterns` of `redact` is no regular expression: {error}") from error
    if unbounded > MOST_UNBOUNDED:
        raise ValueError(
            f"{pattern!r} in `patterns` of `redact` repeats without bound more than {MOST_UNBOUNDED} times: "
            "it could take without end"
        )
    return compiled


def _repeats(tree: Any, *, within: bool) -> int:  # the parser's own words for a pattern, which have no types
    """How many repeats have no bound that helps. Raises ValueError for one within another."""
    count = 0
    for operator, argument in tree:
        kind = str(operator)
        if kind in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            low, high, inner = argument
            repeated = high > 1 and high != low
            if repeated and within:
                raise ValueError("a repeat within a repeat in `patterns` of `redact` could take without end")
            count += high >= UNBOUNDED
            count += _repeats(inner, within=within or high > 1)
        elif kind == "BRANCH":
            if within:
                raise ValueError("a choice within a repeat in `patterns` of `redact` could take without end")
            count += sum(_repeats(each, within=within) for each in argument[1])
        elif kind == "GROUPREF_EXISTS":
            count += sum(_repeats(each, within=within) for each in argument[1:] if each)
        elif isinstance(argument, tuple) and argument and isinstance(argument[-1], _PARSER.SubPattern):
            count += _repeats(argument[-1], within=within)
        elif isinstance(argument, _PARSER.SubPattern):
            count += _repeats(argument, within=within)
    return count
