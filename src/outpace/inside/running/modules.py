"""Which modules of a few packages there are, and which of them are loaded."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator

MOST = 5000
NOT_SHIPPED = frozenset({"tests", "test", "testing", "__pycache__"})


def loaded(tops: Iterable[str]) -> list[str]:
    wanted = set(tops)
    return sorted(name for name in list(sys.modules) if name.partition(".")[0] in wanted)


def there(tops: Iterable[str]) -> list[str]:
    """By their files; what a package brings for its own tests is no part of it, nor is what starts it as a program."""
    found: list[str] = []
    for top in tops:
        try:
            spec = importlib.util.find_spec(top)
        except (ImportError, ValueError):
            continue
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            found += list(_below(place, top))
        if spec is not None and not spec.submodule_search_locations:
            found.append(top)
    return sorted(set(found))[:MOST]


def _below(place: str, top: str) -> Iterator[str]:
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name not in NOT_SHIPPED and name.isidentifier())
        inner = os.path.relpath(folder, place)
        package = top if inner == os.curdir else f"{top}.{inner.replace(os.sep, '.')}"
        for name in names:
            stem, dot, end = name.partition(".")
            if end == "py" and dot and stem.isidentifier() and stem not in ("__main__", "conftest"):
                yield package if stem == "__init__" else f"{package}.{stem}"
