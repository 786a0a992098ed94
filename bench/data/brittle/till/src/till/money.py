"""Amounts of money, as whole cents."""

import re

AMOUNT = re.compile(r"(-?)(\d+)(?:[.,](\d{2}))?")


def cents(text):
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount")
    sign, whole, rest = found.groups()
    value = int(whole) * 100 + int(rest or 0)
    return -value if sign else value


def amount(value, sign="€"):
    minus = "-" if value < 0 else ""
    return f"{minus}{abs(value) // 100}.{abs(value) % 100:02d} {sign}"


def split(total, parts):
    """Share a total so that nothing is lost; the first shares carry the rest."""
    assert parts > 0, "nobody to share with"
    share, rest = divmod(total, parts)
    return [share + (1 if number < rest else 0) for number in range(parts)]
