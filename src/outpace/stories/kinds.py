"""Every kind of fact: what its body holds, how it is written and read, and which may be believed from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct

from outpace.assessment.plan import Baseline
from outpace.assessment.suite_strength import SuiteStrength
from outpace.delivery import verify
from outpace.model.change import Change
from outpace.model.fact import Fact, digest_of, is_shared, key_of
from outpace.model.observation import Observation
from outpace.model.package import Package
from outpace.model.probe import ProbeResult
from outpace.model.proof import Proof
from outpace.model.times import Aware
from outpace.stories.edge_kinds import RolledOut as RolledOut  # noqa: PLC0414
from outpace.stories.edge_kinds import Shielded as Shielded  # noqa: PLC0414
from outpace.stories.proposal_kinds import AttemptBooked as AttemptBooked  # noqa: PLC0414
from outpace.stories.proposal_kinds import ProposalJudged as ProposalJudged  # noqa: PLC0414
from outpace.stories.proposal_kinds import TaskGiven as TaskGiven  # noqa: PLC0414

Where: TypeAlias = Literal["lock", "running"]

# `vulnerabilities` are ids with every alias that was known when the fact was written; readers join on any of them.


class Known(Struct, frozen=True, kw_only=True):
    """Somebody here, or the advisory data here, knew of it."""

    KIND: ClassVar[str] = "known"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    how: str = ""
    rests_on: tuple[str, ...] = ()  # keys of what was told that it falls with


class MatchedFact(Struct, frozen=True, kw_only=True):
    """One component of the application is affected by one vulnerability."""

    KIND: ClassVar[str] = "matched"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]  # of one vulnerability; the one that is shown comes first
    component: Package
    version: str
    where: Where = "lock"
    file: str = ""
    environment: str = ""
    published: Aware | None = None  # the advisory, as its records say
    record: str = ""  # digest of the records that said so
    rests_on: tuple[str, ...] = ()  # keys of what was told that it falls with


class Proposed(Struct, frozen=True, kw_only=True):
    """A change that should fix them is on a branch."""

    KIND: ClassVar[str] = "proposed"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    change: Change


class ProvedFact(Struct, frozen=True, kw_only=True):
    """What a machine concluded of a change: proved, refuted or undecided."""

    KIND: ClassVar[str] = "proved"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    proof: Proof
    locks: str = ""  # digest of those that are deployed, at the revision: it outlives the commit


class Landed(Struct, frozen=True, kw_only=True):
    """The change is on the branch that the pipeline deploys."""

    KIND: ClassVar[str] = "landed"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    branch: str = ""
    revision: str = ""
    how: str = ""
    rests_on: tuple[str, ...] = ()  # keys of what was told that it falls with


class Deployed(Struct, frozen=True, kw_only=True):
    """A revision was put into an environment."""

    KIND: ClassVar[str] = "deployed"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    revision: str = ""
    environment: str = ""
    by: str = ""


class Observed(Struct, frozen=True, kw_only=True):
    """What was seen running, or told of it; it may speak of no vulnerability at all."""

    KIND: ClassVar[str] = "observed"
    VERSION: ClassVar[int] = 1
    observation: Observation
    vulnerabilities: tuple[str, ...] = ()


class ProbeSeen(Struct, frozen=True, kw_only=True):
    """What a probe met in an environment, or in the sandbox where `environment` is empty."""

    KIND: ClassVar[str] = "probe_seen"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    probe: str  # digest of the probe
    running: str  # digest of what was running: the inventory, or the revision in the sandbox
    result: ProbeResult
    environment: str = ""


class Verified(Struct, frozen=True, kw_only=True):
    """What is running is no longer affected."""

    KIND: ClassVar[str] = "verified"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    environment: str = ""
    how: str = ""
    verified: verify.Verified | None = None  # of what: a change of the record or the probe asks again
    rests_on: tuple[str, ...] = ()  # keys of what was told that it falls with


class Reopened(Struct, frozen=True, kw_only=True):
    """What was verified or landed no longer holds: in an `environment`, or, where none is named, in the locks."""

    KIND: ClassVar[str] = "reopened"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    why: str
    environment: str = ""
    rests_on: tuple[str, ...] = ()  # keys of what was told that it falls with


class Doubted(Struct, frozen=True, kw_only=True):
    """What was verified cannot be seen any more, which does not contradict it; until it is verified anew."""

    KIND: ClassVar[str] = "doubted"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    environment: str
    why: str
    would_settle: str = ""
    rests_on: tuple[str, ...] = ()  # keys of what was told that it falls with


class Closed(Struct, frozen=True, kw_only=True):
    """Nothing is left to do; `how` says what closed it."""

    KIND: ClassVar[str] = "closed"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    how: str
    environment: str = ""
    rests_on: tuple[str, ...] = ()  # keys of what was told that it falls with


class ExceptionMade(Struct, frozen=True, kw_only=True):
    """A rule of the project was loosened for one version of one package, until a day."""

    KIND: ClassVar[str] = "exception_made"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    package: Package
    version: str
    reason: str
    expires: date


class TaskNeeded(Struct, frozen=True, kw_only=True):
    """No change can be made or proved by a machine; `reason` names the blocker."""

    KIND: ClassVar[str] = "task_needed"
    VERSION: ClassVar[int] = 1
    vulnerabilities: tuple[str, ...]
    reason: str
    first_failure: str = ""
    locks: str = ""  # digest of the locks that it holds for


class Retracted(Struct, frozen=True, kw_only=True):
    """Something that was told was wrong; whoever reads leaves it out."""

    KIND: ClassVar[str] = "retracted"
    VERSION: ClassVar[int] = 1
    fact: str  # the key of what was told
    vulnerabilities: tuple[str, ...] = ()  # none: it speaks of a fact


class Assessed(Struct, frozen=True, kw_only=True):
    """What an assessment of the repository measured and planned: the next one compares itself with it."""

    KIND: ClassVar[str] = "assessed"
    VERSION: ClassVar[int] = 1
    tip: str
    branch: str
    baseline: Baseline
    vulnerabilities: tuple[str, ...] = ()  # none: it speaks of a repository


class TestsTried(Struct, frozen=True, kw_only=True):
    """How many mutants of a revision its tests killed: an assessment tells of it."""

    __test__ = False
    KIND: ClassVar[str] = "tests_tried"
    VERSION: ClassVar[int] = 1
    strength: SuiteStrength
    vulnerabilities: tuple[str, ...] = ()  # none: it speaks of a repository


Body: TypeAlias = (
    Known
    | MatchedFact
    | Proposed
    | ProvedFact
    | Landed
    | Deployed
    | RolledOut
    | Shielded
    | Observed
    | ProbeSeen
    | Verified
    | Reopened
    | Doubted
    | Closed
    | ExceptionMade
    | TaskNeeded
    | Retracted
    | Assessed
    | TestsTried
    | TaskGiven
    | ProposalJudged
    | AttemptBooked
)
BODIES: tuple[type[Body], ...] = (
    Known,
    MatchedFact,
    Proposed,
    ProvedFact,
    Landed,
    Deployed,
    RolledOut,
    Shielded,
    Observed,
    ProbeSeen,
    Verified,
    Reopened,
    Doubted,
    Closed,
    ExceptionMade,
    TaskNeeded,
    Retracted,
    Assessed,
    TestsTried,
    TaskGiven,
    ProposalJudged,
    AttemptBooked,
)
Reader: TypeAlias = Callable[[Raw], Body]


def _reader(body: type[Body]) -> Reader:
    decoder = cache(lambda: msgspec.json.Decoder(body))
    return lambda raw: decoder().decode(raw)


# A field with a default is no new version. A changed meaning is: raise VERSION, and add the reader of the old one here.
READERS: Mapping[tuple[str, int], Reader] = MappingProxyType(
    {(body.KIND, body.VERSION): _reader(body) for body in BODIES}
)

# From what runs, which may have been told.
Concluded: TypeAlias = Known | MatchedFact | Landed | Verified | Reopened | Doubted | Closed
CONCLUDED = frozenset({"known", "matched", "landed", "verified", "reopened", "doubted", "closed"})
TOLD = frozenset({"known", "landed", "deployed", "observed"})
# Told through a shared ref they inform; only what this machine found itself lets it act (docs/facts.md, "Trust").
NOT_BELIEVED_FROM_ELSEWHERE = frozenset(
    {
        "proved",
        "rolled_out",
        "shielded",
        "probe_seen",
        "verified",
        "doubted",
        "closed",
        "exception_made",
        "assessed",
        "tests_tried",
        "task_given",
        "proposal_judged",
        "attempt_booked",
    }
)


def fact_of(subject: str, body: Body, *, at: datetime, source: str, inputs: Sequence[object]) -> Fact:
    """The fact that `body` holds. `inputs` are what it was derived from: from the same ones it is the same fact."""
    if not inputs:
        raise ValueError(f"a fact of kind {body.KIND} needs the inputs that it was derived from")
    return Fact(
        kind=body.KIND,
        version=body.VERSION,
        subject=subject,
        digest=digest_of(*inputs),
        at=at,
        source=source,
        body=Raw(msgspec.json.encode(body)),
    )


def body_of(fact: Fact, readers: Mapping[tuple[str, int], Reader] = READERS) -> Body | None:
    """What the fact holds; None for a kind or a version that this Outpace does not know, or a body that is not one."""
    reader = readers.get((fact.kind, fact.version))
    if reader is None:
        return None
    try:
        return reader(fact.body)
    except msgspec.DecodeError:  # a ValidationError is one too
        return None


def may_act_on(fact: Fact, *, began: datetime) -> bool:
    """Whether an action may rest on it; what is told of a proof or a verification elsewhere is only shown, and what
    another machine's clock says of the time after this run began has not come yet."""
    return not is_shared(fact) or (fact.kind not in NOT_BELIEVED_FROM_ELSEWHERE and fact.at <= began)


def is_told(fact: Fact) -> bool:
    """Whether somebody said so by hand, here or elsewhere; only that can be retracted."""
    said = fact.source.partition(": ")[2] if is_shared(fact) else fact.source
    return fact.kind in TOLD and (said == "told" or said.startswith("told by "))


def standing(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Without what was told and then retracted, and what was concluded from that alone. What Outpace saw itself cannot
    be retracted, whoever says so."""
    every = tuple(facts)
    taken_back = (body_of(fact) for fact in every if fact.kind == Retracted.KIND)
    wrong = {body.fact for body in taken_back if isinstance(body, Retracted)}
    wrong &= {key_of(fact) for fact in every if is_told(fact)} if wrong else set()
    if not wrong:
        return every
    return tuple(fact for fact in every if key_of(fact) not in wrong and wrong.isdisjoint(_rests_on(fact)))


def _rests_on(fact: Fact) -> tuple[str, ...]:
    body = body_of(fact) if fact.kind in CONCLUDED else None
    return body.rests_on if isinstance(body, Concluded) else ()


def subject_of(root_commits: Sequence[str], path: str, name: str) -> str:
    """An application's identity on every machine: where its history began, where it lies in it, and its name.

    Give the root that HEAD's first parents lead to; a shallow clone does not know it.
    """
    if not root_commits:
        raise ValueError("an application's identity needs the root commit of its repository")
    return f"{name}@{digest_of(sorted(root_commits), path, name)[:32]}"
