"""What somebody is asked to change, within which limits, and by what it will be judged."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, structs

from outpace.model.fact import digest_of
from outpace.proving.ladder.cases import Benign, Room, Runs, Witness
from outpace.proving.ladder.shape import LINES, Limits

Kind = Literal["code-fix", "upgrade", "test", "mend"]
PROOFS = 10
"""Proofs that may be asked for one task by an agent: each answer tells a little of what is held out."""


class Task(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`witnesses` and `benign` may be shown to whoever proposes; `siblings` (other ways in) are held out, as is what is
    made of these. Globs are over whole paths."""

    goal: str
    editable: tuple[str, ...]
    kind: Kind = "code-fix"
    created: tuple[str, ...] = ()  # may be new, and nothing else
    lines: int = LINES
    context: tuple[str, ...] = ()  # paths that help to understand
    rule: str = ""  # of the finding that is to go
    analyzer: str = ""  # that found it, by its name in outpace.toml
    finding: str = ""  # where, on base: PATH or PATH:LINE; empty: wherever it may be edited
    granted: tuple[str, ...] = ()  # powers that the change may gain
    room: tuple[Room, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    benign: tuple[Benign, ...] = ()
    siblings: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()  # path::function of what a test is for; ids of the tests that are to be mended
    advisories: tuple[str, ...] = ()  # that an upgrade fixes
    evidence: tuple[str, ...] = ()  # sentences on what is wrong at base
    base: str = ""  # the commit that changes are made against
    before: str = ""  # of an upgrade the commit without it, of a test to be mended one at which it was green

    @property
    def id(self) -> str:
        """Of all that it says: another base is another task. What it does not say has no part in it, so that a task
        stays the same when there is one more thing that tasks may say."""
        pairs = ((each.name, getattr(self, each.name), each.default) for each in structs.fields(self))
        said = {name: value for name, value, usual in pairs if value != usual}
        return f"task-{digest_of('task', said)[:10]}"

    @property
    def limits(self) -> Limits:
        return Limits(editable=self.editable, created=self.created, lines=self.lines)

    @property
    def decoys(self) -> tuple[str, ...]:
        """Programs whose start is an effect."""
        return tuple(sorted({each.exploited.program for each in self.witnesses if isinstance(each.exploited, Runs)}))
