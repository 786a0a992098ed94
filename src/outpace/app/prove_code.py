"""The rungs of the ladder that a change climbs for the code that it brings, where no task says what it may do."""

from __future__ import annotations

import sys
from functools import cached_property, partial

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from outpace.app.judge import BESIDE
from outpace.app.prove_runs import Side, Tools
from outpace.app.prove_selected import Looked
from outpace.model.application import Application
from outpace.model.proof import CheckUndecided, Result, Skipped
from outpace.model.toml import document_or_empty, table
from outpace.model.unknown import Unknown
from outpace.proving.ladder import pipeline_powers, without_task
from outpace.proving.ladder.capabilities import Use
from outpace.proving.ladder.own import own_powers
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import is_test
from outpace.proving.ladder.without_task import Gain
from outpace.proving.ladder.worth import powers_of_tests
from outpace.proving.notes import PIPELINE

NOT_ASKED = "outpace prove --untested asks, by one more run of the suite"
LARGEST = 16 << 20  # of one file


class CodeOfChange:
    """Parses, capabilities and what of it the suite comes to; `projects` are the pyproject.toml that speak for it."""

    def __init__(
        self, tools: Tools, application: Application, sides: tuple[Side, Side], projects: tuple[str, ...]
    ) -> None:
        self._trees = tools.trees
        self._granted = tools.granted or frozenset()
        self._application = application
        self._base, self._revision = sides
        self._projects = projects

    @cached_property
    def changed(self) -> Patch:
        base, revision = self._base.revision, self._revision.revision
        paths = (path for _, path in self._trees.changed(base, revision) if without_task.may_be_code(path))
        read = self._trees.read
        files = (PatchedFile(path=path, before=read(base, path), after=read(revision, path)) for path in paths)
        return without_task.code(Patch.of(files))

    def parses(self) -> Result:
        return without_task.judge_parses(self.changed, may_be_newer=self._may_be_newer())

    def capabilities(self) -> Result:
        return without_task.judge_powers(
            self.changed,
            self._own,
            granted=self._granted,
            in_tests=self._usual_in_tests,
            beside=(*self._unread(), *self._of_the_pipeline()),
        )

    @property
    def lines(self) -> dict[str, tuple[int, ...]]:
        return without_task.lines_to_run(self.changed)

    def exercised(self, looked: Looked | Unknown | None) -> Result:
        """By the suite; None where nobody asked."""
        if not self.changed.files:
            return Skipped(without_task.NO_CODE)
        if not self.lines:
            return without_task.judge_ran({}, (), has_programs=False)
        match looked:
            case None:
                return Skipped(NOT_ASKED)
            case Unknown(why, would_settle):
                return CheckUndecided(f"nothing tells which of the added lines run: {why}", would_settle)
            case Looked(missed=missed, has_programs=has_programs):
                return without_task.judge_ran(self.lines, missed, has_programs=has_programs)

    def _own(self, module: str) -> frozenset[str] | None:
        """A module that is new has its powers told where it stands, and not again where it is imported."""
        known = self._of_base(module)
        return self._of_change(module) if known is None else known

    def _unread(self) -> tuple[Gain, ...]:
        """What is there and no file of the repository: a submodule, a link that leads out of it."""
        base, revision = self._base.revision, self._revision.revision
        there = (path for status, path in self._trees.changed(base, revision) if status != "D")
        lost = (path for path in there if without_task.may_be_code(path) and self._trees.read(revision, path) is None)
        return tuple(Gain(path=path, use=Use(power=without_task.OTHER_CODE, what="", line=1)) for path in lost)

    def _of_the_pipeline(self) -> tuple[Gain, ...]:
        revisions = (self._base.revision, self._revision.revision)
        paths = [path for _, path in self._trees.changed(*revisions)]
        if not any(PIPELINE.search(path) for path in paths):
            return ()
        reads = tuple(partial(self._trees.read, each) for each in revisions)
        every = self._trees.paths(revisions[0]), self._trees.paths(revisions[1])
        found = (*pipeline_powers.gains(paths, *reads), *pipeline_powers.suites_gone(every, *reads))
        return tuple(Gain(path=path, use=use) for path, use in found)

    @cached_property
    def _of_base(self) -> without_task.Own:
        return own_powers(self._trees.paths(self._base.revision), self._content, self._roots)

    @cached_property
    def _of_change(self) -> without_task.Own:
        return own_powers(self._trees.paths(self._revision.revision), lambda _: b"", self._roots)

    @property
    def _roots(self) -> tuple[str, ...]:
        """Before there is an environment: where modules usually lie."""
        places = (self._application.test_path, self._application.path, ".")
        found = (root for place in places if place for root in (f"{place.rstrip('/')}/src", place))
        return tuple(dict.fromkeys(found))

    def _usual_in_tests(self) -> frozenset[str]:
        """What the tests of base do themselves, and packages that they import."""
        every = self._trees.paths(self._base.revision)
        paths = (path for path in every if path.endswith(".py") and is_test(path))
        texts = {path: (self._content(path) or b"").decode("utf-8", "replace") for path in paths}
        names_alone = own_powers(every, lambda _: b"", self._roots)
        return powers_of_tests(texts, names_alone, subject=texts) | BESIDE

    def _content(self, path: str) -> bytes | None:
        """Of base, as it was exported, since git is a process for each file; links are followed by git alone."""
        place = self._base.files / path
        if place.is_symlink():
            return self._trees.read(self._base.revision, path)
        return place.read_bytes() if place.is_file() and place.stat().st_size <= LARGEST else None

    def _may_be_newer(self) -> bool:
        """Whether the project runs on a Python that this one need not be able to read."""
        ours = ".".join(map(str, sys.version_info[:3]))
        declared = self._application.python[:1]
        if declared and declared[0] != "any":
            return not ours.startswith(declared[0])
        read = partial(self._trees.read, self._revision.revision)
        asked = (table(document_or_empty(read(path)).get("project")).get("requires-python") for path in self._projects)
        try:
            return any(isinstance(each, str) and not SpecifierSet(each).contains(ours) for each in asked)
        except InvalidSpecifier:
            return False
