"""One attempt of a model: asked, asked once more where its answer cannot be read, and what its edits come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

from msgspec import Struct

from outpace.proving.proposing.edits import Carried, Carry, Edits, Mismatch, decoded
from outpace.proving.proposing.ports import Spent
from outpace.proving.proposing.redacting import Redactor
from outpace.proving.proposing.request import Answer, Answered, NotAnswered, Request, again

Ask: TypeAlias = Callable[[Request], Answer]
CarryOut: TypeAlias = Callable[[Edits], Carry]
LONGEST_SAID = 2000
Number = TypeVar("Number", int, float)


class Conversation(Struct, frozen=True, kw_only=True):
    """How it ended; `request` is the last that was asked, `said` what came beside the edits."""

    end: Carried | Mismatch | NotAnswered
    request: Request
    answers: tuple[Answer, ...]
    said: str = ""

    @property
    def model(self) -> str:
        return next((each.model for each in reversed(self.answers) if isinstance(each, Answered)), "")

    @property
    def spent(self) -> Spent:
        """Of all answers; not known where it is not of one."""
        return Spent(
            seconds=sum(each.seconds for each in self.answers),
            tokens_in=_sum(each.tokens_in for each in self.answers),
            tokens_out=_sum(each.tokens_out for each in self.answers),
            cost_usd=_sum(each.cost_usd for each in self.answers),
        )


def converse(request: Request, ask: Ask, carry_out: CarryOut, redactor: Redactor) -> Conversation:
    answers: list[Answer] = []
    while True:
        answer = ask(request)
        answers.append(answer)
        if isinstance(answer, NotAnswered):
            return Conversation(end=answer, request=request, answers=tuple(answers))
        edits = decoded(answer.text)
        end = edits if isinstance(edits, Mismatch) else carry_out(edits)
        if isinstance(end, Carried) or len(answers) > 1:
            said = end.why if isinstance(end, Carried) else answer.text
            said = redactor.fit(said[:LONGEST_SAID])
            return Conversation(end=end, request=request, answers=tuple(answers), said=said)
        request = again(request, answer.text, end.why, redactor)


def _sum(numbers: Iterable[Number | None]) -> Number | None:
    total: Number | None = None
    for each in numbers:
        if each is None:
            return None
        total = each if total is None else total + each
    return total
