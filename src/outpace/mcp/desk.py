"""Every call of a tool, answered: what it takes is decoded, what it gives is escaped and cut, what fails is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from outpace.mcp import offered
from outpace.mcp.runs import PATIENCE, Runs
from outpace.mcp.shown import PREFIX, Kept, answered
from outpace.model.errors import Error

if TYPE_CHECKING:
    from outpace.bootstrap.testing import Asked

LONGEST_NAME = 80


class Answer(NamedTuple):
    text: str
    is_error: bool = False


class Desk:
    """One application. It may be asked from several threads."""

    def __init__(
        self,
        cwd: Path,
        asked: Asked,
        *,
        report: Callable[[str], None],
        bug: Callable[[Exception], None],
        patience: float = PATIENCE,
    ) -> None:
        from outpace.mcp.proposals import Proposals

        self._cwd = cwd
        self._asked = asked
        self._report = report
        self._bug = bug
        self._kept = Kept()
        self._runs: Runs[object] = Runs(patience=patience)
        self._proposals = Proposals(cwd, asked, report=report, runs=self._runs)

    @property
    def busy(self) -> bool:
        """Whether something is judged just now."""
        return self._runs.busy

    def answer(self, name: str, given: Mapping[str, object], *, by: str) -> Answer:
        """Never raises: a failure is an answer too, without a traceback."""
        try:
            return self._answer(offered.arguments_of(name, given), by[:LONGEST_NAME])
        except Error as error:
            told = {"error": error.message, "hint": error.hint, "kind": type(error).__name__}
            return Answer(answered(told, self._kept), is_error=True)
        except Exception as error:  # noqa: BLE001  the outermost frame of this door: a traceback is a bug, told as one
            self._bug(error)
            told = {"error": f"a bug in Outpace: {type(error).__name__}", "hint": "its standard error says more"}
            return Answer(answered(told, self._kept), is_error=True)

    def _answer(self, asked: offered.Arguments, by: str) -> Answer:
        from outpace.mcp import exposed

        match asked:
            case offered.Explain(id=named) if named.startswith(PREFIX):
                return Answer(self._kept.page(named))
            case offered.Explain(id=named):
                result = self._proposals.recorded(named) if named.startswith("proof-") else exposed.explain(named)
            case offered.Exposures():
                result = self._exposures(asked)
            case offered.Match():
                result = exposed.match(self._root(), self._cwd, asked)
            case offered.TaskOf(id=named):
                result = self._proposals.task(named)
            case offered.ProveChange():
                result = self._proposals.prove(asked, by)
        return Answer(answered(result, self._kept))

    def _exposures(self, asked: offered.Exposures) -> object:
        from outpace import bootstrap
        from outpace.mcp import exposed

        with bootstrap.workplace(self._cwd, name=self._asked.name, report=self._report) as here:
            return exposed.exposures(here, asked)

    def _root(self) -> Path:
        """The repository's; where there is none, nothing above the current directory is looked at."""
        from outpace import bootstrap
        from outpace.model.errors import NotARepository

        try:
            return bootstrap.tree_here(self._cwd)[0]
        except NotARepository:
            return self._cwd
