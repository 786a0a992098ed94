"""What looks like a secret, by its name or by its shape: it is not copied out of a pipeline."""

from __future__ import annotations

import re

NAMED = re.compile(
    r"SECRET|TOKEN(?!I[ZS])|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|APIKEY|PRIVATE"
    r"|(?:^|[_-])(?:PASS|PWD|AUTH|DSN)(?:$|[_-])|(?:^|[_-])KEY(?:[_-]?ID)?$",
    re.IGNORECASE,
)
SHAPED = re.compile(
    r"://[^/\s@:]*:[^/\s@]+@"  # a password in a URL
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[oprsu]_\w{16}|github_pat_\w|\bglpat-|\bxox[abprs]-|\bsk-\w{16}|\bpypi-\w{16}"
    r"|\bAIza[\w-]{30}|\beyJ[\w-]{8,}\.[\w-]+\.|-----BEGIN "
)
RANDOM = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+_=-]{32,}")
SWITCH = re.compile(r"|\d{1,2}|true|false|yes|no|on|off|none", re.IGNORECASE)
HIDDEN = "..."


def looks_secret(name: str, value: str) -> bool:
    """A variable: what its name says is one unless it only switches something on or off."""
    if SHAPED.search(value) or RANDOM.fullmatch(value):
        return True
    return NAMED.search(name) is not None and SWITCH.fullmatch(value) is None


def hidden(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command without what looks secret in it; the same one where nothing does."""
    found: list[str] = []
    follows = False
    for word in words:
        name, is_option, value = word.partition("=")
        if follows and not word.startswith("-"):
            found.append(HIDDEN)
        elif word.startswith("-") and is_option and _is_secret_option(name, value):
            found.append(f"{name}={HIDDEN}")
        else:
            found.append(HIDDEN if SHAPED.search(word) else word)
        follows = word.startswith("--") and not is_option and NAMED.search(word.lstrip("-")) is not None
    return tuple(found)


def _is_secret_option(name: str, value: str) -> bool:
    is_named = name.startswith("--") and NAMED.search(name.lstrip("-")) is not None
    return SHAPED.search(value) is not None or (is_named and SWITCH.fullmatch(value) is None)
