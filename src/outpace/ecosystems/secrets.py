"""Credentials in URLs, masked before anything is kept, shown or written."""

from __future__ import annotations

import re

HARMLESS_PARAMETERS = frozenset({"rev", "tag", "branch", "subdirectory", "egg", "lfs", "name", "version"})
MASK = "***"

# Each takes time in proportion to the text, also where it is one line that was made to hold up a reader.
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,40}://)(?P<rest>\S+)")
_BEFORE_AT = re.compile(r"(?<![^\s/@\"'])(?P<pair>[^\s/@\"']++)@(?=[\w.-])")
_TOLD = re.compile(
    r"(?i)\b(?P<key>\w*(?:password|passwd|token|secret|api[_-]?key))(?P<is>\s*[=:]\s*)(?!\*\*\*)[^\s&#]+"
)
_PARAMETER = re.compile(r"(?P<lead>[?&])(?P<key>[^=&?#\s]*)=(?P<value>[^&#\s]+)")


def masked(text: str) -> str:
    """Users, passwords and query values of URLs, and what is called a password or token, become `***`."""
    plain = _BEFORE_AT.sub(_mask_pair, _URL.sub(_mask_url, text))
    return _TOLD.sub(lambda found: f"{found['key']}{found['is']}{MASK}", plain)


def _mask_url(found: re.Match[str]) -> str:
    rest = found["rest"]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(authority) :]
    if "@" in authority:
        authority = f"{MASK}@{authority.rpartition('@')[2]}"
    elif _is_odd(authority) and "@" in tail:
        authority, tail = f"{MASK}@", tail.rpartition("@")[2]
    return found["scheme"] + authority + _PARAMETER.sub(_mask_parameter, tail)


def _mask_pair(found: re.Match[str]) -> str:
    """user:password@host, without a scheme."""
    pair = found["pair"].lstrip(":")
    user, _, password = pair.partition(":")
    return f"{found['pair'][: -len(pair)]}{MASK}@" if user and password else found[0]


def _is_odd(authority: str) -> bool:
    """A password with a slash in it ends the authority early: what follows the colon is then no port."""
    port = authority.rpartition(":")
    return bool(port[1]) and not port[2].isdigit() and not authority.endswith("]")


def _mask_parameter(found: re.Match[str]) -> str:
    value = found["value"] if found["key"].lower() in HARMLESS_PARAMETERS else MASK
    return f"{found['lead']}{found['key']}={value}"
