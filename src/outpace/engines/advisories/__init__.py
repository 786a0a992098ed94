"""Advisory data: brought whole, compiled once, asked in milliseconds."""

from __future__ import annotations

from outpace.engines.advisories.feed import KEV_URL, OSV_URL, AdvisoryFeed
from outpace.engines.advisories.store import AdvisoryStore

__all__ = ("KEV_URL", "OSV_URL", "AdvisoryFeed", "AdvisoryStore")
