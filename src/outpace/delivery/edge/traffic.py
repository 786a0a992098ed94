"""Where requests go: to the baseline, to the candidate, nowhere."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.model.release import SHORT, Digest

WHOLE = 10_000
"""Weights are in hundredths of a percent."""


class Upstream(Struct, frozen=True, kw_only=True):
    """The processes of a release that take requests, on loopback."""

    release: Digest
    ports: tuple[int, ...]
    ready: str = "/"

    @property
    def name(self) -> str:
        return upstream_name(self.release)


def upstream_name(release: Digest) -> str:
    return f"release-{release[:SHORT]}"


class BlockPath(Struct, frozen=True, kw_only=True, tag="path"):
    """This path and everything below it."""

    path: str


class BlockMethod(Struct, frozen=True, kw_only=True, tag="method"):
    """A method, on a path and below it; everywhere where none is given."""

    method: str
    path: str = "/"


class BlockHeader(Struct, frozen=True, kw_only=True, tag="header"):
    """Requests that carry a header, with a value that holds `contains`; any value where that is empty."""

    header: str
    contains: str = ""


Blocked: TypeAlias = BlockPath | BlockMethod | BlockHeader


class Block(Struct, frozen=True, kw_only=True):
    """A declared stopgap: requests of a shape are answered 403 until a moment."""

    what: Blocked
    until: datetime
    why: str


class Traffic(Struct, frozen=True, kw_only=True):
    """`weight` of the candidate in hundredths of a percent; `mirrored`: the share of safe requests of which the
    candidate gets a copy while no user is sent to it, and whose answers nobody sees."""

    baseline: Digest | None
    candidate: Digest | None = None
    weight: int = 0
    mirrored: float = 0.0
    blocks: tuple[Block, ...] = ()

    def blocked_at(self, now: datetime) -> tuple[Block, ...]:
        """Those whose time is not over."""
        return tuple(each for each in self.blocks if each.until > now)

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= WHOLE:
            raise ValueError(f"a weight is from 0 to {WHOLE}, and this is {self.weight}")
        if self.weight and self.candidate is None:
            raise ValueError("a weight needs a candidate")
        if not 0 <= self.mirrored <= 1:
            raise ValueError(f"a share of mirrored requests is from 0 to 1, and this is {self.mirrored}")
