#!/usr/bin/env python3
"""A scripted agent, no model behind it: makes a right edit and never ends, whatever it is told."""

from __future__ import annotations

import signal
import time
from pathlib import Path

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
while True:
    time.sleep(60)
