"""Claims of documents: what counts as one, where, and what is held against it."""

from __future__ import annotations

import pytest

from outpace.assessment.claiming import Deeds, claims, documents
from outpace.assessment.evidence import Where
from outpace.model.glossary import entries
from outpace.model.unknown import Unknown
from outpace.pipelines.events import Origin
from outpace.pipelines.surveyed import Absent, Gate, Job, Pipeline, Present, Survey, Task
from outpace.statistics.curves import Estimate

CI = ".github/workflows/ci.yml"
NO_CI = Unknown("there is no CI definition", "where CI runs")
NOTHING = Survey(tests=NO_CI, scans=NO_CI, deploys=NO_CI, coverage_gate=NO_CI)
TESTED = Survey(tests=Present(where=(Origin(CI, 3),)), scans=NO_CI, deploys=NO_CI, coverage_gate=NO_CI)


def said(text: str, deeds: Deeds | None = None) -> dict[str, tuple[str, str]]:
    found = claims(
        ("README.md",), {"README.md": text.encode()}.get, deeds or Deeds(survey=NOTHING, latency=None), entries()
    )
    return {each.term: (each.found, each.answer) for each in found}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("We practice Continuous Integration.", "continuous integration"),
        ("main is continuously deployed to production", "continuous deployment"),
        ("Every merge is automatically deployed.", "continuous deployment"),
        ("The library has 100% test coverage", "fully tested"),
        ("fully tested and documented", "fully tested"),
        ("Releases are automated from tags.", "automated release"),
        ("includes security scanning of every image", "security scanning"),
        ("Renovate keeps our dependencies up to date, keeping dependencies up-to-date", "up-to-date dependencies"),
    ],
)
def test_words_of_a_practice_are_a_claim(text: str, term: str) -> None:
    assert set(said(text)) == {term}


@pytest.mark.parametrize(
    "text",
    [
        "We do not have continuous integration yet.",
        "Someday we would like continuous deployment.",
        "See https://example.invalid/continuous-integration for more.",
        "[docs](guide/continuous-integration.md)",
        "```\ncontinuous integration\n```",
        "TODO: security scanning",
        "Its first external security audit is over.",
        "You should set up continuous deployment in your own project.",
    ],
)
def test_what_is_denied_wished_for_code_or_an_address_is_no_claim(text: str) -> None:
    assert said(text) == {}


def test_a_denial_in_another_sentence_denies_nothing() -> None:
    assert set(said("It is not slow. We use continuous integration.")) == {"continuous integration"}


def test_only_the_matched_words_and_their_place_are_kept() -> None:
    text = "Jane Doe <jane@example.invalid> set up\n\nour continuous   integration in 2020.\n"
    (found,) = claims(("README.md",), {"README.md": text.encode()}.get, Deeds(survey=NOTHING, latency=None), entries())
    assert (found.found, found.where) == ("continuous integration", (Where(kind="file", name="README.md", line=3),))


@pytest.mark.parametrize(
    ("days", "survey", "answer"),
    [
        ((0.2,) * 20, TESTED, "holds"),
        ((9.0,) * 20, TESTED, "drifted"),
        ((0.2,) * 9, TESTED, "unknown"),
        ((0.2,) * 20, NOTHING, "unknown"),
        ((0.2,) * 20, Survey(tests=Absent(read=3), scans=NO_CI, deploys=NO_CI, coverage_gate=NO_CI), "drifted"),
    ],
)
def test_integration_is_held_against_how_long_branches_live_and_whether_tests_run(
    days: tuple[float, ...], survey: Survey, answer: str
) -> None:
    deeds = Deeds(survey=survey, latency=None, branch_days=days)
    assert said("continuous integration", deeds) == {"continuous integration": ("continuous integration", answer)}


def surveyed(task: Task, *gates: Gate, for_changes: bool = True) -> Survey:
    job = Job(name="job", origin=Origin(CI, 9), tasks=(task,), gates=gates, for_changes=for_changes)
    return Survey(
        pipelines=(Pipeline(system="GitHub Actions", file=CI, jobs=(job,)),),
        tests=Present(where=(Origin(CI, 3),)),
        scans=Present(where=(task.origin,)),
        deploys=Present(where=(task.origin,)),
        coverage_gate=NO_CI,
    )


BY_HAND = Gate(name="production", sort="manual job", origin=Origin(CI, 12))
SERVER_SIDE = Gate(name="production", sort="environment", origin=Origin(CI, 12), manual=None)


@pytest.mark.parametrize(
    ("claim", "survey", "answer"),
    [
        ("continuous deployment", surveyed(Task(does="deploy", tool="helm", origin=Origin(CI, 10))), "holds"),
        (
            "continuous deployment",
            surveyed(Task(does="deploy", tool="helm", origin=Origin(CI, 10)), BY_HAND),
            "drifted",
        ),
        (
            "continuous deployment",
            surveyed(Task(does="deploy", tool="helm", origin=Origin(CI, 10)), SERVER_SIDE),
            "unknown",
        ),
        ("continuous deployment", NOTHING, "unknown"),
        ("security scanning", surveyed(Task(does="scan", tool="bandit", origin=Origin(CI, 10))), "holds"),
        (
            "security scanning",
            surveyed(Task(does="scan", tool="bandit", origin=Origin(CI, 10), blocking=False)),
            "drifted",
        ),
        (
            "security scanning",
            surveyed(Task(does="scan", tool="bandit", origin=Origin(CI, 10)), for_changes=False),
            "drifted",
        ),
        ("security scanning", NOTHING, "unknown"),
        ("automated release", surveyed(Task(does="publish", tool="twine", origin=Origin(CI, 10))), "holds"),
        ("automated release", surveyed(Task(does="publish", tool="twine", origin=Origin(CI, 10)), BY_HAND), "drifted"),
        ("fully tested", TESTED, "unknown"),
    ],
)
def test_a_claim_is_held_against_what_ci_does(claim: str, survey: Survey, answer: str) -> None:
    text = {"automated release": "automated releases"}.get(claim, claim)
    assert {term: told for term, (_, told) in said(text, Deeds(survey=survey, latency=None)).items()} == {claim: answer}


@pytest.mark.parametrize(("median", "answer"), [(3.0, "holds"), (31.0, "drifted"), (None, "unknown")])
def test_fresh_dependencies_are_held_against_the_median_wait(median: float | None, answer: str) -> None:
    deeds = Deeds(survey=NOTHING, latency=Estimate(value=median), episodes=12)
    assert said("automated dependency updates", deeds)["up-to-date dependencies"][1] == answer


def test_documents_are_those_that_speak_of_how_the_repository_works() -> None:
    paths = ("README.md", "CHANGELOG.md", "docs/contributing.rst", "docs/api/models.md", "src/README.md", "LICENSE")
    assert documents((*paths, "SECURITY.md", "docs/dev/testing.md", "docs/blog/testing.md")) == (
        "README.md",
        "docs/contributing.rst",
        "SECURITY.md",
        "docs/dev/testing.md",
    )


def test_bytes_that_are_no_text_and_very_long_lines_are_passed_over() -> None:
    deeds = Deeds(survey=NOTHING, latency=None)
    for content in (b"\x00continuous integration", b"continuous integration " + b"x" * 20_000, b"\xff\xfe\xfa"):
        assert claims(("README.md",), {"README.md": content}.get, deeds, entries()) == ()
