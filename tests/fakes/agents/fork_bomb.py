#!/usr/bin/env python3
"""A scripted agent, no model behind it: starts processes that start processes."""

from __future__ import annotations

import os
import time

while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
