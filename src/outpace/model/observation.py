"""What was seen running."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from outpace.model.inventory import Component, Inventory
from outpace.model.times import Aware
from outpace.model.unknown import Unknown


class Process(Struct, frozen=True, kw_only=True):
    """One process. `gaps`: why what its inventory does not name may run all the same; `image`: another one after it
    has begun a program anew in its own place, empty where that cannot be told."""

    pid: int
    started: Aware
    command: str
    environment: str = ""  # site-packages that it would have loaded from
    inventory: Inventory | Unknown = Unknown("not read")
    gaps: Unknown | None = None
    image: str = ""
    release: str = ""  # digest of the edge's release that it belongs to; empty: none is known

    @property
    def components(self) -> tuple[Component, ...]:
        return self.inventory.components if isinstance(self.inventory, Inventory) else ()


class Running(Struct, frozen=True, tag=True, kw_only=True):
    """Processes were found; `inventory` unites what is certain of all of them, workers and children too."""

    processes: tuple[Process, ...]
    inventory: Inventory | Unknown


class Told(Struct, frozen=True, tag=True, kw_only=True):
    """An inventory that a declared command printed or somebody recorded."""

    by: str
    inventory: Inventory | Unknown


class NotRunning(Struct, frozen=True, tag=True):
    why: str


Seen: TypeAlias = Running | Told | NotRunning


class Observation(Struct, frozen=True, kw_only=True):
    application: str
    environment: str
    at: Aware
    seen: Seen
