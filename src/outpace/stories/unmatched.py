"""What the facts speak of and no match does: told by mistake or too early, or its record is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

from outpace.model.exposure import Matched
from outpace.model.fact import Fact, is_shared
from outpace.model.inventory import Component, Inventory
from outpace.model.unknown import Unknown
from outpace.stories.kinds import body_of, is_told, standing
from outpace.stories.milestones import Chronicle

Rematch = Callable[[Inventory], Matched]
HasRecord = Callable[[frozenset[str]], bool]

NO_RECORD = Unknown(
    "the advisory data here has no record of it",
    "outpace advisories update; or outpace record --retract, if it was told by mistake",
)


class NothingMatches(Struct, frozen=True, tag=True):
    """There is nothing to do."""

    why: str


Unmatched: TypeAlias = Unknown | NothingMatches
NEVER = NothingMatches("nothing here was ever matched with it")
ONLY_SHARED = NothingMatches("only what others share speaks of it, and no record here does")
NO_LONGER = NothingMatches("its records no longer match what was here")


def unmatched(
    chronicles: Iterable[Chronicle], facts: Iterable[Fact], rematch: Rematch, has_record: HasRecord
) -> dict[str, Unmatched]:
    """By id, of those that are not over. Versions of then are matched again, since the records may have changed."""
    going_on = tuple(each for each in chronicles if not each.is_over)
    then = {
        Component(package=package, version=version): None for each in going_on for package, version in each.components
    }
    exposures = rematch(Inventory(source="what was matched before", components=tuple(then))).exposures if then else ()
    matched = frozenset(identity for exposure in exposures for identity in exposure.vulnerability.ids)
    without = tuple(each for each in going_on if not each.ids & matched)
    spoken = _spoken(facts) if without else frozenset[str]()
    return {each.id: _why(each, spoken, has_record) for each in without}


def _spoken(facts: Iterable[Fact]) -> frozenset[str]:
    """Ids that somebody told of, whoever shared it, or that this machine found."""
    bodies = (body_of(fact) for fact in standing(facts) if not is_shared(fact) or is_told(fact))
    return frozenset(identity for body in bodies if body is not None for identity in body.vulnerabilities)


def _why(chronicle: Chronicle, spoken: frozenset[str], has_record: HasRecord) -> Unmatched:
    if has_record(chronicle.ids):
        return NO_LONGER if chronicle.components else NEVER
    return NO_RECORD if chronicle.ids & spoken else ONLY_SHARED
