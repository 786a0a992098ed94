"""What judges mutants: tests by name, of pytest or plain functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .properties import steady

if TYPE_CHECKING:
    from ..session import Session

ASSERTION, EXCEPTION = "assertion", "exception"
CHANGING = re.compile(r"\b0x[0-9a-fA-F]{6,}|(?<![\w/])(?:/[\w.-]+)*/forks-\w+/\d+")
"""Addresses, and the temporary directory of a fork."""


class Said(NamedTuple):
    """One test, run. `how` is ASSERTION or EXCEPTION where it is red."""

    test: str
    red: bool
    how: str = ""
    why: str = ""


class Suite(Protocol):
    """Tests by name. `results` runs them in this very process, one at each step; it is only ever called in a fork."""

    @property
    def names(self) -> Sequence[str]: ...

    def results(self, names: Sequence[str]) -> Iterator[Said]: ...


class Callables:
    """A suite of plain functions: red is what raises."""

    def __init__(self, works: Mapping[str, Callable[[], object]]) -> None:
        self._works = works

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._works)

    def results(self, names: Sequence[str]) -> Iterator[Said]:
        for name in names:
            try:
                self._works[name]()
            except AssertionError as error:
                yield Said(name, True, ASSERTION, _words(error))  # noqa: FBT003
            except BaseException as error:  # noqa: BLE001  whatever a mutant raises
                yield Said(name, True, EXCEPTION, _words(error))  # noqa: FBT003
            else:
                yield Said(name, False)  # noqa: FBT003


class Pytest:
    """A suite that pytest has collected."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.session.config.option.tbstyle = "no"  # nobody reads tracebacks, which take most of a kill's time
        steady(getattr(item, "obj", None) for item in session.items.values())

    @property
    def names(self) -> tuple[str, ...]:
        return self._session.ids

    def results(self, names: Sequence[str]) -> Iterator[Said]:
        for result in self._session.results(names):
            asserted = result.exception.endswith("AssertionError") or result.exception == "Failed"
            how = (ASSERTION if asserted else EXCEPTION) if result.red else ""
            yield Said(result.id, result.red, how, _said(result.exception, result.message) if result.red else "")


def _said(exception: str, message: str) -> str:
    """One line, without what differs from run to run."""
    first = message.strip().split("\n", 1)[0]
    return CHANGING.sub("…", f"{exception}: {first}" if first else exception)


def _words(error: BaseException) -> str:
    try:
        return _said(type(error).__name__, str(error))
    except BaseException:  # noqa: BLE001  a foreign __str__
        return type(error).__name__
