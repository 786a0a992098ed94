"""Invoices and their numbers."""

import itertools
from decimal import ROUND_HALF_UP, Decimal, getcontext, localcontext

NUMBERS = itertools.count(1)


def next_number(numbers=None):
    return f"R{next(NUMBERS if numbers is None else numbers):05d}"


def share(total, people):
    assert people, "an invoice has a payer"
    return Decimal(total) / people


def rounded(value, places="0.01"):
    return Decimal(value).quantize(Decimal(places), rounding=ROUND_HALF_UP)


def coarse(digits=4):
    """Count with few digits from now on."""
    getcontext().prec = digits


def coarsely(total, people, digits=4):
    with localcontext() as context:
        context.prec = digits
        return share(total, people)
