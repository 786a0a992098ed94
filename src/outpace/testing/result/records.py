"""What a run of a project's tests said, and what is known beside it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.test_run import TestRun
from outpace.model.unknown import Unknown
from outpace.testing import told
from outpace.testing.selection.decision import Decision, Everything, Some

ASSERTIONS = frozenset({"AssertionError", "Failed"})
Kind: TypeAlias = Literal["assertion", "exception", "set-up", "tear-down", "collection", "crash", "timeout"]
Taken: TypeAlias = Literal["function", "true", "false", "handler", "case", "item"]


class Tried(told.Result, frozen=True, array_like=True):
    """One test, and in what way it is red."""

    @property
    def kind(self) -> Kind:
        """In what way it is red, if it is."""
        match self.phase:
            case "died":
                return "crash"
            case "timed out":
                return "timeout"
            case "collection":
                return "collection"
            case "setup":
                return "set-up"
            case "teardown":
                return "tear-down"
            case _:
                return "assertion" if self.exception in ASSERTIONS else "exception"


class Untaken(Struct, frozen=True, kw_only=True):
    """A part of the diff that no test takes: a function that is not entered, or one outcome of a condition."""

    path: str
    line: int
    kind: Taken
    function: str


class Diff(Struct, frozen=True, kw_only=True):
    """What is known of a change: `untaken` of `places` functions and outcomes in it; `unread` are changed files of data
    that no test opened; `unparsed` changed files of Python that could not be looked at."""

    base: str
    places: int
    untaken: tuple[Untaken, ...] = ()
    unread: tuple[str, ...] = ()
    unparsed: tuple[str, ...] = ()


class Survivor(Struct, frozen=True, kw_only=True):
    """A small change of a changed function that no test noticed; `executions` is how often it was tried."""

    path: str
    line: int
    function: str
    diff: str
    executions: int


class Spent(Struct, frozen=True, array_like=True):
    """Time at one place: a fixture that was set up, or a sleep."""

    file: str
    line: int
    name: str
    count: int
    seconds: float


class Result(Struct, frozen=True, kw_only=True):
    """`run` is of the tests that ran. `choice` is why they ran, if they were selected. `flaky` were red and then green,
    or the other way round, on the same files; they count as what they were first. `left` did not come to run.
    `not_imported` are modules of the packages in question that no test imports, `not_run` (path, line) of the lines in
    question that no test comes to; where it `has_programs`, tests start some, and what these take is not seen.
    `caveats` are sentences on what this result cannot say."""

    run: TestRun
    tests: tuple[Tried, ...] = ()
    choice: Decision | None = None
    flaky: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    diff: Diff | Unknown | None = None
    survivors: tuple[Survivor, ...] | Unknown | None = None
    missed: tuple[str, ...] = ()
    fixtures: tuple[Spent, ...] = ()
    sleeps: tuple[Spent, ...] = ()
    processes: int = 1
    not_imported: tuple[str, ...] = ()
    not_run: tuple[tuple[str, int], ...] = ()
    has_programs: bool = False
    caveats: tuple[str, ...] = ()

    @property
    def red(self) -> tuple[Tried, ...]:
        return tuple(each for each in self.tests if each.outcome in told.RED)

    @property
    def nothing_to_run(self) -> bool:
        """Each test was green on what it depends on, and nothing of that has changed."""
        return isinstance(self.choice, Some) and not self.choice.selected and bool(self.choice.deselected)

    @property
    def ran_everything(self) -> bool:
        return self.choice is None or isinstance(self.choice, Everything) or not self.choice.deselected
