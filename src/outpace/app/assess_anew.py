"""Assess one clone anew: walk, read, judge, survey, and say what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from outpace.app.assess import Clone, Files, Kept
from outpace.app.histories import history_of
from outpace.app.unseen import questions
from outpace.assessment import attackers
from outpace.assessment.assessment import Assessment
from outpace.assessment.chronicle import Chronicle, Horizon
from outpace.assessment.claiming import Deeds, claims, documents
from outpace.assessment.deciding import path_of
from outpace.assessment.episodes import History
from outpace.assessment.evidence import Question
from outpace.assessment.freshness import since_then, told_as_of
from outpace.assessment.gate_kinds import assess_gates
from outpace.assessment.latency import latency_of
from outpace.assessment.legacy import files_that_tell, signs_of_legacy
from outpace.assessment.past_deadlines import deadlines_met
from outpace.assessment.plan import Baseline
from outpace.assessment.planning import plan, without_days
from outpace.assessment.ports import Histories, ReleaseDates
from outpace.assessment.untangling import attempts
from outpace.matching.ports import AdvisorySource
from outpace.model.advisory import Coverage
from outpace.model.application import Configuration
from outpace.model.errors import NotFound, UsageError
from outpace.model.glossary import entries
from outpace.pipelines.configuration import FILE, decode
from outpace.pipelines.survey import survey

DAY = timedelta(days=1)


def assess_anew(
    clone: Clone,
    source: AdvisorySource,
    asked: datetime,
    baseline: Baseline | None,
    kept: Kept,
    dates: ReleaseDates,
    report: Callable[[str], None],
) -> Assessment:
    histories, horizon, at = _opened(clone, asked)
    files = clone.files(horizon.tip)
    configuration, undecoded = _configuration(files)
    deployed = tuple(lock for each in configuration.applications for lock in each.locks)
    chronicle, history = history_of(
        histories, source, at=at, deployed_locks=deployed, kept=kept, dates=dates, report=report
    )
    paths = files.paths()
    speaking = documents(paths)
    files.bring((*speaking, *files_that_tell(paths)))
    legacy = signs_of_legacy(paths, files.look_up, at=at.date())
    seen = survey(paths, files.look_up)
    latency = latency_of(history, at=at)
    untangled = attempts(chronicle, history, at=at)
    coverage = coverage_of(source.coverages(), history)
    path = path_of(chronicle, history, seen, untangled, at=at, data_until=coverage.cutoff)
    gates = assess_gates(
        tuple(gate for pipeline in seen.pipelines for job in pipeline.jobs for gate in job.gates), configuration.gates
    )
    deeds = Deeds(
        survey=seen,
        latency=None if latency.from_published is None else latency.from_published.median,
        episodes=len(history.episodes),
        branch_days=tuple(_branch_days(chronicle)),
    )
    older = None if baseline is None or baseline.at > at.date() else baseline
    planned = plan(history, latency, path, seen, gates, chronicle, older, at, legacy=legacy)
    later = () if at == asked else (since_then(at, asked),)
    return Assessment(
        name=clone.name,
        root=clone.root,
        at=at,
        asked=None if at == asked else asked,
        coverage=coverage,
        horizon=chronicle.horizon,
        history=history,
        latency=latency,
        attackers=attackers.curve(),
        path=path,
        untangled=untangled,
        claims=claims(speaking, files.look_up, deeds, entries()),
        gates=gates,
        deadlines=deadlines_met(configuration.deadlines, history, at=at),
        plan=planned if at == asked else without_days(planned),
        questions=tuple(dict.fromkeys((*later, *undecoded, *questions(path, chronicle, history, deployed)))),
    )


def _opened(clone: Clone, asked: datetime) -> tuple[Histories, Horizon, datetime]:
    """With the day that it is told as of."""
    histories = clone.histories(asked)
    walked = histories.walk().chronicle
    if not walked.landings:
        raise NotFound(
            f"nothing had landed on {walked.horizon.branch} of {clone.name} by {asked:%Y-%m-%d}",
            hint="name a later day in --as-of, or leave it out",
        )
    return histories, walked.horizon, told_as_of(walked, asked, clone.known_until())


def coverage_of(coverages: Sequence[Coverage], history: History) -> Coverage:
    """Of the ecosystems that the history is about, as one: it reaches as far as the one that reaches least."""
    met = {item.package.ecosystem for item in history.items}
    about = [each for each in coverages if each.ecosystem in met] or list(coverages[:1])
    cutoffs = [each.cutoff for each in about if each.cutoff is not None]
    return Coverage(
        source=", ".join(dict.fromkeys(each.source for each in about)),
        ecosystem=", ".join(each.ecosystem for each in about),
        records=sum(each.records for each in about),
        cutoff=min(cutoffs) if len(cutoffs) == len(about) else None,
        fetched=min(each.fetched for each in about),
        kev_cutoff=about[0].kev_cutoff,
    )


def _configuration(files: Files) -> tuple[Configuration, tuple[Question, ...]]:
    """As it is committed. One that cannot be read keeps nobody from an answer."""
    content = files.look_up(FILE)
    if content is None:
        return Configuration(), ()
    try:
        return decode(content.decode("utf-8", "replace")), ()
    except UsageError as error:
        return Configuration(), (Question(what=FILE, why=error.message, would_settle=error.hint),)


def _branch_days(chronicle: Chronicle) -> Iterator[float]:
    """Of people's branches in the last year that was seen."""
    if not chronicle.landings:
        return
    since = chronicle.landings[-1].at - 365 * DAY
    for landing in chronicle.landings:
        if landing.branch_began is not None and not landing.by_bot and landing.at >= since:
            yield max((landing.at - landing.branch_began) / DAY, 0.0)
