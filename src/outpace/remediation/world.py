"""What a plan is made against: the files, what is known against them, and who can resolve them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from outpace.model.exposure import Matched
from outpace.model.inventory import Inventory
from outpace.remediation.ports import Resolver

Match: TypeAlias = Callable[[Inventory], Matched]
Read: TypeAlias = Callable[[Mapping[str, bytes]], Inventory]


class World(Struct, frozen=True):
    """`read` gives the inventory with some files replaced, `match` what is known against it."""

    read: Read
    match: Match
    resolvers: tuple[Resolver, ...]
