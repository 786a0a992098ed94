"""Requirements and constraints files in pip's format: `pip` refuses a file for one line, and so does this."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct
from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from outpace.ecosystems.pypi.encodings import decoded, is_guessed
from outpace.ecosystems.pypi.requirement_lines import (
    Includes,
    Installs,
    Refused,
    Requires,
    logical_lines,
    said,
    understood,
)
from outpace.ecosystems.pypi.sources import VCS, fragment_of, named_by, path_of
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name, pinned
from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.pins import How, Pin, Scanned
from outpace.ecosystems.scan.python_locks import pypi
from outpace.ecosystems.scan.successive import Successive

LONGEST_KEPT = 1_000

_HASH = re.compile(
    r"(?<![ \t])[ \t]++\\\n[ \t]++--hash=sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})"
    r"(?=[ \t]*+(?:\\?\n|\Z))"
)
_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9][A-Za-z0-9.+_!-]*)")
_UNDER_MARKER = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[[A-Za-z0-9._, -]*\])?==([A-Za-z0-9.]+) *"
    r"(?:;[A-Za-z0-9_.'\"<>=!(), ]{0,500})?"
)
_LOOSELY = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)[ \t]*(?:\[[A-Za-z0-9._, \t-]*\])?[ \t]*={2,3}[ \t]*"
    r"([^\s;,*=<>!~/@]+)[ \t]*(?:;.*)?"
)
_FORMER = ("--allow-", "--use-wheel", "--no-use-wheel", "--use-mirrors")  # options of old versions of pip
_ARCHIVE_OF = re.compile(r"/([^/]+)/(?:-/)?(?:archive|tarball|zipball|get)/")


class Include(Struct, frozen=True):
    path: str


Told: TypeAlias = Pin | Include


def scan_requirements(data: bytes) -> Scanned:
    """`-e .` and other paths without a name are own code, and left out.

    Each line is whole by itself: a file that was cut off cannot be told from a shorter one.
    """
    found = _found(data)
    pins = sorted(each for each in found if not isinstance(each, Include))
    return Scanned(tuple(pins), tuple(sorted(each.path for each in found if isinstance(each, Include))))


def _found(data: bytes) -> Collection[Told]:
    plain = data.replace(b"\r\n", b"\n") if b"\r" in data else data
    if plain.isascii() and b"\0" not in plain and not any(b"coding" in line for line in plain.split(b"\n", 2)[:2]):
        try:
            return _successive(plain)
        except Garbled:
            pass  # the whole file is asked for what to say of it
    return dict.fromkeys(_told_by(_text(data)))


def _told_by(text: str) -> Iterator[Told]:
    """Where a line ends without a backslash, the next one means the same whatever stands before it."""
    if "\\" in text:
        text = _HASH.sub("", text)
    lines = (line for _, line in logical_lines(text)) if "\\" in text else text.splitlines()
    return (each for line in lines for each in _line(line))


def _lines(several: bytes) -> Iterator[Told]:
    """Of ASCII without NUL, which stands for the ends of lines that are continued while the others are told apart."""
    return (each for line in several.replace(b"\\\n", b"\0").split(b"\n") for each in _logical(line))


@Remembered
def _logical(line: bytes) -> tuple[Told, ...]:
    return tuple(_told_by(line.replace(b"\0", b"\\\n").decode()))


_successive = Successive(_lines, b"\n", unless=b"\\")


def _text(data: bytes) -> str:
    try:
        text = decoded(data)
    except ValueError as error:
        raise Garbled(str(error)) from None
    if "\0" in text:
        raise Garbled("it holds a NUL character")
    if not data.isascii() and is_guessed(data) and not all(line.isascii() for _, line in logical_lines(text)):
        raise Garbled("it holds bytes that are not UTF-8, and declares no encoding")
    return text.replace("\r\n", "\n")


def _line(line: str) -> tuple[Told, ...]:
    return _kept(line) if len(line) < LONGEST_KEPT else _told(line)


@lru_cache(maxsize=32_768)
def _kept(line: str) -> tuple[Told, ...]:
    return _told(line)


def _told(line: str) -> tuple[Told, ...]:
    if (found := _PINNED.fullmatch(line)) is not None and not found[2].endswith(".*"):
        return (pypi(found[1], found[2], "pinned"),)
    found = _UNDER_MARKER.fullmatch(line)  # whether the marker and the extras are sound changes nothing about the pin
    if found is not None and canonical(found[2]) == found[2]:
        return (pypi(found[1], found[2], "pinned"),)
    if line.lstrip().startswith(_FORMER):
        return ()
    return tuple(each for _, logical in logical_lines(line) for each in entries_of(logical))


def entries_of(line: str) -> Iterator[Told]:
    """One logical line without its comment."""
    for entry in understood(line):
        match entry:
            case Requires(text):
                yield _required(Requirement(text))
            case Installs():
                if (name := _name_of(entry.target)) is not None:
                    yield name
            case Includes(path):
                yield Include(path)
            case Refused(why):
                yield _loosely(line, why)
            case _:
                pass


def _loosely(line: str, why: str) -> Pin:
    """Old versions of pip took every text for a version; what cannot be ordered is the reader's to judge."""
    one = said(line)
    found = None if isinstance(one, Refused) or len(line) > LONGEST_KEPT else _LOOSELY.fullmatch(one.requirement)
    if found is None:
        raise Garbled(why)
    return pypi(found[1], found[2], "pinned")


def _required(asked: Requirement) -> Pin:
    if asked.url is not None:
        told = named_by(path_of(asked.url))
        own = told is not None and told.name == normalize_name(asked.name)
        return pypi(asked.name, told.version if told is not None and own else "", "elsewhere")
    version = pinned(asked.specifier)
    return (
        pypi(asked.name, str(asked.specifier), "unpinned") if version is None else pypi(asked.name, version, "pinned")
    )


@lru_cache(maxsize=8_192)
def how_specified(specifier: str) -> tuple[str, How]:
    """A version if it names one; else the specifier, `*` being none."""
    if specifier in ("", "*"):
        return "", "unpinned"
    try:
        version = pinned(SpecifierSet(specifier))
    except InvalidSpecifier:
        bare = specifier.removeprefix("==").strip()
        return (bare, "pinned") if specifier.startswith("==") and bare else (specifier, "unpinned")
    return (specifier, "unpinned") if version is None else (version, "pinned")


def _name_of(target: str) -> Pin | None:
    """What a URL or a path installs, as far as it says so: an archive's name, `#egg=`, else the repository's name."""
    is_url = "://" in target.partition("==")[0] or target.startswith("file:")
    if not is_url and "==" in target:
        raise Garbled(f"not a requirement that pip reads: {shown(target)}")
    told = named_by(path_of(target) if is_url else target.partition("#")[0])
    if told is not None:
        return pypi(told.name, told.version, "elsewhere")
    name = fragment_of(target).get("egg", "").partition("[")[0] or (_repository(target) if is_url else "")
    return pypi(name, "", "elsewhere") if is_name(name) else None


def _repository(url: str) -> str:
    plain = url.partition("#")[0]
    if (found := _ARCHIVE_OF.search(plain)) is not None:
        return found[1]
    return path_of(plain).partition("@")[0].rpartition("/")[2].removesuffix(".git") if VCS.match(plain) else ""
