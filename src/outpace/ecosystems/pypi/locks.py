"""What every lock file needs: strict text, TOML or JSON, the line of each package."""

from __future__ import annotations

import json as stdlib_json
import re
import tomllib
from functools import lru_cache
from typing import TypeVar

import msgspec

from outpace.ecosystems.pypi.encodings import BYTE_ORDER_MARKS
from outpace.ecosystems.reading import Reading, refused, spoiled
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Uncovered
from outpace.model.toml import document as toml_document

T = TypeVar("T")

SHOWN = 160

# Most of a lock is the hashes of its archives, one to a line, which nobody reads and tomllib takes long for. Such a
# line is blanked before: it holds no quote that could end a string, and the lines keep their numbers.
_ARCHIVE = re.compile(
    r"""^[ ]{2,8}\{[ ]?(?:file|url)[ ]=[ ]"[^"\\\x00-\x1f\x7f]*+",[ ]hash[ ]=[ ]"[a-z0-9]++:[0-9a-f]++"
    (?:,[ ][a-z-]++[ ]=[ ](?:\d{1,15}|"[0-9T:.Z-]*+"))*+[ ]?\},?$""",
    re.MULTILINE | re.VERBOSE,
)
_PACKAGE = re.compile(r"^\[\[packages?\]\][ \t]*(?:#.*)?$", re.MULTILINE)


def text_of(file: str, data: bytes, form: str) -> str | Reading:
    """Locks are UTF-8. An empty one, or one with merge conflicts, is not a lock."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return refused(file, f"not UTF-8, as {form} must be: {_encoded(data) or f'byte {error.start} does not fit'}")
    if not text.strip():
        return refused(file, f"the file is empty, which is no valid {form}: it holds no version")
    if (refusal := spoiled(file, text)) is not None:
        return refusal
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        why = "it is in UTF-16 or UTF-32, or was left half written; save it as UTF-8, or bring it back from git"
        return refused(file, f"line {line} holds a NUL character: {why}", line)
    return text


def _encoded(data: bytes) -> str:
    """What the byte order mark says it is."""
    found = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "")
    return f"it is in {found.upper()[:6]}; save it as UTF-8" if found else ""


def toml_lock(file: str, data: bytes, form: str, kind: type[T]) -> tuple[str, T] | Reading:
    """The text and what it holds, or why it is refused."""
    text = text_of(file, data, form)
    if isinstance(text, Reading):
        return text
    lock = toml(file, _ARCHIVE.sub("", text), kind)
    return lock if isinstance(lock, Reading) else (text, lock)


def toml(file: str, text: str, kind: type[T]) -> T | Reading:
    try:
        return _converted(text, kind)
    except tomllib.TOMLDecodeError as error:
        return refused(file, f"not TOML: {masked(str(error))[:SHOWN]}", _line_of(str(error)))
    except msgspec.ValidationError as error:
        return refused(file, f"not as its format says: {masked(str(error))[:SHOWN]}")


@lru_cache(maxsize=8)  # the story reads the same few locks at several revisions, and parsing is most of its own time
def _converted(text: str, kind: type[T]) -> T:
    return msgspec.convert(toml_document(text), kind)


def json(file: str, text: str, kind: type[T]) -> T | Reading:
    try:
        _check_keys(text)
        return msgspec.json.decode(text.encode(), type=kind)
    except msgspec.ValidationError as error:
        return refused(file, f"not as its format says: {masked(str(error))[:SHOWN]}")
    except msgspec.DecodeError as error:
        return refused(file, f"not JSON: {masked(str(error))[:SHOWN]}")
    except stdlib_json.JSONDecodeError as error:
        return refused(file, f"not JSON: {masked(error.msg)[:SHOWN]}", error.lineno)
    except ValueError as error:
        return refused(file, f"not JSON with one meaning: {masked(str(error))[:SHOWN]}")
    except RecursionError:
        return refused(file, "it is nested too deeply")


@lru_cache(maxsize=4)  # the same text is decoded as one form after another
def _check_keys(text: str) -> None:
    stdlib_json.loads(text, object_pairs_hook=_distinct_keys)


def _distinct_keys(pairs: list[tuple[str, object]]) -> None:
    """Readers of JSON keep one of two equal keys in silence; a badly merged lock holds such."""
    if len({key for key, _ in pairs}) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise ValueError(f"the key {twice[:60]!r} appears twice")


def lines_of_packages(text: str, count: int) -> tuple[int | None, ...]:
    """The line of each `[[package]]`, where the file writes them so; else None for each."""
    lines: list[int | None] = []
    at, line = 0, 1
    for found in _PACKAGE.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        lines.append(line)
    return tuple(lines) if len(lines) == count else (None,) * count


def without_packages(file: str) -> Reading:
    """A lock that says nothing looks like one that was cut off behind its head."""
    why = "it names no package at all: nothing is locked, or the file was cut off"
    return Reading(uncovered=(Uncovered(file=file, why=why),))


def _line_of(message: str) -> int | None:
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else None
