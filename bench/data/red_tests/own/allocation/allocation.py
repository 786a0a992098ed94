"""Splits amounts in cents among parties without losing a cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal


class Unsplittable(ValueError):
    """There is nobody, or no weight, to split among."""


def allocate(cents: int, weights: Sequence[int]) -> list[int]:
    """Shares in the order of the weights; the cents left over go to the first parties with a weight."""
    total = sum(weights)
    if not weights or total <= 0:
        raise Unsplittable(f"cannot split {cents} among {list(weights)}")
    shares = [cents * weight // total for weight in weights]
    left = cents - sum(shares)
    for index, weight in enumerate(weights):
        if left == 0:
            break
        if weight:
            shares[index] += 1
            left -= 1
    return shares


def discounted(cents: int, percent: Decimal) -> int:
    """Half a cent goes to the even neighbor."""
    if not 0 <= percent <= 100:
        raise ValueError(f"a discount of {percent}% is not between 0 and 100")
    kept = Decimal(cents) * (100 - percent) / 100
    return int(kept.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def written(cents: int, currency: str = "EUR") -> str:
    sign = "-" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{units:,}.{rest:02} {currency}"


def read(text: str) -> int:
    """The cents of `1,234.50 EUR`; a currency is not needed."""
    number = text.split(maxsplit=1)[0].replace(",", "")
    return int(Decimal(number) * 100)
