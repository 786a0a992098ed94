"""How one vulnerability stood in the lock files, landing by landing: affected, safe, absent, or not to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from outpace.assessment.chronicle import Landing
from outpace.assessment.timeline import Held, Moment
from outpace.ecosystems.osv import AffectedBy, Evaluation, NotAffected
from outpace.ecosystems.scan import Pin
from outpace.model.unknown import Unknown

Kind: TypeAlias = Literal["affected", "safe", "absent", "unknown"]
GapKind: TypeAlias = Literal["unreadable", "unpinned", "elsewhere", "undecided", "no lock", "cut off"]
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


def seen(
    moments: Sequence[Moment], landings: Sequence[Landing], pins: Sequence[Pin], groups: Mapping[str, int]
) -> list[Seen]:
    """`groups` number the files that include one another: in one group, a pin decides for a name without one."""
    return [
        Seen(
            moment.landing,
            landings[moment.landing].at,
            _resolved(sorted(held for held in moment.held if not held.unread), pins, groups),
            next((f"{path}: {why}" for path, _, why in sorted(moment.held) if why), ""),
            moment.locked,
        )
        for moment in moments
    ]


def _resolved(live: Sequence[Held], pins: Sequence[Pin], groups: Mapping[str, int]) -> tuple[Held, ...]:
    pinned = {groups[held.path] for held in live if held.path in groups and pins[held.pin].how == "pinned"}
    return tuple(held for held in live if not (pins[held.pin].how == "unpinned" and groups.get(held.path) in pinned))


def affected(told: Seen, verdicts: Mapping[int, Evaluation]) -> list[Held]:
    return [held for held in told.live if isinstance(verdicts[held.pin], AffectedBy)]


def phases(moments: Sequence[Seen], verdicts: Mapping[int, Evaluation], pins: Sequence[Pin]) -> list[Phase]:
    """In order, each unlike the one before. What lasted for no time at all is left out."""
    found: list[Phase] = []
    for moment in moments:
        phase = _phase(moment, verdicts, pins)
        if found and found[-1].is_like(phase):
            continue
        if found and found[-1].at == phase.at:
            found.pop()
            if found and found[-1].is_like(phase):
                continue
        found.append(phase)
    return found


def _phase(moment: Seen, verdicts: Mapping[int, Evaluation], pins: Sequence[Pin]) -> Phase:
    at = (moment.landing, moment.at)
    doubts: list[tuple[Held, Unknown]] = []
    for held in moment.live:
        match verdicts[held.pin]:
            case AffectedBy():
                return Phase(*at, "affected")
            case Unknown() as unknown:
                doubts.append((held, unknown))
            case NotAffected():
                pass
    if moment.unread:
        return Phase(*at, "unknown", "unreadable", moment.unread)
    if doubts:
        held, unknown = doubts[0]
        return Phase(*at, "unknown", _gap(pins[held.pin]), f"{held.path}: {unknown.why}")
    if moment.live:
        return Phase(*at, "safe")
    return Phase(*at, "absent") if moment.locked else Phase(*at, "unknown", "no lock", NO_LOCK)


def _gap(pin: Pin) -> GapKind:
    return "undecided" if pin.how == "pinned" else pin.how
