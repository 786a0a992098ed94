"""How a change is tested: as outpace.toml says, else as the project's own CI does, else as its files give away."""

from __future__ import annotations

from functools import partial

import msgspec
from msgspec import Struct

from outpace.model.application import Application
from outpace.model.proof import CheckUndecided, Failed, Result
from outpace.model.test_run import Green, Red, TestRun
from outpace.model.unknown import Unknown
from outpace.pipelines.infer import with_suite
from outpace.pipelines.suites import Suite, suites_of_ci
from outpace.proving.command import infer
from outpace.proving.ports import Trees

SHOWN = 200  # characters


class AsTested(Struct, frozen=True, kw_only=True):
    """`suite` is set where the CI's own command is the one that runs."""

    application: Application
    suite: Suite | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        if self.suite is None:
            return ()
        suite = self.suite
        told = [f"is tested as {suite.origin} does it"]
        told += [f"with {', '.join(name for name, _ in suite.env)} set"] if suite.env else []
        told += [f"without {' '.join(suite.left_out)}"] if suite.left_out else []
        told += [f"without {', '.join(suite.services)}, which it starts beside the suite"] if suite.services else []
        return (", ".join(told), *(f"is tested without what could not be read: {each}" for each in suite.unread[:3]))


def as_tested(application: Application, trees: Trees, base: str, revision: str) -> AsTested:
    """Base decides, so that no change chooses how it is tested; what is declared is left as it is."""
    ci = suites_of_ci(trees.paths(base), lambda path: trees.read(base, path))
    below = [suite for suite in ci.suites if _is_of(application, suite)]
    if application.test:
        same = [suite for suite in below if suite.command == application.test]
        return AsTested(application=application, suite=same[0] if same else None)
    if below:
        return AsTested(application=with_suite(application, below[0]), suite=below[0])
    inferred = (infer(trees.paths(at), partial(trees.read, at), application.path) for at in (base, revision))
    found = next((command for command in inferred if command), ())
    return AsTested(application=msgspec.structs.replace(application, test=found))


def _is_of(application: Application, suite: Suite) -> bool:
    own = application.path.strip("/")
    return own in ("", ".") or suite.directory == own or suite.directory.startswith(f"{own}/")


def missing_services(told: Result, before: TestRun, suite: Suite | None) -> Result:
    """A suite of which most fails on base, for want of a database or of the pipeline's packages, tells nothing."""
    if suite is None or isinstance(told, Failed):
        return told
    match before:
        case Unknown() if not suite.services:
            return told
        case Unknown(why=why):
            first = f"the suite does not run here: {why}"
        case Red() if len(before.failures) > len(before.passed):
            red, ran = len(before.failures), len(before.failures) + len(before.passed)
            shown = " ".join(before.failures[0].message.split())[:SHOWN]
            first = f"{red} of {ran} tests are red on base too, the first with {shown}"
        case Red() | Green():
            return told
    beside = (
        f"starts {', '.join(suite.services)} beside it, which is not here"
        if suite.services
        else "makes another environment"
    )
    return CheckUndecided(
        f"{first}; {suite.origin.file} {beside}",
        would_settle="`test` and `install` in outpace.toml with which most is green on base, or the pipeline itself",
    )
