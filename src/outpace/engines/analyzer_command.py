"""An analyzer's command, in the sandbox: a copy of a tree goes in, and what it finds there comes out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from outpace import sandbox
from outpace.engines import agent_program, sarif
from outpace.engines.confined_python import ConfinedPython, Limits, ended_early, environment_of, last_words, program
from outpace.engines.foreign_files import content
from outpace.engines.scratch import scratch
from outpace.model.analyzer import Analyzer
from outpace.model.errors import BadConfiguration, BadInput, ToolMissing
from outpace.model.unknown import Unknown
from outpace.proving.ladder.finding import Findings
from outpace.proving.ports import Built

PYTHON = re.compile(r"python[\d.]*")
NOISE = shutil.ignore_patterns("__pycache__", ".git")


class _Started(Struct, frozen=True, kw_only=True):
    words: tuple[str, ...]
    readable: tuple[Path, ...] = ()
    folders: tuple[str, ...] = ()  # of PATH, before the usual


class AnalyzerCommand:
    """Neither the code that is looked at nor its environment is on Python's path: a `json.py` of the tree is no part of
    an analyzer. What it writes beside its report is thrown away."""

    def __init__(
        self,
        name: str,
        declared: Analyzer,
        python: ConfinedPython,
        *,
        built: Built,
        environ: Mapping[str, str],
    ) -> None:
        self._name = name
        self._declared = declared
        self._python = python
        self._built = built
        self._environ = environ

    def find(self, root: Path, instead: Mapping[str, bytes] | None = None) -> Findings | Unknown:
        """In the files below `root`, some of which may hold something else `instead`."""
        try:
            started = self._started()
        except (BadConfiguration, ToolMissing) as error:
            return Unknown(error.message, f"install it, or name another in [analyzers.{self._name}]")
        with scratch("analyzer") as place:
            tree = place / "tree"
            shutil.copytree(root, tree, symlinks=True, ignore=NOISE)
            for path, text in (instead or {}).items():
                _put(tree, path, text)
            return self._run(started, tree)

    def _run(self, started: _Started, tree: Path) -> Findings | Unknown:
        report = self._report(tree)
        if isinstance(report, Unknown):
            return report
        limits = Limits(seconds=self._declared.seconds)
        path = ":".join((*started.folders, environment_of(self._built, tree)["PATH"]))
        confined = self._python.run(
            self._built,
            started.words,
            tree=tree,
            cwd=tree,
            limits=limits,
            network=sandbox.NoNetwork(),
            readable=started.readable,
            env={"PYTHONPATH": "", "PATH": path},
        )
        if ended := ended_early(confined, limits):
            return Unknown(ended.why, f"`seconds` of [analyzers.{self._name}], or fewer rules")
        if confined.done.returncode < 0:
            return Unknown(f"it was ended by signal {-confined.done.returncode}", "what its own output says")
        written = confined.done.stdout if report is None else content(report, sarif.LARGEST + 1)
        if not written.strip():
            return Unknown(
                f"it wrote no report (status {confined.done.returncode}): {last_words(confined.done)}",
                f"`command` of [analyzers.{self._name}] that writes SARIF to its standard output, or `report`",
            )
        try:
            return sarif.read(written, tree)
        except BadInput as error:
            return Unknown(f"its report cannot be used: {error.message}", error.hint)

    def _report(self, tree: Path) -> Path | Unknown | None:
        """Where it will be, and nothing yet: a report that the tree brings itself is none. None: standard output."""
        if not self._declared.report:
            return None
        report = tree / self._declared.report
        if not report.parent.resolve().is_relative_to(tree.resolve()) or (report.is_dir() and not report.is_symlink()):
            return Unknown(f"{self._declared.report} is no place for a report in this tree", "another `report`")
        report.unlink(missing_ok=True)
        return report

    def _started(self) -> _Started:
        """The environment's own program, else one of PATH; never one of the tree. Raises ToolMissing."""
        first, *rest = self._declared.command
        own = program(self._built, first)
        if own != first or PYTHON.fullmatch(first):
            isolated = ("-I",) if PYTHON.fullmatch(first) and rest[:1] == ["-m"] else ()
            return _Started(words=(own, *isolated, *rest))
        found = agent_program.found(first, self._environ, Path(self._environ.get("HOME", "/nonexistent")))
        return _Started(words=(str(found.path), *rest), readable=found.readable, folders=found.folders)


def _put(tree: Path, path: str, text: bytes) -> None:
    """Only where a plain file lies already: nothing is written through a link."""
    place = tree / path
    if place.is_file() and place.resolve() == tree.resolve() / path:
        place.write_bytes(text)
