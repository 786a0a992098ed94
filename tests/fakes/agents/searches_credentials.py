#!/usr/bin/env python3
"""A scripted agent, no model behind it: looks for a word in its environment, in others' and in files, says where."""

from __future__ import annotations

import os
import sys
from pathlib import Path

word, *paths = sys.argv[1:]
found = {f"variable {name}" for name, value in os.environ.items() if word in value}
others = [place for place in Path("/proc").glob("[0-9]*/environ") if place.parent.name != str(os.getpid())]
home = [place for place in Path.home().rglob("*") if place.is_file()]
for place in (*map(Path, paths), *others, *home):
    try:
        if word.encode() in place.read_bytes():
            found.add(str(place).replace(str(Path.home()), "~"))
    except OSError:
        continue
print(sorted(found))
