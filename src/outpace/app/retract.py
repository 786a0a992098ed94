"""What was told: shown with its keys, and taken back where it was wrong."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from outpace.app.record import Place, environment_of
from outpace.model.errors import NotFound, UsageError
from outpace.model.fact import Fact, key_of
from outpace.store.facts import Facts
from outpace.stories.kinds import Deployed, Landed, Retracted, body_of, fact_of, is_told, standing

SHORT = 12
KEY = re.compile(r"[0-9a-f]{4,64}")
LISTED = "outpace record --list shows what was told, with its keys"


class Told(Struct, frozen=True, kw_only=True):
    """One fact that somebody told; `key` names it on every machine."""

    key: str
    milestone: str
    at: datetime
    source: str
    vulnerabilities: tuple[str, ...] = ()
    environment: str = ""
    revision: str = ""


class Listed(Struct, frozen=True, kw_only=True):
    """What stands, oldest first."""

    application: str
    told: tuple[Told, ...]


class TakenBack(Struct, frozen=True, kw_only=True):
    application: str
    told: Told
    is_new: bool


def told(place: Place, facts: Facts) -> Listed:
    known = standing(facts.of(place.subject))
    return Listed(application=place.application, told=tuple(_told(fact) for fact in known if is_told(fact)))


def retract(name: str, place: Place, facts: Facts, *, by: str, now: datetime) -> TakenBack:
    """Appends the fact that the one called `name` (its key, or the begin of it) was wrong. Raises NotFound."""
    known = facts.of(place.subject)
    fact = _named(name, known)
    key = key_of(fact)
    if fact not in standing(known):
        return TakenBack(application=place.application, told=_told(fact), is_new=False)
    source = f"told by {by}" if by else "told"
    facts.add([fact_of(place.subject, Retracted(fact=key), at=now, source=source, inputs=(key,))])
    return TakenBack(application=place.application, told=_told(fact), is_new=True)


def _named(name: str, known: tuple[Fact, ...]) -> Fact:
    if not KEY.fullmatch(name):
        raise UsageError(f"{name[:80]!r} is no key of a fact", hint=LISTED)
    found = [fact for fact in known if key_of(fact).startswith(name)]
    told = [fact for fact in found if is_told(fact)]
    if len(told) > 1:
        raise UsageError(f"{name} is the begin of {len(told)} keys", hint=f"give more of it; {LISTED}")
    if not told and found:
        raise UsageError(
            f"{name} is `{found[0].kind}`, which nobody told; only what was told can be taken back", hint=LISTED
        )
    if not told:
        raise NotFound(f"nothing that was told has the key {name}", hint=LISTED)
    return told[0]


def _told(fact: Fact) -> Told:
    body = body_of(fact)
    return Told(
        key=key_of(fact),
        milestone=fact.kind,
        at=fact.at,
        source=fact.source,
        vulnerabilities=() if body is None else body.vulnerabilities,
        environment=environment_of(body),
        revision=body.revision if isinstance(body, Landed | Deployed) else "",
    )
