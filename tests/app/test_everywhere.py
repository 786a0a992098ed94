"""One advisory against everything on record: by any id, in every environment, with what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outpace.app.everywhere import View, everywhere, fold
from outpace.engines.advisories import AdvisoryStore
from outpace.engines.advisories.feed import AdvisoryFeed
from outpace.model.fact import Fact, key_of
from outpace.model.inventory import Component, Inventory
from outpace.model.observation import NotRunning, Observation, Seen, Told
from outpace.model.package import PYPI, Package
from outpace.store.facts import Facts
from outpace.store.holdings import Holdings
from outpace.stories.kinds import Observed, Retracted, fact_of

DATA = Path(__file__).parents[1] / "data"
NOON = datetime(2026, 1, 30, 12, tzinfo=UTC)
STARLETTE = "PYSEC-2023-83"  # CVE-2023-29159, fixed in 0.27.0


class Store:
    def __init__(self, folder: Path) -> None:
        self.facts, self.holdings = Facts(folder / "facts"), Holdings(folder / "facts")
        AdvisoryFeed(folder / "advisories").read(advisories=DATA / "osv" / "all.zip", kev=None, report=lambda _: None)
        self.source = AdvisoryStore(folder / "advisories")

    def observed(self, subject: str, *pins: str, minutes: int = 0, environment: str = "production") -> Fact:
        parts = tuple(
            Component(package=Package(PYPI, name), version=version or None)
            for name, _, version in (pin.partition("==") for pin in pins)
        )
        return self.seen(
            subject, Told(by="told", inventory=Inventory(source="told", components=parts)), minutes, environment
        )

    def seen(self, subject: str, seen: Seen, minutes: int = 0, environment: str = "production") -> Fact:
        at = NOON + timedelta(minutes=minutes)
        body = Observed(observation=Observation(application=subject, environment=environment, at=at, seen=seen))
        fact = fact_of(subject, body, at=at, source="told", inputs=[at, seen, environment])
        self.facts.add([fact])
        return fact

    def asked(self, advisory: str) -> View:
        fold(self.facts, self.holdings)
        return everywhere(advisory, source=self.source, holdings=self.holdings, now=NOON)

    def told(self, advisory: str) -> dict[str, list[str]]:
        """Release, and `?` where it cannot be said -> who holds it."""
        return {
            f"{held.version}{'?' if held.unknown else ''}": [f"{p.subject}/{p.environment}" for p in held.places]
            for held in self.asked(advisory).held
        }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.holdings.close()
    opened.facts.close()


def test_every_environment_that_holds_an_affected_release_is_named(store: Store) -> None:
    store.observed("shop", "starlette==0.26.1", "anyio==4.0.0")
    store.observed("depot", "starlette==0.27.0")
    store.observed("shop", "starlette==0.25.0", environment="qa")
    assert store.told(STARLETTE) == {"0.26.1": ["shop/production"], "0.25.0": ["shop/qa"]}


def test_any_id_of_the_advisory_asks_the_same(store: Store) -> None:
    store.observed("shop", "starlette==0.26.1")
    assert store.told("CVE-2023-29159") == store.told("GHSA-v5gw-mw7f-84px") == {"0.26.1": ["shop/production"]}


def test_a_release_that_cannot_be_told_is_unknown_and_not_left_out(store: Store) -> None:
    store.observed("shop", "starlette==0.26.1")
    store.observed("depot", "starlette==")
    store.observed("annex", "starlette==2023-spring")
    assert store.told(STARLETTE) == {
        "0.26.1": ["shop/production"],
        "?": ["depot/production"],
        "2023-spring?": ["annex/production"],
    }


def test_an_id_that_the_data_does_not_have_is_not_taken_for_safe(store: Store) -> None:
    store.observed("shop", "starlette==0.26.1")
    assert (store.asked("CVE-1999-0001").known, store.asked(STARLETTE).known) == (False, True)


def test_the_newest_observation_counts_and_an_environment_that_stopped_stays_as_it_was(store: Store) -> None:
    store.observed("shop", "starlette==0.26.1")
    store.observed("depot", "starlette==0.26.1")
    assert store.told(STARLETTE) == {"0.26.1": ["depot/production", "shop/production"]}
    store.observed("shop", "starlette==0.27.0", minutes=5)
    store.seen("depot", NotRunning("nothing runs"), minutes=5)
    assert store.told(STARLETTE) == {"0.26.1": ["depot/production"]}


def test_what_was_told_and_taken_back_is_forgotten(store: Store) -> None:
    store.observed("shop", "starlette==0.27.0")
    wrong = store.observed("shop", "starlette==0.26.1", minutes=5)
    assert store.told(STARLETTE) == {"0.26.1": ["shop/production"]}
    body = Retracted(fact=key_of(wrong))
    store.facts.add([fact_of("shop", body, at=NOON + timedelta(minutes=9), source="told", inputs=[body])])
    assert store.told(STARLETTE) == {}


def test_folding_twice_is_folding_once_and_takes_only_what_is_new(store: Store) -> None:
    store.observed("shop", "starlette==0.26.1")
    assert [fold(store.facts, store.holdings) for _ in range(2)] == [1, 0]
    store.observed("depot", "starlette==0.26.1")
    assert fold(store.facts, store.holdings) == 1
    assert store.told(STARLETTE) == {"0.26.1": ["depot/production", "shop/production"]}
