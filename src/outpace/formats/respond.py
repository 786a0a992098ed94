"""Where the story of one application stands: text and JSON v1."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta
from shlex import quote
from typing import Literal

from msgspec import Struct

from outpace.app.respond import View
from outpace.formats import doubts
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable
from outpace.model.stopgap import Stopgap
from outpace.stories.case import Absent, Case, OutOfSight, Present, Shielding, Sight, Unseen
from outpace.stories.next_action import CODE_IS_NEEDED, Close, Stop, WaitFor
from outpace.stories.respond import Outcome, Rested

WIDTH = 80

Stage = Literal["closed", "waiting", "stopped"]


class PlaceV1(Struct, frozen=True, kw_only=True):
    environment: str
    sight: Literal["absent", "present", "unknown"]
    why: str


class CaseV1(Struct, frozen=True, kw_only=True):
    advisory: str
    aliases: tuple[str, ...]
    package: str
    stage: Stage
    why: str
    since: datetime | None
    branch: str | None
    blocked: str  # by a stopgap, until when; empty: nothing is
    places: tuple[PlaceV1, ...]


class RespondV1(Struct, frozen=True, kw_only=True):
    application: str
    actions: int
    cases: tuple[CaseV1, ...]


def answer(view: View, *, indent: int = 2) -> bytes:
    result = RespondV1(
        application=view.application,
        actions=view.outcome.did,
        cases=tuple(_case(rested) for rested in view.outcome.rested),
    )
    unseen = tuple(
        UnknownItem(what=f"{each.case.vulnerability.id} in {place.environment}", why=place.sight.why,
                    would_settle=place.sight.would_settle)
        for each in view.outcome.rested
        for place in each.case.places
        if isinstance(place.sight, Unseen | OutOfSight)
    )  # fmt: skip
    told = tuple(
        UnknownItem(what=name, why=each.why, would_settle=each.would_settle) for name, each in view.outcome.unknown
    )
    unread = tuple(UnknownItem(what=unread.file, why=unread.why) for unread in view.outcome.matched.inventory.unread)
    return encoded(
        "respond",
        result,
        coverage=view.coverage,
        unknown=(*unseen, *told, *unread, *doubts.items(view.outcome.matched.doubts)),
        indent=indent,
    )


def _case(rested: Rested) -> CaseV1:
    case = rested.case
    stage, why, since = _stage(rested)
    current = case.current
    return CaseV1(
        advisory=case.vulnerability.id,
        aliases=case.vulnerability.aliases,
        package=case.vulnerability.package.name,
        stage=stage,
        why=why,
        since=since,
        branch=current.change.branch if current else None,
        blocked=blocked(case.shielding),
        places=tuple(PlaceV1(environment=p.environment, sight=_word(p.sight), why=_why(p.sight)) for p in case.places),
    )


def _stage(rested: Rested) -> tuple[Stage, str, datetime | None]:
    match rested.rest:
        case Close(how):
            return "closed", how, None
        case WaitFor(who, since):
            return "waiting", who, since
        case Stop(why, since):
            return "stopped", why, since


def _word(sight: Sight) -> Literal["absent", "present", "unknown"]:
    match sight:
        case Absent():
            return "absent"
        case Present():
            return "present"
        case Unseen() | OutOfSight():
            return "unknown"


def _why(sight: Sight) -> str:
    match sight:
        case Absent(how):
            return how
        case Present(found):
            return found
        case Unseen(why, settle) | OutOfSight(why, settle):
            return f"{why} ({settle})" if settle else why


def text(view: View) -> str:
    """First what is true now, then one block for each case."""
    rested = view.outcome.rested
    unread = [line for each in view.outcome.matched.inventory.unread for line in _wrapped(f"{each.file}: {each.why}")]
    lines = [f"{view.application}: {_first_words(view)}", ""]
    judged = [line for each in doubts.lines(view.outcome.matched.doubts) for line in _wrapped(each)]
    if judged:
        lines += ["could not be judged, so that it may be exposed", *judged, ""]
    if unread:
        lines += ["not understood, so that what it holds is unknown", *unread, ""]
    for each in rested:
        lines += _block(each, view.at)
    for name, unknown in view.outcome.unknown:
        lines += [name, *_wrapped(f"unknown: {unknown.why} ({unknown.would_settle})"), ""]
    return "\n".join(printable(line) for line in lines).rstrip()


def _first_words(view: View) -> str:
    if view.outcome.rested or view.outcome.unknown:
        return _summary(view.outcome)
    if view.outcome.matched.inventory.silent:
        return "it is unknown what is exposed: a lock could not be read"
    if not view.outcome.matched.inventory.files:
        return f"it is unknown what is exposed: {view.outcome.branch} holds no lock file"
    if view.outcome.matched.doubts:
        return "nothing is known to be exposed, and not everything could be judged"
    return "nothing to do; nothing that is covered by the advisories is exposed"


def _summary(outcome: Outcome) -> str:
    stages = [_stage(each)[0] for each in outcome.rested]
    counts = [(stages.count(stage), stage) for stage in ("closed", "waiting", "stopped")]
    counts.append((len(outcome.unknown), "unknown"))
    return ", ".join(f"{count} {stage}" for count, stage in counts if count)


def _block(rested: Rested, at: datetime) -> list[str]:
    case = rested.case
    stage, why, since = _stage(rested)
    names = ", ".join(case.vulnerability.aliases[:3])
    lines = [f"{case.vulnerability.id}  {case.vulnerability.package.name}{f'  ({names})' if names else ''}"]
    lines += _wrapped(_moved(case))
    lines += _wrapped(blocked(case.shielding))
    match stage:
        case "closed":
            lines += _wrapped(f"closed: {why}")
        case "waiting":
            lines += _wrapped(f"waits{_since(since, at)} for {why}")
        case "stopped":
            lines += _wrapped(f"stopped{_since(since, at)}: {why}")
            if why.startswith(CODE_IS_NEEDED):
                name = case.vulnerability.id
                lines += _wrapped(f"a brief of that code: outpace task {name}; ask for it: outpace propose {name}")
    return [*lines, ""]


def _since(since: datetime | None, at: datetime) -> str:
    """Nothing for what has only just begun."""
    return "" if since is None or at - since < timedelta(minutes=1) else f" since {_ago(at - since)}"


def _wrapped(line: str) -> list[str]:
    """Indented by two, what is continued by four; a command or a path is never broken."""
    return textwrap.wrap(
        line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _moved(case: Case) -> str:
    """What was proposed, and what was said of it."""
    current = case.current
    if current is None:
        return ""
    moves = ", ".join(f"{m.package.name} {m.before or 'new'} -> {m.after or 'gone'}" for m in current.change.moves)
    said = type(current.proof.conclusion).__name__.lower() if current.proof else "not proved yet"
    return f"{moves}: {said}, on branch {current.change.branch}"


def blocked(held: Shielding | None) -> str:
    """Until the fix is live: nobody should have to look for why requests are refused, or from when on they are not."""
    if held is None or not (held.stands or held.until):
        return ""
    until = f" until {held.until:%Y-%m-%d %H:%M} UTC" if held.until else ""
    if held.stands:
        return f"blocked meanwhile: {held.stopgap.spoken}{until}"
    ended = f"{held.stopgap.spoken} was blocked{until}, and is no more, though what runs may be exposed"
    return f"{ended}; block it again: {_blocking(held.stopgap)}"


def _blocking(stopgap: Stopgap) -> str:
    options = {"path": stopgap.path, "method": stopgap.method, "header": stopgap.header, "contains": stopgap.contains}
    return " ".join(["outpace edge block", *(f"--{name} {quote(value)}" for name, value in options.items() if value)])


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (unit == "minute" and seconds >= size):
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{seconds} seconds ago"
