"""What `outpace init` wrote, and what it could not tell."""

from __future__ import annotations

import textwrap
from pathlib import Path

from msgspec import Struct

from outpace.app.init import Draft
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable

NAME, WIDTH = 12, 80


class InferredV1(Struct, frozen=True, kw_only=True):
    key: str
    value: str | int | tuple[str, ...]
    because: str


class InitV1(Struct, frozen=True, kw_only=True):
    file: str
    inferred: tuple[InferredV1, ...]


def answer(draft: Draft, target: Path) -> bytes:
    inferred = tuple(InferredV1(key=i.key, value=i.value, because=i.because) for i in draft.inferred)
    unknown = tuple(UnknownItem(what=q.key, why=q.asks, would_settle="a line in outpace.toml") for q in draft.questions)
    return encoded("init", InitV1(file=str(target), inferred=inferred), unknown=unknown)


def text(draft: Draft, target: Path) -> str:
    lines = [f"wrote {target}", "", "read from the repository:"]
    for item in draft.inferred:
        value = " ".join(item.value) if isinstance(item.value, tuple) else str(item.value)
        lines += _row(item.key, f"{value}  ({item.because})")
    if draft.questions:
        lines += ["", "open questions, each a comment in the file:"]
        lines += [line for question in draft.questions for line in _row(question.key, question.asks)]
    return "\n".join(map(printable, lines))


def _row(name: str, said: str) -> list[str]:
    """A command or a path is never broken."""
    first = f"  {name:<{NAME}} "
    return textwrap.wrap(
        said,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
