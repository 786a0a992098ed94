"""What stands for a redacted value: of the same shape, equal where the values were equal, and telling nothing else."""

from __future__ import annotations

import hashlib
import hmac
import re

WORD = "redacted-"
PLACEHOLDER = re.compile(rf"{WORD}[0-9a-f]{{16}}(?:@example\.invalid)?")
STANDING = re.compile(rf"{PLACEHOLDER.pattern}|0000\d{{12}}|\+0\d{{10}}", re.ASCII)
"""Within a text, also what stands for a card or a telephone."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DIGITS = re.compile(r"\d{1,40}", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NINE_DIGITS = 1_000_000_000


class Placeholders:
    """`key` lives in memory alone: without it nobody can try values until one fits."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a key of less than 16 bytes can be guessed")
        self._key = key

    def _digest(self, value: str) -> str:
        return hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def text(self, value: str) -> str:
        """Of the shape of `value`, as far as an application would refuse another: an address, digits, a UUID."""
        if _EMAIL.fullmatch(value):
            return self.email(value)
        if _DIGITS.fullmatch(value):
            return str(self.number(value))
        if _UUID.fullmatch(value):
            digest = self._digest(value)
            return f"00000000-{digest[:4]}-4{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}"
        return self.word(value)

    def word(self, value: str) -> str:
        return WORD + self._digest(value)[:16]

    def email(self, value: str) -> str:
        return f"{self.word(value)}@example.invalid"

    def number(self, value: str) -> int:
        """Nine digits, which every integer of a database holds."""
        return NINE_DIGITS // 10 + int(self._digest(value)[:12], 16) % (NINE_DIGITS * 9 // 10)

    def card(self, value: str) -> str:
        """Sixteen digits with a check digit that holds, of an issuer that cannot be: none begins with 0."""
        digits = re.sub(r"\D", "", value)
        first = f"0000{int(self._digest(digits)[:12], 16) % 10**11:011d}"
        return first + check_digit(first)

    def phone(self, value: str) -> str:
        """No country's code begins with 0."""
        return f"+0{int(self._digest(re.sub(r'[^0-9]', '', value))[:12], 16) % 10**10:010d}"

    def client(self, value: str) -> str:
        return self._digest("client " + value)[:12]


def check_digit(digits: str) -> str:
    """What makes Luhn's sum a multiple of ten."""
    return str(-luhn(digits + "0") % 10)


def luhn(digits: str) -> int:
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled)
