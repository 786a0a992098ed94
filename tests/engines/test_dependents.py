"""Who depends on whom in an environment, and what a distribution brings, by what is installed there."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines.dependents import dependents
from outpace.engines.python_environment import top_level
from tests.fakes.here import written

SITE = "lib/python3.11/site-packages"
ASKS = {
    "MarkupSafe": "",
    "jinja2": "Requires-Dist: markupsafe>=2.0; python_version > '3'",
    "flask": "Requires-Dist: Jinja2 (>=2)\nRequires-Dist: click",
    "babel": "Requires-Dist: MARKUP_safe",
    "mako": 'Requires-Dist: MarkupSafe ; extra == "web"',
    "kit": 'Requires-Dist: MarkupSafe ; extra == "test"\nRequires-Dist: jinja2 ; extra == "docs-all"',
    "talk": "\nRequires-Dist: markupsafe",
}


def test_who_asks_for_a_package_comes_before_who_asks_for_these(tmp_path: Path) -> None:
    files = {
        f"{SITE}/{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\n{asks}\n"
        for name, asks in ASKS.items()
    }
    environment = written(tmp_path, {**files, f"{SITE}/markup_safe-1.0.dist-info/RECORD": ""})
    assert dependents(environment, frozenset({"markupsafe"})) == ("jinja2", "mako", "flask")
    assert dependents(environment, frozenset({"markup-safe"})) == ("babel",)
    assert dependents(environment, frozenset({"flask"})) == ()


@pytest.mark.parametrize(
    ("record", "modules"),
    [
        ("jwt/__init__.py,,\njwt/api/__init__.py,,\njwt/x.py,,\njwt_cli.py,,\n", ("jwt", "jwt_cli")),
        ("google/cloud/storage/__init__.py,,\ngoogle/cloud/storage/a/b.py,,\n", ("google.cloud.storage",)),
        ("ruamel/yaml/__init__.py,,\nruamel/yaml/x.py,,\nshare/conf.py,,\n", ("ruamel.yaml",)),
        ("zoo/lion.py,,\nzoo/big/cat.cpython-311-x86_64-linux-gnu.so,,\n", ("zoo.lion", "zoo.big.cat")),
        ("_fast.abi3.so,,\n../../../bin/x.py,,\nkit-1.0.data/x.py,,\nkit-1.0.dist-info/METADATA,,\n", ("_fast",)),
    ],
)
def test_the_topmost_modules_of_a_distribution_are_found_below_a_namespace_too(
    tmp_path: Path, record: str, modules: tuple[str, ...]
) -> None:
    written(tmp_path, {"RECORD": record})
    assert top_level(tmp_path) == modules
