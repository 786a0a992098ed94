#!/usr/bin/env python3
"""A scripted agent, no model behind it: says 64 MB and makes a right edit."""

from __future__ import annotations

import sys
from pathlib import Path

for _ in range(1000):
    sys.stdout.write("x" * 64_000 + "\n")
Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
