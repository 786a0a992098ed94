"""Text for a terminal: whatever a repository or an advisory says, it stays text."""

from __future__ import annotations

from outpace.ecosystems.spelling import printable

__all__ = ["printable"]
