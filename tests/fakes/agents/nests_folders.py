#!/usr/bin/env python3
"""A scripted agent, no model behind it: leaves folders in folders, deeper than a path can name, and a closed one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

Path("closed").mkdir()
Path("closed/inner").mkdir()
Path("closed/inner/file").touch()
Path("closed/inner").chmod(0)
Path("closed").chmod(0)
for _ in range(int(sys.argv[1])):
    Path("d" * 100).mkdir()
    os.chdir("d" * 100)
