"""What is a secret or says who somebody is wherever it stands, told from how it looks.

Each takes time in proportion to the text: runs are bounded, possessive, or begin at one place only.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import NamedTuple

from outpace.delivery.exchanges.placeholders import PLACEHOLDER, Placeholders, luhn

EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
USERINFO = re.compile(r"(?<=://)[^\s/?#\"'<>@]*+(?:@[^\s/?#\"'<>@]*+)*(?=@)@")
BEARER = re.compile(r"(?i)\b(bearer|basic)[ +]{1,3}([A-Za-z0-9._~+/=-]{8,})")
JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]{2,}+(?:\.[A-Za-z0-9_-]*+){0,3}")
PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
)
KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{20,}"
    r"|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|[srp]k_(?:live|test)_\w{10,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{30,})"
)
OPAQUE = re.compile(r"(?<![\w/+=-])[A-Za-z0-9_-]{24,}+(?![/+])=?=?")
DIGIT_GROUPS = re.compile(r"(?<![\d.])\d{1,19}+(?:[ .-]\d{1,19}+){0,12}(?![\d])", re.ASCII)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", re.ASCII)
SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])", re.ASCII)
PHONE = re.compile(r"(?<![\w+.])(?:\+|00(?=[1-9]\d[ ./()-]))[1-9]\d{0,2}(?:[ .()/-]{0,2}\d{2,5}){2,5}(?!\d)", re.ASCII)
BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,65536}+={0,2}(?![\w+/=-])")


_IN_TURN = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
MOST_TURNS = 4
_HEX_ID = re.compile(r"[0-9a-fA-F]{24}|[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Pattern(NamedTuple):
    pattern: re.Pattern[str]
    stands: Callable[[str, Placeholders], str]  # what stands for a match; the match itself, where it is none


def _word(text: str, make: Placeholders) -> str:
    return make.word(text)


def _opaque(text: str, make: Placeholders) -> str:
    """Of mixed case with digits; or with letters and digits in turn, which no slug has. Shorter runs of hexadecimal
    digits are ids of things."""
    if PLACEHOLDER.fullmatch(text):
        return text
    mixed = text.lower() != text and text.upper() != text and any(each.isdigit() for each in text)
    in_turn = len(_IN_TURN.findall(text)) >= MOST_TURNS and not _HEX_ID.fullmatch(text)
    return make.word(text) if mixed or in_turn else text


def _groups(text: str, make: Placeholders) -> str:
    """Card numbers of 13 to 19 digits, as one run or in groups, of issuers that exist and with a check digit."""
    parts = re.split(r"([ .-])", text)
    starts = range(0, len(parts), 2)
    for begin in starts:
        digits = ""
        for end in range(begin, len(parts), 2):
            digits += parts[end]
            if len(digits) > 19:
                break
            if len(digits) >= 13 and digits[0] in "23456" and luhn(digits) % 10 == 0:
                rest = "".join(parts[end + 1 :])
                return "".join(parts[:begin]) + make.card(digits) + _groups(rest, make)
    return text


def _iban(text: str, make: Placeholders) -> str:
    bare = text.replace(" ", "")
    turned = "".join(str(int(each, 36)) for each in bare[4:] + bare[:4])
    return f"XX00{make.number(bare):018d}" if int(turned) % 97 == 1 else text


def _phone(text: str, make: Placeholders) -> str:
    return make.phone(text) if 8 <= sum(each.isdigit() for each in text) <= 15 else text


def _email(text: str, make: Placeholders) -> str:
    return text if PLACEHOLDER.fullmatch(text) else make.email(text)


def _userinfo(text: str, make: Placeholders) -> str:
    return text if re.fullmatch(rf"{PLACEHOLDER.pattern}@", text) else f"{make.word(text)}@"


def _bearer(text: str, make: Placeholders) -> str:
    scheme, value = re.split(r"[ +]+", text, maxsplit=1)
    if scheme.lower() == "basic" and ":" not in (unpacked(value) or ""):
        return text
    return text if PLACEHOLDER.fullmatch(value) else f"{scheme} {make.word(value)}"


ALWAYS = (
    Pattern(PRIVATE_KEY, _word),
    Pattern(USERINFO, _userinfo),
    Pattern(JWT, _word),
    Pattern(BEARER, _bearer),
    Pattern(KEY, _word),
    Pattern(EMAIL, _email),
    Pattern(IBAN, _iban),
    Pattern(SSN, _word),
    Pattern(DIGIT_GROUPS, _groups),
    Pattern(PHONE, _phone),
    Pattern(OPAQUE, _opaque),
)


def unpacked(token: str) -> str | None:
    """What base64 says, if it says text."""
    try:
        padded = token.rstrip("=").replace("-", "+").replace("_", "/")
        text = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return text if text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable() else None
