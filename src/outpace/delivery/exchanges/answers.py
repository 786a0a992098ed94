"""What came back of a replayed request, and how two answers differ."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.delivery.exchanges.exchange import Fields
from outpace.delivery.exchanges.volatile import words

Kind: TypeAlias = Literal["changed", "missing", "added", "order", "type", "length", "answer", "unaligned"]
LONGEST_SHOWN = 160
_INDEX = re.compile(r"\[[^\]]*\]")
_DIGITS = re.compile(r"\d")
_NUMBER = re.compile(r"(?<=\.)\d+(?=[.\[]|$)")
"""A key of a map by number. `price1` and `price2` are two fields."""
_LINE = re.compile(r"^line \d+")
_UNSHOWN = re.compile(
    r"[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u05ff\u0620-\u06dc\u0900-\u1fff\u2010-\u2027\u2030-\u205e"
    r"\u20a0-\u2bff\u3040-\ud7ff]+"
)


class Answered(Struct, frozen=True):
    status: int
    fields: Fields = ()
    body: bytes = b""


class NoAnswer(Struct, frozen=True):
    """Refused, cut off, too late or too long."""

    why: str
    late: bool = False


Answer: TypeAlias = Answered | NoAnswer


class Difference(Struct, frozen=True):
    """`where` is for reading, `spot` to the word, so that noise can be taken off. What is not there is empty."""

    where: str
    kind: Kind
    old: str
    new: str
    spot: str = ""
    whole: tuple[str, str] = ("", "")  # both texts where they were not shortened, to look for what in them is noise
    moved: bool = False  # a line that stands elsewhere, as others do, and none is new
    drawn: tuple[str, ...] = ()  # ids; it is none, unless the old release gives one of them for another thing

    @property
    def place(self) -> str:
        """The same for each item of a list or of a map by number, and each line of a page."""
        if _LINE.match(self.where):
            return _DIGITS.sub("0", _LINE.sub("line", _INDEX.sub("[]", self.where)))
        return _NUMBER.sub("0", _INDEX.sub("[]", self.where))

    @property
    def is_of_order(self) -> bool:
        """The same items, lines or words are there, and stand otherwise."""
        one, other = (sorted(words(told)) for told in self.whole)
        return self.kind == "order" or self.moved or (self.kind == "changed" and one == other != [])

    @property
    def readable(self) -> str:
        match self.kind:
            case "missing":
                return f"{self.where}: missing, was {self.old}"
            case "added":
                return f"{self.where}: added, {self.new}"
            case "order":
                return f"{self.where}: another order, {self.old} -> {self.new}"
            case "unaligned":
                return f"{self.where}: differs; not aligned further"
            case _:
                return f"{self.where}: {self.old} -> {self.new}"


NOT_ALIGNED = Difference("body", "unaligned", "", "", "body")
"""It took more work than is done: what else differs was not looked for."""


class Same(Struct, frozen=True, tag=True):
    """`noise` is where any two answers of one release differ, too. `drawn` would differ if the ids in it were none that
    were just drawn."""

    noise: tuple[str, ...] = ()
    drawn: tuple[Difference, ...] = ()


class Different(Struct, frozen=True, tag=True):
    """The first few; `more` were found beside them."""

    differences: tuple[Difference, ...]
    more: int = 0
    noise: tuple[str, ...] = ()
    drawn: tuple[Difference, ...] = ()

    @property
    def has_each_place(self) -> bool:
        """The first of each place comes first."""
        return not self.more or len({each.place for each in self.differences}) < len(self.differences)

    @property
    def readable(self) -> str:
        told = [each.readable for each in self.differences]
        return "\n".join([*told, f"and {self.more} more"] if self.more else told)


class NotComparable(Struct, frozen=True, tag=True):
    why: str


Result: TypeAlias = Same | Different | NotComparable


def shown(text: str, most: int = LONGEST_SHOWN) -> str:
    """Bounded, in one line, and nothing that a terminal obeys."""
    plain = _UNSHOWN.sub(lambda found: f"\\u{ord(found[0][0]):04x}", text[: 2 * most])
    return plain if len(plain) <= most and len(text) <= 2 * most else f"{plain[: most - 1]}…"


def shown_beside(old: str, new: str) -> tuple[str, str]:
    """Two long texts from shortly before they part."""
    if max(len(old), len(new)) <= LONGEST_SHOWN:
        return shown(old), shown(new)
    parts = next(
        (place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )
    begin = max(0, parts - 30)
    lead = "…" if begin else ""
    return lead + shown(old[begin : begin + 120]), lead + shown(new[begin : begin + 120])
