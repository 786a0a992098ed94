"""What two inventories and their matches say of a step: what moved, and whether anything got worse."""

from __future__ import annotations

from collections import defaultdict
from itertools import zip_longest

from outpace.ecosystems.pypi.versions import parse
from outpace.model.change import Move
from outpace.model.exposure import Matched
from outpace.model.inventory import Component, Editable, Inventory, LocalPath, Workspace
from outpace.model.package import Package

OWN = (Workspace, Editable, LocalPath)


def moved(before: Inventory, after: Inventory) -> tuple[Move, ...]:
    """The whole difference, file by file; the project's own packages are not pins."""
    old, new = _pins(before), _pins(after)
    moves: list[Move] = []
    for file, package in sorted(old.keys() | new.keys()):
        gone, come = _rest(old[file, package], new[file, package]), _rest(new[file, package], old[file, package])
        for one, other in zip_longest(gone, come):
            marker = (one or other or ("", ""))[1]
            moves.append(
                Move(
                    package=package,
                    before=one[0] if one else None,
                    after=other[0] if other else None,
                    file=file,
                    marker=marker,
                )
            )
    return tuple(moves)


def _pins(inventory: Inventory) -> dict[tuple[str, Package], list[tuple[str, str]]]:
    pins: dict[tuple[str, Package], list[tuple[str, str]]] = defaultdict(list)
    for component in inventory.components:
        if component.version is not None and is_pin(component):
            pins[component.file, component.package].append((component.version, component.marker))
    return pins


def is_pin(component: Component) -> bool:
    """The project's own packages are none."""
    return component.version is not None and not isinstance(component.origin, OWN)


def _rest(some: list[tuple[str, str]], others: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The versions of the one side that the other does not have."""
    have = {version for version, _ in others}
    return sorted({pin for pin in some if pin[0] not in have}, key=_order)


def _order(pin: tuple[str, str]) -> tuple[bool, object, str]:
    version = parse(pin[0])
    return (version is None, version or pin[0], pin[1])


def source_changes(before: Inventory, after: Inventory) -> tuple[str, ...]:
    """Packages that come from somewhere else than before, in words."""
    old = {(c.file, c.package): c.origin for c in before.components}
    return tuple(
        f"{c.package.name} now comes from {_place(c)}"
        for c in after.components
        if (c.file, c.package) in old and type(old[c.file, c.package]) is not type(c.origin)
    )


def _place(component: Component) -> str:
    return str(getattr(component.origin, "url", "") or getattr(component.origin, "path", "") or "the public index")


def worse(before: Matched, after: Matched) -> tuple[str, ...]:
    """Exposures, and doubts about packages that moved, which were not there before; in words."""
    known = {(e.component.file, e.component.package, e.vulnerability.id) for e in before.exposures}
    doubted = {(d.component.file, d.component.package, d.vulnerability.id) for d in before.doubts} | known
    new = sorted(
        f"{e.component.package.name} {e.component.version} would be exposed to {e.vulnerability.id}"
        for e in after.exposures
        if (e.component.file, e.component.package, e.vulnerability.id) not in known
    )
    unclear = sorted(
        f"of {d.component.package.name} {d.component.version} it cannot be said whether {d.vulnerability.id} affects it"
        for d in after.doubts
        if (d.component.file, d.component.package, d.vulnerability.id) not in doubted
    )
    return tuple(dict.fromkeys((*new, *unclear)))


def is_prerelease(version: str) -> bool:
    parsed = parse(version)
    return parsed is not None and parsed.is_prerelease


def jump(before: str, after: str) -> int:
    """0 within the same minor, 1 within the same major, 2 beyond it."""
    old, new = parse(before), parse(after)
    if old is None or new is None or (old.epoch, old.major) != (new.epoch, new.major):
        return 2
    return int(old.minor != new.minor)


def is_downgrade(move: Move) -> bool:
    before, after = parse(move.before or ""), parse(move.after or "")
    return before is not None and after is not None and after < before
