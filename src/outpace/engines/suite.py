"""A project's own suite in the sandbox: pytest 7 and later, unittest, or a script that runs it, such as manage.py.

Its exit status and its JUnit must agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from outpace import sandbox
from outpace.engines.confined_python import INSIDE, ConfinedPython, Limits, ended_early, last_words
from outpace.engines.junit import outcome, read_report
from outpace.engines.scratch import scratch
from outpace.model.application import Application
from outpace.model.test_run import Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built

PYTEST_STATUS = {
    2: "it was interrupted",
    3: "pytest failed inside",
    4: "pytest could not start",
    5: "no test was collected",
}
SECONDS = 900.0


class Suite:
    """Implements `proving.ports.Suites`."""

    def __init__(self, python: ConfinedPython, limits: Limits | None = None) -> None:
        self._python = python
        self._limits = limits or Limits(seconds=SECONDS)

    def run(self, built: Built, tree: Path, application: Application, only: tuple[str, ...] = ()) -> TestRun:
        with scratch("suite") as place:
            report = place / "results.xml"
            confined = self._python.run(
                built,
                command(application.test, report, only),
                tree=tree,
                cwd=tree / (application.test_path or application.path),
                limits=self._limits,
                network=sandbox.Loopback(),
                writable=(place,),
                env=_environment(application.test_env, report, _without_ours(built)),
            )
            stopped = ended_early(confined, self._limits)
            return stopped if stopped is not None else _agreed(confined.done, report)


def command(test: tuple[str, ...], report: Path, only: tuple[str, ...]) -> tuple[str, ...]:
    """With the report asked for in the runner's own words; pytest behind a wrapper reads its environment instead."""
    if test[:3] == ("python", "-m", "unittest"):
        return ("python", str(INSIDE / "run_unittest.py"), str(report), *test[3:])
    if test[:1] == ("pytest",) or test[:3] == ("python", "-m", "pytest"):
        return (*test, f"--junitxml={report}", "-o", "junit_family=xunit1", *only)
    if test[:1] == ("python",) and len(test) > 1 and (test[1] == "-m" or test[1].endswith(".py")):
        return ("python", str(INSIDE / "run_unittest.py"), str(report), "--within", *test[1:])
    return test


def _without_ours(built: Built) -> str:
    """An installation of Outpace that can be edited names a plugin of pytest whose files no box shows."""
    for site in Path(built.path).glob("lib/python*/site-packages"):
        if any(site.glob("outpace-*.dist-info")) and not (site / "outpace" / "inside" / "plugin.py").exists():
            return " -p no:outpace"
    return ""


def _environment(declared: Mapping[str, str], report: Path, more: str = "") -> dict[str, str]:
    """pytest behind a wrapper reads where to report from its own variable."""
    asked = f"--junitxml={report} -o junit_family=xunit1{more}"
    return {**declared, "PYTEST_ADDOPTS": f"{declared.get('PYTEST_ADDOPTS', '')} {asked}".strip()}


def _agreed(done: sandbox.Done, report: Path) -> TestRun:
    cases = read_report(report)
    if isinstance(cases, Unknown):
        return Unknown(f"{cases.why} (status {done.returncode}: {last_words(done)})", cases.would_settle)
    run = outcome(cases)
    match run, done.returncode:
        case (Green(), 0) | (Red(), 1 | 2):
            return run
        case Unknown(), _:
            return run
        case _, status:
            said = "green" if isinstance(run, Green) else "red"
            why = PYTEST_STATUS.get(status, f"status {status}")
            return Unknown(f"the JUnit report says {said}, but {why}: {last_words(done)}")
