"""Proposers that answer from a list, and books that are kept in one: what asking them is tried with."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from outpace.proving.proposing.budget import Booking, Estimate
from outpace.proving.proposing.ports import Asked, NoProposal, Proposal


class Ledgers:
    """Implements `app.propose.Books`; `kept` is what was written, in its order."""

    def __init__(self, kept: Iterable[Booking] = ()) -> None:
        self.kept = list(kept)

    def booked(self) -> tuple[Booking, ...]:
        found: dict[tuple[str, int], Booking] = {}
        for each in self.kept:
            key = (each.task, each.number)
            if key not in found or each.settled:
                found[key] = each
        return tuple(found.values())

    def book(self, booking: Booking) -> None:
        self.kept.append(booking)


class Scripted:
    """Implements `proving.proposing.ports.Proposer`: one answer after another, and the last again and again."""

    def __init__(self, name: str, *answers: Proposal | NoProposal | Exception) -> None:
        self.name = name
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.within: list[tuple[float, int | None, float | None]] = []
        self.looks: Callable[[], object] = lambda: None

    def propose(
        self, asked: Asked, *, seconds: float, tokens: int | None, cost_usd: float | None
    ) -> Proposal | NoProposal:
        self.asked.append(asked)
        self.within.append((seconds, tokens, cost_usd))
        self.looks()
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Priced(Scripted):
    """One that says beforehand what an attempt may take."""

    most = Estimate(tokens=300, cost_usd=0.25, seconds=60.0)

    def estimate(self, asked: Asked) -> Estimate:
        del asked
        return self.most
