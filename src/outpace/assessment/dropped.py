"""Packages that left every lock file while affected, and what the project's own files went on to ask for."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from outpace.assessment.chronicle import Chronicle
from outpace.ecosystems.scan import asks
from outpace.model.package import Package


class Dropped(NamedTuple):
    """With a landing, out of these files."""

    package: Package
    landing: int
    files: tuple[str, ...]


class Version(NamedTuple):
    path: str
    blob: str


def asking(chronicle: Chronicle, dropped: Iterable[Dropped]) -> dict[Dropped, tuple[Version, ...]]:
    """Of each, the files that stood then and might ask for it: of the same folder as one that it left, or above."""
    number = {landing.id: at for at, landing in enumerate(chronicle.landings)}
    versions: dict[str, list[tuple[int, str]]] = {}
    for touch in chronicle.touches:
        if asks(touch.path):
            versions.setdefault(touch.path, []).append((number[touch.landing], touch.after))
    found: dict[Dropped, tuple[Version, ...]] = {}
    for each in dropped:
        stood = ((path, _at(rows, each.landing)) for path, rows in sorted(versions.items()) if _is_over(path, each))
        found[each] = tuple(Version(path, blob) for path, blob in stood if blob)
    return found


def _at(rows: list[tuple[int, str]], landing: int) -> str:
    until = bisect_right(rows, landing, key=lambda row: row[0])
    return rows[until - 1][1] if until else ""


def _is_over(path: str, dropped: Dropped) -> bool:
    folder = posixpath.dirname(path)
    return not folder or any(file.startswith(f"{folder}/") for file in dropped.files)
