"""Where a path lies: in the project, in an installed distribution, in Python itself, or elsewhere."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
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
                if any(part in UNSEEN for part in parts) or whole.startswith(self.ours):
                    return None
                if any(part in SITES and is_environment(root, parts[:at]) for at, part in enumerate(parts)):
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

    def is_repository(self, path: str) -> bool:
        """Whether it lies in what git keeps of the project."""
        return path.startswith((self.root + os.sep, self._asked + os.sep)) and f"{os.sep}.git{os.sep}" in path

    def roots_outside(self) -> tuple[str, ...]:
        """Directories beyond the project from which modules are imported, those of Python, of what is installed and of
        this recorder left out, and those that hold the project."""
        found = dict.fromkeys(os.path.abspath(entry) for entry in sys.path if os.path.isdir(entry or os.curdir))
        return tuple(each for each in found if self.project(each) is None and self._is_foreign(each))

    def is_outside(self, file: str) -> bool:
        """A module's file that is neither the project's nor installed nor Python's."""
        around_ours = self.ours.startswith(os.path.dirname(file) + os.sep)
        return os.path.isabs(file) and not around_ours and self.project(file) is None and self._is_foreign(file)

    def _is_foreign(self, whole: str) -> bool:
        above = (self.root + os.sep).startswith(whole.rstrip(os.sep) + os.sep)
        ours = self.ours.startswith(whole + os.sep) or whole.startswith(self.ours + os.sep)
        return not above and not ours and (self.item("f", whole) or "")[:2] == "f:"

    def is_standard(self, filename: str) -> bool:
        """Python's own modules, frozen ones and code without a file among them."""
        if filename.startswith("<"):
            return True
        return filename.startswith(self.standard + os.sep) and not any(site in filename for site in SITES)

    def is_ours(self, filename: str) -> bool:
        return filename.startswith(self.ours + os.sep)


@lru_cache(maxsize=1 << 10)
def _is_prefix(directory: str) -> bool:
    """Of an environment, and no folder that only has its shape, as data of tests may."""
    if directory in (sys.prefix, sys.base_prefix):
        return True
    marked = any(os.path.exists(os.path.join(directory, each)) for each in ("pyvenv.cfg", "conda-meta"))
    return marked and os.path.exists(os.path.join(directory, "bin", "python"))


def is_environment(root: str, parts: Sequence[str]) -> bool:
    """Whether a directory of distributions that is in such a folder of the project is that of an environment."""
    return any(_is_prefix(os.path.join(root, *parts[:end])) for end in range(len(parts) + 1))
