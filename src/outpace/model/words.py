"""A number and its noun, as every output says them."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 fix`, `1,204 fixes`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
