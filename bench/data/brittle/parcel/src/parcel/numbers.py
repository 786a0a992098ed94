"""Numbers that name a parcel."""

import random
import uuid
import warnings


def code():
    """Six signs of a random number, for people to read aloud."""
    return uuid.uuid4().hex[:6].upper()


def shelf_number(rng=random):
    return rng.randrange(1, 200)


def check_digit(number):
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(str(number)), start=1))
    return (10 - total % 10) % 10


def is_valid(number):
    text = str(number)
    return text.isdigit() and len(text) > 1 and check_digit(int(text[:-1])) == int(text[-1])


def make(number):
    return int(f"{number}{check_digit(number)}")


def checksum(number):
    warnings.warn("checksum is called check_digit now", DeprecationWarning, stacklevel=2)
    return check_digit(number)
