"""How one vulnerability stood in the lock files, landing by landing: affected, safe, absent, or not to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby, takewhile
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from outpace.assessment.chronicle import Landing
from outpace.assessment.timeline import Held, Moment
from outpace.ecosystems.osv import AffectedBy, Evaluation, NotAffected
from outpace.ecosystems.scan import Pin
from outpace.model.unknown import Unknown

Kind: TypeAlias = Literal["affected", "safe", "absent", "unknown"]
GapKind: TypeAlias = Literal["unreadable", "unpinned", "elsewhere", "undecided", "no lock", "cut off"]
NOT_ASKED: Mapping[int, Held] = MappingProxyType({})
NO_LOCK = "no lock file of its ecosystem is left that could tell"


class Phase(NamedTuple):
    """From a landing on; `gap` and `why` of what is unknown."""

    landing: int
    at: datetime
    kind: Kind
    gap: GapKind | None = None
    why: str = ""

    def is_like(self, other: Phase) -> bool:
        return self[2:] == other[2:]


class Seen(NamedTuple):
    """A moment of one package. `unread` names a lock that cannot be read and held the package before, and why."""

    landing: int
    at: datetime
    live: tuple[Held, ...]
    unread: str
    locked: bool
    moved: tuple[Held, ...] = ()  # of files that go on, unchanged, where they do not count
    asked: tuple[Held, ...] = ()  # by the project itself, once no lock file holds it any more


def seen(
    moments: Sequence[Moment],
    landings: Sequence[Landing],
    pins: Sequence[Pin],
    groups: Mapping[str, int],
    asked: Mapping[int, Held] = NOT_ASKED,
) -> list[Seen]:
    """`groups` number the files that include one another: in one group, a pin decides for a name without one. What is
    asked for since a landing is until a lock file holds the package again.
    """
    found: list[Seen] = []
    for one in _seen(moments, landings, pins, groups):
        since = asked.get(one.landing)
        until_now = found[-1].asked if found else ()
        found.append(one._replace(asked=() if one.live else until_now if since is None else (since,)))
    return found


def _seen(
    moments: Sequence[Moment], landings: Sequence[Landing], pins: Sequence[Pin], groups: Mapping[str, int]
) -> list[Seen]:
    return [
        Seen(
            moment.landing,
            landings[moment.landing].at,
            _resolved(sorted(held for held in moment.held if not (held.unread or held.moved)), pins, groups),
            next((f"{held.path}: {held.unread}" for held in sorted(moment.held) if held.unread), ""),
            moment.locked,
            tuple(sorted(held for held in moment.held if held.moved and not held.unread)),
        )
        for moment in moments
    ]


def _resolved(live: Sequence[Held], pins: Sequence[Pin], groups: Mapping[str, int]) -> tuple[Held, ...]:
    pinned = {groups[held.path] for held in live if held.path in groups and pins[held.pin].how == "pinned"}
    return tuple(held for held in live if not (pins[held.pin].how == "unpinned" and groups.get(held.path) in pinned))


def affected(told: Seen, verdicts: Mapping[int, Evaluation]) -> list[Held]:
    return [held for held in told.live if isinstance(verdicts[held.pin], AffectedBy)]


def phases(moments: Sequence[Seen], verdicts: Mapping[int, Evaluation], pins: Sequence[Pin]) -> list[Phase]:
    """In order, each unlike the one before. What lasted for no time at all is left out.

    A name without a pin, or a fork, in a file that was not affected does not take back what the pins of others say.
    """
    found: list[Phase] = []
    suspects: set[str] = set()  # files that were affected since it was last safe
    for _, together in groupby(moments, lambda moment: moment.at):
        now = list(together)
        told = [_phase(moment, verdicts, pins, suspects) for moment in now]
        last = told[-1]
        if last.kind == "affected":
            suspects.update(held.path for held in affected(now[-1], verdicts))
        elif last.kind != "unknown":
            suspects.clear()
        if not (found and found[-1].is_like(last)):
            found.append(_first_of_the_last(told))
    return found


def _first_of_the_last(told: Sequence[Phase]) -> Phase:
    """Of what happened at one time, from where on it stayed as it is in the end."""
    alike = list(takewhile(told[-1].is_like, reversed(told)))
    return alike[-1]


def _phase(moment: Seen, verdicts: Mapping[int, Evaluation], pins: Sequence[Pin], suspects: Collection[str]) -> Phase:
    at = (moment.landing, moment.at)
    doubts: list[tuple[Held, Unknown]] = []
    is_pinned = False
    live = moment.live or (moment.asked if suspects else ())
    for held in live:
        match verdicts[held.pin]:
            case AffectedBy():
                return Phase(*at, "affected")
            case Unknown() as unknown:
                doubts.append((held, unknown))
            case NotAffected():
                is_pinned |= pins[held.pin].how == "pinned"
    if moment.unread:
        return Phase(*at, "unknown", "unreadable", moment.unread)
    told = [doubt for doubt in doubts if not is_pinned or doubt[0].path in suspects]
    if told:
        held, unknown = told[0]
        return Phase(*at, "unknown", _gap(pins[held.pin]), f"{held.path}: {unknown.why}")
    for held in moment.moved:
        if (held.path in suspects or not moment.live) and not isinstance(verdicts[held.pin], NotAffected):
            return Phase(*at, "unknown", "no lock", f"{held.path} was moved unchanged to {held.moved}")
    if live:
        return Phase(*at, "safe")
    return Phase(*at, "absent") if moment.locked else Phase(*at, "unknown", "no lock", NO_LOCK)


def _gap(pin: Pin) -> GapKind:
    return "undecided" if pin.how == "pinned" else pin.how
