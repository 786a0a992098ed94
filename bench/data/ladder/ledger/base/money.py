"""Amounts of money in whole cents, as they are read and written."""

from __future__ import annotations

import re
from typing import List

AMOUNT = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


def format_cents(cents: int) -> str:
    """Return an amount as people write it: `-1,234.50`."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def parse_amount(text: str) -> int:
    """Return the cents of an amount as people write it: `1,234.5`, `+7`, `-0.05`. A ValueError where it is none."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not an amount: {text!r}")
    sign, whole, rest = found.groups()
    cents = int(whole.replace(",", "")) * 100 + int((rest or "0").ljust(2, "0"))
    return -cents if sign == "-" else cents


def split_evenly(cents: int, parts: int) -> List[int]:
    """Return an amount in parts that differ by one cent at most, the larger ones first. Their sum is the amount."""
    if parts < 1:
        raise ValueError("an amount is split in one part at least")
    each, left = divmod(abs(cents), parts)
    shares = [each + 1] * left + [each] * (parts - left)
    return [-share for share in shares] if cents < 0 else shares
