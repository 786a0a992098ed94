#!/usr/bin/env python3
"""A scripted agent, no model behind it: leaves settings with which git, run in this directory, makes the file given."""

from __future__ import annotations

import sys
from pathlib import Path

marker = sys.argv[1]
git = Path(".git")
(git / "hooks").mkdir(parents=True, exist_ok=True)
trap = git / "trap"
for place in (trap, *(git / "hooks" / name for name in ("post-checkout", "pre-commit", "post-index-change"))):
    place.write_text(f"#!/bin/sh\ntouch '{marker}'\ncat\n")
    place.chmod(0o755)
with (git / "config").open("a") as config:
    config.write(
        f'[core]\n\tfsmonitor = "{trap.absolute()}"\n\thooksPath = "{(git / "hooks").absolute()}"\n'
        f'[diff "trap"]\n\tcommand = "{trap.absolute()}"\n\ttextconv = "{trap.absolute()}"\n'
        f'[diff]\n\texternal = "{trap.absolute()}"\n'
        f'[filter "trap"]\n\tclean = "{trap.absolute()}"\n\tsmudge = "{trap.absolute()}"\n'
    )
Path(".gitattributes").write_text("* diff=trap filter=trap\n")
Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
