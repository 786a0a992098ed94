"""PEP 440 order, PEP 503 names, and the interval that a specifier allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

LONGEST_VERSION = 256  # PEP 440 sets no limit; a regular expression deserves one

_NOT_1_TO_9 = dict.fromkeys([point for point in range(128) if not 0x31 <= point <= 0x39 and point != ord("\n")])
_SEPARATORS = re.compile(r"[-_.]+")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")


@lru_cache(maxsize=65536)
def parse(text: str) -> Version | None:
    """None where PEP 440 does not allow the version, so that nobody orders it by accident."""
    if len(text) > LONGEST_VERSION:
        return None
    try:
        return Version(text)
    except (InvalidVersion, ValueError):
        return None


def alike(versions: Sequence[str], *asked: str) -> Sequence[str]:
    """Those that may be equal to one of the asked: versions that are equal have the same digits but for zeros.

    Long lists of versions are sifted so, before any of them is parsed.
    """
    digits = _digits(tuple(versions))
    if digits.count("\n") != len(versions) + 1:  # a version with a line break in it
        return versions
    wanted = {own for own in (text.translate(_NOT_1_TO_9) for text in asked) if f"\n{own}\n" in digits}
    if not wanted:
        return ()
    return [version for version, own in zip(versions, digits[1:-1].split("\n"), strict=True) if own in wanted]


@lru_cache(maxsize=4096)
def _digits(versions: tuple[str, ...]) -> str:
    """Of each version one line, between line breaks."""
    return "\n".join(("", *versions, "")).translate(_NOT_1_TO_9)


def canonical(text: str) -> str:
    """The normalized spelling, with the release segment as it is written; what cannot be parsed stays."""
    version = parse(text)
    return text if version is None else str(version)


def normalize_name(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


def is_name(text: str) -> bool:
    return _NAME.match(text) is not None


class Interval(Struct, frozen=True, kw_only=True):
    """`low` <= version < `high`; None is no bound on that side."""

    low: Version | None = None
    high: Version | None = None


def pinned(specifiers: SpecifierSet) -> str | None:
    """The one version that the specifiers name: only `==` without a star and `===` name one (PEP 440)."""
    named = {
        each.version if each.operator == "===" else canonical(each.version)
        for each in specifiers
        if each.operator == "===" or (each.operator == "==" and not each.version.endswith(".*"))
    }
    return named.pop() if len(named) == 1 else None


def allowed(specifier: str) -> Interval | None:
    """An interval that holds every version the specifier allows, perhaps more; None where it cannot be told."""
    try:
        parts = [_bounds(each) for each in SpecifierSet(specifier)]
    except (InvalidSpecifier, InvalidVersion, ValueError):
        return None
    lows = [part.low for part in parts if part.low is not None]
    highs = [part.high for part in parts if part.high is not None]
    return Interval(low=max(lows, default=None), high=min(highs, default=None))


def _bounds(specifier: Specifier) -> Interval:
    stem = specifier.version.removesuffix(".*")
    match specifier.operator:
        case ">=" | ">":
            return Interval(low=Version(stem))
        case "<":
            return Interval(high=Version(stem))
        case "<=":
            return Interval(high=_next_after(Version(stem)))
        case "~=" | "==":
            return _around(Version(stem), specifier)
        case _:
            return Interval()


def _around(version: Version, specifier: Specifier) -> Interval:
    if specifier.operator == "~=":
        return Interval(low=version, high=_next_prefix(version, len(version.release) - 1))
    if specifier.version.endswith(".*"):
        return Interval(low=Version(f"{version}.dev0"), high=_next_prefix(version, len(version.release)))
    return Interval(low=version, high=_next_after(version))


def _next_after(version: Version) -> Version:
    """Above every local build of the version, and not above anything else."""
    if version.dev is not None:
        head = version.public.rpartition(".dev")[0]
        return Version(f"{head}.dev{version.dev + 1}")
    if version.post is not None:
        head = version.public.rpartition(".post")[0]
        return Version(f"{head}.post{version.post + 1}.dev0")
    return Version(f"{version.public}.post0.dev0")


def _next_prefix(version: Version, length: int) -> Version:
    release = (*version.release[: length - 1], version.release[length - 1] + 1)
    return Version(f"{version.epoch}!{'.'.join(map(str, release))}.dev0")
