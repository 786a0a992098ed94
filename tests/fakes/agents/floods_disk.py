#!/usr/bin/env python3
"""A scripted agent, no model behind it: writes until it is stopped."""

from __future__ import annotations

import itertools
from pathlib import Path

part = bytes(range(256)) * 4096
for number in itertools.count():
    try:
        Path(f"filling-{number}").write_bytes(part * 4)
    except OSError:
        continue
