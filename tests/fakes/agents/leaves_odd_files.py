#!/usr/bin/env python3
"""A scripted agent, no model behind it: leaves a `fifo`, a `binary` file or a `sparse` one, by its argument."""

from __future__ import annotations

import os
import sys
from pathlib import Path

match sys.argv[1]:
    case "fifo":
        os.mkfifo("pipe")
    case "binary":
        Path("data.bin").write_bytes(b"\x00\x01")
    case _:
        with Path("sparse").open("wb") as file:
            file.truncate(100 << 20)
