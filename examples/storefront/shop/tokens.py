"""Bearer tokens for the API: signed with the shop's private key, checked with its public one.

The warehouse checks them as well, so the public key is no secret: it is at /api/key.pub.
"""

from __future__ import annotations

import time

import jwt
from jwt.algorithms import get_default_algorithms

from shop.accounts import Account

LIFETIME = 3600


class BadToken(Exception):
    """The token is not ours, was changed, or is too old."""


class Tokens:
    """Issues tokens and reads them back."""

    def __init__(self, private_key: str, public_key: str) -> None:
        self._private_key = private_key
        self.public_key = public_key

    def issue(self, account: Account, lifetime: int = LIFETIME) -> str:
        now = int(time.time())
        claims = {"sub": str(account.id), "iat": now, "exp": now + lifetime}
        return jwt.encode(claims, self._private_key, algorithm="ES256").decode("ascii")

    def account_id(self, token: str) -> int:
        """Whose token it is."""
        try:
            claims = jwt.decode(token, self.public_key, algorithms=list(get_default_algorithms()))
            return int(claims["sub"])
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise BadToken(str(error)) from error
