"""npm, crates.io and Go: Semantic Versioning 2.0.0, with what each of them writes around a version.

https://semver.org/spec/v2.0.0.html#spec-item-11. Build metadata is no part of the order.
"""

from __future__ import annotations

import re
from functools import lru_cache, total_ordering
from typing import TypeAlias

from outpace.ecosystems.orders.order import Order

LONGEST_VERSION = 256  # npm's own limit

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z"
)
_SHORTER = re.compile(rf"{_NUMBER}(?:\.{_NUMBER})?\Z")
_GO_RELEASE = re.compile(rf"go({_NUMBER}\.{_NUMBER})(\.{_NUMBER})?(?:(beta|rc)({_NUMBER}))?\Z")

_Identifier: TypeAlias = tuple[int, int, str]
_Key: TypeAlias = tuple[int, int, int, int, tuple[_Identifier, ...]]


@total_ordering
class SemVer:
    """Compared by precedence; shown as it was written."""

    __slots__ = ("_key", "_text")

    def __init__(self, key: _Key, text: str) -> None:
        self._key = key
        self._text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SemVer) and self._key == other._key

    def __lt__(self, other: SemVer) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"SemVer({self._text!r})"


@lru_cache(maxsize=65536)
def parse(text: str) -> SemVer | None:
    """None for anything that SemVer 2.0.0 does not allow, such as two numbers or a leading zero."""
    found = _SEMVER.match(text) if len(text) <= LONGEST_VERSION else None
    if found is None:
        return None
    major, minor, patch, pre = found.groups()
    identifiers = () if pre is None else tuple(map(_identifier, pre.split(".")))
    return SemVer((int(major), int(minor), int(patch), pre is None, identifiers), text)


def _identifier(text: str) -> _Identifier:
    """Numbers sort below words, and by their value."""
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


def bound(text: str) -> SemVer | None:
    """The end of a record's range, where missing numbers are zero, as OSV's own tools and npm's read them."""
    if len(text) <= LONGEST_VERSION and _SHORTER.match(text):
        return parse(text + ".0" * (2 - text.count(".")))
    return parse(text)


def _npm(text: str) -> SemVer | None:
    """https://github.com/npm/node-semver#versions: a leading `=` or `v` is stripped off and ignored."""
    return parse(_npm_text(text))


def _npm_text(text: str) -> str:
    return text.strip().lstrip("=v \t")


def _npm_exact(specifier: str) -> str | None:
    named = _npm_text(specifier)
    return named if parse(named) is not None else None


def _cargo_exact(specifier: str) -> str | None:
    """Without `=`, Cargo takes a version for a caret."""
    named = specifier.strip()
    return named[1:].strip() if named.startswith("=") and parse(named[1:].strip()) is not None else None


def _go(text: str) -> SemVer | None:
    """Of a module, with its `v` or, as records have it, without; or of a Go release, as `go1.22rc1`.

    A pseudo-version is an ordinary prerelease, and `+incompatible` is build metadata: https://go.dev/ref/mod#versions.
    """
    release = _GO_RELEASE.match(text)
    if release is None:
        return parse(text.removeprefix("v"))
    numbers, patch, word, number = release.groups()
    return parse(f"{numbers}{patch or '.0'}{f'-{word}.{number}' if word else ''}")


def _go_bound(text: str) -> SemVer | None:
    return _go(text) or bound(text.removeprefix("v"))


NPM = Order(name="SemVer 2.0", parse=_npm, bound=lambda text: bound(_npm_text(text)), exact=_npm_exact)
CRATES = Order(name="SemVer 2.0", parse=parse, bound=bound, exact=_cargo_exact)
GO = Order(name="Go's SemVer 2.0", parse=_go, bound=_go_bound)
SEMVER = Order(name="SemVer 2.0", parse=parse, bound=bound)
