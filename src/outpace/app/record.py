"""Tell Outpace what it could not see: known, landed, deployed, observed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from msgspec import Struct, structs

from outpace.app.told_revisions import NotChecked, OffBranch, OnBranch, Seen
from outpace.delivery.told import FORMS, inventory_of
from outpace.model import times
from outpace.model.errors import BadInput, UsageError
from outpace.model.fact import Fact, digest_of, key_of
from outpace.model.inventory import Inventory
from outpace.model.observation import Observation, Told
from outpace.model.unknown import Unknown
from outpace.store.facts import Facts
from outpace.stories.kinds import (
    Body,
    Deployed,
    Known,
    Landed,
    Observed,
    Retracted,
    body_of,
    fact_of,
    is_told,
    standing,
)
from outpace.stories.milestones import Chronicle, chronicles

Tellable: TypeAlias = Literal["known", "landed", "deployed", "observed"]
Became: TypeAlias = Literal["recorded", "already recorded", "not recorded"]
TELLABLE: tuple[str, ...] = get_args(Tellable)
IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
ROUNDED = timedelta(minutes=1)  # a time is told by the minute
SECOND = timedelta(seconds=1)  # times are shown by the second
WORDS = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")

ONLY_SEEN = MappingProxyType(
    {
        "verified": (
            "`verified` cannot be told: it means that Outpace itself saw the fix on what is running",
            "outpace respond; or tell what runs: outpace record observed --environment NAME --inventory FILE",
        ),
        "proved": (
            "`proved` cannot be told: it means that a machine checked the change",
            "outpace prove REVISION checks any change, whoever made it",
        ),
        "proposed": ("`proposed` cannot be told: a change speaks for itself", "outpace prove REVISION"),
        "matched": ("`matched` cannot be told: it follows from a lock and the advisories", "outpace respond"),
    }
)


class Telling(Struct, frozen=True, kw_only=True):
    """What somebody says, as it was typed; `at` None: now. `inventory` is a file's content."""

    milestone: str
    advisory: str | None = None
    at: datetime | None = None
    environment: str | None = None
    inventory: bytes | None = None
    by: str = ""
    inventory_file: str = "the inventory"  # as it was named
    revision: str = ""  # of what landed or was deployed, resolved
    branch: str = ""
    committed: datetime | None = None  # when the revision was, as git says
    revision_seen: Seen = OnBranch()
    exposed: frozenset[str] = frozenset()  # ids that the locks of the revision are exposed to, as far as is known here


class Recorded(Struct, frozen=True, kw_only=True):
    """`at` is that of the fact: where it was recorded before, that time. `key` names it, to take it back."""

    application: str
    milestone: Tellable
    became: Became
    key: str
    at: datetime
    vulnerabilities: tuple[str, ...]
    source: str
    environment: str = ""
    revision: str = ""
    branch: str = ""
    inventory: Inventory | None = None
    unmatched: tuple[str, ...] = ()  # advisories that no match here speaks of
    doubt: str = ""  # what the repository says against it


class Place(Struct, frozen=True, kw_only=True):
    """Which application is told of, and the environments that it declares."""

    subject: str
    application: str
    environments: tuple[str, ...] = ()


def record(telling: Telling, place: Place, facts: Facts, *, now: datetime) -> Recorded:
    """Appends one fact, or finds that the last one of its kind says the same. Raises UsageError."""
    milestone = _tellable(telling.milestone)
    _check(telling, now)
    _check_was_committed(telling, milestone)
    every = facts.of(place.subject)
    known = standing(every)
    told = chronicles(known, place.environments)
    chosen = _fixed_there(telling, milestone, _chosen(telling, milestone, told))
    ids = tuple(name for each in chosen for name in (each.id, *sorted(each.ids - {each.id})))
    body = _body(telling, milestone, place, ids, now)
    doubt = _doubt(telling, milestone)
    if not chosen and milestone != "observed":
        return _not_recorded(place, milestone, now)
    source = f"told by {telling.by}" if telling.by else "told"
    before = _said_already(body, known, chosen, now) if telling.at is None else None
    fact = before or _anew(place.subject, body, telling.at, every, now=now, source=source)
    new = facts.add([fact]) if before is None else 0
    return Recorded(
        application=place.application,
        milestone=milestone,
        became="recorded" if new else "already recorded",
        key=key_of(fact),
        at=fact.at,
        vulnerabilities=tuple(each.id for each in chosen),
        source=fact.source,
        environment=environment_of(body),
        revision=telling.revision if isinstance(body, Landed | Deployed) else "",
        branch=telling.branch if isinstance(body, Landed) else "",
        inventory=_inventory_in(body),
        unmatched=tuple(each.id for each in chosen if not each.components),
        doubt=doubt,
    )


def _not_recorded(place: Place, milestone: Tellable, now: datetime) -> Recorded:
    """A deploy job tells of every deployment, and most of them fix nothing: that is no error."""
    return Recorded(
        application=place.application,
        milestone=milestone,
        became="not recorded",
        key="",
        at=now,
        vulnerabilities=(),
        source="",
        doubt="nothing that is open here was fixed with it",
    )


def _anew(
    subject: str, body: Body, at: datetime | None, every: tuple[Fact, ...], *, now: datetime, source: str
) -> Fact:
    """What was told, taken back and is told again is another fact; as is what is told of now, with something else told
    in between. Two who tell the same of one moment at once tell one fact: its key knows the second."""
    moment = at or now - timedelta(microseconds=now.microsecond)
    fact = fact_of(subject, body, at=at or now, source=source, inputs=(_as_told_at(body, moment), times.text(moment)))
    spent = {told.fact for each in every if isinstance(told := body_of(each), Retracted)}
    spent |= {key_of(each) for each in every} if at is None else set()
    while key_of(fact) in spent:
        fact = structs.replace(fact, digest=digest_of(fact.digest, "told again"))
    return fact


def _as_told_at(body: Body, at: datetime) -> Body:
    """An observation holds its time itself."""
    if not isinstance(body, Observed):
        return body
    return structs.replace(body, observation=structs.replace(body.observation, at=at))


def _check_was_committed(telling: Telling, milestone: Tellable) -> None:
    """Nothing lands and nothing is deployed before it was made. Raises UsageError."""
    if milestone not in ("landed", "deployed") or telling.at is None or telling.committed is None:
        return
    if telling.at < telling.committed - ROUNDED:
        raise UsageError(
            f"{telling.revision[:12]} was not {milestone} at {times.text(telling.at)}: "
            f"it was committed at {times.text(telling.committed)}",
            hint=f"name what was {milestone} then: --revision REV; or give the time's offset: 2024-01-30 14:05+02:00",
        )


def _doubt(telling: Telling, milestone: Tellable) -> str:
    """A landing that git contradicts is refused; a deployment may have come from another branch. Raises UsageError."""
    if milestone not in ("landed", "deployed"):
        return ""
    revision, branch = telling.revision[:12], telling.branch
    match telling.revision_seen:
        case OnBranch():
            return ""
        case NotChecked(why):
            return f"{revision} was not held against {branch}: {why}"
        case OffBranch() if milestone == "deployed":
            return f"{branch} does not hold {revision}"
        case OffBranch():
            raise UsageError(
                f"{revision} has not landed: {branch} does not hold it",
                hint="merge it, or git fetch what others merged; or name what did land with --revision REV",
            )


def last_recorded(facts: Facts, subject: str, name: str) -> Inventory | None:
    """The inventory that was last told of the environment called `name`; not one that Outpace kept when it looked at
    it, which would outlive what was taken back."""
    for fact in reversed(standing(facts.of(subject, Observed.KIND, Retracted.KIND))):
        body = body_of(fact)
        if is_told(fact) and isinstance(body, Observed) and body.observation.environment == name:
            found = _inventory_in(body)
            if found is not None:
                return found
    return None


def instant(text: str, *, now: datetime, local: tzinfo | None = None) -> tuple[datetime, str]:
    """The time that `--at` means, and how it was read where that was not said. `local` None: this machine's zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        example = times.text(now.replace(microsecond=0))
        raise BadInput(f"{text!r} is no time", hint=f"write it like {example} or 2024-01-30 14:05+02:00") from error
    if at.tzinfo is not None:
        return at, ""
    at = at.astimezone() if local is None else at.replace(tzinfo=local)
    return at, f"{text} was taken as local time, UTC{at:%z}"


def _tellable(word: str) -> Tellable:
    match word:
        case "known" | "landed" | "deployed" | "observed":
            return word
        case _ if word in ONLY_SEEN:
            why, hint = ONLY_SEEN[word]
            raise UsageError(why, hint=hint)
        case _:
            near = get_close_matches(word, (*TELLABLE, *ONLY_SEEN), n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"{word!r} is no milestone that can be told{meant}", hint=f"tell {', '.join(TELLABLE)}")


def _check(telling: Telling, now: datetime) -> None:
    if telling.at is not None and telling.at > now:
        raise UsageError(
            f"{times.text(telling.at)} has not come yet; it is {times.text(now.replace(microsecond=0))}",
            hint="give the offset with the time: 2024-01-30 14:05+02:00",
        )
    if telling.advisory is not None and not IDENTITY.fullmatch(telling.advisory):
        raise BadInput(f"{telling.advisory!r} is no advisory's id", hint="write it like CVE-2024-23334")
    for word in (telling.by, telling.environment):
        if word and not WORDS.fullmatch(word):
            raise BadInput(f"{word[:80]!r} is no name", hint="use at most 200 printable characters")
    observed = telling.milestone == "observed"
    if observed and telling.inventory is None:
        raise UsageError(
            "`observed` needs what was seen running",
            hint="outpace record observed --inventory FILE, with `pip list --format json` written to FILE",
        )
    if telling.inventory is not None and not observed:
        raise UsageError(f"an inventory says nothing of `{telling.milestone}`", hint="outpace record observed")
    if telling.environment is not None and telling.milestone in {"known", "landed"}:
        raise UsageError(f"`{telling.milestone}` happens in no environment", hint="leave --environment out")


def _chosen(telling: Telling, milestone: Tellable, told: Iterable[Chronicle]) -> tuple[Chronicle, ...]:
    """What the fact speaks of: the advisory that was named, else everything that is open."""
    if telling.advisory is not None:
        wanted = telling.advisory.casefold()
        found = tuple(each for each in told if wanted in {name.casefold() for name in each.ids})
        return found or (Chronicle(id=telling.advisory, ids=frozenset({telling.advisory})),)
    if milestone == "observed":
        return ()
    unfinished = tuple(each for each in told if not each.is_over)
    if milestone == "known":
        raise UsageError("`known` needs an advisory", hint="name it: outpace record known CVE-2024-23334")
    return unfinished


def _fixed_there(telling: Telling, milestone: Tellable, chosen: tuple[Chronicle, ...]) -> tuple[Chronicle, ...]:
    """Of what landed or was deployed, those that the revision is not exposed to any more. Raises UsageError."""
    if milestone not in ("landed", "deployed"):
        return chosen
    fixed = tuple(each for each in chosen if not each.ids & telling.exposed)
    if fixed or telling.advisory is None:
        return fixed
    still = ", ".join(each.id for each in chosen)
    raise UsageError(
        f"no fix was {milestone} with {telling.revision[:12]}: its locks are still exposed to {still}",
        hint="name the revision that holds the fix: --revision REV",
    )


def _body(telling: Telling, milestone: Tellable, place: Place, ids: tuple[str, ...], now: datetime) -> Body:
    match milestone:
        case "known":
            return Known(vulnerabilities=ids)
        case "landed":
            return Landed(vulnerabilities=ids, branch=telling.branch, revision=telling.revision)
        case "deployed":
            environment = _environment(telling, place, needed="")
            return Deployed(
                vulnerabilities=ids, revision=telling.revision, environment=environment or "", by=telling.by
            )
        case "observed":
            by = f"told by {telling.by}" if telling.by else "told"
            environment = _environment(telling, place, needed="say where: --environment NAME")
            seen = Told(by=by, inventory=_read(telling, by))
            at = telling.at or now
            observation = Observation(application=place.application, environment=environment, at=at, seen=seen)
            return Observed(observation=observation, vulnerabilities=ids)


def _environment(telling: Telling, place: Place, *, needed: str) -> str:
    """The one that was named, else the only one."""
    names = place.environments
    if telling.environment is not None:
        if names and telling.environment not in names:
            raise UsageError(
                f"there is no environment {telling.environment!r}", hint=f"outpace.toml declares {', '.join(names)}"
            )
        return telling.environment
    if len(names) == 1:
        return names[0]
    if needed:
        raise UsageError("it is open which environment is meant", hint=needed)
    return ""


def _read(telling: Telling, by: str) -> Inventory:
    match inventory_of(telling.inventory or b"", by=telling.inventory_file, verb="holds"):
        case Unknown(why):
            raise BadInput(why, hint=f"give it as {FORMS}")
        case inventory:
            return structs.replace(inventory, source=by)


def _said_already(body: Body, known: Iterable[Fact], chosen: tuple[Chronicle, ...], now: datetime) -> Fact | None:
    """The last fact of this kind about this place, if it says the same and nothing was reopened since. What runs is
    seen anew each time, unless that was in the same second."""
    begun = max((at for each in chosen for at, _ in each.reopened), default=None)
    last: Fact | None = None
    for fact in known:
        other = body_of(fact)
        if type(other) is type(body) and environment_of(other) == environment_of(body):
            last = fact
    if last is None or (begun is not None and last.at < begun):
        return None
    if isinstance(body, Observed) and abs(now - last.at) >= SECOND:
        return None
    said = body_of(last)
    return last if said is not None and _as_told_at(said, now) == _as_told_at(body, now) else None


def environment_of(body: Body | None) -> str:
    """Empty for what happens in none."""
    match body:
        case Deployed(environment=environment):
            return environment
        case Observed(observation=observation):
            return observation.environment
        case _:
            return ""


def _inventory_in(body: Body) -> Inventory | None:
    match body:
        case Observed(observation=Observation(seen=Told(inventory=Inventory() as inventory))):
            return inventory
        case _:
            return None
