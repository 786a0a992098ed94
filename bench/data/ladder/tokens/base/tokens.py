"""Signed tokens, links and cookies: who somebody is and what they may do, without a session of ours.

A token is a header, claims and a signature, each in base64 and with a point between them; HS256 and HS512 are spoken.
Links and cookies carry a signature of their own. All of them come back from browsers, and nothing of them is to be
believed whose signature was not made with the key.
"""

import base64
import binascii
import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

ALGORITHMS = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}
COOKIE_BYTES = 16


class TokenError(ValueError):
    """A token, link or cookie that is not to be believed."""


def pack(data):
    """Bytes as a text that can stand in an address."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unpack(text):
    """The bytes of such a text."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise TokenError("not base64") from error


def _object(text):
    """The object that is packed in a part of a token."""
    try:
        found = json.loads(unpack(text))
    except ValueError as error:
        raise TokenError("not a token") from error
    if not isinstance(found, dict):
        raise TokenError("not a token")
    return found


def _signature(algorithm, key, message):
    """The signature of a message."""
    if algorithm.lower() == "none":
        return b""
    if algorithm not in ALGORITHMS:
        raise TokenError(f"unknown algorithm {algorithm}")
    return hmac.new(key, message, ALGORITHMS[algorithm]).digest()


def _same(expected, given):
    """Are the signatures the same? Takes as long for any two of a length, so that nobody learns where they differ."""
    different = 0
    for one, other in zip(expected, given):
        different |= one ^ other
    return different == 0


def _key(keys, kid):
    """The key of a token: the only one, or the one that its header names."""
    if isinstance(keys, bytes):
        return keys
    if kid not in keys:
        raise TokenError("unknown key")
    return keys[kid]


def issue(claims, key, algorithm="HS256", kid=None):
    """A token with these claims."""
    header = {"alg": algorithm, "typ": "JWT"}
    if kid is not None:
        header["kid"] = kid
    parts = [json.dumps(part, separators=(",", ":"), sort_keys=True).encode() for part in (header, claims)]
    message = ".".join(pack(part) for part in parts)
    return f"{message}.{pack(_signature(algorithm, key, message.encode()))}"


def verify(token, keys, now, leeway=0):
    """The claims of a token that is signed and holds at this time; `keys` is one key, or keys by name."""
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenError("not a token")
    header, claims = _object(parts[0]), _object(parts[1])
    message = f"{parts[0]}.{parts[1]}".encode()
    algorithm = str(header.get("alg", "none"))
    if not _same(_signature(algorithm, _key(keys, header.get("kid")), message), unpack(parts[2])):
        raise TokenError("bad signature")
    if "exp" in claims and now >= claims["exp"] + leeway:
        raise TokenError("expired")
    if "nbf" in claims and now < claims["nbf"] - leeway:
        raise TokenError("not valid yet")
    return claims


def refresh(token, keys, now, lifetime=3600):
    """A new token with the same claims, for somebody whose token still holds."""
    claims = verify(token, keys, now)
    header = _object(token.split(".")[0])
    kid = header.get("kid")
    return issue({**claims, "exp": now + lifetime}, _key(keys, kid), header.get("alg", "HS256"), kid)


def sign_link(path, key, expires):
    """The path with a time and a signature; it can have parameters of its own."""
    message = f"{path}{'&' if '?' in path else '?'}{urlencode({'expires': expires})}"
    return f"{message}&signature={_signature('HS256', key, message.encode()).hex()}"


def check_link(link, key, now):
    """The path that was signed, if it was and has not expired."""
    message, _, given = link.rpartition("&signature=")
    try:
        signature = bytes.fromhex(given)
        expires = int(dict(parse_qsl(urlsplit(message).query))["expires"])
    except (KeyError, ValueError) as error:
        raise TokenError("not a signed link") from error
    if not _same(_signature("HS256", key, message.encode()), signature):
        raise TokenError("bad signature")
    if now >= expires:
        raise TokenError("expired")
    return message[: message.rindex("expires=") - 1]


def seal(value, key):
    """A cookie: the value with a short signature."""
    return f"{value}.{pack(_signature('HS256', key, value.encode())[:COOKIE_BYTES])}"


def unseal(cookie, key):
    """The value of a cookie that was sealed."""
    value, point, given = cookie.rpartition(".")
    if not point:
        raise TokenError("not a cookie of ours")
    if not _same(_signature("HS256", key, value.encode())[:COOKIE_BYTES], unpack(given)):
        raise TokenError("bad signature")
    return value


def bearer(header):
    """The token in a header such as `Bearer abc.def.ghi`; None where there is none."""
    scheme, _, rest = header.strip().partition(" ")
    rest = rest.strip()
    return rest if scheme.lower() == "bearer" and rest and " " not in rest else None


def allows(claims, wanted):
    """May somebody with these claims do what is wanted? `maps:*` is a scope for everything of maps, `*` for all."""
    scopes = claims.get("scope", "")
    if isinstance(scopes, str):
        scopes = scopes.split()
    area, _, act = wanted.partition(":")
    for scope in scopes:
        if scope in ("*", wanted) or (act and scope == f"{area}:*"):
            return True
    return False
