"""The facts of one application, folded into the milestones of each exposure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from outpace.model.application import BY_EDGE
from outpace.model.fact import Fact, is_shared
from outpace.model.milestone import Kind, Milestone
from outpace.model.package import Package
from outpace.model.proof import Proof, Proved, Refuted, Undecided
from outpace.model.unknown import Unknown
from outpace.stories.history import told_of, united
from outpace.stories.kinds import (
    Body,
    Closed,
    Deployed,
    Doubted,
    Known,
    Landed,
    MatchedFact,
    Observed,
    Proposed,
    ProvedFact,
    Reopened,
    RolledOut,
    TaskNeeded,
    Verified,
    body_of,
    standing,
)

# Before it is matched, the clock is about the world; after, about one episode of being exposed.
OF_THE_WORLD = frozenset({Kind.FIX_RELEASED, Kind.ADVISORY_PUBLISHED, Kind.KNOWN})
OF_A_CHANGE = (Proposed, ProvedFact, TaskNeeded, Landed)


class Episode(Struct, frozen=True, kw_only=True):
    """From its match, or from when it was reopened, until it is verified or closed."""

    milestones: tuple[Milestone, ...] = ()
    standing: tuple[Milestone, ...] = ()  # of an episode before; they hold, and are not awaited again
    gaps: dict[Kind, Unknown] = {}
    closed: str | None = None  # how


class Chronicle(Struct, frozen=True, kw_only=True):
    """What the facts say of one vulnerability; `id` is the one that is shown."""

    id: str
    ids: frozenset[str]
    components: tuple[tuple[Package, str], ...] = ()  # with the versions that matched
    last: Episode = Episode()
    earlier: tuple[Episode, ...] = ()  # each was over, and reopened
    reopened: tuple[tuple[datetime, str], ...] = ()
    doubted: tuple[tuple[datetime, Doubted], ...] = ()  # verified, and where it cannot be seen now

    @property
    def is_over(self) -> bool:
        return self.last.closed is not None or any(each.kind == Kind.VERIFIED for each in self.last.milestones)


Read = tuple[Fact, Body]


class Places(NamedTuple):
    """The environments that are declared, and those that were told of, each since when."""

    declared: Collection[str]
    told: Mapping[str, datetime]

    def of(self, part: Sequence[Read]) -> frozenset[str]:
        """What is told of for the first time after it was closed does not change when that was."""
        closed = min((fact.at for fact, body in part if isinstance(body, Closed)), default=None)
        told = (name for name, at in self.told.items() if closed is None or at <= closed)
        return frozenset({*self.declared, *told})


def chronicles(facts: Iterable[Fact], environments: Collection[str] = ()) -> tuple[Chronicle, ...]:
    """One for each vulnerability that the facts speak of, by the time of its first milestone here.

    It is verified once it is so in each of `environments`, which are the declared ones, and in each that the facts
    tell of; where there is none at all, the first verification counts.
    """
    read = [(fact, body) for fact in standing(facts) if (body := body_of(fact)) is not None]
    read.sort(key=lambda each: (each[0].at, not isinstance(each[1], Reopened)))
    places = Places(environments, told_of(read))
    told = [_chronicle(shown, ids, read, places) for shown, ids in _groups(read)]
    return tuple(sorted(told, key=lambda each: (_begun(each), each.id)))


def _groups(read: Sequence[Read]) -> list[tuple[str, frozenset[str]]]:
    """Ids that mean the same. Only a match knows aliases; other facts speak of several vulnerabilities at once."""
    aliases = tuple(_aliases(read))
    return [(next(ids[0] for ids in aliases if ids[0] in group), group) for group in united(aliases)]


def _aliases(read: Sequence[Read]) -> Iterator[tuple[str, ...]]:
    yield from (body.vulnerabilities for _, body in read if isinstance(body, MatchedFact) and body.vulnerabilities)
    for _, body in read:
        if not isinstance(body, MatchedFact | Observed):
            yield from ((identity,) for identity in body.vulnerabilities)


def _begun(chronicle: Chronicle) -> float:
    seen = chronicle.last.milestones
    here = [m.at for m in seen if m.kind not in OF_THE_WORLD] or [m.at for m in seen]
    return min(here).timestamp() if here else 0.0


def _chronicle(shown: str, ids: frozenset[str], read: Sequence[Read], places: Places) -> Chronicle:
    about = [(fact, body) for fact, body in read if ids & set(body.vulnerabilities)]
    matched = [body for _, body in about if isinstance(body, MatchedFact)]
    components = tuple(sorted({(body.component, body.version) for body in matched}))
    packages = frozenset(package for package, _ in components)
    told = tuple(_episodes(_parted(about, places), packages, places))
    return Chronicle(
        id=shown,
        ids=ids,
        components=components,
        last=told[-1],
        earlier=told[:-1],
        reopened=tuple((fact.at, body.why) for fact, body in about if isinstance(body, Reopened)),
        doubted=_doubted(about),
    )


def _doubted(about: Sequence[Read]) -> tuple[tuple[datetime, Doubted], ...]:
    """What this machine cannot see; what another one cannot is for its own clock."""
    last: dict[str, tuple[datetime, Doubted]] = {}
    for fact, body in about:
        match body:
            case Doubted(environment=environment) if not is_shared(fact):
                last[environment] = (fact.at, body)
            case Reopened(environment=""):
                last.clear()
            case Verified(environment=environment) | Reopened(environment=environment):
                last.pop(environment, None)
            case _:
                pass
    return tuple(last.values())


def _parted(about: Sequence[Read], places: Places) -> list[list[Read]]:
    """Into episodes: being reopened begins one if the one before was over. What was done meanwhile, since the deploy
    branch was exposed again, belongs to the new one."""
    parts: list[list[Read]] = [[]]
    for each in about:
        if isinstance(each[1], Reopened) and _is_over(parts[-1], places):
            parts[-1], meanwhile = _until_the_end(parts[-1])
            parts.append([*meanwhile])
        parts[-1].append(each)
    return parts


def _is_over(part: Sequence[Read], places: Places) -> bool:
    return any(isinstance(body, Closed) for _, body in part) or bool(_verified(part, {}, places.of(part))[0])


def _until_the_end(
    part: Sequence[Read], ends: tuple[type[Body], ...] = (Closed, Verified)
) -> tuple[list[Read], list[Read]]:
    """And what was done of a change for what came after it."""
    end = max((number for number, (_, body) in enumerate(part) if isinstance(body, ends)), default=-1) + 1
    anew = (n for n, (_, body) in enumerate(part) if n >= end and isinstance(body, Proposed | TaskNeeded))
    since = next(anew, len(part))
    meanwhile = [each for each in part[since:] if isinstance(each[1], OF_A_CHANGE)]
    before = [each for each in part[since:] if not isinstance(each[1], OF_A_CHANGE)]
    return [*part[:since], *before], meanwhile


def _without_what_was_taken_back(part: Sequence[Read]) -> list[Read]:
    """Where the deploy branch was exposed again, nothing has landed; and what was proposed before that stands only
    where nothing was since."""
    taken_back = (n for n, (_, body) in enumerate(part) if isinstance(body, Reopened) and not body.environment)
    back = max(taken_back, default=None)
    if back is None:
        return [*part]
    before, meanwhile = _until_the_end(part[:back], (Closed, Verified, Landed))
    after = [*meanwhile, *part[back:]]
    is_anew = any(isinstance(body, OF_A_CHANGE) for _, body in after)
    gone = (*OF_A_CHANGE, Deployed, RolledOut) if is_anew else (Landed, Deployed, RolledOut)
    return [*(each for each in before if not isinstance(each[1], gone)), *after]


def _episodes(parts: Sequence[Sequence[Read]], packages: frozenset[Package], places: Places) -> Iterator[Episode]:
    held: dict[str, Milestone] = {}  # environments where it was verified, and not reopened since
    before: tuple[Milestone, ...] = ()
    of_the_world = tuple(
        m for part in parts for each in part for m in _milestones(*each, packages) if m.kind in OF_THE_WORLD
    )
    for number, whole in enumerate(parts):
        part = _without_what_was_taken_back(whole)
        here = tuple(m for each in part for m in _milestones(*each, packages) if m.kind not in OF_THE_WORLD)
        if number == 0:
            here = (*of_the_world, *here)
        verified, missing = _verified(part, held, places.of(part))
        closings = [body.how for _, body in part if isinstance(body, Closed)]
        yield Episode(
            milestones=(*here, *verified),
            standing=_standing(before, part),
            gaps=_gaps(part) | missing,
            closed=closings[-1] if closings else None,
        )
        before = (*before, *here)


def _standing(before: Sequence[Milestone], part: Sequence[Read]) -> tuple[Milestone, ...]:
    """The first of each kind of the world; and the last change that landed, where no other was needed since, or its
    proof, where the deploy branch was exposed again and it is to land once more."""
    found = {m.kind: m for m in sorted(before, key=lambda m: m.at, reverse=True) if m.kind in OF_THE_WORLD}
    landed = any(m.kind == Kind.LANDED for m in before)
    if landed and not any(isinstance(body, OF_A_CHANGE) for _, body in part):
        is_taken_back = any(isinstance(body, Reopened) and not body.environment for _, body in part)
        of_the_change = (Kind.PROPOSED, Kind.PROVED) if is_taken_back else (Kind.PROPOSED, Kind.PROVED, Kind.LANDED)
        found |= {m.kind: m for m in sorted(before, key=lambda m: m.at) if m.kind in of_the_change}
    return tuple(found[kind] for kind in Kind if kind in found)


def _verified(
    part: Sequence[Read], held: dict[str, Milestone], environments: frozenset[str]
) -> tuple[tuple[Milestone, ...], dict[Kind, Unknown]]:
    """The moment when the last environment was, or what is still missing. `held` goes on from episode to episode."""
    mine: dict[str, Milestone] = {}
    for fact, body in part:
        match body:
            case Verified(environment=environment, how=how):
                detail = f"in {environment}: {how}" if environment else how
                mine.setdefault(environment, _at(Kind.VERIFIED, fact, detail))
            case Reopened(environment=""):
                mine.clear()
                held.clear()
            case Reopened(environment=environment):
                mine.pop(environment, None)
                held.pop(environment, None)
            case _:
                pass
    held |= mine
    rest = sorted(environments - set(held))
    if held and rest:
        why = f"verified in {', '.join(sorted(held))}, not yet in {', '.join(rest)}"
        return (), {Kind.VERIFIED: Unknown(why, "outpace respond")}
    counted = [milestone for environment, milestone in mine.items() if environment in environments] or mine.values()
    latest = max if environments else min
    chosen = latest(counted, key=lambda m: m.at, default=None)
    return (() if chosen is None else (chosen,)), {}


def _milestones(fact: Fact, body: Body, packages: frozenset[Package]) -> Iterator[Milestone]:
    match body:
        case Known(how=how):
            yield _at(Kind.KNOWN, fact, how)
        case MatchedFact(component=component, version=version, published=published):
            yield _at(
                Kind.MATCHED, fact, f"{component.name} {version} in {body.environment or body.file or body.where}"
            )
            if published is not None:
                yield Milestone(
                    kind=Kind.ADVISORY_PUBLISHED, at=published, source="the records", detail=body.vulnerabilities[0]
                )
        case Reopened(why=why):
            yield _at(Kind.MATCHED, fact, f"reopened: {why}")
        case Proposed(change=change):
            moves = ", ".join(f"{move.package.name} {move.after}" for move in change.moves if move.package in packages)
            yield _at(Kind.PROPOSED, fact, f"{change.branch}: {moves}" if moves else change.branch)
            yield from _released(body, packages)
        case ProvedFact(proof=proof) if isinstance(proof.conclusion, Proved):
            yield _at(Kind.PROVED, fact, f"{len(proof.checks)} checks on {proof.revision[:7]}")
        case Landed(branch=branch, revision=revision, how=how):
            yield _at(Kind.LANDED, fact, how or f"{branch} {revision[:7]}".strip())
        case Deployed(by=by) if by == BY_EDGE:
            pass  # what the edge did says more: how far it came
        case Deployed(environment=environment, revision=revision, by=by):
            where = " ".join(filter(None, (revision[:7], environment and f"to {environment}")))
            yield _at(Kind.DEPLOYED, fact, where if revision or not by else f"{where}; {by}")
        case RolledOut():
            yield from _rolled_out(body, fact)
        case _:
            pass


def _rolled_out(body: RolledOut, fact: Fact) -> Iterator[Milestone]:
    """Of a release that was not taken back; one that was, was no fix on its way."""
    if body.taken_back is not None:
        return
    reached = {
        Kind.STAGED: body.staged,
        Kind.FIRST_TRAFFIC: body.first_traffic,
        Kind.PROMOTED: body.promoted,
        Kind.SETTLED: body.settled,
    }
    for kind, at in reached.items():
        if at is not None:
            yield Milestone(kind=kind, at=at, source=fact.source, detail=f"release {body.release[:12]}")


def _at(kind: Kind, fact: Fact, detail: str) -> Milestone:
    return Milestone(kind=kind, at=fact.at, source=fact.source, detail=detail)


def _released(body: Proposed, packages: frozenset[Package]) -> Iterator[Milestone]:
    """The upload of the versions that the change brings: of what is affected, else of what it was meant to move."""
    wanted = packages & {move.package for move in body.change.moves} or frozenset(body.change.purpose)
    names = {f"{m.package.name}=={m.after}" for m in body.change.moves if m.package in wanted}
    for name, at in body.change.released:
        if name in names:
            yield Milestone(kind=Kind.FIX_RELEASED, at=at, source="the index", detail=name.replace("==", " "))


def _gaps(about: Sequence[Read]) -> dict[Kind, Unknown]:
    """What is known of why a milestone is missing: the last word counts."""
    gaps: dict[Kind, Unknown] = {}
    for _, body in about:
        match body:
            case TaskNeeded(reason=reason):
                blocked = Unknown(f"blocked: {reason}", "a change by a person or an agent, or another release")
                gaps |= dict.fromkeys((Kind.PROPOSED, *gaps), blocked)
            case Proposed(change=change):
                gaps = {Kind.PROVED: Unknown(f"{change.branch} is not proved", f"outpace prove {change.revision[:10]}")}
            case ProvedFact(proof=proof) if Kind.PROPOSED in gaps and not isinstance(proof.conclusion, Proved):
                pass  # of a candidate that was tried, or of somebody else's: the blocker is still the answer
            case ProvedFact(proof=proof):
                gaps.pop(Kind.PROVED, None)
                gaps |= _left_open(proof)
            case Landed() if Kind.PROVED in gaps:
                gaps = {Kind.PROVED: Unknown(gaps[Kind.PROVED].why)}
            case Landed():
                gaps = {}
            case _:
                pass
    return gaps


def _left_open(proof: Proof) -> dict[Kind, Unknown]:
    checked = proof.revision[:7]
    match proof.conclusion:
        case Undecided(missing=missing, would_settle=settle):
            return {Kind.PROVED: Unknown(f"the last proof, of {checked}, is undecided: {missing}", settle)}
        case Refuted(reason=reason):
            why = f"the last proof, of {checked}, refuted it: {reason}"
            return {Kind.PROVED: Unknown(why, "outpace respond, which looks for the next step")}
        case Proved():
            return {}
