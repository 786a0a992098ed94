"""How `outpace propose` is shown: each attempt and what became of it, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from outpace.app.propose import Attempt, Proposed, total
from outpace.formats.envelope import encoded
from outpace.formats.plain import printable
from outpace.formats.prove import conclusion_of
from outpace.model.proof import Passed
from outpace.model.words import counted
from outpace.proving.proposing.ports import Absent, Spent

SAID = 3


class SpentV1(Struct, frozen=True, kw_only=True):
    """null where it is not known."""

    seconds: float
    tokens_in: int | None
    tokens_out: int | None
    cost_usd: float | None


class AttemptV1(Struct, frozen=True, kw_only=True):
    """`nothing`: there was no change to judge. `reason` is the first failed check, what is missing, or why there was
    nothing. `absent` says why nobody was there to be asked: then no attempt was made, and none is counted."""

    proposer: str
    by: str
    origin: Literal["live", "recorded", "hand-written"]
    state: Literal["proved", "refuted", "undecided", "nothing"]
    reason: str
    absent: Absent | None
    passed: int
    spent: SpentV1
    diff: str


class ProposeV1(Struct, frozen=True, kw_only=True):
    """`branch` holds what is proved; empty where nothing is, or where nothing was to be written."""

    task: str
    attempts: tuple[AttemptV1, ...]
    proved: bool
    branch: str
    spent: SpentV1
    exceeded: str


def answer(found: Proposed, branch: str) -> bytes:
    result = ProposeV1(
        task=found.task.id,
        attempts=tuple(map(_attempt, found.attempts)),
        proved=found.proved is not None,
        branch=branch,
        spent=_spent(total(found.attempts)),
        exceeded=found.exceeded,
    )
    return encoded("propose", result)


def _attempt(attempt: Attempt) -> AttemptV1:
    state, reason = _state(attempt)
    checks = attempt.proof.checks if attempt.proof else ()
    return AttemptV1(
        proposer=attempt.way.proposer,
        by=attempt.way.by,
        origin=attempt.way.origin,
        state=state,
        reason=reason,
        absent=attempt.absent,
        passed=sum(isinstance(check.result, Passed) for check in checks),
        spent=_spent(attempt.way.spent),
        diff=attempt.diff.decode("utf-8", "replace"),
    )


def _state(attempt: Attempt) -> tuple[Literal["proved", "refuted", "undecided", "nothing"], str]:
    if attempt.proof is None:
        return "nothing", attempt.why
    told = conclusion_of(attempt.proof.conclusion)
    return told.state, told.reason


def _spent(spent: Spent) -> SpentV1:
    return SpentV1(
        seconds=round(spent.seconds, 2),
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        cost_usd=spent.cost_usd,
    )


def text(found: Proposed, branch: str, left_out: tuple[str, ...] = ()) -> str:
    """`left_out` are those that are declared and that --offline does not ask."""
    return "\n".join(_lines(found, branch, left_out))


def _lines(found: Proposed, branch: str, left_out: tuple[str, ...]) -> Iterator[str]:
    proved = found.proved
    head = f"{found.task.id}: {printable(found.task.goal)}"
    yield f"{'proved' if proved else 'nothing is proved'}: {head}"
    for number, attempt in enumerate(found.asked, 1):
        yield from _shown(number, attempt)
    for attempt in found.attempts:
        if attempt.absent is not None:
            not_asked = "" if attempt.absent == "no answer" else "was not asked: "
            yield f"  {attempt.way.proposer}: {not_asked}{printable(attempt.why)}"
    if not found.attempts and not found.exceeded:
        why = f"--offline asks no {' and no '.join(left_out)}" if left_out else "outpace.toml declares nobody else"
        yield f"  nobody was asked: kind {found.task.kind} has no template, and {why}"
    if not found.asked and not found.exceeded:
        yield f"  work from the brief yourself, or give it to an agent: {_by_hand(found.task.id)}"
    if found.exceeded:
        yield f"  the budget is spent: {found.exceeded}"
    yield f"  spent: {_costs(total(found.attempts))}"
    if branch:
        yield f"  the change is on the branch {branch}; a person or your policy lands it"
    elif proved is None:
        yield "  nothing was applied"


def _by_hand(task: str) -> str:
    return f"outpace task {task}, then outpace prove --task {task}"


def _shown(number: int, attempt: Attempt) -> Iterator[str]:
    state, reason = _state(attempt)
    who = attempt.way.proposer + (f" ({printable(attempt.way.by)})" if attempt.way.by else "")
    origin = "" if attempt.way.origin == "live" else f", {attempt.way.origin} answer"
    yield f"  {number}. {who}{origin}: {state}" + (f": {printable(reason)}" if reason else "")
    if attempt.proof is not None:
        passed = sum(isinstance(check.result, Passed) for check in attempt.proof.checks)
        yield f"     {counted(passed, 'check')} passed"
    if attempt.proof is None and attempt.said:
        for line in attempt.said.strip().splitlines()[-SAID:]:
            yield f"     it said: {printable(line)[:200]}"


def _costs(spent: Spent) -> str:
    tokens = [each for each in (spent.tokens_in, spent.tokens_out) if each is not None]
    told = f"{sum(tokens):,} tokens" if len(tokens) == 2 else "tokens unknown"
    cost = "cost unknown" if spent.cost_usd is None else f"${spent.cost_usd:.2f}"
    return f"{spent.seconds:.0f} s of proposers, {told}, {cost}"
