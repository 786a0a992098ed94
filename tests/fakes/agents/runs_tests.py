#!/usr/bin/env python3
"""A scripted agent, no model behind it: makes a right edit, runs the tests, and leaves what they said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
words = [os.environ["OUTPACE_PYTHON"], "-m", "pytest", "-q", "-p", "no:cacheprovider"]
env = {**os.environ, "PYTHONPATH": ".", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
done = subprocess.run(words, check=False, capture_output=True, text=True, env=env)
said = (done.stdout or done.stderr).splitlines()[-1]
Path("calc.py").write_text(Path("calc.py").read_text() + f"# {said}\n")
sys.exit(done.returncode)
