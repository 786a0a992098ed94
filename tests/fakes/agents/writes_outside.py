#!/usr/bin/env python3
"""A scripted agent, no model behind it: writes to each path given, prints where it could, and makes a right edit."""

from __future__ import annotations

import sys
from pathlib import Path

done: list[str] = []
for path in map(Path, sys.argv[1:]):
    try:
        path.write_text("taken over\n")
        done.append(str(path))
    except OSError:
        pass
print(done)
Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
