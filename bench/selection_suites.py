"""Suites for bench/selection.py: a Python with pytest, what runs and selects on it, and the real projects."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from outpace import sandbox
from outpace.app.test_select import Suite, world_of
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built
from outpace.testing.selection.decision import Decision, Everything, Policy, decided
from outpace.testing.selection.maps import Map
from outpace.testing.told import Outcomes

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".tools" / "peers"
SECONDS = 600.0
WORDS = ("-q", "-p", "no:testmon")
SHORT = ("--tb=native",)
"""Tracebacks as Python writes them cost a third of what pytest's do, and a fault can turn hundreds of tests red."""


class Real(NamedTuple):
    """A project with a suite of its own, as it lies at `tag`. `kind` says what sort of code it is; `words` are for
    pytest; `written` are files that its build would have made."""

    name: str
    tag: str
    kind: str
    code: str
    held_out: bool
    data: tuple[str, ...] = ("tests",)
    words: tuple[str, ...] = ()
    written: tuple[tuple[str, str], ...] = ()
    peers: bool = False

    @property
    def roots(self) -> tuple[str, ...]:
        return ("src", ".") if self.code.startswith("src/") else (".",)


REAL = (
    Real("click", "8.1.8", "command lines", "src/click", held_out=False),
    Real("cachetools", "v5.5.2", "caches with state", "src/cachetools", held_out=False, peers=True),
    Real("sqlparse", "0.5.3", "a parser with files of data", "sqlparse", held_out=False),
    Real("marshmallow", "3.23.0", "classes with hooks", "src/marshmallow", held_out=True, words=SHORT),
    Real(
        "markdown",
        "3.8",
        "texts, and 300 files of data",
        "markdown",
        held_out=True,
        words=("--ignore=tests/test_syntax/extensions/test_md_in_html.py", *SHORT),
    ),
    Real(
        "humanize",
        "4.12.3",
        "pure functions, and catalogs",
        "src/humanize",
        held_out=True,
        data=("src/humanize/locale",),
        words=SHORT,
        written=(("src/humanize/_version.py", "__version__ = '4.12.3'\n"),),
    ),
    Real("wtforms", "3.1.2", "metaclasses", "src/wtforms", held_out=True, data=("src/wtforms/locale",), words=SHORT),
    Real("docstring_parser", "0.16", "a parser of texts", "docstring_parser", held_out=False, data=(), words=SHORT),
    Real("itsdangerous", "2.2.0", "small classes", "src/itsdangerous", held_out=True),
)
"""Split before any of them was run; docstring_parser was held out at first, until what it showed (that a text of a
module which one test alone reads counted for all) was mended. markdown: one file that pytest cannot collect is left
out."""


class Place(NamedTuple):
    """`python` is an environment of its own with what is in .tools/peers beside it; `site` is its site-packages."""

    folder: Path
    python: Path
    site: Path
    built: Built
    roots: tuple[str, ...] = (".",)
    words: tuple[str, ...] = WORDS

    @property
    def root(self) -> Path:
        return self.folder / "project"

    @classmethod
    def made(cls, folder: Path, *, python: Path | None = None, roots: tuple[str, ...] = (".",)) -> Place:
        folder.mkdir(parents=True, exist_ok=True)
        if python is not None:
            return cls(folder, python, folder / "none", described(python.absolute(), roots), roots)
        own = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(own)], check=True)
        site = next((own / "lib").glob("python*/site-packages"))
        beside = next((PEERS / "lib").glob("python*/site-packages"))
        (site / "peers.pth").write_text(f"{beside}\n")
        built = described(own / "bin" / "python", roots)
        readable = (*built.readable, str(PEERS))
        return cls(folder, own / "bin" / "python", site, msgspec.structs.replace(built, readable=readable), roots)

    def copy(self, root: Path, name: str) -> Path:
        return Path(shutil.copytree(root, self.folder / name, symlinks=True, ignore=shutil.ignore_patterns(".git")))

    def inside(self, root: Path, env: Mapping[str, str]) -> InsidePython:
        python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
        return InsidePython(python, built=self.built, tree=root, cwd=root, env={"TZ": "UTC", **env})


def suite_at(place: Place, root: Path, env: Mapping[str, str] | None = None) -> Suite:
    return Suite(inside=place.inside(root, env or {}), root=str(root), words=place.words, commit="0" * 40)


def results_of(place: Place, root: Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Test -> outcome, of the whole suite in one process, as it is run every day."""
    request = {"words": place.words, "ids": None, "seconds": SECONDS}
    told = place.inside(root, env or {}).ask("outcomes", request, seconds=SECONDS)
    rows = [msgspec.json.decode(row, type=Outcomes) for row in told.rows]
    return {result.id: result.outcome for row in rows for result in row.results}


def decide_on(place: Place, known: Map, root: Path, env: Mapping[str, str] | None = None) -> Decision:
    world = world_of(suite_at(place, root, env), known.items)
    assert not isinstance(world, Unknown), world
    return decided(known, world, now=now(), commit="0" * 40, policy=Policy(one_in=0))


def select_on(place: Place, known: Map, root: Path, env: Mapping[str, str] | None = None) -> frozenset[str]:
    match decide_on(place, known, root, env):
        case Everything(tests=tests):
            return frozenset(tests)
        case some:
            return frozenset(each.test for each in some.selected)
