"""Where a path lies: in the project, in an installed distribution, in Python itself, or elsewhere."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from functools import lru_cache
from typing import Optional

from .distributions import SITES, item_of

UNSEEN = (".git", ".pytest_cache", "__pycache__", ".hypothesis", ".ruff_cache", ".mypy_cache")
"""Directories of the project that no record names: they hold what tools left."""
NOWHERE = ("/proc", "/dev", "/sys")
OURS = "outpace_inside"


class Places:
    """`root` is that of the project's files."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self._asked = os.path.abspath(root)
        self.standard = os.path.dirname(os.path.abspath(os.__file__))
        self._outside = tuple({sys.prefix, sys.base_prefix, self.standard, *sysconfig.get_paths().values(), *NOWHERE})
        self._temporary = os.path.realpath(tempfile.gettempdir())
        self.ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.project = lru_cache(maxsize=1 << 14)(self._in_project)
        self.item = lru_cache(maxsize=1 << 14)(self._item)

    def _in_project(self, path: str) -> Optional[str]:
        """Relative to the root; None for what is not the project's own."""
        if path.startswith("<"):  # frozen modules, and code that was made from text
            return None
        whole = os.path.abspath(path)
        for root in (self.root, self._asked):
            if whole == root:
                return "."
            if whole.startswith(root + os.sep):
                relative = whole[len(root) + 1 :]
                parts = relative.split(os.sep)
                if any(part in UNSEEN or part in SITES for part in parts) or whole.startswith(self.ours):
                    return None
                return relative
        return None

    def _item(self, kind: str, path: str) -> Optional[str]:
        """Of a path; None where no test can depend on it, or where something else speaks of it."""
        inside = self.project(path)
        if inside is not None:
            return f"{kind}:{inside}"
        whole = os.path.abspath(path)
        if any(part in SITES for part in whole.split(os.sep)):
            return item_of(whole)
        if whole.startswith((self.root + os.sep, self._asked + os.sep, self._temporary + os.sep, self.ours)):
            return None
        if whole == self._temporary or any(whole == top or whole.startswith(top + os.sep) for top in self._outside):
            return None
        above = self.root.startswith(whole.rstrip(os.sep) + os.sep)
        return None if above else f"{kind}:{whole}"

    def is_standard(self, filename: str) -> bool:
        """Python's own modules, frozen ones and code without a file among them."""
        if filename.startswith("<"):
            return True
        return filename.startswith(self.standard + os.sep) and not any(site in filename for site in SITES)

    def is_ours(self, filename: str) -> bool:
        return filename.startswith(self.ours + os.sep)
