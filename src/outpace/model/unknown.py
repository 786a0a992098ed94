"""The third answer: what could not be determined, and why."""

from __future__ import annotations

from msgspec import Struct


class Unknown(Struct, frozen=True, tag=True):
    """A value that could not be determined. Silence never reads as safety."""

    why: str
    would_settle: str = ""
