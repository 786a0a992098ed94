"""Gates between a change and production: what each is for, what it waits, and which evidence could replace it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from outpace.assessment.evidence import Where


class AssessedGate(Struct, frozen=True, kw_only=True):
    """`wait` is what the user declared; None: not measured."""

    name: str
    kind: Literal["authorize", "inform", "inspect", "unknown"]
    manual: bool | None
    wait: timedelta | None = None
    touch: timedelta | None = None  # how long somebody works on it
    replaced_by: str  # the evidence that could stand for it
    human_keeps: str
    where: tuple[Where, ...] = ()
    declared: bool = False  # in outpace.toml
