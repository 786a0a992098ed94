"""An immutable build, named by its digest."""

from __future__ import annotations

import re
from typing import NewType

Digest = NewType("Digest", str)
"""SHA-256 in hex of everything that a release holds and how it is started."""

DIGEST = re.compile(r"[0-9a-f]{64}")
SHORT = 12
