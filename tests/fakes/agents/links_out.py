#!/usr/bin/env python3
"""A scripted agent, no model behind it: leaves a link to the file given, and writes through one to a folder given."""

from __future__ import annotations

import sys
from pathlib import Path

Path("leak").symlink_to(sys.argv[1])
Path("folder").symlink_to(sys.argv[2])
try:
    Path("folder/planted").write_text("taken over\n")
    print("written through the link")
except OSError:
    print("not written")
