"""The environment that the tests run in, as one that was built for a project; and trees written from a table."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from outpace.engines.confined_python import ConfinedPython
from outpace.proving.ports import Built
from outpace.sandbox import NoSandbox, strongest
from tests.needs import missing

HERE = Built(
    path=sys.prefix, digest="0" * 64, python="3", readable=(sys.base_prefix,), roots=(".",)
)  # pytest is in it, and nothing needs an index


def confined() -> ConfinedPython:
    tier = strongest()
    if isinstance(tier, NoSandbox):
        missing("no tier of the sandbox can be formed")
    return ConfinedPython(tier=tier)


def written(root: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root
