"""Advisory data: brought whole (`feed`), compiled once, asked in milliseconds."""

from __future__ import annotations

from outpace.engines.advisories.store import AdvisoryStore

__all__ = ("AdvisoryStore",)
