"""What is split, and what comes of it: changed files, edits, pieces in their order."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

FILE, EXECUTABLE, LINK, SUBMODULE = "100644", "100755", "120000", "160000"

Kind: TypeAlias = Literal["refactor", "dependencies", "expand", "change", "flag", "contract", "tests", "documentation"]


class Side(Struct, frozen=True):
    """One file in one tree; without text where it is binary, a link, a submodule or too large to be read."""

    mode: str
    id: str
    text: str | None = None


class Changed(Struct, frozen=True, kw_only=True):
    path: str
    before: Side | None = None
    after: Side | None = None


class Whole(Struct, frozen=True, tag=True):
    """The file is as the branch has it."""

    mode: str
    id: str


class Partly(Struct, frozen=True, tag=True):
    """The file has a text that is neither that of base nor that of the branch."""

    mode: str
    text: str


class Gone(Struct, frozen=True, tag=True):
    """The file is no more."""


State: TypeAlias = Whole | Partly | Gone


class Edit(Struct, frozen=True):
    """What a path is after a piece, and how many lines the piece adds or takes away there."""

    path: str
    state: State
    lines: int


class Piece(Struct, frozen=True, kw_only=True):
    """One small change; `why` says why it comes here; its edits are those against the piece before. `same_syntax` where
    each file of Python that it touches was parsed before and after, to the same. `breaks` are migrations beside which
    the release before this piece does not go on, `unknown` those beside which nobody can tell."""

    kind: Kind
    title: str
    why: str
    edits: tuple[Edit, ...]
    same_syntax: bool = False
    breaks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        return sum(edit.lines for edit in self.edits)


class Held(Struct, frozen=True, kw_only=True):
    """Changes that cannot be apart, and why."""

    what: tuple[str, ...]
    why: str


class Plan(Struct, frozen=True, kw_only=True):
    pieces: tuple[Piece, ...]
    held: tuple[Held, ...] = ()
