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
    waved: bool = False


class Calls(Struct, frozen=True, tag=True, kw_only=True):
    """A command that leads no further in the repository; `waved`: its failure is waved through."""

    words: tuple[str, ...]
    origin: Origin
    directory: str = ""
    waved: bool = False


class Lost(Struct, frozen=True, tag=True, kw_only=True):
    """Where the way ends before its end: `what` is run, and `why` it could not be followed."""

    what: str
    why: str
    origin: Origin


class Unreadable(Struct, frozen=True, tag=True, kw_only=True):
    why: str
    origin: Origin


Event: TypeAlias = Installs | Runs | Calls | Lost | Unreadable


def text_at(look_up: LookUp, path: str) -> str | None:
    """None where there is no such file, or it is too large to be written by hand."""
    content = look_up(path)
    if content is None or len(content) > LARGEST or b"\0" in content:
        return None
    return content.decode("utf-8", "replace").removeprefix("\ufeff")
