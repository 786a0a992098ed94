"""Proposers are asked in their order until a proposal is proved or the budget is spent; nothing is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from msgspec import Struct

from outpace.app.judge import Candidate
from outpace.app.task_book import Way
from outpace.model.errors import BadInput
from outpace.model.proof import Proof, Proved, Refuted, Undecided
from outpace.model.proposers import ProposerBudget
from outpace.proving.ladder.patch import Patch
from outpace.proving.proposing.budget import Booking, Estimate, Exceeded, left, reserve, settle
from outpace.proving.proposing.ports import Absent, Asked, NoProposal, Proposal, Proposer, Spent
from outpace.proving.tasks import Task

Number = TypeVar("Number", int, float)
FREE = frozenset({"upgrade", "template", "recorded"})
"""They cost nothing, and are asked once."""
SAID = 2_000
IN_VAIN = 2


class Books(Protocol):
    """What was booked on this machine, and where more of it is kept, before anything else happens."""

    def booked(self) -> tuple[Booking, ...]: ...
    def book(self, booking: Booking) -> None: ...


class Estimating(Protocol):
    """A proposer that can say the most that an attempt takes."""

    def estimate(self, asked: Asked) -> Estimate: ...


class Hands(Struct, frozen=True, kw_only=True):
    """`patched` is a diff as files, or raises BadInput; `judged` judges and keeps; `nothing` keeps that there was
    nothing to judge."""

    patched: Callable[[bytes], Patch]
    judged: Callable[[Candidate, Way], Proof]
    nothing: Callable[[NoProposal, Way], None]
    books: Books
    now: Callable[[], datetime]
    report: Callable[[str], None] = lambda _: None


class Attempt(Struct, frozen=True, kw_only=True):
    """One proposer, once. Without a proof, `why` says why there was nothing to judge."""

    way: Way
    proof: Proof | None = None
    why: str = ""
    absent: Absent | None = None
    diff: bytes = b""
    patch: Patch | None = None
    said: str = ""


class Proposed(Struct, frozen=True, kw_only=True):
    task: Task
    attempts: tuple[Attempt, ...] = ()
    exceeded: str = ""  # what of the budget is spent

    @property
    def asked(self) -> tuple[Attempt, ...]:
        """Those for which somebody was there."""
        return tuple(each for each in self.attempts if each.absent is None)

    @property
    def proved(self) -> Attempt | None:
        return next((each for each in self.attempts if each.proof and isinstance(each.proof.conclusion, Proved)), None)


class _Round:
    def __init__(self, task: Task, tree: Path, brief: str, brief_json: bytes, budget: ProposerBudget, hands: Hands):
        self.task, self.tree, self.budget, self.hands = task, tree, budget, hands
        self.brief, self.brief_json = brief, brief_json
        self.attempts: list[Attempt] = []
        self.exceeded = ""

    def ask(self, proposer: Proposer) -> bool:
        """Whether another attempt by the same one makes sense."""
        asked = self._asked(proposer.name)
        reserved = None if proposer.name in FREE else self._reserved(proposer, asked)
        if isinstance(reserved, Exceeded):
            self.exceeded = reserved.why
            return False
        there = left(self.budget, self.hands.books.booked(), task=self.task.id, at=self.hands.now())
        seconds = max(1.0, there.seconds + (reserved.seconds if reserved else 0.0))
        tokens = there.tokens + (reserved.tokens if reserved else 0)
        cost = there.cost_usd + ((reserved.cost_usd or 0.0) if reserved else 0.0)
        self.hands.report(f"asking {proposer.name} for a proposal, attempt {len(self.attempts) + 1}")
        answer = proposer.propose(asked, seconds=seconds, tokens=tokens, cost_usd=cost)
        if reserved is not None:
            is_absent = isinstance(answer, NoProposal) and answer.absent is not None
            self.hands.books.book(settle(reserved, answer.spent, made=not is_absent))
        return self._judged(proposer, answer)

    def _reserved(self, proposer: Proposer, asked: Asked) -> Booking | Exceeded:
        estimate = _estimate(proposer, asked)
        reserved = reserve(
            self.budget,
            self.hands.books.booked(),
            estimate,
            task=self.task.id,
            at=self.hands.now(),
            proposer=proposer.name,
        )
        if isinstance(reserved, Booking):
            self.hands.books.book(reserved)
        return reserved

    def _asked(self, name: str) -> Asked:
        """What was judged is told to all, what came to nothing to whom it happened: so that a question is the same
        whoever was asked in vain before."""
        known = [each for each in self.attempts if each.proof is not None or each.way.proposer == name]
        refuted = tuple(told for each in known if (told := _told(each)))
        return asked_of(self.task, self.tree, self.brief, self.brief_json, refuted)

    def _judged(self, proposer: Proposer, answer: Proposal | NoProposal) -> bool:
        way = Way(
            proposer=proposer.name, by=answer.by, origin=answer.origin, request=answer.request, spent=answer.spent
        )
        if isinstance(answer, Proposal):
            try:
                patch = self.hands.patched(answer.diff)
            except BadInput as error:
                answer = NoProposal(why=error.message, by=answer.by, origin=answer.origin, request=answer.request)
            else:
                name = f"diff-{Candidate(patch=patch, name='').digest[:7]}"
                proof = self.hands.judged(Candidate(patch=patch, name=name), way)
                said = answer.said[:SAID]
                self.attempts.append(Attempt(way=way, proof=proof, diff=answer.diff, patch=patch, said=said))
                return not isinstance(proof.conclusion, Proved)
        if answer.absent is None:
            self.hands.nothing(answer, way)
        self.attempts.append(Attempt(way=way, why=answer.why, absent=answer.absent, said=answer.said[:SAID]))
        return not answer.final and answer.absent is None


def propose(
    task: Task,
    proposers: Iterable[Proposer],
    *,
    tree: Path,
    brief: str,
    brief_json: bytes,
    budget: ProposerBudget,
    hands: Hands,
) -> Proposed:
    """The first that is proved ends it. `tree` holds the files of base, and is not written to."""
    round_ = _Round(task, tree, brief, brief_json, budget, hands)
    for proposer in proposers:
        again = True
        while again and not round_.exceeded:
            again = round_.ask(proposer) and proposer.name not in FREE and not _comes_to_nothing(round_.attempts)
        if round_.exceeded or _is_proved(round_.attempts):
            break
    return Proposed(task=task, attempts=tuple(round_.attempts), exceeded=round_.exceeded)


def asked_of(task: Task, tree: Path, brief: str, brief_json: bytes, refuted: tuple[str, ...] = ()) -> Asked:
    return Asked(
        task=task.id,
        brief=brief,
        brief_json=brief_json,
        tree=tree,
        editable=task.editable,
        created=task.created,
        context=task.context,
        refuted=refuted,
    )


def total(attempts: Iterable[Attempt]) -> Spent:
    """What is not known of one is not known of all."""
    known = [each.way.spent for each in attempts]
    if not known:
        return Spent(tokens_in=0, tokens_out=0, cost_usd=0.0)
    return Spent(
        seconds=sum(each.seconds for each in known),
        tokens_in=_sum([each.tokens_in for each in known]),
        tokens_out=_sum([each.tokens_out for each in known]),
        cost_usd=_sum([each.cost_usd for each in known]),
    )


def _sum(values: Sequence[Number | None]) -> Number | None:
    known = [each for each in values if each is not None]
    return sum(known, start=type(known[0])()) if known and len(known) == len(values) else None


def _comes_to_nothing(attempts: Sequence[Attempt]) -> bool:
    """The same proposer has had nothing to judge twice in a row: a server that is away, an answer that is none."""
    last = attempts[-IN_VAIN:]
    names = {each.way.proposer for each in last}
    return len(last) == IN_VAIN and len(names) == 1 and all(each.proof is None for each in last)


def _is_proved(attempts: Sequence[Attempt]) -> bool:
    last = attempts[-1].proof if attempts else None
    return last is not None and isinstance(last.conclusion, Proved)


def _estimate(proposer: Proposer, asked: Asked) -> Estimate:
    """Of an agent's command only the time is bounded."""
    estimating = getattr(proposer, "estimate", None)
    return estimating(asked) if estimating is not None else Estimate(cost_usd=None)


def _told(attempt: Attempt) -> str:
    """What may be shown of an attempt: the sentence of a proof never holds an input that is held out."""
    if attempt.proof is None:
        return f"there was nothing to judge: {attempt.why}"
    match attempt.proof.conclusion:
        case Refuted(reason):
            return f"refuted at {reason}"
        case Undecided(missing):
            return f"undecided: {missing}"
        case Proved():
            return ""
