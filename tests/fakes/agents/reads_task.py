#!/usr/bin/env python3
"""A scripted agent, no model behind it: writes the task down as it got it, three times over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

Path("stdin.txt").write_text(sys.stdin.read())
Path("file.txt").write_text(Path(os.environ["OUTPACE_TASK"]).read_text())
Path("argument.txt").write_text(Path(sys.argv[1]).read_text())
Path("task.json").write_text(Path(os.environ["OUTPACE_TASK_JSON"]).read_text())
