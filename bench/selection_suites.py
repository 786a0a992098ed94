"""Suites for bench/selection.py: a Python with pytest and a toy dependency, and what runs and selects on it."""

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
        folder.mkdir(parents=True)
        if python is not None:
            return cls(folder, python, folder / "none", described(python, roots), roots)
        own = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(own)], check=True)
        site = next((own / "lib").glob("python*/site-packages"))
        beside = next((PEERS / "lib").glob("python*/site-packages"))
        (site / "peers.pth").write_text(f"{beside}\n")
        built = described(own / "bin" / "python", roots)
        readable = (*built.readable, str(PEERS))
        return cls(folder, own / "bin" / "python", site, msgspec.structs.replace(built, readable=readable), roots)

    def copy(self, root: Path, name: str) -> Path:
        return Path(shutil.copytree(root, self.folder / name, symlinks=True))

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
