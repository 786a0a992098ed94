"""go.mod: the build list as the main module asks for it.

go.mod speaks, go.sum never: it keeps the checksums of whatever was once looked at, more versions than are built. Since
Go 1.17 go.mod names every module that is built into the program; before that only what the module asks for itself, at
the versions that are built, and what those bring besides is not seen.
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.pins import Pin, Scanned

GO = "Go"
LONGEST_LINE = 4_096

_WORD = re.compile(r'"(?:[^"\\]|\\.)*+"|`[^`]*+`|=>|[^\s"`]++')
_BLOCKS = frozenset({"require", "replace", "exclude", "retract", "tool", "ignore", "godebug"})
_ALONE = frozenset({"module", "go", "toolchain"})
_VERSION = re.compile(r"v[0-9][^\s]*\Z")
_NAMES_ALL = re.compile(r"(?!1\.(?:[0-9]|1[0-6])(?:[^0-9]|\Z))[0-9]+\.")  # from 1.17 on


class _Replaced(NamedTuple):
    by: str
    version: str


def scan_go(data: bytes) -> Scanned:
    """A module replaced by another or by a folder is elsewhere; one replaced by another version of itself is not.

    A file that was cut off just behind a block cannot be told from a whole one.
    """
    required: dict[str, str] = {}
    replaced: dict[tuple[str, str], _Replaced] = {}
    has_module = False
    names_all = False
    for directive, words in _directives(data):
        if directive == "module":
            has_module = True
        elif directive == "go":
            names_all = _NAMES_ALL.match(words[0]) is not None
        elif directive == "require":
            name, version = _two(words)
            required[name] = version
        elif directive == "replace":
            old, new = _sides(words)
            replaced[old] = new
    if not has_module:
        raise Garbled("it has no `module`")
    pins = {_pin(name, version, replaced) for name, version in required.items()}
    return Scanned(tuple(sorted(pins)), is_partial=not names_all)


def _pin(name: str, version: str, replaced: dict[tuple[str, str], _Replaced]) -> Pin:
    other = replaced.get((name, version)) or replaced.get((name, ""))
    if other is None:
        return _plain(name, version)
    if other.by != name:
        return Pin(GO, intern(name), intern(other.version), "elsewhere")
    return Pin(GO, intern(name), intern(other.version or version), "pinned")


@lru_cache(maxsize=32_768)
def _plain(name: str, version: str) -> Pin:
    return Pin(GO, intern(name), intern(version), "pinned")


def _directives(data: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Each with what follows it; those of a block as if they stood alone."""
    found: list[tuple[str, tuple[str, ...]]] = []
    block = ""
    for line in data.decode().split("\n"):
        words = _words(line)
        if not words:
            continue
        verb, rest = words[0], words[1:]
        if block and verb == ")" and not rest:
            block = ""
        elif block:
            found.append((block, words))
        elif verb in _BLOCKS and rest == ("(",):
            block = verb
        elif verb in _BLOCKS | _ALONE and rest:
            if rest != ("()",):
                found.append((verb, rest))
        else:
            raise Garbled(f"{shown(line)!r} is no line of a go.mod")
    if block:
        raise Garbled(f"its block `{block}` does not end: it was cut off")
    return found


@lru_cache(maxsize=32_768)
def _words(line: str) -> tuple[str, ...]:
    if len(line) > LONGEST_LINE:
        raise Garbled(f"it has a line of more than {LONGEST_LINE:,} characters")
    plain = line.partition("//")[0] if "//" in line else line
    return tuple(intern(_unquoted(each)) for each in _WORD.findall(plain))


def _unquoted(word: str) -> str:
    return word[1:-1] if word[0] in '"`' else word


@lru_cache(maxsize=32_768)
def _two(words: tuple[str, ...]) -> tuple[str, str]:
    if len(words) != 2 or not _VERSION.match(words[1]):
        raise Garbled(f"{shown(' '.join(words))!r} is no module with its version")
    return words[0], words[1]


def _sides(words: tuple[str, ...]) -> tuple[tuple[str, str], _Replaced]:
    if words.count("=>") != 1:
        raise Garbled(f"{shown(' '.join(words))!r} replaces nothing")
    at = words.index("=>")
    old, new = words[:at], words[at + 1 :]
    if not 1 <= len(old) <= 2 or not 1 <= len(new) <= 2:
        raise Garbled(f"{shown(' '.join(words))!r} replaces nothing")
    return (old[0], old[1] if len(old) == 2 else ""), _Replaced(new[0], new[1] if len(new) == 2 else "")
