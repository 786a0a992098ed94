"""A small project's tests, recorded in the sandbox, each in a fork of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from outpace import sandbox
from outpace.app.test_select import Recording, Suite, recording_of
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.model.unknown import Unknown


def recorded_in(root: Path) -> Recording:
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=root, cwd=root)
    found = recording_of(Suite(inside=inside, root=str(root), words=("-q",), commit="c"), None)
    assert not isinstance(found, Unknown), found
    return found


def items(recorded: Recording, test: str) -> set[str]:
    return {str(item) for told in recorded.told if told.test.endswith(f"::{test}") for item in told.every}
