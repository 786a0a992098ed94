"""What is kept of a walk between two runs: everything but dates as they are told, which depend on the day."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

from outpace.assessment.chronicle import Said

FORMAT = 1


class Row(Struct, frozen=True, array_like=True):
    """One commit of the line; `date` is the committer's, in seconds."""

    id: str
    date: int
    is_merge: bool
    pulled: bool
    by_bot: bool
    said: Said
    files: int
    brought: int
    began: int | None


class LockRow(Struct, frozen=True, array_like=True):
    landing: int
    path: int
    before: str
    after: str


class TouchRow(Struct, frozen=True, array_like=True):
    landing: int
    path: int
    before: str
    after: str


class RenameRow(Struct, frozen=True, array_like=True):
    landing: int
    source: int
    target: int


class TagRow(Struct, frozen=True, array_like=True):
    """`reach` is the index of the newest landing that it contains; -1: none."""

    name: bytes
    at: int
    commit: str
    reach: int


class Record(Struct, frozen=True, kw_only=True):
    """`state` is what the answer depends on besides the tip: where a shallow clone ends, and whose the remotes are.
    Paths are bytes, since they need not be text."""

    tip: str
    state: str
    rows: tuple[Row, ...] = ()
    paths: tuple[bytes, ...] = ()
    locks: tuple[LockRow, ...] = ()
    touches: tuple[TouchRow, ...] = ()
    renames: tuple[RenameRow, ...] = ()
    tags: tuple[TagRow, ...] = ()
    tags_listed: str = ""  # digest of what git listed


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join((f"history {FORMAT}", *parts)).encode("utf-8", "surrogateescape")).hexdigest()


def encoded(record: Record) -> bytes:
    return msgspec.msgpack.encode(record)


def decoded(content: bytes | None) -> Record | None:
    """None where there is nothing, or nothing that this version can read."""
    if content is None:
        return None
    try:
        return msgspec.msgpack.decode(content, type=Record)
    except msgspec.DecodeError:
        return None
