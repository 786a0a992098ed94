"""Modules imported one by one in the sandbox."""

from __future__ import annotations

from pathlib import Path

from outpace.engines.imports import ModuleImports
from outpace.model.application import Application
from outpace.proving.ports import Loaded, NotLoaded
from tests.fakes.here import HERE, confined, written

SHOP = Application(name="shop")
FILES = {
    "shop/__init__.py": "print('noise')\n",
    "shop/app.py": "from shop import missing_name\n",
    "ends.py": "import os\nos._exit(0)\n",
    "crashes.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
    "exits.py": "raise SystemExit(0)\n",
}


def test_each_module_answers_for_itself_and_none_can_end_the_others(tmp_path: Path) -> None:
    modules = ("ends", "crashes", "exits", "shop.app", "nowhere", "json", "shop")
    found = ModuleImports(confined()).load(HERE, written(tmp_path, FILES), SHOP, modules)
    assert found == (
        NotLoaded(module="ends", why="it ended the process (status 0)"),
        NotLoaded(module="crashes", why="it ended the process (signal 11)"),
        NotLoaded(module="exits", why="SystemExit: 0"),
        NotLoaded(
            module="shop.app",
            why=f"ImportError: cannot import name 'missing_name' from 'shop' ({tmp_path}/shop/__init__.py)",
        ),
        NotLoaded(module="nowhere", why="ModuleNotFoundError: No module named 'nowhere'"),
        Loaded(module="json"),
        Loaded(module="shop"),
    )


def test_names_are_answered_beside_their_module_and_one_that_ends_it_answers_for_none(tmp_path: Path) -> None:
    modules = ("shop:there", "ends:x", "json:decoder", "json:nothing", "json")
    files = {**FILES, "shop/__init__.py": "there = None\n"}
    found = ModuleImports(confined()).load(HERE, written(tmp_path, files), SHOP, modules)
    assert found == (
        Loaded(module="shop:there"),
        NotLoaded(module="ends:x", why="it ended the process (status 0)"),
        Loaded(module="json:decoder"),
        NotLoaded(module="json:nothing", why="ImportError: cannot import name 'nothing' from 'json'"),
        Loaded(module="json"),
    )


def test_an_object_within_an_object_is_looked_for_and_what_is_no_name_is_never_well(tmp_path: Path) -> None:
    lazy = (
        "class Site: app = 1\nsite = Site()\ndef __getattr__(name):\n    raise ImportError(f'{name} wants an extra')\n"
    )
    modules = ("shop:site.app", "shop:site.nothing", "shop:lazy", "shop:site", "shop:")
    found = ModuleImports(confined()).load(HERE, written(tmp_path, {"shop.py": lazy}), SHOP, modules)
    assert found == (
        Loaded(module="shop:site.app"),
        NotLoaded(module="shop:site.nothing", why="AttributeError: 'Site' object has no attribute 'nothing'"),
        NotLoaded(module="shop:lazy", why="ImportError: lazy wants an extra"),
        Loaded(module="shop:site"),
        NotLoaded(module="shop:", why="it was not asked: MODULE or MODULE:NAME is read"),
    )


def test_a_module_below_that_nobody_imported_is_no_attribute_and_can_be_imported_by_name(tmp_path: Path) -> None:
    modules = ("concurrent:futures", "concurrent:.futures", "json:.loads", "concurrent:futures.Gone", "shop:broken")
    files = {"shop/__init__.py": "", "shop/broken.py": "import nowhere"}
    found = ModuleImports(confined()).load(HERE, written(tmp_path, files), SHOP, modules)
    gone = "AttributeError: module 'concurrent.futures' has no attribute 'Gone'"
    assert found == (
        Loaded(module="concurrent:futures"),
        NotLoaded(module="concurrent:.futures", why="AttributeError: module 'concurrent' has no attribute 'futures'"),
        Loaded(module="json:.loads"),
        NotLoaded(module="concurrent:futures.Gone", why=gone),
        NotLoaded(module="shop:broken", why="ModuleNotFoundError: No module named 'nowhere'"),
    )


def test_a_name_that_ends_the_process_or_never_answers_leaves_the_others_to_another(tmp_path: Path) -> None:
    source = (
        "import os, time\ngood = 1\ndef __getattr__(name):\n    {'ends': lambda: os._exit(3)}.get(name, nothing)()\n"
    )
    source += "def nothing():\n    raise AttributeError('nothing')\n"
    modules = ("shop:.good", "shop:.ends", "shop:.lost", "shop", "shop:good")
    found = ModuleImports(confined()).load(HERE, written(tmp_path, {"shop.py": source}), SHOP, modules)
    assert found == (
        Loaded(module="shop:.good"),
        NotLoaded(module="shop:.ends", why="it ended the process (status 3)"),
        NotLoaded(module="shop:.lost", why="AttributeError: nothing"),
        Loaded(module="shop"),
        Loaded(module="shop:good"),
    )
