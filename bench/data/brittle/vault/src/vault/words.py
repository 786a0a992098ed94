"""Words and their digests."""

import hashlib
import hmac
import secrets

ROUNDS = 100_000


def _stretch(word, salt, rounds):
    return hashlib.pbkdf2_hmac("sha256", word.encode(), salt, rounds)


def digest(word, salt=None, rounds=ROUNDS):
    salt = salt or secrets.token_bytes(8)
    return salt + _stretch(word, salt, rounds)


def matches(word, stored, rounds=ROUNDS):
    return hmac.compare_digest(stored, digest(word, stored[:8], rounds))


def strength(word):
    assert isinstance(word, str), "a word is text"
    kinds = (str.islower, str.isupper, str.isdigit)
    return sum(any(kind(sign) for sign in word) for kind in kinds) + (len(word) >= 12)


def mask(word, shown=2):
    return word[:shown] + "*" * max(len(word) - shown, 0)
