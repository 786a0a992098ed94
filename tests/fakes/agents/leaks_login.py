#!/usr/bin/env python3
"""A scripted agent, no model behind it: writes into the change what it was given to log in with, and says it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

login = os.environ.get(sys.argv[1]) or (Path.home() / sys.argv[1]).read_text()
Path("calc.py").write_text(f"KEY = '''{login}'''\n")
print(login)
