"""yarn.lock, of version 1 and of Yarn 2 and later (berry)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.entries import Entries, Entry
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.npm import alias, is_from_elsewhere, npm_pin
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.successive import Successive
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


def scan_yarn(data: bytes) -> Scanned:
    """The lock does not tell what serves development alone: everything counts, but the workspaces themselves.

    Nor does it say what the projects ask for: a file that was cut off just between two entries may be taken for whole.
    """
    if data.startswith(b"# yarn lockfile v1") or b"\n# yarn lockfile v1\n" in data[:2_000]:
        entries = _read(data, _first, _of_first)
    elif b"__metadata:\n" in data[:4_000]:
        entries = _read(data, _later, _of_later)
    else:
        raise Garbled("it has neither the first line of a yarn.lock nor `__metadata`")
    entries.check_named()
    entries.check_whole(asked="is asked for")
    return entries.scanned()


def _read(
    data: bytes, successive: Callable[[bytes], Entries], understand: Callable[[bytes], tuple[Entry, ...]]
) -> Entries:
    paragraphs = data.strip(b"\n")
    while b"\n\n\n" in paragraphs:
        paragraphs = paragraphs.replace(b"\n\n\n", b"\n\n")
    try:
        return successive(paragraphs)
    except Garbled:
        return Entries(chain.from_iterable(map(understand, paragraphs.split(b"\n\n"))))  # what to say of it


def _without_comments(paragraph: bytes) -> bytes:
    """At its head."""
    comments = _COMMENTS.match(paragraph) if paragraph.startswith(b"#") else None
    return paragraph if comments is None else paragraph[comments.end() :]


@Remembered
def _of_first(part: bytes) -> tuple[Entry, ...]:
    paragraph = _without_comments(part)
    if not paragraph:
        return ()
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
    return (Entry(tuple({name for name, _ in keys}), pin, asks),)


def _unquoted(word: str) -> str:
    return word[1:-1] if word.startswith('"') else word


def _pattern(key: str) -> tuple[str, str]:
    """`@scope/name@^1.0` in two."""
    at = key.find("@", 1)
    return (key[:at], key[at + 1 :]) if at > 0 else (key, "")


@Remembered
def _of_later(part: bytes) -> tuple[Entry, ...]:
    paragraph = _without_comments(part)
    if not paragraph:
        return ()
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


_first = Successive(_of_first, Entries, b"\n\n")
_later = Successive(_of_later, Entries, b"\n\n")


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
