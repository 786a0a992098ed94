"""What the tests said on a variant of the files, and which of them a change turned red."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.ports import Told
from outpace.testing.told import GREEN, RED, Broken, Result, rows_of

UNCOLLECTED = "not collected"
UNUSABLE = 4
"""pytest's status where a conftest.py cannot be imported."""


class Lost(Struct, frozen=True, array_like=True):
    """A test whose process did not come to its end."""

    id: str
    state: str
    why: str = ""


class Round(Struct, frozen=True, kw_only=True):
    results: tuple[Result, ...] = ()
    lost: tuple[Lost, ...] = ()


class Ran(Struct, frozen=True, kw_only=True):
    """One variant."""

    variant: str
    state: str = ""
    why: str = ""
    status: int = 0
    collected: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    rounds: tuple[Round, ...] = ()

    def of(self, test: str) -> tuple[Result, ...]:
        """One for each round; a test that could not be collected has none of its own."""
        return tuple(self._in(each, test) for each in self.rounds) or (self._in(Round(), test),)

    def _in(self, ran: Round, test: str) -> Result:
        found = next((result for result in ran.results if result.id == test), None)
        lost = next((each for each in ran.lost if each.id == test), None)
        if found is not None:
            return found
        if lost is not None:
            return Result(test, "error", message=f"{lost.state} {lost.why}".strip())
        return self._uncollected(test)

    def _uncollected(self, test: str) -> Result:
        file = test.partition("::")[0]
        why = next((each.why for each in self.broken if each.file == file), None)
        if why is not None:
            return Result(test, UNCOLLECTED, message=why)
        if self.status == UNUSABLE or self.state != "answered":
            return Result(test, UNCOLLECTED, message=self.why or "pytest could not start: a conftest.py is broken")
        return Result(test, "absent")


def ran(told: Told) -> Mapping[str, Ran] | Unknown:
    """Each variant by its name."""
    if told.ended is not None:
        return told.ended
    rows = rows_of(told, Ran, "the tests' program")
    return rows if isinstance(rows, Unknown) else {row.variant: row for row in rows}


def turned(old: Ran, new: Ran) -> tuple[Result, ...]:
    """Green before, red after; a test that is no longer there is not red."""
    green = [result.id for result in (*old.rounds, Round())[0].results if result.outcome in GREEN]
    after = {name: new.of(name)[0] for name in green}
    return tuple(after[name] for name in green if is_red(after[name]))


def is_red(result: Result) -> bool:
    return result.outcome in RED or result.outcome == UNCOLLECTED


def is_green(results: Iterable[Result]) -> bool:
    """Every time, and at least once."""
    outcomes = [result.outcome for result in results]
    return bool(outcomes) and all(outcome in GREEN for outcome in outcomes)
