"""What provoking a suite showed, and what is said of it."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from outpace.model.unknown import Unknown

Kind: TypeAlias = Literal[
    "order",
    "alone",
    "twice",
    "hash-seed",
    "clock",
    "time-zone",
    "locale",
    "network",
    "directory",
    "environment",
    "randomness",
    "slow",
    "optimize",
    "warnings",
    "over-specified",
]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Said(Struct, frozen=True, array_like=True):
    """What one test said once."""

    outcome: str
    why: str = ""
    seconds: float = 0.0

    @property
    def red(self) -> bool:
        return self.outcome in ("failed", "error")


class Flip(Struct, frozen=True, kw_only=True):
    """A test whose outcome changed. `sure`: it did again, and did not without. `needs` are the tests in front of it (of
    kind *alone*: those that it cannot do without), `state` what they left behind, `was` whether it is red plainly;
    `tier`, `on`, `file` and `line` are of an edit of the code under test."""

    kind: Kind
    test: str
    said: Said
    sure: bool
    settings: dict[str, str] = {}
    needs: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    was: bool = False
    tier: Literal["", "T0", "T1"] = ""
    on: str = ""
    file: str = ""
    line: int = 0
    before: str = ""
    after: str = ""


class Provoked(Struct, frozen=True, kw_only=True):
    """What one program saw. `plain` is the control; `unstable` differed between two controls, `later` were green in
    the first one and red in each one since; `online` are tests that open connections or start programs."""

    tests: tuple[str, ...] = ()
    plain: dict[str, Said] = {}
    unstable: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    online: tuple[str, ...] = ()
    flips: tuple[Flip, ...] = ()
    doubts: tuple[Unknown, ...] = ()
    executed: int = 0


class Finding(Struct, frozen=True, kw_only=True):
    """One test and one kind; `also` are other conditions of that kind that turn it, in words."""

    test: str
    flip: Flip
    also: tuple[str, ...] = ()


class Doubt(Struct, frozen=True, kw_only=True):
    what: str
    unknown: Unknown


class Brittleness(Struct, frozen=True, kw_only=True):
    """`flaky` differ between two plain runs; `red` are red plainly; `env` are variables that the project sets for its
    tests, and that a command has to set too."""

    tests: int
    findings: tuple[Finding, ...]
    flaky: tuple[str, ...]
    red: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    executed: int
    kinds: tuple[Kind, ...]
    env: dict[str, str] = {}
