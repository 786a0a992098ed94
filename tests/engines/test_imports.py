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
