"""Words and deeds: what a repository's documents claim, beside the definition used here and what is measured."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from outpace.assessment.evidence import Where


class Claim(Struct, frozen=True, kw_only=True):
    """`found` are the words alone, never the sentence around them; `measured` is one sentence with its numbers."""

    term: str  # of docs/glossary.md
    found: str
    where: tuple[Where, ...]
    definition: str
    measured: str
    answer: Literal["holds", "drifted", "unknown"]
    would_settle: str = ""
