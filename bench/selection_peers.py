"""pytest-testmon and coverage contexts for bench/selection.py, over real projects: what they would have run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.selection_suites import Place

CONTEXTS = """
import json, sys
from coverage import CoverageData
data = CoverageData(sys.argv[1]); data.read()
print(json.dumps({file: sorted({each.split("|")[0] for at in data.contexts_by_lineno(file).values() for each in at})
                  for file in data.measured_files()}))
"""


class Ran(Struct, frozen=True):
    """How many tests a tool runs of a changed project, and which red ones it leaves out."""

    selected: int
    missed: frozenset[str]


class Peers:
    """Each records once, in a copy of its own below `folder`. Contexts are used by file, as they are named by
    pytest-cov: a test is selected when the changed file ran in it."""

    def __init__(self, place: Place, base: Path, folder: Path) -> None:
        self._place = place
        self._testmon = folder / "testmon"
        traced = folder / "contexts"
        told = folder / "contexts.json"
        if not told.exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(base, self._testmon)
            self._pytest(self._testmon, "--testmon")
            shutil.copytree(base, traced)
            (traced / ".coveragerc").write_text("[run]\nsource = .\n")
            self._pytest(traced, "-p", "no:testmon", "--cov", "--cov-context=test", "--cov-config=.coveragerc")
            told.write_text(self._run(traced, "-c", CONTEXTS, str(traced / ".coverage")))
        found: dict[str, list[str]] = json.loads(told.read_text())
        self._contexts = {os.path.relpath(file, traced): frozenset(tests) for file, tests in found.items()}

    def ran(self, broken: Path, path: str, red: frozenset[str], tests: tuple[str, ...]) -> dict[str, Ran]:
        contexts = self._contexts.get(path, frozenset()) & frozenset(tests)
        testmon = self._selected_by_testmon(broken)
        found = {"contexts by file": contexts, "pytest-testmon": testmon}
        return {tool: Ran(len(chosen), red - chosen) for tool, chosen in found.items()}

    def _selected_by_testmon(self, broken: Path) -> frozenset[str]:
        for file in self._testmon.glob(".testmondata*"):
            shutil.copy(file, broken)
        ran = self._pytest(broken, "--testmon")
        for file in broken.glob(".testmondata*"):
            file.unlink()
        shutil.rmtree(broken / ".pytest_cache", ignore_errors=True)
        return ran

    def _pytest(self, root: Path, *words: str) -> frozenset[str]:
        own = [word for word in self._place.words if word.startswith("--ignore")]
        said = self._run(root, "-m", "pytest", "-rA", "-q", "--color=no", "--tb=no", *own, *words)
        lines = (line.split(" ", 1) for line in said.splitlines())
        kinds = {"PASSED", "FAILED", "ERROR", "SKIPPED", "XFAIL", "XPASS"}
        return frozenset(line[1].split(" - ")[0] for line in lines if len(line) > 1 and line[0] in kinds)

    def _run(self, root: Path, *words: str) -> str:
        environ: dict[str, Any] = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(str(root / each) for each in self._place.roots),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
        }
        python = str(self._place.python)
        done = subprocess.run([python, *words], cwd=root, env=environ, capture_output=True, text=True, check=False)
        return done.stdout
