#!/usr/bin/env python3
"""A scripted agent, no model behind it: leaves as many empty files as it is told, in folders of a thousand."""

from __future__ import annotations

import sys
from pathlib import Path

for number in range(int(sys.argv[1])):
    folder = Path(f"many-{number // 1000}")
    if number % 1000 == 0:
        folder.mkdir()
    (folder / str(number)).touch()
