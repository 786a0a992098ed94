"""Shops at edges of their own: one for each test, or one whose good release a whole module tries to spoil."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.shop import Shop, opened

QUICK = 'mirror = 0.0\nsoak = "2s"'


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Release 1 takes requests."""
    with opened(tmp_path / "edge", more=QUICK) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        yield shop


@pytest.fixture(scope="module")
def good_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Release 1 takes requests; each test leaves it so."""
    with opened(tmp_path_factory.mktemp("good") / "edge", more=QUICK) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        yield shop
