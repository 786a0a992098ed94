"""Names of fields and headers whose values are secrets or say who somebody is, however they are spelled."""

from __future__ import annotations

import re
from urllib.parse import unquote

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
SAID = frozenset(
    [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "secret",
        "token",
        "apikey",
        "session",
        "sessionid",
        "sid",
        "jsessionid",
        "phpsessid",
        "csrf",
        "xsrf",
        "csrftoken",
        "csrfmiddlewaretoken",
        "xsrftoken",
        "nonce",
        "otp",
        "totp",
        "pin",
        "cvv",
        "cvc",
        "credential",
        "credentials",
        "authorization",
        "auth",
        "bearer",
        "jwt",
        "signature",
        "cookie",
        "card",
        "cardnumber",
        "pan",
        "iban",
        "bic",
        "ssn",
        "nino",
        "passport",
        "taxid",
        "email",
        "mail",
        "phone",
        "telephone",
        "mobile",
        "fax",
        "birthday",
        "birthdate",
        "dob",
        "firstname",
        "lastname",
        "surname",
        "fullname",
        "username",
        "street",
        "iv",
        "salt",
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "privatekey",
        "secretkey",
        "accesskey",
        "sessiontoken",
        "authtoken",
        "newpassword",
        "oldpassword",
        "samlresponse",
        "samlrequest",
    ]
)
"""One part of a name that is enough: `user_password`, `X-Auth-Token`, `cardNumber`."""
TOGETHER = (
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("auth", "code"),
    ("security", "code"),
    ("social", "security"),
    ("tax", "id"),
    ("date", "birth"),
    ("first", "name"),
    ("last", "name"),
    ("full", "name"),
    ("account", "number"),
    ("credit", "card"),
    ("postal", "address"),
    ("ip", "address"),
)
PUBLIC = frozenset(
    {"authority", "cookiepolicy", "mailto", "author", "card_id", "pagetoken", "sec-websocket-key", "session_count"}
)
ALWAYS = frozenset(
    {"authorization", "cookie", "set-cookie", "proxy-authorization", "www-authenticate", "authentication-info"}
)
CLIENTS = frozenset(
    [
        "x-forwarded-for",
        "x-real-ip",
        "forwarded",
        "true-client-ip",
        "cf-connecting-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "fastly-client-ip",
        "x-envoy-external-address",
        "x-original-forwarded-for",
        "x-forwarded-client-cert",
        "x-ssl-client-cert",
        "from",
        "remote-user",
        "x-remote-user",
        "x-forwarded-user",
        "x-forwarded-email",
    ]
)
"""Headers that say who asked: they are left out."""
LONGEST_NAME = 200


class SecretNames:
    """What is always a secret, and what is declared beside it: names are compared without case, `-` and `_`."""

    def __init__(self, declared: tuple[str, ...] = ()) -> None:
        self._declared = frozenset(_bare(name) for name in declared)
        self._known: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        found = self._known.get(name)
        if found is None:
            found = self._asked(name)
            if len(self._known) < 10_000:
                self._known[name] = found
        return found

    def _asked(self, name: str) -> bool:
        """`user[password]` and `%70assword` are names of it, too."""
        name = unquote(unquote(name))
        bare = _bare(name)
        if bare in self._declared or any(_bare(part) in self._declared for part in re.split(r"[\[\].]", name)):
            return True
        if name.lower() in PUBLIC:
            return False
        if len(name) > LONGEST_NAME:
            return True
        parts = [part.lower() for part in _PARTS.findall(name)]
        whole = {part.removesuffix("s") for part in parts} | set(parts)
        if whole & SAID or bare in SAID or any(set(pair) <= whole for pair in TOGETHER):
            return True
        return any(word in bare for word in ("password", "passwd", "secret", "token", "apikey", "credential"))


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
