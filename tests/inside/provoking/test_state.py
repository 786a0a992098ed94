"""What one test could leave behind, by name."""

from __future__ import annotations

import importlib.util
import itertools
import logging
import os
import sys
from collections.abc import Iterator
from decimal import getcontext
from pathlib import Path
from types import ModuleType

import pytest

from outpace.inside.provoking.files import Around, Files
from outpace.inside.provoking.state import Shared, changed, put_back

SOURCE = """
import functools
import itertools
RATES = {"book": 5}
NUMBERS = itertools.count(1)
class Shop:
    open = [1]
@functools.lru_cache
def tax(value):
    return value
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ModuleType]:
    path = tmp_path / "shop_for_state.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("shop_for_state", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["shop_for_state"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["shop_for_state"]


def test_what_changed_is_named(shop: ModuleType, tmp_path: Path) -> None:
    shared = Shared(str(tmp_path))
    before = shared.now()
    assert changed(before, shared.now()) == []
    shop.RATES["map"] = 7
    next(shop.NUMBERS)
    shop.Shop.open.append(2)
    shop.tax(3)
    logging.getLogger("shop-for-state").setLevel(logging.ERROR)
    os.environ["SHOP_FOR_STATE"] = "1"
    precision, getcontext().prec = getcontext().prec, 4
    after = shared.now()
    getcontext().prec = precision
    del os.environ["SHOP_FOR_STATE"]
    assert changed(before, after) == [
        "decimal.getcontext().prec",
        "logging.getLogger('shop-for-state').level",
        "os.environ['SHOP_FOR_STATE']",
        "shop_for_state.NUMBERS",
        "shop_for_state.RATES",
        "shop_for_state.Shop.open",
        "shop_for_state.tax.cache",
    ]


def test_a_thing_is_put_back_in_place(shop: ModuleType, tmp_path: Path) -> None:
    kept = Shared(str(tmp_path)).kept()
    held = shop.RATES
    shop.RATES["map"] = 7
    setattr(shop, "NUMBERS", itertools.count(9))  # noqa: B010  a module has no such attribute for the type checker
    assert put_back(kept, "shop_for_state.RATES")
    assert put_back(kept, "shop_for_state.NUMBERS")
    assert held == {"book": 5}
    assert next(shop.NUMBERS) == 1
    assert not put_back(kept, "decimal.getcontext().prec")


def test_files_are_put_back(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "drafts").mkdir(parents=True)
    (root / "drafts" / "a.md").write_text("a")
    (root / "b.md").write_text("b")
    files = Files(root, tmp_path / "kept")
    (root / "drafts" / "a.md").rename(root / "moved.md")
    (root / "b.md").write_text("other")
    assert files.changed() == ["b.md", "drafts/a.md", "moved.md"]
    files.restore()
    assert files.changed() == []
    assert {path.name: path.read_text() for path in root.rglob("*.md")} == {"a.md": "a", "b.md": "b"}


def test_a_folder_that_was_made_or_removed_is_put_back(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "drafts" / "old").mkdir(parents=True)
    files = Files(root, tmp_path / "kept")
    (root / "drafts" / "old").rmdir()
    (root / "made").mkdir()
    (root / "made" / "a.md").write_text("a")
    (root / "empty").mkdir()
    os.mkfifo(root / "pipe")
    assert files.changed() == ["drafts/old", "empty", "made/a.md", "pipe"]
    files.restore()
    assert files.changed() == []
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*")) == ["drafts", "drafts/old"]


def test_shared_folders_are_put_back_but_for_what_is_ours(tmp_path: Path) -> None:
    root, shared = tmp_path / "root", tmp_path / "shared"
    scratch = shared / "ours"
    scratch.mkdir(parents=True)
    root.mkdir()
    (shared / "settings").write_text("as it was")
    around = Around(str(root), [str(shared), str(tmp_path / "absent")], scratch, scratch / "kept")
    (scratch / "journal").write_text("")
    (shared / "settings").write_text("changed")
    (shared / "left").write_text("x")
    assert around.changed(project=True) == [f"{shared}/left", f"{shared}/settings"]
    around.restore()
    assert {path.name for path in shared.iterdir()} == {"ours", "settings"}
    assert (shared / "settings").read_text() == "as it was"
    assert (scratch / "journal").exists()
