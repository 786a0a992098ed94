#!/usr/bin/env python3
"""A scripted agent, no model behind it: leaves a process that writes into the copy again and again, ends well."""

from __future__ import annotations

import os
import time
from pathlib import Path

Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            try:
                Path("late.txt").write_text(str(time.time()))
            except OSError:
                pass
            time.sleep(0.01)
    os._exit(0)
print("done")
