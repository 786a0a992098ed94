"""What a step of a migration is for the release that runs while it is applied, and what going back costs."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.unknown import Unknown

Mode: TypeAlias = Literal[
    "",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "ACCESS EXCLUSIVE",
]


class Expand(Struct, frozen=True, tag=True):
    """Every statement of the running release does what it did. `cautions` are what no reader can rule out."""

    why: str
    cautions: tuple[str, ...] = ()


class Contract(Struct, frozen=True, tag=True):
    """The running release breaks, or data is lost; `road` leads there in steps that each can be taken back."""

    why: str
    road: str


Standing: TypeAlias = Expand | Contract | Unknown


class Lock(Struct, frozen=True):
    """The strongest lock that PostgreSQL takes of a table in use. `long`: for as long as its rows take."""

    mode: Mode
    table: str = ""
    long: bool = False
    why: str = ""


NO_LOCK = Lock("")


class Whole(Struct, frozen=True, tag=True):
    """Taken back, everything is as it was before."""


class LosesNew(Struct, frozen=True, tag=True):
    """Taken back, what the new release wrote into it is gone, and nothing else."""

    what: str


class Gone(Struct, frozen=True, tag=True):
    """Nothing brings it back but a backup."""

    what: str


class BackNotKnown(Struct, frozen=True, tag=True):
    """Nobody can tell from what is written."""

    why: str


Back: TypeAlias = Whole | LosesNew | Gone | BackNotKnown


class Said(Struct, frozen=True):
    """One step, judged; where it stands is added by who knows."""

    words: str
    standing: Standing
    back: Back = Whole()
    lock: Lock = NO_LOCK


class Judged(Struct, frozen=True, kw_only=True):
    """`number` counts the steps in the order in which they run."""

    number: int
    migration: str
    path: str
    line: int
    maybe: bool
    said: Said

    @property
    def standing(self) -> Standing:
        return self.said.standing
