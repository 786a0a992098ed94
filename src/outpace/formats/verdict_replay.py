"""How `outpace verdict replay` is shown: text, and its public JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import asdict

from outpace.delivery.rollout.trail import VERSION, Replayed, Step
from outpace.delivery.rollout.verdicts import Evidence, GoOn, Promote, RollBack, Verdict, sentence, spoken
from outpace.formats.envelope import encoded
from outpace.formats.plain import Hanging, printable

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 20
E_IS = (
    "E is what bets against the release have come to, or bets on it: 1 at the beginning, and it reaches 1/alpha for at "
    "most alpha of good releases, 1/beta for at most beta of bad ones, however often one looks"
)


class ComparedV1(Struct, frozen=True, kw_only=True):
    """One metric; bad events are fractions where one client counts less. `log_threshold` or more takes it back. `tail`,
    of what is slow: longer than the old release's slowest hundredth took, or twice as long as its slowest tenth."""

    metric: str
    baseline_requests: int
    baseline_bad: float
    candidate_requests: int
    candidate_bad: float
    log_e: float
    log_threshold: float
    tail: Literal["hundredth", "tenth"] | None


class CertainV1(Struct, frozen=True, kw_only=True):
    """`log_threshold` or more lets it be promoted."""

    metric: str
    requests: float
    bad: float
    tolerated: float
    log_e: float
    log_threshold: float
    tail: Literal["hundredth", "tenth"] | None


class GrowthV1(Struct, frozen=True, kw_only=True):
    metric: str
    blocks: int
    per_hour: float
    log_e: float
    log_threshold: float


class RestV1(Struct, frozen=True, kw_only=True):
    source: str
    requests: int
    bad: int


class EvidenceV1(Struct, frozen=True, kw_only=True):
    """`clients` is null where nobody told them apart."""

    compared: tuple[ComparedV1, ...]
    certain: tuple[CertainV1, ...]
    growth: tuple[GrowthV1, ...]
    rests_on: tuple[RestV1, ...]
    clients: int | None
    failing_clients: int | None
    notes: tuple[str, ...]


class VerdictV1(Struct, frozen=True, kw_only=True):
    """`at` in seconds since the rollout began; `weight` of a verdict to go on; `metric` of a rollback."""

    at: float
    verdict: Literal["promote", "go on", "roll back"]
    phase: str
    weight: float | None
    metric: str | None
    missing_requests: int | None
    missing_seconds: float | None
    sentence: str
    evidence: EvidenceV1 | None


class VerdictReplayV1(Struct, frozen=True, kw_only=True):
    """`equal`: what is written follows from the looks. Where `judged` is false, the trail is one by rules of another
    version: its verdicts are as written, and `equal` is false since nobody can say. So are the first `unjudged`
    verdicts of one that a newer version went on with. `budget` is as it was written: the numbers that are judged by
    are computed again, and not these lines."""

    equal: bool
    judged: bool
    unjudged: int
    rules: int
    differs: str
    baseline: str
    candidate: str
    alpha: float
    beta: float
    tolerated: float
    budget: tuple[str, ...]
    looks: int
    verdicts: tuple[VerdictV1, ...]
    left_out: int
    torn: bool


def answer(told: Replayed) -> bytes:
    budget = told.header.budget
    result = VerdictReplayV1(
        equal=told.is_judged and not told.differs,
        judged=told.is_judged,
        unjudged=told.unjudged,
        rules=told.header.version,
        differs=told.differs,
        baseline=told.header.baseline,
        candidate=told.header.candidate,
        alpha=budget.alpha,
        beta=budget.beta,
        tolerated=budget.tolerated,
        budget=budget.lines,
        looks=told.looks,
        verdicts=tuple(map(_verdict, told.steps)),
        left_out=told.left_out,
        torn=told.torn,
    )
    return encoded("verdict replay", result)


def _verdict(step: Step) -> VerdictV1:
    verdict, evidence = step.verdict, _evidence_of(step.verdict)
    going = verdict if isinstance(verdict, GoOn) else None
    return VerdictV1(
        at=step.at,
        verdict=_kind(verdict),
        phase=going.phase if going else evidence.phase if evidence else "",
        weight=going.weight if going else None,
        metric=verdict.metric if isinstance(verdict, RollBack) else None,
        missing_requests=going.price.requests if going else None,
        missing_seconds=going.price.seconds if going else None,
        sentence=sentence(verdict),
        evidence=None if evidence is None else _evidence(evidence),
    )


def _kind(verdict: Verdict) -> Literal["promote", "go on", "roll back"]:
    match verdict:
        case Promote():
            return "promote"
        case GoOn():
            return "go on"
        case RollBack():
            return "roll back"


def _evidence_of(verdict: Verdict) -> Evidence | None:
    return None if isinstance(verdict, GoOn) else verdict.evidence


def _evidence(evidence: Evidence) -> EvidenceV1:
    return EvidenceV1(
        compared=tuple(ComparedV1(**asdict(one)) for one in evidence.compared),
        certain=tuple(CertainV1(**asdict(one)) for one in evidence.certain),
        growth=tuple(GrowthV1(**asdict(one)) for one in evidence.growth),
        rests_on=tuple(RestV1(**asdict(one)) for one in evidence.rests_on),
        clients=evidence.clients,
        failing_clients=evidence.failing_clients,
        notes=evidence.notes,
    )


def text(told: Replayed) -> RenderableType:
    from rich.console import Group

    lines: list[RenderableType] = []
    header = told.header
    if header.candidate or header.baseline:
        old, new = (printable(digest[:12]) or "?" for digest in (header.baseline, header.candidate))
        lines.append(Hanging(f"from release {old} to {new}"))
    lines.append(Hanging("what it went by, as it was written when it began:"))
    lines += [Hanging(printable(line), indent=2) for line in header.budget.lines]
    lines.append(Hanging(E_IS))
    lines.append(Hanging(f"{told.looks} looks; what was said then:"))
    first, last = told.steps[: SHOWN // 2], told.steps[SHOWN // 2 :][-SHOWN // 2 :]
    hidden = told.left_out + len(told.steps) - len(first) - len(last)
    lines += [_line(step) for step in first]
    if hidden:
        lines.append(Hanging(f"({hidden} more)", indent=2))
    lines += [_line(step) for step in last]
    if told.torn:
        lines.append(Hanging("the last line is torn: whoever wrote it was ended"))
    lines.append(Hanging(_outcome(told)))
    return Group(*lines)


def _outcome(told: Replayed) -> str:
    if not told.is_judged:
        return (
            f"not judged again: it was written by version {told.header.version} of the rules, and these are version "
            f"{VERSION}; the verdicts above are as written"
        )
    if told.differs:
        return f"not equal: {told.differs}"
    under_way = "; it ends while the rollout is under way" if isinstance(told.last, GoOn | None) else ""
    older = f"; {told.unjudged} before are by older rules and as written" if told.unjudged else ""
    judged = told.said - told.unjudged
    return f"equal: all {judged} verdicts that are written follow from what was seen, bit for bit{older}{under_way}"


def _line(step: Step) -> RenderableType:
    at = spoken(step.at) if step.at >= 90 else f"{step.at:.1f} s"
    return Hanging(f"{at}: {printable(sentence(step.verdict))}", indent=2)
