"""Each component set by itself: what fails in one costs only its own pins, and the same question is asked once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from outpace.model.errors import EngineError, ToolFailed, ToolTimedOut, Unreachable
from outpace.remediation.ports import Found, NotRun, Pin, Resolution, Resolver, Step, Unsolvable

OF_ONE_SET = (Unreachable, ToolFailed, ToolTimedOut)  # a full disk or a missing program is everybody's

Answer = TypeVar("Answer")


class Apart:
    """Implements `remediation.ports.Resolver` over another one. After a failure that one is not asked again."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._found: dict[tuple[Pin, str, bool, bool], Found] = {}
        self._resolved: dict[tuple[Step, ...], Resolution] = {}
        self.failure: EngineError | None = None

    @property
    def files(self) -> frozenset[str]:
        return self._resolver.files

    def lowest(self, pin: Pin, demand: str, *, prereleases: bool, hidden: bool) -> Found:
        key = (pin, demand, prereleases, hidden)
        if key not in self._found:
            asked = self._asked(lambda: self._resolver.lowest(pin, demand, prereleases=prereleases, hidden=hidden))
            if isinstance(asked, EngineError):
                return NotRun(asked.message, asked.hint)
            self._found[key] = asked
        return self._found[key]

    def resolve(self, steps: tuple[Step, ...]) -> Resolution:
        if steps not in self._resolved:
            asked = self._asked(lambda: self._resolver.resolve(steps))
            if isinstance(asked, EngineError):
                return Unsolvable(blocker=asked.message)
            self._resolved[steps] = asked
        return self._resolved[steps]

    def smallest(
        self, steps: tuple[Step, ...], along: tuple[tuple[Pin, str], ...], *, hidden: bool
    ) -> tuple[Step, ...]:
        asked = self._asked(lambda: self._resolver.smallest(steps, along, hidden=hidden))
        return () if isinstance(asked, EngineError) else asked

    def _asked(self, question: Callable[[], Answer]) -> Answer | EngineError:
        if self.failure is None:
            try:
                return question()
            except OF_ONE_SET as error:
                self.failure = error
        return self.failure
