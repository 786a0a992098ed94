"""Signed tokens that say who and until when."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any


class BadToken(Exception):
    """Not to be trusted."""


class Expired(BadToken):
    """Trusted once."""


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signature(key: bytes, payload: str) -> str:
    return _encoded(hmac.new(key, payload.encode(), hashlib.sha256).digest())


def issue(key: bytes, subject: str, now: int, lifetime: int = 3_600, scopes: tuple[str, ...] = ()) -> str:
    claims = {"sub": subject, "exp": now + lifetime, "scopes": sorted(scopes)}
    payload = _encoded(json.dumps(claims, separators=(",", ":")).encode())
    return f"{payload}.{_signature(key, payload)}"


def claims_of(key: bytes, token: str, now: int) -> dict[str, Any]:
    """The claims of a token that was signed with the key and is valid now."""
    payload, dot, signature = token.partition(".")
    if not dot or not hmac.compare_digest(_signature(key, payload), signature):
        raise BadToken("the signature does not match")
    claims: dict[str, Any] = json.loads(_decoded(payload))
    if claims["exp"] <= now:
        raise Expired(f"expired {now - claims['exp']} seconds ago")
    return claims


def may(claims: dict[str, Any], scope: str) -> bool:
    """`files:write` is granted by itself and by `files:*`."""
    area = scope.split(":", maxsplit=1)[0]
    return scope in claims["scopes"] or f"{area}:*" in claims["scopes"]
