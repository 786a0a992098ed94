"""A project of one module and one test, and the ground on which a change of it climbs: real trees, in the sandbox."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from outpace import sandbox
from outpace.app.climb import Ground
from outpace.app.climb_runs import Tree
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.proving.ladder.patch import Patch


def tree(root: Path, code: str, test: str) -> Tree:
    root.mkdir()
    (root / "notes.py").write_text(code)
    (root / "test_notes.py").write_text(test)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    built = described(Path(sys.executable), (".",))
    return Tree(root=root, inside=InsidePython(python, built=built, tree=root, cwd=root, env=env))


def ground(root: Path, before: str, after: str, test: str) -> Ground:
    """Each other patch is laid out in a folder of its own."""
    numbers = itertools.count()

    def another(patch: Patch) -> Tree:
        (file,) = patch.files
        return tree(root / f"another-{next(numbers)}", (file.after or b"").decode(), test)

    base, change = tree(root / "base", before, test), tree(root / "change", after, test)
    words = ("-q", "-p", "no:cacheprovider")
    return Ground(base=base, change=change, tested=change, another=another, words=words)
