"""What CI and configuration say of a repository's path: little, and absence only where it is proved."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from outpace.assessment.attempts import Attempt
from outpace.assessment.evidence import Evidence, Question, Where
from outpace.assessment.signals import ceremony
from outpace.assessment.signals.reading import read
from outpace.model.unknown import Unknown
from outpace.pipelines.events import Origin
from outpace.pipelines.surveyed import Absent, Bot, Gate, Job, Present, Seen, Survey, Task
from tests.assessment.chronicles import AT, chronicle, day, landings, material, survey

CI = Origin(".github/workflows/ci.yml", 9)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Present(where=(CI,)), ("tests-in-ci", None)),
        (Absent(read=2), ("no-tests-in-ci", "watered-down")),
        (Unknown("`make ci` could not be followed", "its Makefile"), ("whether CI runs tests", "its Makefile")),
    ],
    ids=["present", "absent", "unknown"],
)
def test_tests_speak_only_where_their_absence_is_proved(seen: Seen, expected: tuple[str, str | None]) -> None:
    signal = ceremony.tests_in_ci(material(ci=replace(survey(), tests=seen)))
    match signal:
        case Evidence(signal=slug, speaks_for=path):
            assert (slug, path) == expected
        case Question(what=what, would_settle=would_settle):
            assert (what, would_settle) == expected
        case None:
            raise AssertionError("it says nothing")


def test_scans_that_stop_nothing_speak_for_watered_down_and_one_that_does_takes_it_back() -> None:
    loose = Task(does="scan", tool="pip-audit", origin=CI, blocking=False)
    firm = Task(does="scan", tool="bandit", origin=CI, blocking=None)
    expected = Evidence(
        signal="scans-waved-through",
        says="1 of 1 scan in CI may fail without stopping anything.",
        speaks_for="watered-down",
        strength="practice",
        misreading="Findings may be gathered elsewhere and looked at there.",
        where=(Where(kind="file", name=CI.file, line=9),),
    )
    assert ceremony.waved_through(material(ci=survey(loose))) == expected
    assert ceremony.waved_through(material(ci=survey(loose, firm))) == replace(
        expected, says="1 of 2 scans in CI may fail without stopping anything.", speaks_for=None
    )
    assert ceremony.waved_through(material(ci=survey(firm))) is None


def deploying(*gates: Gate, for_changes: bool = True, target: str = "production") -> Survey:
    task = Task(does="deploy", tool="flyctl", origin=CI, target="pages" if target == "pages" else "production")
    return survey(jobs=[Job(name="deploy", origin=CI, tasks=(task,), gates=gates, for_changes=for_changes)])


APPROVAL = Gate(name="hold", sort="approval", origin=CI)
ENVIRONMENT = Gate(name="production", sort="environment", origin=CI, manual=None)


@pytest.mark.parametrize(
    ("ci", "expected"),
    [
        (deploying(), "true"),
        (deploying(for_changes=False), None),
        (deploying(APPROVAL), "watered-down"),
        (deploying(APPROVAL, ENVIRONMENT), "watered-down"),
        (deploying(ENVIRONMENT), None),
        (deploying(target="pages"), "how it is deployed"),
        (survey(), "how it is deployed"),
    ],
    ids=["automatic", "by schedule", "approval", "both", "environment", "documents", "none"],
)
def test_a_deployment_speaks_by_what_in_git_waits_for_somebody(ci: Survey, expected: str | None) -> None:
    signal = ceremony.deployment(material(ci=ci))
    assert (signal.speaks_for if isinstance(signal, Evidence) else signal.what if signal else "") == expected


def test_a_bot_is_told_with_its_cool_down_and_speaks_for_nothing() -> None:
    bot = Bot(name="Dependabot", origin=Origin(".github/dependabot.yml"), cool_down_days=7)
    assert ceremony.bots(material(ci=survey(bots=[bot]))) == Evidence(
        signal="bot",
        says="Dependabot is configured; 7 days of cool-down.",
        speaks_for=None,
        strength="ceremony",
        misreading="Configured is not landed; a cool-down delays urgent fixes as well, unless it is told not to.",
        where=(Where(kind="file", name=".github/dependabot.yml"),),
    )


def test_pins_and_owners_are_told_with_what_they_do_not_say() -> None:
    ci = replace(survey(), pinned_actions=(3, 8), owners=("CODEOWNERS",))
    told = [ceremony.pinned_actions(material(ci=ci)), ceremony.owners(material(ci=ci))]
    assert [(each.signal, each.says, each.speaks_for) for each in told if isinstance(each, Evidence)] == [
        ("pinned-actions", "3 of 8 foreign actions are pinned by digest.", None),
        ("owners", "CODEOWNERS names who is asked for a review.", None),
    ]


def ci_attempt(last_changed: float) -> Attempt:
    return Attempt(sort="ci", name="GitHub Actions", introduced=day(0), last_changed=day(last_changed), how="in use")


@pytest.mark.parametrize(
    ("last_changed", "until", "expected"),
    [(100, 1_460, None), (1_400, 1_460, None), (900, 1_000, "stalled"), (1_200, 1_000, None)],
    ids=["it simply works", "maintained", "all is silent", "changed by programs"],
)
def test_definitions_that_did_not_change_speak_only_where_all_is_silent(
    last_changed: float, until: int, expected: str | None
) -> None:
    own = chronicle(landings(range(0, until, 3)))
    signal = ceremony.ci_changed(material(own=own, attempts=[ci_attempt(last_changed)]))
    assert isinstance(signal, Evidence)
    assert signal.speaks_for == expected


def test_without_a_definition_of_ci_it_is_asked_whether_it_runs_at_all() -> None:
    bare = replace(survey(), pipelines=())
    assert [q.what for q in read(material(ci=bare)).questions if "CI" in q.what] == ["whether CI runs at all"]
    assert [q.what for q in read(material(ci=None)).questions if "CI" in q.what] == ["what CI does"]


def test_every_signal_says_how_it_is_misread_and_ends_as_a_sentence() -> None:
    loose = Task(does="scan", tool="pip-audit", origin=CI, blocking=False)
    bot = Bot(name="Dependabot", origin=Origin(".github/dependabot.yml"))
    ci = replace(survey(loose, bots=[bot]), pinned_actions=(3, 8), owners=("CODEOWNERS",))
    signs = read(material(ci=ci, attempts=[ci_attempt(100)], at=AT))
    assert len(signs.evidence) > 8
    assert [e.signal for e in signs.evidence if not (e.misreading.endswith(".") and e.says.endswith("."))] == []
