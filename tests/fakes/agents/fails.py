#!/usr/bin/env python3
"""A scripted agent, no model behind it: makes a right edit and ends with status 1."""

from __future__ import annotations

import sys
from pathlib import Path

Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
sys.exit("the model is overloaded")
