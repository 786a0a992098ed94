"""Migrations in the order in which they run: each after those that it names."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from outpace.delivery.migrations.steps import Migration


def by_dependency(migrations: Iterable[Migration]) -> list[Migration]:
    """The same input in any order gives the same; what stands in a circle comes last, by its id."""
    waiting = {one.id: one for one in sorted(migrations, key=lambda one: (one.place, one.id), reverse=True)}
    needs = {name: {before for before in one.after if before in waiting} for name, one in waiting.items()}
    needed_by: dict[str, list[str]] = {name: [] for name in waiting}
    for name, befores in needs.items():
        for before in befores:
            needed_by[before].append(name)
    ready = sorted(name for name, befores in needs.items() if not befores)
    found: list[Migration] = []
    while ready:
        name = heappop(ready)
        found.append(waiting.pop(name))
        for later in needed_by[name]:
            needs[later].discard(name)
            if not needs[later]:
                heappush(ready, later)
    return [*found, *(waiting[name] for name in sorted(waiting))]
