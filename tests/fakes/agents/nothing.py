#!/usr/bin/env python3
"""A scripted agent, no model behind it: says something with control characters in it and changes nothing."""

from __future__ import annotations

import sys

print("thinking")
print("I could not \x1b[31mdo\x1b[0m it")
print("password=hunter22 and a left\u202eright", file=sys.stderr)
