"""What stands for a value: the same for the same one within a copy, by a key that is thrown away after it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
import sys
import uuid
from collections.abc import Callable
from functools import cache
from typing import TypeAlias, cast

from outpace.delivery.staging.personal import shapes_of
from outpace.delivery.staging.schema import Column, Kind

LETTERS = 20  # of four bits each, and none of them a digit: no column takes such a text for a number
DOMAINS = ("@example.invalid", "@x.invalid")  # reserved: no mail ever arrives there (RFC 2606)
SHORTEST_EMAIL = 8 + len(DOMAINS[-1])
SMALL = 1_000_000  # a number in JSON below this is an amount, from it on it may be a phone's
LARGEST = 10**18
_FIRST_DAY, _DAYS = dt.date(1930, 1, 1), 80 * 365
_ROUNDS = 4
_SPELLED = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_KEYS = 10_000  # names in documents that are remembered
_LENGTHS = frozenset({32, 36})
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")

Mask: TypeAlias = Callable[[str], str]


class Masker:
    """Keyed BLAKE2 over the value's text. The key leaves this object only through what it masks."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._named: dict[str, str] = {}

    def hashed(self, column: Column) -> Mask:
        """For values in the database's own text form. Raises KeyError for a kind that has no mask of this sort."""
        if is_json(column):
            return self._json
        most = min(LETTERS, column.limit or LETTERS)

        def letters(value: str) -> str:
            if len(value) in _LENGTHS and _UUID.fullmatch(value) and len(value) <= (column.limit or len(value)):
                masked = self.uuid(str(uuid.UUID(value)))
                return masked if "-" in value else masked.replace("-", "")
            return self.letters(_plain(value, column), most)

        def whole(value: str) -> str:
            return str(self.whole(int(value), column.bits))

        known: dict[Kind, Mask] = {
            "text": letters,
            "any": letters,
            "whole": whole,
            "number": self.number,
            "date": self.date,
            "moment": self.moment,
            "time": self.time,
            "uuid": self.uuid,
            "bytes": self.octets,
            "host": self.host,
        }
        return known[column.kind]

    def email(self, column: Column) -> Mask:
        letters, domain = email_parts(column)
        return lambda value: self.letters(_plain(value, column), letters) + domain if value else value

    def digest(self, value: bytes, size: int) -> bytes:
        return hashlib.blake2b(value, key=self._key, digest_size=size).digest()

    def letters(self, value: str, number: int) -> str:
        """Nothing stays nothing."""
        if not value:
            return value
        return self.digest(value.encode("utf-8", "surrogateescape"), LETTERS // 2).hex().translate(_SPELLED)[:number]

    def whole(self, value: int, bits: int) -> int:
        """A permutation of the numbers with as many digits, so that what is unique stays so, and fits."""
        size = abs(value)
        if size < 1 or size >> bits:
            return value
        lowest = 10 ** (len(str(size)) - 1)
        masked = lowest + self._permuted(size - lowest, min(10 * lowest, 1 << bits) - lowest)
        return masked if value > 0 else -masked

    def _permuted(self, value: int, size: int) -> int:
        """A Feistel network over two numbers that are each below the root of `size`, or as little above it as can be;
        walked on until the result is below `size`.
        """
        root = max(math.isqrt(size - 1) + 1, 2)
        result = value
        while True:
            high, low = divmod(result, root)
            for number in range(_ROUNDS):
                word = self.digest(b"%d %d %d" % (size, number, low), 8)
                high, low = low, (high + int.from_bytes(word, "big")) % root
            result = high * root + low
            if result < size:
                return result

    def number(self, value: str) -> str:
        """As many digits, before and behind the point."""
        mantissa, mark, exponent = value.partition("e")
        digits = (str(each % 10) for each in self.digest(value.encode(), 64))
        masked = re.sub(r"[1-9]", lambda _: str(1 + int(next(digits, "4")) % 9), mantissa)
        return masked + mark + exponent

    def date(self, value: str) -> str:
        if not value:
            return value
        return _days()[int.from_bytes(self.digest(value.encode(), 8), "big") % _DAYS]

    def time(self, value: str) -> str:
        seconds = int.from_bytes(self.digest(value.encode(), 8), "big") % 86_400
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

    def moment(self, value: str) -> str:
        return f"{self.date(value)} {self.time(value)}" if value else value

    def uuid(self, value: str) -> str:
        return str(uuid.UUID(bytes=self.digest(value.lower().encode(), 16), version=4))

    def octets(self, value: str) -> str:
        return "\\x" + self.digest(value.encode(), 16).hex()

    def host(self, value: str) -> str:
        """In the block of private addresses of IPv6."""
        digits = self.digest(value.encode(), 15).hex()
        return ":".join(("fd" + digits)[place : place + 4] for place in range(0, 32, 4))

    def _json(self, value: str) -> str:
        try:
            document = json.loads(value)
            return json.dumps(self.within(document), ensure_ascii=False, separators=(",", ":"))
        except (ValueError, RecursionError):
            return json.dumps(self.letters(value, LETTERS))

    def within(self, document: object) -> object:
        """Every string, every number that may name somebody, and keys that look as if they did."""
        match document:
            case str():
                return self.letters(document, LETTERS)
            case int() | float() if not isinstance(document, bool):
                return self._amount(document)
            case list():
                return [self.within(each) for each in cast("list[object]", document)]
            case dict():
                pairs = cast("dict[str, object]", document).items()
                return {self._key_of(key): self.within(each) for key, each in pairs}
            case _:
                return document

    def _amount(self, number: float) -> float:
        if abs(number) > sys.float_info.max:
            return 0
        if abs(number) < SMALL:
            return number
        if isinstance(number, int) and abs(number) < LARGEST:
            return self.whole(number, LARGEST.bit_length())
        return float(self.number(repr(float(number))))

    def _key_of(self, key: str) -> str:
        masked = self._named.get(key)
        if masked is None:
            masked = self.letters(key, LETTERS) if shapes_of([key]) else key
            if len(self._named) < _KEYS:
                self._named[key] = masked
        return masked


@cache
def _days() -> list[str]:
    return [(_FIRST_DAY + dt.timedelta(days=number)).isoformat() for number in range(_DAYS)]


def email_parts(column: Column) -> tuple[int, str]:
    """How many letters before the domain, and which domain: as many as there is room for."""
    most = column.limit or 100
    domain = next(each for each in DOMAINS if most >= len(each) + LETTERS or each == DOMAINS[-1])
    return min(LETTERS, most - len(domain)), domain


def is_json(column: Column) -> bool:
    """Also a text that always holds it, where nothing limits how long it may become."""
    return column.kind == "json" or (
        column.kind in {"text", "any"} and column.limit is None and not column.array and "JSON" in column.shapes
    )


HASHED: frozenset[Kind] = frozenset(
    {"text", "any", "whole", "number", "date", "time", "moment", "uuid", "bytes", "json", "host"}
)
STAYS_UNIQUE: frozenset[Kind] = frozenset({"text", "any", "whole", "uuid", "bytes", "json", "host"})
BLANKS: dict[Kind, str] = {
    "text": "", "any": "", "words": "", "whole": "0", "number": "0", "json": "{}", "boolean": "false", "bytes": "",
}  # fmt: skip
"""Where the column must hold something."""


def _plain(value: str, column: Column) -> str:
    """Two texts that the database takes for the same one have the same mask."""
    plain = value.rstrip(" ") if column.declared.startswith(("character(", "char(", "bpchar")) else value
    return plain.lower() if column.ignores_case else plain
