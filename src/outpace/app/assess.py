"""Assess one clone: what happened to past vulnerabilities, why, and what to change first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from outpace.assessment.assessment import Assessment
from outpace.assessment.plan import Baseline
from outpace.assessment.ports import Histories, ReleaseDates
from outpace.assessment.suite_strength import FEWEST, UNTRIED, SuiteStrength, evidence_of
from outpace.matching.ports import AdvisorySource
from outpace.model.fact import digest_of

FORMAT = 3


class Files(Protocol):
    """The files of one revision."""

    def paths(self) -> tuple[str, ...]: ...
    def bring(self, paths: Sequence[str]) -> None:
        """Reads those in one go, so that `look_up` is fast."""
        ...

    def look_up(self, path: str) -> bytes | None: ...


class Clone(Protocol):
    """One repository, as an assessment sees it. It may be bare."""

    @property
    def name(self) -> str: ...
    @property
    def root(self) -> str: ...
    def state(self) -> str:
        """A digest of the tip, of every tag, and of `known_until`; the same while nothing changed."""
        ...

    def known_until(self) -> datetime | None:
        """When it is on record that the branch had nothing more than is here; None: it is not."""
        ...

    def histories(self, at: datetime) -> Histories: ...
    def files(self, revision: str) -> Files: ...


class Kept(Protocol):
    """Results by digest. What was damaged reads as absent."""

    def get(self, digest: str) -> bytes | None: ...
    def put(self, digest: str, content: bytes) -> None: ...


class Memory(Protocol):
    """What earlier assessments of this repository measured and planned."""

    def baseline(self, at: datetime) -> Baseline | None: ...
    def strength(self, at: datetime) -> SuiteStrength | None: ...


class Asked(Struct, frozen=True, kw_only=True):
    """`at` is the day of the question. `is_past`: it was given, and is not now."""

    at: datetime
    is_past: bool = False


def assess(
    clone: Clone,
    source: AdvisorySource,
    asked: Asked,
    *,
    kept: Kept,
    memory: Memory,
    dates: ReleaseDates,
    report: Callable[[str], None],
) -> Assessment:
    """A repository in which nothing changed since an assessment of the same day has the same one again, beside what is
    known of its tests."""
    baseline = memory.baseline(asked.at)
    key = _key(clone, source, asked, baseline, dates.name)
    made = _known(kept.get(key))
    if made is None:
        from outpace.app.assess_anew import assess_anew  # much is imported, which one that is known does not need

        made = assess_anew(clone, source, asked.at, baseline, kept, dates, report)
        if all(each.will_last for each in made.history.undated):
            kept.put(key, msgspec.msgpack.encode(made))
    return with_strength(made, memory.strength(asked.at))


def with_strength(made: Assessment, told: SuiteStrength | None) -> Assessment:
    if told is None or told.judged < FEWEST:
        return replace(made, questions=(*made.questions, UNTRIED))
    return replace(made, path=replace(made.path, evidence=(*made.path.evidence, evidence_of(told))))


def _key(clone: Clone, source: AdvisorySource, asked: Asked, baseline: Baseline | None, dates: str) -> str:
    at = asked.at.isoformat() if asked.is_past else asked.at.date().isoformat()
    place = (clone.name, clone.root, clone.state())
    return digest_of("assessment", FORMAT, place, source.coverages(), at, baseline, dates)


def _known(content: bytes | None) -> Assessment | None:
    if content is None:
        return None
    try:
        return msgspec.msgpack.decode(content, type=Assessment)
    except ValueError:  # of another version
        return None
