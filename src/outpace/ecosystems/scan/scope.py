"""Whether a lock file is for development, told by its name and its folders."""

from __future__ import annotations

import posixpath
import re

_FOLDERS = frozenset({"test", "tests", "testing", "doc", "docs", "example", "examples", "fixture", "fixtures"})
_WORD = re.compile(r"(?:^|[-_.])(?:dev|develop|development|test|tests|testing|docs?|lint|ci)(?:[-_.]|$)", re.IGNORECASE)


def is_for_development(path: str) -> bool:
    """A lock of tests, documents, examples or tools: what it pins does not run in production."""
    folder, name = posixpath.split(path)
    return not _FOLDERS.isdisjoint(folder.lower().split("/")) or _WORD.search(name.rpartition(".")[0]) is not None
