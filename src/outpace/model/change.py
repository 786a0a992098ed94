"""Edits with a motive and a provenance."""

from __future__ import annotations

from msgspec import Struct

from outpace.model.package import Package
from outpace.model.times import Aware


class Move(Struct, frozen=True, kw_only=True, order=True):
    """One package that goes from one version to another; None where it comes or goes."""

    package: Package
    before: str | None
    after: str | None
    file: str = ""
    marker: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """One commit on a branch of its own. Exposures that one change fixes share it."""

    branch: str
    base: str  # full commit id
    revision: str  # full commit id
    fixes: tuple[str, ...]  # ids of vulnerabilities
    moves: tuple[Move, ...]
    purpose: tuple[Package, ...] = ()  # the packages that were meant to move; others move along
    caveats: tuple[str, ...] = ()
    proposer: str = "upgrade"
    at: Aware | None = None
    released: tuple[tuple[str, Aware], ...] = ()  # ("name==version", upload time) where the index tells it
