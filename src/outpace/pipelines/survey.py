"""What a repository's CI does, at one revision: seven systems read, and absence said only where it can be proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from outpace.model.unknown import Unknown
from outpace.pipelines.azure_pipelines import azure_definitions
from outpace.pipelines.bots import bots_of
from outpace.pipelines.buildkite import buildkite_definitions
from outpace.pipelines.circle_survey import circle_definitions
from outpace.pipelines.coverage_gates import Reports, codecov_demand, settings_that_demand
from outpace.pipelines.described import Definition, Described, name_words
from outpace.pipelines.doing import Done, done_by
from outpace.pipelines.elsewhere import first_test, other_ci, other_delivery
from outpace.pipelines.events import LookUp, Lost, Origin
from outpace.pipelines.github_survey import github_definitions, pinned
from outpace.pipelines.gitlab_survey import gitlab_definitions
from outpace.pipelines.jenkinsfile import jenkins_definitions
from outpace.pipelines.surveyed import Absent, Does, Gate, Job, Pipeline, Present, Seen, Survey, Task
from outpace.pipelines.travis import travis_definitions

MOST_JOBS = 300
MOST_PLACES = 20
MOST_NAMED = 3
# Words by which what could not be followed is the likelier to be what is asked for.
TELLING = {
    "run the tests": ("test", "tests", "testing", "spec", "unit", "ci", "check", "verify", "e2e", "integration"),
    "scan for vulnerabilities": ("security", "audit", "scan", "scanning", "sast", "vuln", "vulnerability"),
    "deploy": ("deploy", "deployment", "release", "ship", "rollout", "prod", "production", "staging", "cd"),
    "demand coverage": ("coverage", "cov", "test", "tests", "codecov"),
}
OWNERS = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
READERS = (
    github_definitions, gitlab_definitions, jenkins_definitions, circle_definitions, azure_definitions,
    travis_definitions, buildkite_definitions,
)  # fmt: skip


def survey(paths: Sequence[str], look_up: LookUp) -> Survey:
    """`paths` are all files of the revision; `look_up` gives their content, None where there is none."""
    reading = _Reading(paths, look_up)
    pipelines = tuple(reading.pipelines())
    return Survey(
        pipelines=pipelines,
        bots=bots_of(paths, look_up),
        tests=reading.tests(),
        scans=reading.scans(),
        deploys=reading.deploys(),
        coverage_gate=reading.coverage_gate(),
        pinned_actions=pinned(paths, look_up),
        owners=tuple(path for path in OWNERS if path in paths),
    )


class _Reading:
    def __init__(self, paths: Sequence[str], look_up: LookUp) -> None:
        self._paths = tuple(dict.fromkeys(paths))
        self._look_up = look_up
        self._tasks: list[Task] = []
        self._lost: list[Lost] = []
        self._reports = Reports()
        self._jobs = 0

    def pipelines(self) -> Iterator[Pipeline]:
        for definition in (each for reader in READERS for each in reader(self._paths, self._look_up)):
            jobs = tuple(self._job(each, definition) for each in definition.jobs[: MOST_JOBS - self._jobs])
            self._lost += definition.lost
            if not any(each.steps or each.gates or each.lost for each in definition.jobs) and not definition.lost:
                why, origin = "no step of it could be read", Origin(definition.file)
                self._lost.append(Lost(what="a definition", why=why, origin=origin))
            if len(jobs) < len(definition.jobs):
                self._lost.append(
                    Lost(what="further jobs", why="there are more than are read", origin=Origin(definition.file))
                )
            self._jobs += len(jobs)
            unread = tuple(f"{each.origin}: {each.what}, since {each.why}" for each in definition.lost)
            yield Pipeline(system=definition.system, file=definition.file, jobs=jobs, unread=unread)

    def _job(self, described: Described, definition: Definition) -> Job:
        done: Done = done_by(described, definition.file, self._look_up)
        self._tasks += done.job.tasks
        self._lost += done.lost
        self._reports = self._reports.united(done.reports)
        return structs.replace(done.job, gates=_gates(described, done.job))

    def _places(self, does: Does) -> tuple[Origin, ...]:
        return tuple(dict.fromkeys(each.origin for each in self._tasks if each.does == does))[:MOST_PLACES]

    def tests(self) -> Seen:
        found = self._places("tests")
        if found:
            return Present(where=found)
        unread = self._unread("run the tests")
        if unread is not None:
            return unread
        return Absent(read=self._jobs)

    def scans(self) -> Seen:
        found = self._places("scan")
        if found:
            return Present(where=found)
        unread = self._unread("scan for vulnerabilities")
        if unread is not None:
            return unread
        if any(path.startswith(".github/workflows/") for path in self._paths):
            return Unknown(
                "nothing that CI runs here scans, but scanning can be switched on in GitHub's settings without a file",
                "is code scanning's default setup, or an app that scans, switched on in the repository's settings?",
            )
        return Absent(read=self._jobs)

    def deploys(self) -> Seen:
        found = self._places("deploy")
        if found:
            return Present(where=found)
        unread = self._unread("deploy")
        if unread is not None:
            return unread
        for name, file in other_delivery(self._paths):
            return Unknown(f"nothing that CI runs here deploys; {file} is for {name}", "what deploys it, and when?")
        published = self._places("publish")
        if published:
            return Unknown(f"{published[0]} publishes it, and nothing here deploys", "what deploys what is published?")
        return Absent(read=self._jobs)

    def coverage_gate(self) -> Seen:
        found = self._places("coverage gate")
        measures = self._reports.measures
        settings = tuple(settings_that_demand(self._look_up))
        if measures:
            found = (*found, *settings)
        demand = codecov_demand(self._look_up)
        if demand is not None and demand.targets and self._reports.to_codecov:
            found = (*found, demand.origin)
        if found:
            return Present(where=tuple(dict.fromkeys(found)))
        return self._no_gate(settings)

    def _no_gate(self, settings: tuple[Origin, ...]) -> Seen:
        demand = codecov_demand(self._look_up)
        if self._reports.to_codecov and (demand is None or demand.targets is None):
            return Unknown(
                "coverage goes to Codecov, which sets a status of its own",
                "is Codecov's status required before a change may land?",
            )
        if self._reports.to_coveralls:
            return Unknown(
                "coverage goes to Coveralls, which keeps its threshold", "which decrease fails a change there?"
            )
        unread = self._unread("demand coverage")
        if unread is not None:
            return unread
        if settings:
            return Unknown(
                f"{settings[0]} demands coverage, and nothing read here measures it", "where is it measured?"
            )
        return Absent(read=self._jobs)

    def _unread(self, what: str) -> Unknown | None:
        """Why absence cannot be said; None where everything was read to its end."""
        for name, file in other_ci(self._paths):
            return Unknown(f"{file} is of {name}, which is not read here", f"does {name} {what}?")
        if self._lost:
            ranked = sorted(self._lost, key=lambda each: not name_words(each.what).intersection(TELLING[what]))
            first = ranked[0]
            kinds = dict.fromkeys(each.what for each in ranked)
            more = f", and {len(kinds) - MOST_NAMED} more" if len(kinds) > MOST_NAMED else ""
            named = "; ".join(self._named(each) for each in list(kinds)[:MOST_NAMED])
            return Unknown(
                f"nothing that was read does, and these could not be followed: {named}{more}",
                f"does {first.what} at {first.origin} {what}?",
            )
        if not self._jobs:
            return Unknown("no definition of CI lies in the repository", f"which server is set up to {what}?")
        there = "" if self._places("tests") else first_test(self._paths)
        if there:
            return Unknown(_elsewhere(what, there), f"is another service set up to {what}, on a server alone?")
        return None

    def _named(self, what: str) -> str:
        lost = next(each for each in self._lost if each.what == what)
        return f"{what} ({lost.origin}: {lost.why})"


def _elsewhere(what: str, test: str) -> str:
    """Where nothing here runs its tests, a service that leaves no file may; and that may do the rest as well."""
    if what == "run the tests":
        return (
            f"all that CI runs here was read, and nothing of it runs the repository's tests ({test}): a service that "
            "leaves no file may"
        )
    return (
        f"all that CI runs here was read, and it does not {what}; but neither does it run the repository's tests "
        f"({test}), so that a service which leaves no file may do both"
    )


def _gates(described: Described, job: Job) -> tuple[Gate, ...]:
    """Where only a hand starts what deploys, that hand is a gate."""
    delivers = [each for each in job.tasks if each.does in ("deploy", "publish")]
    if described.by_hand and delivers and not any(gate.manual for gate in described.gates):
        return (*described.gates, Gate(name=described.name, sort="manual job", origin=described.origin))
    return described.gates
