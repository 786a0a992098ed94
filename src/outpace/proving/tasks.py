"""What somebody is asked to change, within which limits, and by what it will be judged."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from outpace.proving.ladder.cases import Benign, Room, Runs, Witness
from outpace.proving.ladder.shape import LINES, Limits

Kind = Literal["code-fix", "upgrade", "test", "mend"]


class Task(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`witnesses` and `benign` may be shown to whoever proposes; `siblings` (other ways in) are held out, as is what is
    made of these."""

    goal: str
    editable: tuple[str, ...]
    kind: Kind = "code-fix"
    created: tuple[str, ...] = ()
    lines: int = LINES
    rule: str = ""  # of the finding that is to go
    granted: tuple[str, ...] = ()  # powers that the change may gain
    room: tuple[Room, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    benign: tuple[Benign, ...] = ()
    siblings: tuple[str, ...] = ()

    @property
    def limits(self) -> Limits:
        return Limits(editable=self.editable, created=self.created, lines=self.lines)

    @property
    def decoys(self) -> tuple[str, ...]:
        """Programs whose start is an effect."""
        return tuple(sorted({each.exploited.program for each in self.witnesses if isinstance(each.exploited, Runs)}))
