"""Tracking codes: two letters, eight digits, a check digit, a country."""

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def check_digit(digits: str) -> int:
    """As the Universal Postal Union's standard S10 has it."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    rest = 11 - total % 11
    return {10: 0, 11: 5}.get(rest, rest)


def make(kind: str, number: int, country: str = "ES") -> str:
    digits = f"{number:08}"
    if len(digits) > 8:
        raise ValueError("the number has more than eight digits")
    return f"{kind.upper()}{digits}{check_digit(digits)}{country.upper()}"


def is_valid(code: str) -> bool:
    text = code.replace(" ", "").upper()
    if len(text) != 13 or not text[2:11].isdigit():
        return False
    return text[:2].isalpha() and text[11:].isalpha() and int(text[10]) == check_digit(text[2:10])


def kind_of(code: str) -> str:
    """What the first letter stands for."""
    first = code[:1].upper()
    if first == "R":
        return "registered"
    if first in ("C", "E"):
        return "parcel" if first == "C" else "express"
    return "letter"
