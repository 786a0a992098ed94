"""Which claims a repository's documents make, and what is measured of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.claims import Claim
from outpace.assessment.evidence import Where
from outpace.model.unknown import Unknown
from outpace.pipelines.surveyed import Absent, Job, Present, Seen, Survey, Task
from outpace.statistics.curves import Estimate

LARGEST = 1 << 20
MOST_DOCUMENTS = 200
MOST_PLACES = 6
ENOUGH_BRANCHES = 10
FRESH_DAYS = 7.0  # the bar of true adoption (docs/paths.md)

LookUp: TypeAlias = Callable[[str], bytes | None]
_AT_ROOT = re.compile(r"[^/]+\.(?:md|rst|txt|adoc)\Z|(?:README|CONTRIBUTING|SECURITY)\Z", re.IGNORECASE)
_IN_DOCS = re.compile(
    r"(?:docs?|documentation|\.github)/(?:[^/]+/){0,2}[^/]*"
    r"(?:readme|index|contribut|develop|deploy|releas|test|ci|cd|security|architect|operat|process|workflow)[^/]*"
    r"\.(?:md|rst|txt|adoc)\Z",
    re.IGNORECASE,
)
_NO_CLAIM = re.compile(
    r"(?:blog|posts?/|changelog|changes|history|news|license|copying|authors|thanks|requirements)", re.IGNORECASE
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_URL = re.compile(r"\bhttps?://\S+|\]\([^)]*\)")
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|lacks?|lacking|cannot|can't|don't|doesn't|isn't|aren't|todo|should|would|could|plan"
    r"(?:ned|s)?|want|wish|future|if you|your own|instead of)\b",
    re.IGNORECASE,
)
_TERMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "continuous integration": re.compile(r"\bcontinuous(?:ly)?[\s-]+integrat(?:ion|ed|es?)\b", re.IGNORECASE),
        "continuous delivery": re.compile(r"\bcontinuous(?:ly)?[\s-]+deliver(?:y|ed|s)?\b", re.IGNORECASE),
        "continuous deployment": re.compile(
            r"\bcontinuous(?:ly)?[\s-]+deploy(?:ment|ments|ed|s)?\b|\b(?:automatically|auto)[\s-]+deploy(?:ed|s)\b"
            r"|\bautomatic[\s-]+deployments?\b",
            re.IGNORECASE,
        ),
        "fully tested": re.compile(
            r"\b100\s?%\s+(?:test(?:ed|s)?|code|unit|line|branch)?[\s-]*(?:tested|coverage|covered)\b"
            r"|\b(?:fully|thoroughly|extensively|comprehensively)[\s-]+tested\b|\bfull(?:y)?\s+(?:test\s+)?cover(?:ed|age)\b",
            re.IGNORECASE,
        ),
        "automated release": re.compile(
            r"\b(?:automated|automatic)\s+releases?\b|\breleases?\s+(?:is|are)\s+(?:fully\s+)?automat(?:ed|ic)\b"
            r"|\breleased\s+automatically\b|\bautomatically\s+(?:released|published)\b",
            re.IGNORECASE,
        ),
        "security scanning": re.compile(
            r"\b(?:security|vulnerability|dependency|static(?:\s+security)?)\s+(?:scan(?:s|ning|ned|ner)?)\b|\bdependency\s+audit(?:s|ing)?\b"
            r"|\bscann?(?:ed|s)\s+for\s+(?:known\s+)?(?:vulnerabilit(?:y|ies)|security)\b",
            re.IGNORECASE,
        ),
        "up-to-date dependencies": re.compile(
            r"\b(?:keep|kept|keeps|keeping)\s+(?:our|its|the|all)?\s*dependencies\s+(?:up[\s-]to[\s-]date|updated|current)\b"
            r"|\bautomat(?:ed|ic)\s+dependency\s+updates?\b|\bdependencies\s+(?:are\s+)?(?:automatically\s+)?updated\b",
            re.IGNORECASE,
        ),
    }
)


class Deeds(Struct, frozen=True, kw_only=True):
    """What was measured. `branch_days` are from the first commit until the landing, where merges keep branches."""

    survey: Survey
    latency: Estimate | None  # median days from advisory to landing
    episodes: int = 0
    branch_days: tuple[float, ...] = ()


class Measured(Struct, frozen=True):
    says: str
    answer: Literal["holds", "drifted", "unknown"]
    would_settle: str = ""


def documents(paths: Iterable[str]) -> tuple[str, ...]:
    """Where a repository speaks of how it works: not its change logs, not the manual of its product."""
    speaking = (path for path in paths if _AT_ROOT.match(path) or _IN_DOCS.match(path))
    return tuple(path for path in speaking if not _NO_CLAIM.search(path))[:MOST_DOCUMENTS]


def claims(paths: Sequence[str], look_up: LookUp, deeds: Deeds, definitions: Mapping[str, str]) -> tuple[Claim, ...]:
    """Each term once, with every place where it is claimed. `paths` are `documents`' own."""
    found: dict[str, list[tuple[str, Where]]] = {}
    for path in paths:
        for term, words, where in _said(path, look_up(path) or b""):
            found.setdefault(term, []).append((words, where))
    return tuple(_claim(term, places, deeds, definitions[term]) for term, places in sorted(found.items()))


def _claim(term: str, places: Sequence[tuple[str, Where]], deeds: Deeds, definition: str) -> Claim:
    measured = _MEASURES[term](deeds)
    return Claim(
        term=term,
        found=places[0][0],
        where=tuple(where for _, where in places[:MOST_PLACES]),
        definition=definition,
        measured=measured.says,
        answer=measured.answer,
        would_settle=measured.would_settle,
    )


def _said(path: str, content: bytes) -> Iterator[tuple[str, str, Where]]:
    """(term, the matched words, place). What is code, an address, denied or only wished for is no claim."""
    if len(content) > LARGEST or b"\0" in content[:8192]:
        return
    is_code = False
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if _FENCE.match(line):
            is_code = not is_code
            continue
        if is_code or len(line) > 10_000:
            continue
        prose = _URL.sub(" ", line)
        for term, pattern in _TERMS.items():
            match = pattern.search(prose)
            if match is not None and not _is_denied(prose, match):
                yield term, " ".join(match[0].split()), Where(kind="file", name=path, line=number)


def _is_denied(prose: str, found: re.Match[str]) -> bool:
    """By a word in the same sentence, before or closely behind."""
    begin = max(prose.rfind(stop, 0, found.start()) for stop in (". ", "; ", "! ", "? ")) + 1
    return _NEGATED.search(prose[begin : found.end() + 12]) is not None


def _integration(deeds: Deeds) -> Measured:
    count = len(deeds.branch_days)
    tests = _tests(deeds.survey.tests)
    if count < ENOUGH_BRANCHES:
        why = f"{count} merges kept their branch, so how long branches live is not seen here; {tests}"
        return Measured(why, "unknown", "merge commits instead of squashes, or the code host's record of pull requests")
    daily = sum(days <= 1 for days in deeds.branch_days)
    share = daily / count
    says = f"{share:.0%} of {count} branches landed within a day of their first commit; {tests}"
    if isinstance(deeds.survey.tests, Absent) or share < 0.5:
        return Measured(says, "drifted")
    if isinstance(deeds.survey.tests, Unknown):
        return Measured(says, "unknown", deeds.survey.tests.would_settle)
    return Measured(says, "holds")


def _tests(seen: Seen) -> str:
    match seen:
        case Present(where=where):
            return f"tests run in CI ({where[0]})"
        case Absent(read=read):
            return f"none of the {read} jobs of CI runs tests"
        case Unknown(why=why):
            return f"whether CI runs tests is unknown: {why}"


def _deployment(deeds: Deeds) -> Measured:
    deploys = _doing(deeds.survey, "deploy", for_changes=True)
    held = [job for job, _ in deploys if any(gate.manual is not False for gate in job.gates)]
    if deploys and not held:
        _, task = deploys[0]
        return Measured(f"a landing starts a deployment without a gate in CI ({task.origin})", "holds")
    if any(gate.manual for job in held for gate in job.gates):
        gates = [gate for job in held for gate in job.gates if gate.manual]
        return Measured(f"a hand has to start it: {gates[0].sort} at {gates[0].origin}", "drifted")
    return _not_seen(deeds.survey.deploys, "a deployment")


def _delivery(deeds: Deeds) -> Measured:
    """Gates that only authorize a press of a button are allowed by the definition."""
    deploys = _doing(deeds.survey, "deploy", for_changes=False)
    if not deploys:
        return _not_seen(deeds.survey.deploys, "a deployment")
    says = f"CI holds the deployment ({deploys[0][1].origin}); {_tests(deeds.survey.tests)}"
    match deeds.survey.tests:
        case Present():
            return Measured(says, "holds")
        case Absent():
            return Measured(says, "drifted")
        case Unknown(would_settle=would_settle):
            return Measured(says, "unknown", would_settle)


def _not_seen(seen: Seen, what: str) -> Measured:
    match seen:
        case Present(where=where):
            return Measured(f"CI holds {what} at {where[0]}; what starts it is not told", "unknown", "its trigger")
        case Absent(read=read):
            return Measured(f"none of the {read} jobs of CI is {what}", "drifted")
        case Unknown(why=why, would_settle=would_settle):
            return Measured(f"no {what.removeprefix('a ')} is seen in CI: {why}", "unknown", would_settle)


def _fully_tested(deeds: Deeds) -> Measured:
    """That tests would notice is not told by coverage: it holds for nobody until something measures it."""
    match deeds.survey.tests:
        case Absent(read=read):
            return Measured(f"none of the {read} jobs of CI runs tests", "drifted")
        case tests:
            gate = deeds.survey.coverage_gate
            kept = f"; a coverage gate stands at {gate.where[0]}" if isinstance(gate, Present) else ""
            settle = "how many seeded mistakes the tests notice: coverage tells which lines ran, and no more"
            return Measured(f"{_tests(tests)}{kept}", "unknown", settle)


def _release(deeds: Deeds) -> Measured:
    published = _doing(deeds.survey, "publish", for_changes=False)
    if not published:
        return _not_seen(Unknown("no job publishes anything", "how a release is made"), "a release")
    job, task = published[0]
    if any(gate.manual for gate in job.gates):
        return Measured(f"CI publishes, and a hand has to start it ({task.origin})", "drifted")
    return Measured(f"CI publishes ({task.origin})", "holds")


def _scanning(deeds: Deeds) -> Measured:
    scans = _doing(deeds.survey, "scan", for_changes=False)
    if not scans:
        return _not_seen(deeds.survey.scans, "a scan")
    waved = [task for _, task in scans if task.blocking is False]
    if len(waved) == len(scans):
        return Measured(f"{waved[0].tool} runs, and its failure is waved through ({waved[0].origin})", "drifted")
    task = next(task for _, task in scans if task.blocking is not False)
    if any(job.for_changes for job, each in scans if each.blocking is not False):
        return Measured(f"{task.tool} runs on changes ({task.origin})", "holds")
    return Measured(f"{task.tool} runs, but not on changes ({task.origin})", "drifted")


def _fresh(deeds: Deeds) -> Measured:
    if deeds.latency is None or deeds.latency.value is None:
        return Measured("no wait could be measured", "unknown", "a lock file, and advisories that met it")
    days = deeds.latency.value
    says = f"a fixed version took a median of {days:.0f} days to land ({deeds.episodes} episodes)"
    return Measured(says, "holds" if days <= FRESH_DAYS else "drifted")


def _doing(survey: Survey, does: str, *, for_changes: bool) -> list[tuple[Job, Task]]:
    return [
        (job, task)
        for pipeline in survey.pipelines
        for job in pipeline.jobs
        if job.for_changes or not for_changes
        for task in job.tasks
        if task.does == does
    ]


_MEASURES: Mapping[str, Callable[[Deeds], Measured]] = MappingProxyType(
    {
        "continuous integration": _integration,
        "continuous delivery": _delivery,
        "continuous deployment": _deployment,
        "fully tested": _fully_tested,
        "automated release": _release,
        "security scanning": _scanning,
        "up-to-date dependencies": _fresh,
    }
)
