#!/usr/bin/env python3
"""A scripted agent, no model behind it: replaces OLD by NEW in PATH, each given as an argument."""

from __future__ import annotations

import sys
from pathlib import Path

sys.stdin.read()
path, old, new = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
text = path.read_text()
path.write_text(text.replace(old, new))
print(f"replaced {text.count(old)} in {path}")
