"""What mending needs of a tool that writes source."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from outpace.testing.mending.successors import Edit


class Edits(Protocol):
    """Writes edits into source; every character that they do not concern stays."""

    def edited(self, source: str, edit: Edit, within: Collection[str]) -> str:
        """Names of modules wherever the file has them; attributes, keywords and arguments only within these functions
        (qualified by their classes) and outside of all. The same text where there is nothing to edit."""
        ...
