"""What `outpace init` wrote, and what it could not tell."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from outpace.app.init import Draft
from outpace.formats.envelope import UnknownItem, encoded


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
        lines.append(f"  {item.key:<9} {value}   ({item.because})")
    lines += ["", "open questions, each a comment in the file:"]
    lines += [f"  {question.key:<13} {question.asks}" for question in draft.questions]
    return "\n".join(lines)
