"""Cases that a change is tried with: a piece of Python, what makes it an exploit, and what was seen when it ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from msgspec import Struct, structs

EMPTY, NAMED, CAPITALS = "no word at all", "another name in a mapping", "the same word in capitals"
"""How a case was made: one of its words is none, or stands for something that its reader may ask for by name."""
One = TypeVar("One")
RETURNED, RAISED, DIED, TIMED_OUT = "returned", "raised", "died", "timed out"


class Leaks(Struct, frozen=True, tag="leaks", forbid_unknown_fields=True):
    """The text is in what comes back: returned, printed or raised."""

    text: str


class Creates(Struct, frozen=True, tag="creates", forbid_unknown_fields=True):
    """A file is there afterwards, or has another content; relative to the case's own folder."""

    path: str


class Runs(Struct, frozen=True, tag="runs", forbid_unknown_fields=True):
    """A program of this name is started; a decoy of that name is the first on PATH."""

    program: str


class Connects(Struct, frozen=True, tag="connects", forbid_unknown_fields=True):
    """A connection comes to the listener whose port is in the text `{port}` of the case."""


class Returns(Struct, frozen=True, tag="returns", forbid_unknown_fields=True):
    """Exactly this comes back; a Python literal."""

    value: str


class LeadsTo(Struct, frozen=True, tag="leads-to", forbid_unknown_fields=True):
    """The text that comes back is an address that a browser takes to this host."""

    host: str


class Activates(Struct, frozen=True, tag="activates", forbid_unknown_fields=True):
    """The text that comes back is HTML in which a browser runs something: a script, a handler, a javascript: link."""


class TakesLong(Struct, frozen=True, tag="takes-long", forbid_unknown_fields=True):
    """More CPU time than this, or no end at all."""

    seconds: float


Oracle: TypeAlias = Leaks | Creates | Runs | Connects | Returns | LeadsTo | Activates | TakesLong


class Witness(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`setup` are statements, `does` is an expression; base shows the effect, and what is repaired does not."""

    does: str
    exploited: Oracle
    setup: str = ""
    name: str = ""


class Benign(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must go on as it does on base."""

    does: str
    setup: str = ""
    name: str = ""


class Room(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lies in the folder that each case runs in, made anew for each."""

    path: str
    content: str = ""


class Case(Struct, frozen=True, kw_only=True):
    """As it is run. `of` is the number of its witness or benign call, whose effect it is judged by, unless it has an
    own one; `room` are files in place of the task's of that path, or beside them."""

    id: str
    setup: str
    does: str
    of: int = 0
    sort: str = ""  # of variants: how it was made
    exploited: Oracle | None = None
    room: tuple[Room, ...] = ()
    times: int = 1  # that `does` is done, in one process
    linked: bool = False  # the folders of its room are reached by links
    place: tuple[str, str] | None = (
        None  # of which text it is made, and what stood there, where the task's data hold it
    )
    control: tuple[str, str] | None = None  # setup and does that are harmless, or else this says nothing


def thinned(every: Iterable[One], most: int) -> tuple[One, ...]:
    """At most so many of them, from all over."""
    found = tuple(every)
    return found[:: max(1, -(-len(found) // most))]


def numbered(name: str, cases: Iterable[Case]) -> tuple[Case, ...]:
    """Each with an id of its own."""
    return tuple(structs.replace(each, id=f"{name}-{number}") for number, each in enumerate(cases))


class Seen(Struct, frozen=True, kw_only=True):
    """One run of one case. Files, programs and connections are seen from outside of the process that ran it."""

    case: str
    state: str
    text: str = ""  # of what was returned
    value: tuple[tuple[str, str, str], ...] = ()  # places in what was returned, with what stands there
    kind: str = ""  # of what was raised
    message: str = ""
    printed: str = ""
    files: tuple[str, ...] = ()  # and folders that came, changed or are gone, relative to its folder
    modes: tuple[str, ...] = ()  # of those that are there
    programs: tuple[str, ...] = ()
    connected: bool = False
    cpu: float = 0.0  # seconds
    why: str = ""  # where it died

    @property
    def ended(self) -> bool:
        return self.state in (RETURNED, RAISED)

    @property
    def whole(self) -> str | None:
        """What was returned, as a literal; None where it has none."""
        return next((text for place, _, text in self.value if place == "{}"), None)


Trials: TypeAlias = Mapping[str, Sequence[Seen]]
"""Case -> what was seen of it, a row for each run."""
