"""The powers of a project's own modules at base, by their dotted names; what one module takes from another counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from outpace.proving.ladder import parses, powers
from outpace.proving.ladder.capabilities import Own, uses

OF_ITS_OWN = frozenset({powers.SILENCES, powers.SWALLOWS})
"""What a module does to itself, and not for those that import it."""
UNREAD = frozenset({powers.CODE, powers.INSIDE})
"""Of a module that cannot be read."""


def own_powers(paths: Iterable[str], read: Callable[[str], bytes | None], roots: Iterable[str] = (".",)) -> Own:
    """`roots` are the folders that are on sys.path, relative as the paths are. Each module is read when it is asked
    for, once."""
    files = _by_name(paths, roots)
    found: dict[str, frozenset[str]] = {}

    def own(module: str) -> frozenset[str] | None:
        path = files.get(module)
        if path is None:
            return None
        if path not in found:
            found[path] = frozenset()  # while it is read: modules may import each other
            try:
                found[path] = frozenset(use.power for use in uses(read(path) or b"", path, own)) - OF_ITS_OWN
            except parses.UNREADABLE:
                found[path] = UNREAD
        return found[path]

    return own


def _by_name(paths: Iterable[str], roots: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    parts_of_roots = [PurePosixPath(root).parts for root in roots]
    for path in paths:
        place = PurePosixPath(path)
        if place.suffix != ".py":
            continue
        for root in parts_of_roots:
            if place.parts[: len(root)] == root:
                parts = place.with_suffix("").parts[len(root) :]
                name = ".".join(parts[:-1] if parts[-1:] == ("__init__",) else parts)
                names.setdefault(name, path)
    names.pop("", None)
    return names
