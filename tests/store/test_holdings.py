"""Who holds which release: the newest inventory of each place counts, and another one takes nothing from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outpace.model.package import PYPI, Package
from outpace.store.holdings import Holding, Holdings, Place
from tests.store.made_facts import NOON

STARLETTE, ANYIO = Package(PYPI, "starlette"), Package(PYPI, "anyio")


def holding(subject: str, *versions: str, environment: str = "production", minutes: int = 0) -> Holding:
    releases = tuple((STARLETTE, version) for version in versions)
    return Holding(subject=subject, environment=environment, at=NOON + timedelta(minutes=minutes), releases=releases)


@pytest.fixture
def holdings(tmp_path: Path) -> Iterator[Holdings]:
    opened = Holdings(tmp_path / "facts")
    yield opened
    opened.close()


def held(holdings: Holdings, package: Package = STARLETTE) -> dict[str, list[str]]:
    found = {version: holdings.places(number) for version, number in holdings.versions(package).items()}
    return {version: [f"{p.subject}/{p.environment}" for p in places] for version, places in found.items() if places}


def test_each_release_names_the_places_that_hold_it(holdings: Holdings) -> None:
    holdings.put([holding("shop", "1.0"), holding("depot", "1.0"), holding("shop", "2.0", environment="qa")], folded=3)
    assert held(holdings) == {"1.0": ["depot/production", "shop/production"], "2.0": ["shop/qa"]}
    assert held(holdings, ANYIO) == {}
    assert holdings.folded() == 3
    assert holdings.places(holdings.versions(STARLETTE)["2.0"]) == (Place(subject="shop", environment="qa", at=NOON),)
    assert holdings.count() == 3


def test_a_newer_inventory_takes_the_place_of_the_older_one(holdings: Holdings) -> None:
    holdings.put([holding("shop", "1.0", "1.1"), holding("depot", "1.0")], folded=2)
    holdings.put([holding("shop", "2.0", minutes=1)], folded=3)
    assert held(holdings) == {"1.0": ["depot/production"], "2.0": ["shop/production"]}


def test_an_older_inventory_that_comes_late_changes_nothing(holdings: Holdings) -> None:
    holdings.put([holding("shop", "2.0", minutes=1)], folded=1)
    holdings.put([holding("shop", "1.0")], folded=2)
    assert held(holdings) == {"2.0": ["shop/production"]}


def test_an_inventory_that_became_empty_holds_nothing(holdings: Holdings) -> None:
    holdings.put([holding("shop", "1.0")], folded=1)
    holdings.put([holding("shop", minutes=1)], folded=2)
    assert held(holdings) == {}


def test_what_is_forgotten_is_folded_from_the_beginning(holdings: Holdings) -> None:
    holdings.put([holding("shop", "1.0")], folded=7)
    holdings.forget()
    assert (held(holdings), holdings.folded()) == ({}, 0)
    holdings.put([holding("shop", "1.0")], folded=7)
    assert held(holdings) == {"1.0": ["shop/production"]}


def test_a_batch_that_fails_is_not_kept_in_part(holdings: Holdings) -> None:
    def breaking() -> Iterator[Holding]:
        yield holding("shop", "1.0")
        raise ValueError("the second cannot be read")

    with pytest.raises(ValueError, match="the second"):
        holdings.put(breaking(), folded=2)
    assert (held(holdings), holdings.folded()) == ({}, 0)
