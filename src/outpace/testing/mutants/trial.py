"""Mutants that were tried, and what came of each."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.unknown import Unknown

How: TypeAlias = Literal["assertion", "exception", "timeout", "crash"]


class Mutant(Struct, frozen=True, array_like=True):
    """As `outpace.inside.mutants.sites` tells it; lines from 1, columns from 0 in bytes."""

    id: str
    function: str
    line: int
    column: int
    end_line: int
    end_column: int
    operator: str
    before: str
    after: str


class Kill(Struct, frozen=True, array_like=True):
    test: str
    how: How
    why: str = ""


class Killed(Struct, frozen=True, kw_only=True, tag="killed"):
    kills: tuple[Kill, ...]
    executions: int


class Survived(Struct, frozen=True, kw_only=True, tag="survived"):
    """Not killed in so many executions of tests that reach it."""

    executions: int
    diff: str


class Unreached(Struct, frozen=True, kw_only=True, tag="unreached"):
    """No test runs it."""

    diff: str


class Unstable(Struct, frozen=True, kw_only=True, tag="unstable"):
    """Killed once, but not again, or without the mutant too."""

    kills: tuple[Kill, ...]
    why: str
    diff: str


class Equivalent(Struct, frozen=True, kw_only=True, tag="equivalent"):
    """Proved to change nothing: it compiles to the same bytecode."""


class AtImport(Struct, frozen=True, kw_only=True, tag="at import"):
    """It runs only while modules are imported, before any mutant is on: not tested."""


Verdict: TypeAlias = Killed | Survived | Unreached | Unstable | Equivalent | AtImport


class Tried(Struct, frozen=True, kw_only=True):
    path: str
    mutant: Mutant
    verdict: Verdict
    again: bool = False
    """Whether the verdict is that of an earlier run; nothing that it depends on has changed."""


class LeftOut(Struct, frozen=True, array_like=True):
    """A test that is not green without a mutant: it judges none."""

    test: str
    state: str
    why: str = ""


class Trial(Struct, frozen=True, kw_only=True):
    """In the order of the files and their lines. `arid` counts what was not tried, by reason. `doubt` says why none of
    the verdicts can be believed."""

    tried: tuple[Tried, ...] = ()
    files: tuple[str, ...] = ()
    arid: tuple[tuple[str, int], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    tests: int = 0
    left_out: tuple[LeftOut, ...] = ()
    controls: int = 0
    sampled_of: int = 0
    """How many there were to draw from; 0 where all were tried."""
    doubt: Unknown | None = None
    import_doubt: Unknown | None = None
    """Why what runs only on import could not be judged, although it was tried."""
