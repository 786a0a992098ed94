"""yarn.lock, of version 1 and of Yarn 2 and later (berry)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.npm import alias, is_from_elsewhere, npm_pin
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.yaml_blocks import rows_of

METADATA = "__metadata"

_KEY = r'(?:"[^"\\\n]++"|[^\s",:][^\s",:]*+)'
_WORD = r'(?:"(?:[^"\\\n]++|\\.)*+"|[^\s"]++)'
_ENTRY = re.compile(
    rf"({_KEY}(?:, {_KEY})*+):\n"
    rf"((?:  \"?[a-zA-Z]+\"? {_WORD}\n|  \"?[a-zA-Z]+\"?:\n(?:    {_WORD} {_WORD}\n)++)++)\n*+"
)
_COMMENTS = re.compile(rb"(?:#[^\n]*+(?:\n|\Z))++")
_ONE_KEY = re.compile(_KEY)
_VERSION = re.compile(r'^  "?version"? "([^"\n]+)"$', re.MULTILINE)
_RESOLVED = re.compile(r'^  "?resolved"? "?([^"\n]+)"?$', re.MULTILINE)
_ASKED = re.compile(rf"^    ({_WORD}) {_WORD}$", re.MULTILINE)


class Entry(NamedTuple):
    """`names` are what others ask for, which an alias makes different from the package."""

    names: tuple[str, ...]
    pin: Pin | None
    asks: tuple[str, ...]


def scan_yarn(data: bytes) -> Scanned:
    """The lock does not tell what serves development alone: everything counts, but the workspaces themselves.

    Nor does it say what the projects ask for: a file that was cut off just between two entries may be taken for whole.
    """
    if data.startswith(b"# yarn lockfile v1") or b"\n# yarn lockfile v1\n" in data[:2_000]:
        return _scanned(_first(data))
    if b"__metadata:\n" in data[:4_000]:
        return _scanned(_later(data))
    raise Garbled("it has neither the first line of a yarn.lock nor `__metadata`")


def _scanned(entries: Iterable[Entry]) -> Scanned:
    every = list(entries)
    if not every:
        raise Garbled("it names no package at all: nothing is locked, or the file was cut off")
    held = {name for each in every for name in each.names}
    if gaps := sorted({name for each in every for name in each.asks} - held):
        raise Garbled(f"{shown(gaps[0])}, which is asked for, is not in it: it was cut off or merged badly")
    return Scanned(tuple(sorted({each.pin for each in every if each.pin is not None})))


def _paragraphs(data: bytes) -> Iterator[bytes]:
    """Without the comments at their heads."""
    for part in data.strip(b"\n").split(b"\n\n"):
        paragraph = part.lstrip(b"\n") if part.startswith(b"\n") else part
        if paragraph.startswith(b"#") and (comments := _COMMENTS.match(paragraph)) is not None:
            paragraph = paragraph[comments.end() :]
        if paragraph:
            yield paragraph


def _first(data: bytes) -> list[Entry]:
    return [_of_first(each) for each in _paragraphs(data)]


@Remembered
def _of_first(paragraph: bytes) -> Entry:
    text = paragraph.decode() + "\n"
    found = _ENTRY.fullmatch(text)
    version = _VERSION.findall(text)
    if found is None or len(version) != 1:
        raise Garbled(f"{shown(text)!r} is no entry of a yarn.lock")
    keys = [_pattern(_unquoted(each[0])) for each in _ONE_KEY.finditer(found[1])]
    resolved = _RESOLVED.search(text)
    name, _ = alias(*keys[0])
    is_elsewhere = any(is_from_elsewhere(alias(*key)[1]) for key in keys)
    pin = npm_pin(
        name, version[0], is_elsewhere=is_elsewhere or (resolved is not None and resolved[1].startswith("git"))
    )
    asks = tuple({_unquoted(each[1]) for each in _ASKED.finditer(found[2])})
    return Entry(tuple({name for name, _ in keys}), pin, asks)


def _unquoted(word: str) -> str:
    return word[1:-1] if word.startswith('"') else word


def _pattern(key: str) -> tuple[str, str]:
    """`@scope/name@^1.0` in two."""
    at = key.find("@", 1)
    return (key[:at], key[at + 1 :]) if at > 0 else (key, "")


def _later(data: bytes) -> list[Entry]:
    found: list[Entry] = []
    for paragraph in _paragraphs(data):
        found += _of_later(paragraph)
    return found


@Remembered
def _of_later(paragraph: bytes) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for key, row in rows_of(paragraph).items():
        if key == METADATA:
            continue
        if not isinstance(row, dict) or not isinstance(resolution := row.get("resolution"), str):
            raise Garbled(f"{shown(key)} has no resolution")
        asked = row.get("dependencies", {})
        names = tuple({_pattern(each)[0] for each in key.split(", ")})
        entries.append(
            Entry(names, _resolved(resolution, row.get("version")), tuple(asked) if isinstance(asked, dict) else ())
        )
    return tuple(entries)


def _resolved(resolution: str, version: object) -> Pin | None:
    """None for a workspace. A patch that Yarn brings itself changes nothing that an advisory speaks of."""
    name, told = _pattern(resolution)
    if told.startswith("workspace:"):
        return None
    if not isinstance(version, str) or not version:
        raise Garbled(f"{shown(name)} has no version")
    is_patch_of_yarn = told.startswith("patch:") and "builtin<" in told
    is_elsewhere = not told.startswith("npm:") and not is_patch_of_yarn
    return npm_pin(name, version, is_elsewhere=is_elsewhere)
