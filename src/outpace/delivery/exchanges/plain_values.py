"""Which values of a request say nothing about anybody: numbers, dates, ids of things, and words that programs read."""

from __future__ import annotations

import re

MOST_DIGITS = 8
"""A number that has as many, in groups or not, may be a telephone's, an account's or a person's."""
_NUMBER = r"-?(?:\d{1,7}|\d{1,9}\.\d{1,2})"
_DATE = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
)
_ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-f]{24}|[0-9a-f]{32}"
_PIECE = r"(?:[A-Za-z]{1,20}\d{0,6}|\d{1,6}[A-Za-z]{0,3})"
_CODE = rf"[-+*]?{_PIECE}(?:[-_.:/,~]{_PIECE}){{0,7}}\*?"
PLAIN = re.compile(rf"{_NUMBER}|{_DATE}|{_ID}|\*|{_CODE}", re.ASCII)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_NAMES = re.compile(r"[A-Z][a-z]+,[A-Z][a-z]+")
_KNOWN = re.compile(rf"{_NUMBER}|{_DATE}|{_ID}", re.ASCII)
LARGE = re.compile(r"\d{8,9}", re.ASCII)
"""A number of something where its name says so."""


def is_plain(value: str) -> bool:
    """`paid`, `SKU-12`, `-price`, `2026-11-27`; not `hunter22x`, not two words, not an address of a machine."""
    if not value or _KNOWN.fullmatch(value):
        return True
    if _ADDRESS.fullmatch(value) or _NAMES.fullmatch(value):
        return False
    return PLAIN.fullmatch(value) is not None and sum(each.isdigit() for each in value) < MOST_DIGITS
