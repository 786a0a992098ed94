"""What was checked of a change, by what, with what result."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from outpace.model.times import Aware


class Passed(Struct, frozen=True, tag=True):
    evidence: str = ""


class Failed(Struct, frozen=True, tag=True):
    evidence: str


class CheckUndecided(Struct, frozen=True, tag="Undecided"):
    missing: str
    would_settle: str = ""


class Skipped(Struct, frozen=True, tag=True):
    """Not applicable, because."""

    because: str


Result: TypeAlias = Passed | Failed | CheckUndecided | Skipped


class Check(Struct, frozen=True, kw_only=True):
    """One check inside a proof; `by` names what ran it, `seconds` what it took."""

    name: str
    result: Result
    by: str = ""
    seconds: float = 0.0
    cached: bool = False
    red: tuple[str, ...] = ()  # tests that refuted it, as the runner takes them: the next candidate begins with them


class Proved(Struct, frozen=True, tag=True):
    pass


class Refuted(Struct, frozen=True, tag=True):
    reason: str


class Undecided(Struct, frozen=True, tag=True):
    missing: str
    would_settle: str = ""


Conclusion: TypeAlias = Proved | Refuted | Undecided


class Proof(Struct, frozen=True, kw_only=True):
    """A conclusion over one revision against one base, with every check that led to it."""

    base: str
    revision: str
    fixes: tuple[str, ...]
    conclusion: Conclusion
    checks: tuple[Check, ...]
    tier: str = ""  # of the sandbox
    notes: tuple[str, ...] = ()  # deleted tests, added dependencies, CI touched
    digest: str = ""  # of the inputs
    at: Aware | None = None
