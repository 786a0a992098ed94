"""How `outpace init --agents` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from outpace.formats.envelope import encoded
from outpace.formats.plain import printable


class WrittenV1(Struct, frozen=True, kw_only=True):
    """`unchanged`: it said so already."""

    file: str
    state: Literal["written", "unchanged", "printed"]


class AgentsV1(Struct, frozen=True, kw_only=True):
    files: tuple[WrittenV1, ...]


def answer(files: Mapping[Path, Literal["written", "unchanged", "printed"]]) -> bytes:
    rows = tuple(WrittenV1(file=str(path), state=state) for path, state in files.items())
    return encoded("init agents", AgentsV1(files=rows))


def text(files: Mapping[Path, Literal["written", "unchanged", "printed"]]) -> str:
    words = {"written": "wrote", "unchanged": "nothing to change in", "printed": "would write"}
    return "\n".join(printable(f"{words[state]} {path}") for path, state in files.items())


def printed(files: Mapping[str, bytes]) -> bytes:
    """The whole of what would be written, each file under its name."""
    return b"\n".join(b"==> " + name.encode() + b" <==\n" + content for name, content in files.items())
