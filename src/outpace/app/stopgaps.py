"""Blocks at the edge: put up, taken away, each by one rename; they end by themselves when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.traffic import Block, Blocked, BlockHeader, BlockMethod, BlockPath
from outpace.model.stopgap import Stopgap
from outpace.pipelines.configuration import seconds_of


class Stopgaps(Protocol):
    """What stands before an application, where something of ours does."""

    def stands(self, stopgap: Stopgap) -> bool: ...
    def put_up(self, stopgap: Stopgap, why: str) -> datetime: ...
    def take_away(self, stopgap: Stopgap) -> None: ...


class EdgeStopgaps:
    """Implements `Stopgaps`: routes of the edge. A rollout that begins later takes them along, and so does its way
    back."""

    def __init__(self, runtime: Runtime, now: Callable[[], datetime]) -> None:
        self._runtime = runtime
        self._now = now

    def standing(self) -> tuple[Block, ...]:
        traffic = self._runtime.standing().traffic
        return traffic.blocked_at(self._now()) if traffic is not None else ()

    def stands(self, stopgap: Stopgap) -> bool:
        return any(each.what == shape(stopgap) for each in self.standing())

    def put_up(self, stopgap: Stopgap, why: str) -> datetime:
        until = self._now() + timedelta(seconds=seconds_of(stopgap.within))
        self.block(Block(what=shape(stopgap), until=until, why=why))
        return until

    def take_away(self, stopgap: Stopgap) -> None:
        self.unblock(shape(stopgap))

    def block(self, block: Block) -> None:
        """One of the same shape is replaced."""
        self._runtime.reblock(lambda blocks: (*(each for each in blocks if each.what != block.what), block))

    def unblock(self, what: Blocked) -> bool:
        """Whether there was one."""
        is_there = any(each.what == what for each in self.standing())
        if is_there:
            self._runtime.reblock(lambda blocks: tuple(each for each in blocks if each.what != what))
        return is_there


def shape(stopgap: Stopgap) -> Blocked:
    if stopgap.header:
        return BlockHeader(header=stopgap.header, contains=stopgap.contains)
    if stopgap.method:
        return BlockMethod(method=stopgap.method, path=stopgap.path or "/")
    return BlockPath(path=stopgap.path)
