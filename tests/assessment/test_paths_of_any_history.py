"""No history, however strange, keeps the path of adoption from an answer."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.assessment.attempts import Untangled
from outpace.assessment.chronicle import Chronicle, Horizon, Landing, Said, Tag, Touch
from outpace.assessment.deciding import path_of
from outpace.assessment.episodes import Entry, Episode, History, Item, Stages, State, Window
from outpace.assessment.paths import UnknownPath
from outpace.assessment.untangling import attempts
from outpace.pipelines.surveyed import Survey
from tests.assessment.chronicles import AT, FLASK, day, survey

DAYS = st.integers(-100, 2_500).map(day)
MAYBE = st.none() | DAYS
PATHS = (".travis.yml", ".github/workflows/ci.yml", ".github/dependabot.yml", "Dockerfile", "README.md")
STAGES = st.builds(Stages, fix_released=MAYBE, published=MAYBE, first_commit=MAYBE, landed=MAYBE, tagged=MAYBE)
LANDINGS = st.lists(
    st.builds(
        Landing,
        id=st.text("abc", min_size=1, max_size=3),
        at=DAYS,
        is_merge=st.booleans(),
        by_bot=st.booleans(),
        said=st.sampled_from(get_args(Said)),
        files=st.integers(0, 9),
        branch_began=MAYBE,
    ),
    max_size=30,
).map(lambda found: tuple(sorted(found, key=lambda each: each.at)))
TOUCHES = st.lists(
    st.builds(
        Touch,
        landing=st.text("abc", min_size=1, max_size=3),
        at=DAYS,
        path=st.sampled_from(PATHS),
        kind=st.sampled_from(["added", "changed", "deleted"]),
    ),
    max_size=10,
).map(lambda found: tuple(sorted(found, key=lambda each: each.at)))
EPISODES = st.lists(
    st.builds(
        Episode,
        package=st.just(FLASK),
        ids=st.just(("PYSEC-1",)),
        state=st.sampled_from(["fixed", "removed", "open", "unpinned", "unknown"]),
        entry=st.sampled_from(get_args(Entry)),
        opened=DAYS,
        closed=MAYBE,
        days=st.floats(0, 3_000),
        exposed_days=st.just(0.0),
        stages=STAGES,
    ),
    max_size=30,
).map(tuple)
ITEMS = st.lists(
    st.builds(
        Item,
        package=st.just(FLASK),
        id=st.text("abc", max_size=3),
        published=MAYBE,
        entry=st.sampled_from(get_args(Entry)),
        state=st.sampled_from(get_args(State)),
        windows=st.lists(st.builds(Window, opened=DAYS, closed=MAYBE), max_size=2).map(tuple),
        stages=STAGES,
    ),
    max_size=40,
).map(tuple)
HISTORIES = st.builds(History, items=ITEMS, episodes=EPISODES, since=MAYBE)
CHRONICLES = st.builds(
    Chronicle,
    horizon=st.builds(Horizon, tip=st.just(""), branch=st.just("main"), shallow=st.booleans()),
    landings=LANDINGS,
    touches=TOUCHES,
    tags=st.lists(
        st.builds(Tag, name=st.text(max_size=2), at=DAYS, commit=st.just("c"), first=st.integers(0, 9)), max_size=9
    ).map(tuple),
)


@settings(max_examples=25)
@given(CHRONICLES, HISTORIES, st.sampled_from([None, survey()]), MAYBE)
def test_any_records_have_a_path_and_a_shallow_clone_has_none(
    chronicle: Chronicle, history: History, seen: Survey | None, data_until: datetime | None
) -> None:
    untangled: Untangled = attempts(chronicle, history, at=AT)
    found = path_of(chronicle, history, seen, untangled, at=AT, data_until=data_until)
    assert all(each.says.endswith(".") for each in found.evidence)
    assert isinstance(found, UnknownPath) or not chronicle.horizon.shallow
