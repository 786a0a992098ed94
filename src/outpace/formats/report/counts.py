"""The names of the lists that numbers lead to, and which number leads to which."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from types import MappingProxyType

from outpace.assessment.assessment import Assessment
from outpace.assessment.attempts import Upheaval
from outpace.assessment.episodes import Episode, Item
from outpace.assessment.evidence import Count, Evidence
from outpace.assessment.plan import Step
from outpace.formats.charts.markup import Markup, e, join
from outpace.formats.report.frame import said

EPISODES, NEWEST, WAITING, STILL, UPHEAVALS = "l-episodes", "l-newest", "n-waiting", "n-still", "n-upheavals"
ITEMS: Mapping[str, Callable[[Item], bool]] = MappingProxyType(
    {
        "immune": lambda item: item.entry == "immune",
        "reactive": lambda item: item.entry == "reactive",
        "adopted": lambda item: item.entry == "adopted",
        "open": lambda item: item.state == "open",
        "unpinned": lambda item: item.state == "unpinned",
        "unknown": lambda item: item.state == "unknown",
    }
)
SLUG = re.compile(r"[a-z0-9-]+", re.ASCII)


def signal_of(evidence: Evidence) -> str:
    return f"n-{evidence.signal}" if SLUG.fullmatch(evidence.signal) else "n-signal"


def step_of(step: Step) -> str:
    return f"n-step-{step.lever.replace(' ', '-')}"


def stage_of(place: int) -> str:
    return f"n-stage-{place}"


def deadline_of(place: int, answer: str) -> str:
    return f"n-due-{place}-{answer}"


def attempt_of(place: int, what: str) -> str:
    return f"n-attempt-{place}-{what}"


def by_opening(assessment: Assessment) -> tuple[Episode, ...]:
    """As the list of episodes numbers them."""
    return tuple(sorted(assessment.history.episodes, key=lambda each: each.opened))


def newest(assessment: Assessment) -> tuple[Episode, ...]:
    """Those that the first sentence is about."""
    count = assessment.latency.recent_count
    return by_opening(assessment)[-count:] if count else ()


def upheavals_told(assessment: Assessment) -> Sequence[Upheaval]:
    """Those that the sentence about them counts: with enough work on both sides, else all."""
    every = assessment.untangled.upheavals
    around = [each for each in every if each.files_before is not None]
    return around if f"{len(around)} reverts and hotfixes" in assessment.untangled.fear else every


def of_counts(base: str, counts: Sequence[Count]) -> list[tuple[str, str]]:
    return [(each.says, f"{base}-{place}") for place, each in enumerate(counts)]


def linked(text: str, links: Iterable[tuple[str, str]], lists: Container[str]) -> Markup:
    """Each of the words, in their order, as a link to its list."""
    shown: list[Markup] = []
    for says, name in links:
        before, found, after = text.partition(says) if says else ("", "", text)
        if found:
            shown += [said(before), number(says, name, lists)]
            text = after
    return join(*shown, said(text))


def number(shown: str | Markup, name: str, lists: Container[str]) -> Markup:
    """A link where the page holds that list."""
    return e("a", shown, href=f"#{name}", cls="count") if name in lists else join(shown)
