"""What a proposer is asked, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

Origin: TypeAlias = Literal["live", "recorded", "hand-written"]
"""`recorded` was answered once by who is named; `hand-written` never was, and counts in no yield."""

Absent: TypeAlias = Literal["no answer", "not configured", "unreachable", "not installed", "no sandbox"]
"""Why nobody was there to be asked; then no attempt was made, and none is counted."""


class Spent(Struct, frozen=True, kw_only=True):
    """None where it is not known; that is never nothing."""

    seconds: float = 0.0
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """`tree` holds the files of base, without a git directory, and is not written to. `refuted` are sentences on
    earlier attempts that may be shown. `editable` and `created` are globs over paths in the tree."""

    task: str  # its id
    brief: str  # Markdown
    brief_json: bytes  # the same for programs
    tree: Path
    editable: tuple[str, ...]
    created: tuple[str, ...] = ()
    context: tuple[str, ...] = ()  # paths that help to understand; may be read, not edited
    refuted: tuple[str, ...] = ()


class Proposal(Struct, frozen=True, kw_only=True, tag=True):
    """`diff` is against `tree`, as `git diff` writes it. `said` is whatever else came, capped; it decides nothing."""

    diff: bytes
    by: str  # name and version, model as answered, digest of the command
    origin: Origin = "live"
    request: str = ""  # digest of what was asked
    spent: Spent = Spent()
    said: str = ""


class NoProposal(Struct, frozen=True, kw_only=True, tag=True):
    """`final`: asking again would change nothing."""

    why: str
    final: bool = False
    absent: Absent | None = None
    by: str = ""
    origin: Origin = "live"
    request: str = ""
    spent: Spent = Spent()
    said: str = ""


class Proposer(Protocol):
    @property
    def name(self) -> str:
        """upgrade, template, recorded, agent or model."""
        ...

    def propose(
        self, asked: Asked, *, seconds: float, tokens: int | None, cost_usd: float | None
    ) -> Proposal | NoProposal:
        """One attempt within what is left of the budget. Nothing is applied; what fails is an answer, no exception."""
        ...
