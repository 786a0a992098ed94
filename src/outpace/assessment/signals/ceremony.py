"""Signals of what CI and configuration hold: presence is seen, absence only where it was proved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from outpace.assessment.evidence import Evidence, Path, Question, Where
from outpace.assessment.signals.material import Material, Signal, places
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.pipelines.surveyed import Absent, Gate, Job, Present, Seen, Survey, Task

LIVE = frozenset({"production", "staging", ""})


def ci(material: Material) -> Signal | None:
    survey = material.survey
    if survey is None:
        return Question(what="what CI does", why="it was not read", would_settle="a clone with its files")
    if not survey.pipelines:
        return Question(
            what="whether CI runs at all",
            why="no definition of a system that is read here is in the repository",
            would_settle="the name of the service that builds it",
        )
    systems = sorted({each.system for each in survey.pipelines})
    return Evidence(
        signal="ci",
        says=f"{counted(len(survey.pipelines), 'definition')} of {' and '.join(systems)}.",
        speaks_for=None,
        strength="ceremony",
        misreading="A definition does not say that it runs, nor that anybody waits for it.",
        where=tuple(Where(kind="file", name=each.file) for each in survey.pipelines)[:5],
    )


def tests_in_ci(material: Material) -> Signal | None:
    return _seen(material, "tests-in-ci", "tests", lacking="watered-down")


def scans_in_ci(material: Material) -> Signal | None:
    return _seen(material, "scans-in-ci", "a security scan", lacking=None)


def coverage_gate(material: Material) -> Signal | None:
    return _seen(material, "coverage-gate", "a gate on coverage", lacking=None)


def _seen(material: Material, slug: str, what: str, *, lacking: Path | None) -> Signal | None:
    survey = material.survey
    if survey is None or not survey.pipelines:
        return None
    seen: Seen = {"tests-in-ci": survey.tests, "scans-in-ci": survey.scans, "coverage-gate": survey.coverage_gate}[slug]
    match seen:
        case Present(where=where):
            return Evidence(
                signal=slug,
                says=f"CI runs {what}.",
                speaks_for=None,
                strength="ceremony",
                misreading="That it runs does not say that a failure stops anything: required checks are a setting "
                "of the server.",
                where=places(where),
            )
        case Absent(read=read):
            return Evidence(
                signal=f"no-{slug}",
                says=f"CI runs no {what.removeprefix('a ')}: {counted(read, 'job')}, and everything that they run was "
                "read.",
                speaks_for=lacking,
                strength="ceremony",
                misreading="Another service may do it, one that is not configured in the repository.",
            )
        case Unknown(why=why, would_settle=would_settle):
            return Question(what=f"whether CI runs {what}", why=why, would_settle=would_settle)


def waved_through(material: Material) -> Signal | None:
    """Scans whose failure stops nothing."""
    scans = [task for _, task in _tasks(material.survey) if task.does == "scan"]
    loose = [task for task in scans if task.blocking is False]
    if not loose:
        return None
    return Evidence(
        signal="scans-waved-through",
        says=f"{len(loose)} of {counted(len(scans), 'scan')} in CI may fail without stopping anything.",
        speaks_for="watered-down" if len(loose) == len(scans) else None,
        strength="practice",
        misreading="Findings may be gathered elsewhere and looked at there.",
        where=places(task.origin for task in loose),
    )


def deployment(material: Material) -> Signal | None:
    """Only what is in git is told: whether an environment asks for an approval is a setting of the server."""
    survey = material.survey
    if survey is None or not survey.pipelines:
        return None
    jobs = [job for job in _jobs(survey) if any(t.does == "deploy" and t.target in LIVE for t in job.tasks)]
    if not jobs:
        return _no_deployment(survey)
    gates = [gate for job in jobs for gate in job.gates]
    manual = [gate for gate in gates if gate.manual is True]
    return Evidence(
        signal="deployment",
        says=_deploys(jobs, manual, gates),
        speaks_for=_automatic(jobs, manual, gates),
        strength="practice",
        misreading="A gate may hold for a good reason; an environment's rules, and who deploys what else, are not in "
        "git.",
        where=places([gate.origin for gate in manual] or [job.origin for job in jobs]),
    )


def _deploys(jobs: list[Job], manual: list[Gate], gates: list[Gate]) -> str:
    if manual:
        waiting = "1 gate waits" if len(manual) == 1 else f"{len(manual)} gates wait"
        return f"{waiting} for somebody before {counted(len(jobs), 'job')} of deployment."
    if gates:
        return f"{counted(len(jobs), 'job')} deploy to environments whose rules are not in git."
    return f"{counted(len(jobs), 'job')} deploy, and nothing in git waits for somebody."


def _automatic(jobs: list[Job], manual: list[Gate], gates: list[Gate]) -> Path | None:
    if manual:
        return "watered-down"
    return "true" if not gates and any(job.for_changes for job in jobs) else None


def _no_deployment(survey: Survey) -> Signal | None:
    match survey.deploys:
        case Unknown(why=why, would_settle=would_settle):
            return Question(what="how it is deployed", why=why, would_settle=would_settle)
        case Absent() | Present():
            return Question(
                what="how it is deployed",
                why="no job of CI deploys it",
                would_settle="`deploy` in outpace.toml, or the place where deployments are defined",
            )


def bots(material: Material) -> Signal | None:
    survey = material.survey
    if survey is None or not survey.bots:
        return None
    names = sorted({each.name for each in survey.bots})
    cool = [each for each in survey.bots if each.cool_down_days]
    waits = f"; {max(each.cool_down_days or 0 for each in cool)} days of cool-down" if cool else ""
    lands = "; it may land by itself" if any(each.lands for each in survey.bots) else ""
    return Evidence(
        signal="bot",
        says=f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} configured{lands}{waits}.",
        speaks_for=None,
        strength="ceremony",
        misreading="Configured is not landed; a cool-down delays urgent fixes as well, unless it is told not to.",
        where=places(each.origin for each in survey.bots),
    )


def pinned_actions(material: Material) -> Signal | None:
    if material.survey is None or not material.survey.pinned_actions[1]:
        return None
    pinned, of_all = material.survey.pinned_actions
    return Evidence(
        signal="pinned-actions",
        says=f"{pinned} of {counted(of_all, 'foreign action')} are pinned by digest.",
        speaks_for=None,
        strength="ceremony",
        misreading="Pins that nobody moves grow old; a reusable workflow may be taken by its branch.",
    )


def owners(material: Material) -> Signal | None:
    if material.survey is None or not material.survey.owners:
        return None
    return Evidence(
        signal="owners",
        says=f"{' and '.join(material.survey.owners)} names who is asked for a review.",
        speaks_for=None,
        strength="ceremony",
        misreading="Whether anybody must be asked is a setting of the server.",
        where=tuple(Where(kind="file", name=each) for each in material.survey.owners)[:5],
    )


def ci_changed(material: Material) -> Signal | None:
    """A definition that works needs no change: silence speaks only where everything else is silent too."""
    changed = [a for a in material.untangled.attempts if a.sort == "ci" and a.how == "in use"]
    if not changed:
        return None
    last = max(changed, key=lambda a: (a.last_changed, a.name))
    quiet = material.at - last.last_changed > material.limits.silent
    return Evidence(
        signal="ci-changed",
        says=f"CI's definitions last changed on {last.last_changed:%Y-%m-%d}{_ago(last.last_changed, material.at)}.",
        speaks_for="stalled" if quiet and material.gone_quiet else None,
        strength="ceremony",
        misreading="What simply works needs no change; a program that moves pins makes it look busy.",
        where=last.where,
    )


def _ago(day: datetime, at: datetime) -> str:
    return f", {counted(max((at - day).days, 0), 'day')} before this assessment"


def _jobs(survey: Survey | None) -> Iterator[Job]:
    for pipeline in survey.pipelines if survey else ():
        yield from pipeline.jobs


def _tasks(survey: Survey | None) -> Iterator[tuple[Job, Task]]:
    for job in _jobs(survey):
        for task in job.tasks:
            yield job, task
