"""What a step of a pipeline does, as far as it is told by text: it installs, it runs a suite, or it cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

LookUp = Callable[[str], bytes | None]
Pairs: TypeAlias = tuple[tuple[str, str], ...]
LARGEST = 1 << 20


class Origin(Struct, frozen=True):
    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Installs(Struct, frozen=True, tag=True, kw_only=True):
    """`what` in pip's and uv's words: `-r FILE`, `-c FILE`, `-e DIR[extra]`, `--group NAME`, or a requirement."""

    what: tuple[str, ...]
    origin: Origin


class Runs(Struct, frozen=True, tag=True, kw_only=True):
    """A suite, by the environment's own programs; `left_out` are words that nobody but the pipeline can fill in."""

    words: tuple[str, ...]
    origin: Origin
    env: Pairs = ()
    directory: str = ""
    left_out: tuple[str, ...] = ()


class Unreadable(Struct, frozen=True, tag=True, kw_only=True):
    why: str
    origin: Origin


Event: TypeAlias = Installs | Runs | Unreadable


def text_at(look_up: LookUp, path: str) -> str | None:
    """None where there is no such file, or it is too large to be written by hand."""
    content = look_up(path)
    if content is None or len(content) > LARGEST or b"\0" in content:
        return None
    return content.decode("utf-8", "replace").removeprefix("\ufeff")
