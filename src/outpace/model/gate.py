"""A gate between a change and production, as the user declares it: what it is for, and how long it holds."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Purpose: TypeAlias = Literal["authorize", "inform", "inspect"]
Before: TypeAlias = Literal["landing", "release", "deployment"]


class Gate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[gates]]` of outpace.toml."""

    name: str
    kind: Purpose
    wait: str = ""  # "3 days": from when it is asked until it opens; empty: not measured
    touch: str = ""  # "20 minutes": how long somebody works on it
    before: Before | None = None
    job: str | None = None  # the job, the step or the environment of CI that holds there
