"""Assertions and tests that were made for survivors, which of them are kept, and the edits that they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import unified_diff
from io import BytesIO
from tokenize import detect_encoding
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.unknown import Unknown

MutantName: TypeAlias = tuple[str, str]
"""The file and the id of a mutant."""


class Edit(Struct, frozen=True, array_like=True):
    """Bytes of a file's text from `start` to `end` become `put`."""

    start: int
    end: int
    put: str


class Proposal(Struct, frozen=True, kw_only=True):
    """`test` is what says whether it is red; a new one stands beside `relative`. `line` is its assertion."""

    proposal: Literal["strengthened", "new"]
    test: str
    relative: str
    path: str
    edit: Edit
    line: str
    kills: tuple[MutantName, ...]


class Refused(Struct, frozen=True, kw_only=True):
    """One that was made, but not kept."""

    proposal: Proposal
    why: str


class Filling(Struct, frozen=True, kw_only=True):
    """`executions` of tests were spent; `left` is not killed in them."""

    kept: tuple[Proposal, ...] = ()
    refused: tuple[Refused, ...] = ()
    executions: int = 0
    orders: int = 0
    left: tuple[MutantName, ...] = ()
    unknown: Unknown | None = None


class FileEdit(Struct, frozen=True, kw_only=True):
    path: str
    before: bytes
    after: bytes


def edited(source: str, edits: Iterable[Edit]) -> str:
    """With all of them, which do not overlap; those at one place in their order."""
    content = source.encode()
    parts: list[bytes] = []
    start = 0
    for edit in sorted(edits, key=lambda each: each.start):
        parts += [content[start : edit.start], edit.put.encode()]
        start = edit.end
    return b"".join((*parts, content[start:])).decode()


def by_path(proposals: Iterable[Proposal]) -> Mapping[str, tuple[Proposal, ...]]:
    found: dict[str, list[Proposal]] = {}
    for each in proposals:
        found.setdefault(each.path, []).append(each)
    return {path: tuple(each) for path, each in sorted(found.items())}


def in_bytes(before: bytes, source: str, after: str) -> bytes | None:
    """`after` as the file is written, whose bytes `before` were read as `source`; None where that cannot be told, or
    where its encoding has not all of it."""
    try:
        encoding, _ = detect_encoding(BytesIO(before).readline)
        for end in ("\n", "\r\n"):
            if source.replace("\n", end).encode(encoding) == before:
                return after.replace("\n", end).encode(encoding)
    except (SyntaxError, UnicodeEncodeError):
        return None
    return None


def patch(files: Iterable[FileEdit]) -> bytes:
    """As `git apply` takes it."""
    return b"".join(_patched(each) for each in files)


def _patched(edit: FileEdit) -> bytes:
    before, after = (_lines(text) for text in (edit.before, edit.after))
    said: list[bytes] = []
    for line in unified_diff(before, after, f"a/{edit.path}", f"b/{edit.path}"):
        content = line.encode("utf-8", "surrogateescape")
        said.append(content if content.endswith(b"\n") else content + b"\n\\ No newline at end of file\n")
    return b"".join(said)


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
