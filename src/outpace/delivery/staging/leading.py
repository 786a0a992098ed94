"""Whether a variable of an application may lead to what somebody uses: an address, or a file that is written to."""

from __future__ import annotations

import re

_SOMEWHERE = re.compile(
    r"://|^(?:/|\.\.?/|~|sqlite:)|\b(?:host|hostaddr|dbname|server|service)\s*=|^localhost$", re.IGNORECASE
)
_PLACES = re.compile(
    r"(?=.*[a-z.\[])[\w.:\[\]-]+:\d{1,5}(?:/\w*)?|\d{1,3}(?:\.\d{1,3}){3}(?:/.*)?|[\da-f:.]*::[\da-f:.]*"
    r"|[^\s/@:]+:[^\s@]*@[\w.\[].*|[\w.+-]+@[\w-]+|[^\s@]+@[\w.-]+[:/].*",
    re.IGNORECASE,
)
"""By a port, a number, or who is there; what says no more than somebody's address of e-mail is none."""
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(
    rf"(?:{_LABEL}\.)+(?:internal|intern|local|localdomain|lan|corp|home|intra|intranet|svc|consul|com|net|org|io|dev"
    rf"|app|cloud|example|test|invalid)\.?(?:/.*)?|(?:{_LABEL}\.){{2,}}[a-z]{{2}}\.?(?:/.*)?",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"[^?#:]*\.(?:sqlite3?|db)|(?:[\w.-]+/)+[\w.-]+\.(?!(?:py|html?|css|js|json|toml|ya?ml|ini|cfg)$)\w+", re.IGNORECASE
)
"""One of a database; or another below where the program stands, unless it is of a kind that is read alone."""
_NAMED = re.compile(
    r"(?:HOST(?:NAME)?|SERVER|BROKER|UR[LI]|ENDPOINT)S?(?=_|\d|$)|(?:NODES|DSN|_PATH|_FILE)$"
    r"|^PG(?:HOSTADDR|DATABASE|SERVICE|SERVICEFILE)$"
)
"""What it holds is an address or a file, also where it does not look so."""
_LETS_IN = re.compile(r"(?:^|_)(?:ALLOWED|TRUSTED|DOMAINS?)(?:_|$)")
"""It says who may come, and nobody is asked there."""
_OF_CODE = re.compile(r"(?:MODULE|CLASS|BACKEND|ENGINE|SETTINGS|CONFIG|FACTORY|APP)$")
"""Words with dots between them are a part of the program."""
_SETTING = re.compile(r"-?\d+(?:\.\d+)?|true|false|yes|no|on|off|none|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def leads(name: str, value: str) -> bool:
    """What may be a secret, a word or a number is none."""
    name, value = name.upper(), value.strip()
    if _SOMEWHERE.search(value):
        return True
    if any(_PLACES.fullmatch(each) or _FILE.fullmatch(each) for each in _parts(value)):
        return True
    if not value or _LETS_IN.search(name) or _SETTING.fullmatch(value):
        return False
    is_host = not _OF_CODE.search(name) and any(_HOST.fullmatch(each) for each in _parts(value))
    return is_host or _NAMED.search(name) is not None


def _parts(value: str) -> list[str]:
    return [each for each in re.split(r"[,;\s]+", value) if each]
