"""Shops: one with empty caches, and one that finds again what an earlier test built and proved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.index import Index
from tests.fakes.tiny_shop import Kept, TinyShop, index_of, opened


@pytest.fixture
def index() -> Iterator[Index]:
    with index_of() as made:
        yield made


@pytest.fixture
def fresh_shop(tmp_path: Path, index: Index) -> Iterator[TinyShop]:
    with opened(tmp_path / "stage", index=index) as shop:
        yield shop


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    place = tmp_path_factory.mktemp("kept")
    with index_of() as made:
        yield Kept(made, place / "uv", place / "cache")


@pytest.fixture
def shop(tmp_path: Path, kept: Kept) -> Iterator[TinyShop]:
    with opened(tmp_path / "stage", index=kept.index, kept=kept) as shop:
        yield shop
