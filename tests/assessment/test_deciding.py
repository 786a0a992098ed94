"""Which path a repository is on: every rule, and what no verdict may ever do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.assessment.chronicle import Horizon
from outpace.assessment.deciding import decide, path_of
from outpace.assessment.episodes import History
from outpace.assessment.evidence import Evidence, Path, Question, Strength
from outpace.assessment.paths import Adoption, Stalled, TrueAdoption, UnknownPath, WateredDown
from outpace.assessment.signals.material import Signs
from outpace.assessment.untangling import attempts
from tests.assessment.chronicles import AT, chronicle, day, episodes, history, item, items, landings, survey, touch

OUTCOMES = ("latency", "immune-share", "bot-effect", "open-with-fix")
SURE = ("unknown", "low", "medium", "high")
HORIZON = Horizon(tip="c1458", branch="main", landings=487, began=day(0), ended=day(1_458))


def said(signal: str, path: Path | None = None, strength: Strength | None = None) -> Evidence:
    found: Strength = strength or ("outcome" if signal in OUTCOMES else "practice")
    return Evidence(signal=signal, says=f"{signal}.", speaks_for=path, strength=found, misreading="It may be.")


def signs(*evidence: Evidence, count: int = 24, began: float | None = 0) -> Signs:
    return Signs(evidence=evidence, episodes=count, began=None if began is None else day(began))


def verdict(found: Adoption) -> tuple[str, str]:
    match found:
        case TrueAdoption(confidence=sure):
            return "true", sure
        case WateredDown(confidence=sure):
            return "watered-down", sure
        case Stalled(confidence=sure):
            return "stalled", sure
        case UnknownPath():
            return "unknown", "unknown"


CI = said("ci", strength="ceremony")
FAST, FRESH, NONE_OPEN = said("latency", "true"), said("immune-share", "true"), said("open-with-fix", "true")
SLOW, STALE = said("latency", "watered-down"), said("immune-share", "watered-down")
HELPED, FLAT = said("bot-effect", "true"), said("bot-effect", "watered-down")
GREW, GREW_SILENT = said("open-with-fix", "watered-down"), said("open-with-fix", "stalled")
QUIET, BOT_QUIET = said("activity", "stalled"), said("bot-silence", "stalled")
TRAINS, LOOSE = said("release-trains", "watered-down"), said("scans-waved-through", "watered-down")


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([CI, FAST, FRESH, NONE_OPEN, HELPED], ("true", "high")),
        ([CI, FAST, FRESH, NONE_OPEN], ("true", "medium")),
        ([FAST, FRESH], ("true", "medium")),  # outcomes need no tool that is seen
        ([CI, FAST], ("unknown", "unknown")),  # one outcome alone
        ([CI, FRESH, NONE_OPEN], ("unknown", "unknown")),  # without speed
        (
            [CI, FAST, said("batch-size", "true"), said("deployment", "true")],
            ("unknown", "unknown"),
        ),  # ceremony
        ([CI, SLOW], ("watered-down", "low")),
        ([CI, SLOW, STALE, FLAT, GREW], ("watered-down", "high")),
        ([CI, SLOW, STALE], ("watered-down", "medium")),
        ([CI, FLAT], ("watered-down", "low")),
        ([CI, STALE, TRAINS, LOOSE], ("watered-down", "low")),
        ([CI, STALE, TRAINS], ("unknown", "unknown")),  # one practice alone
        ([CI, TRAINS, LOOSE], ("unknown", "unknown")),  # practices alone
        ([SLOW, STALE], ("unknown", "unknown")),  # nothing was ever begun
        ([CI, QUIET, GREW_SILENT], ("stalled", "medium")),
        ([CI, BOT_QUIET, GREW_SILENT, SLOW], ("stalled", "medium")),
        ([CI, QUIET, BOT_QUIET, GREW_SILENT, SLOW], ("stalled", "medium")),
        ([CI, QUIET, NONE_OPEN], ("unknown", "unknown")),  # silent, and nothing grows: finished, perhaps
        ([CI, QUIET, SLOW, STALE], ("watered-down", "medium")),
        ([CI, FAST, FRESH, FLAT], ("true", "medium")),  # contradicted, and said so
        ([CI, FAST, NONE_OPEN, FLAT, STALE], ("watered-down", "medium")),  # as many either way: the careful one
        ([CI], ("unknown", "unknown")),
        ([], ("unknown", "unknown")),
    ],
    ids=lambda value: "+".join(e.signal + "=" + str(e.speaks_for) for e in value) if isinstance(value, list) else None,
)
def test_a_verdict_rests_on_outcomes(evidence: Sequence[Evidence], expected: tuple[str, str]) -> None:
    assert verdict(decide(signs(*evidence), HORIZON, at=AT)) == expected


@pytest.mark.parametrize(
    ("count", "began", "expected"),
    [
        (24, 0, ("true", "high")),
        (12, 0, ("true", "high")),
        (11, 0, ("true", "low")),
        (6, 0, ("true", "low")),
        (5, 0, ("unknown", "unknown")),
        (24, 1_095, ("true", "high")),
        (24, 1_096, ("true", "low")),  # a young history
        (24, None, ("unknown", "unknown")),  # no lock file
    ],
)
def test_few_episodes_and_a_young_history_are_never_sure(
    count: int, began: float | None, expected: tuple[str, str]
) -> None:
    found = decide(signs(CI, FAST, FRESH, NONE_OPEN, HELPED, count=count, began=began), HORIZON, at=AT)
    assert verdict(found) == expected


def test_a_shallow_clone_is_unknown_and_says_how_to_mend_it() -> None:
    cut = Horizon(tip="c50", branch="main", shallow=True, landings=50)
    found = decide(signs(CI, QUIET, GREW_SILENT, SLOW), cut, at=AT)
    assert isinstance(found, UnknownPath)
    assert found.questions[0] == Question(
        what="which path this repository is on",
        why="the clone is shallow: its history is cut after 50 changes",
        would_settle="git fetch --unshallow",
    )


def test_what_contradicts_a_verdict_is_shown_beside_it_outcomes_first() -> None:
    found = decide(signs(CI, LOOSE, FLAT, NONE_OPEN, FRESH, FAST), HORIZON, at=AT)
    assert isinstance(found, TrueAdoption)
    assert [e.signal for e in found.evidence] == [
        "bot-effect",
        "immune-share",
        "latency",
        "open-with-fix",
        "scans-waved-through",
        "ci",
    ]


SLUGS = (*OUTCOMES, "activity", "bot-silence", "ci", "bot", "release-trains", "scans-waved-through", "other")
PATHS: tuple[Path | None, ...] = ("true", "watered-down", "stalled", None)
EVIDENCE = st.builds(
    Evidence,
    signal=st.sampled_from(SLUGS),
    says=st.text(max_size=3),
    speaks_for=st.sampled_from(PATHS),
    strength=st.sampled_from(get_args(Strength)),
    misreading=st.just("."),
)
SIGNS = st.builds(
    Signs,
    evidence=st.lists(EVIDENCE, max_size=12).map(tuple),
    questions=st.lists(st.builds(Question, what=st.text(max_size=3), why=st.text(max_size=3), would_settle=st.just(""))
    , max_size=3).map(tuple),
    episodes=st.integers(-1, 40),
    began=st.one_of(st.none(), st.integers(0, 2_000).map(day)),
)  # fmt: skip
HORIZONS = st.builds(Horizon, tip=st.just(""), branch=st.just(""), shallow=st.booleans(), landings=st.integers(0, 10))


def sureness(found: Adoption) -> int:
    return SURE.index(verdict(found)[1])


@given(SIGNS, HORIZONS)
def test_every_input_has_an_answer_that_keeps_all_of_its_evidence(found: Signs, horizon: Horizon) -> None:
    adoption = decide(found, horizon, at=AT)
    assert sorted(e.signal for e in adoption.evidence) == sorted(e.signal for e in found.evidence)
    assert set(found.questions) <= set(adoption.questions)


@given(SIGNS, st.data())
def test_the_order_of_the_evidence_does_not_matter(found: Signs, data: st.DataObject) -> None:
    turned = Signs(
        evidence=tuple(data.draw(st.permutations(found.evidence))),
        questions=found.questions[::-1],
        episodes=found.episodes,
        began=found.began,
    )
    assert decide(turned, HORIZON, at=AT) == decide(found, HORIZON, at=AT)


@given(SIGNS, st.data())
def test_missing_data_never_makes_a_verdict_surer(found: Signs, data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(found.evidence), max_size=len(found.evidence)))
    less = Signs(
        evidence=tuple(e for e, keep in zip(found.evidence, kept, strict=True) if keep),
        questions=found.questions,
        episodes=data.draw(st.integers(-1, found.episodes)),
        began=found.began if data.draw(st.booleans()) else None,
    )
    assert sureness(decide(less, HORIZON, at=AT)) <= sureness(decide(found, HORIZON, at=AT))


OPEN_NOW = tuple(item(900 + number, "reactive", fix=890) for number in range(4))


@pytest.mark.parametrize(
    ("past", "until", "expected"),
    [
        (history(episodes(24, 3), (*items(2, 20, 18, 20), item(1_400, "immune"))), 1_460, ("true", "medium")),
        (history(episodes(24, 60), items(1, 20, 1, 20)), 1_460, ("watered-down", "medium")),
        (history(episodes(20, 60, every=30), (*items(10, 20, 10, 20), *OPEN_NOW)), 1_000, ("stalled", "medium")),
        (history(episodes(3, 3), items(30, 32, 32, 32)), 400, ("unknown", "unknown")),  # maintained, few exposures
        (history(since=None), 1_000, ("unknown", "unknown")),  # a finished library without a lock file
    ],
    ids=["true", "watered-down", "stalled", "in maintenance", "finished library"],
)
def test_whole_histories_are_judged_from_their_records(past: History, until: int, expected: tuple[str, str]) -> None:
    own = chronicle(landings(range(0, until, 3)), touches=[touch(0, ".github/workflows/ci.yml")])
    untangled = attempts(own, past, at=AT)
    assert verdict(path_of(own, past, survey(), untangled, at=AT)) == expected


def test_an_empty_repository_is_unknown() -> None:
    own, past = chronicle(()), history(since=None)
    found = path_of(own, past, None, attempts(own, past, at=AT), at=AT + timedelta(days=1))
    assert verdict(found) == ("unknown", "unknown")
