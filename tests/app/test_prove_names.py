"""Prove, of what the project's own code takes from what depends on what moved, and of code that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from outpace.app.prove import prove
from outpace.app.prove_question import question
from outpace.app.prove_runs import TAKEN_AT_MOST, Side, taken_by
from outpace.engines.git import Repository
from outpace.model.application import Application
from outpace.model.proof import Refuted
from outpace.proving.imports import items
from outpace.proving.ports import Built
from tests.fakes.here import written
from tests.fakes.index import Index, Release
from tests.fakes.project import project
from tests.fakes.proof import tools

RELEASES = {
    "sprout": [
        Release(version="1.0", modules=(("sprout.py", "seedling = 1\n"),)),
        Release(version="1.1", modules=(("sprout.py", ""),)),
    ],
    "kit": [
        Release(
            version="1.0",
            requires_dist=("sprout",),
            modules=(("kit/__init__.py", ""), ("kit/web.py", "from sprout import seedling\n")),
        )
    ],
    "seed": [Release(version="1.0")],
}
TESTS = "import unittest\nclass Shop(unittest.TestCase):\n    def test_name(self): pass\n"
SHOP = Application(name="shop", locks=("uv.lock",), test=("python", "-m", "unittest"), imports=("shop",))
JWT = frozenset({"jwt"})


def test_what_breaks_in_a_package_that_depends_on_what_moved_is_the_changes_to_blame(tmp_path: Path) -> None:
    with Index(RELEASES) as index:
        shop = project(tmp_path, index.url)
        shop.write({"shop.py": "", "report.py": "import kit.web\n", "test_shop.py": TESTS})
        for version, branch in (("1.0", "main"), ("1.1", "fix")):
            shop.write({}, dependencies=f'"sprout=={version}", "kit==1.0"')
            shop.lock()
            shop.commit(f"Upgrade\n\nMoves: sprout 1.0 -> {version}\n", branch=branch)
        found = question(Repository(shop.root), SHOP, "fix", "main")
        proof = prove(SHOP, found.base, found.revision, purpose=None, tools=tools(shop))
    gone = "ImportError: cannot import name 'seedling' from 'sprout'"
    assert isinstance(proof.conclusion, Refuted), proof
    assert proof.conclusion.reason.startswith(
        f"imports: report.py:1: import kit.web fails on the change and not on base: {gone}"
    )


def own(tmp_path: Path, files: Mapping[str, str], python: str = "3.11.0", roots: tuple[str, ...] = ()) -> object:
    side = Side(revision="r", tree="t", files=written(tmp_path, files))
    built = Built(path="/nowhere", digest="d", python=python, roots=roots)
    found = taken_by(side, Application(name="shop", path="web"), built, JWT)
    return tuple(path for path, _ in found.files if items(found)), found.unread, found.unknown


def test_what_the_environment_puts_on_the_path_is_own_code_too_and_links_lead_nowhere(tmp_path: Path) -> None:
    takes = {"web/a.py": "import jwt", "lib/src/b.py": "import jwt", "other/c.py": "import jwt", "lib/tests/d.py": "x"}
    written(tmp_path, takes)
    (tmp_path / "web" / "link.py").symlink_to(tmp_path / "other" / "c.py")
    assert own(tmp_path, {}, roots=("lib/src", "web", "../elsewhere")) == (("web/a.py", "lib/src/b.py"), (), ())


@pytest.mark.parametrize(("python", "is_unknown"), [("3.9.1", False), ("3.99.0", True)])
def test_a_file_of_a_newer_python_than_the_one_that_reads_is_no_proof(
    tmp_path: Path, python: str, is_unknown: bool
) -> None:
    told = ("web/a.py (SyntaxError: invalid syntax (<unknown>, line 1))",)
    found = own(tmp_path, {"web/a.py": "import jwt as 1", "web/b.py": "is no python"}, python=python)
    assert found == (((), (), told) if is_unknown else ((), told, ()))


def test_more_names_than_are_asked_for_are_no_proof(tmp_path: Path) -> None:
    many = "import jwt\n" + "".join(f"jwt.x{number}\n" for number in range(TAKEN_AT_MOST))
    found = own(tmp_path, {"web/a.py": many, "web/b.py": "import jwt", "web/c.py": "import jwt"})
    assert found == (("web/a.py",), (), (f"web/b.py and what follows, behind {TAKEN_AT_MOST:,} names",))
