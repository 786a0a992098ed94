"""Which releases may go: never what runs, never what a rollback needs, and nothing that is young."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from outpace.model.release import Digest

YOUNG = timedelta(hours=1)
"""A build or a rollout that has just begun may be about to use it."""


class Held(Struct, frozen=True, kw_only=True):
    """A release that is stored; `used` is when a build last gave it out."""

    digest: Digest
    built: datetime
    used: datetime
    layer: str = ""  # the dependency layer that it stands on


class HeldLayer(Struct, frozen=True, kw_only=True):
    digest: str
    used: datetime


class Going(Struct, frozen=True, kw_only=True):
    """What may be removed, oldest first."""

    releases: tuple[Digest, ...]
    layers: tuple[str, ...]


def going(
    releases: Iterable[Held],
    layers: Iterable[HeldLayer],
    *,
    running: Collection[str],
    needed: Collection[str],
    keep: int,
    now: datetime,
) -> Going:
    """`running` and `needed` (last good, previous, candidate) name releases, or layers; the newest `keep` of the others
    stay too, and so does every layer that a remaining release stands on."""
    held = sorted(releases, key=lambda each: (each.built, each.digest))
    bound = {*running, *needed}
    others = [each for each in held if each.digest not in bound]
    spare = others[: max(0, len(others) - max(0, keep))]
    gone = tuple(each.digest for each in spare if not _young(max(each.built, each.used), now))
    stood_on = {each.layer for each in held if each.digest not in gone}
    old = sorted((each for each in layers if not _young(each.used, now)), key=lambda each: (each.used, each.digest))
    return Going(releases=gone, layers=tuple(each.digest for each in old if each.digest not in stood_on | bound))


def _young(at: datetime, now: datetime) -> bool:
    """A time that is still to come is a clock that was set back: nothing is old by it."""
    return now - at < YOUNG
