#!/usr/bin/env python3
"""A scripted agent, no model behind it: makes a right edit and is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
os.kill(os.getpid(), signal.SIGKILL)
