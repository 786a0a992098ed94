"""RubyGems: the order of Gem::Version.

https://docs.ruby-lang.org/en/master/Gem/Version.html. Numbers and words in turn; words are prereleases.
"""

from __future__ import annotations

import re
from functools import lru_cache, total_ordering
from itertools import zip_longest
from typing import TypeAlias

from outpace.ecosystems.orders.order import Order

LONGEST_VERSION = 256

_VERSION = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z")
_SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+")

_Segment: TypeAlias = tuple[int, int, str]
_ZERO: _Segment = (1, 0, "")


@total_ordering
class GemVersion:
    """`segments` as compared: without the zeros that end the numbers before the first word, or the whole."""

    __slots__ = ("_segments", "_text")

    def __init__(self, segments: tuple[_Segment, ...], text: str) -> None:
        self._segments = segments
        self._text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GemVersion) and self._segments == other._segments

    def __lt__(self, other: GemVersion) -> bool:
        """The shorter goes on with zeros."""
        for mine, theirs in zip_longest(self._segments, other._segments, fillvalue=_ZERO):
            if mine != theirs:
                return mine < theirs
        return False

    def __hash__(self) -> int:
        return hash(self._segments)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"GemVersion({self._text!r})"


@lru_cache(maxsize=65536)
def parse(text: str) -> GemVersion | None:
    """None for what Gem::Version calls malformed. Gem takes no version at all for 0; here it is none."""
    stripped = text.strip()
    if len(stripped) > LONGEST_VERSION or not _VERSION.match(stripped):
        return None
    segments = [_segment(each) for each in _SEGMENT.findall(stripped.replace("-", ".pre."))]
    word = next((at for at, segment in enumerate(segments) if segment[0] == 0), len(segments))
    return GemVersion((*_without_zeros(segments[:word]), *_without_zeros(segments[word:])), text)


def _segment(text: str) -> _Segment:
    """Words sort below numbers."""
    return (1, int(text), "") if text.isdigit() else (0, 0, text)


def _without_zeros(segments: list[_Segment]) -> list[_Segment]:
    while segments and segments[-1] == _ZERO:
        segments = segments[:-1]
    return segments


def _exact(specifier: str) -> str | None:
    named = specifier.strip().removeprefix("=").strip()
    return named if parse(named) is not None else None


GEM = Order(name="Gem::Version", parse=parse, bound=parse, exact=_exact)
