"""Whose demand stands in the way of a step, out of the demands that a tool's answer speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.pyproject import read_pyproject
from outpace.remediation.ports import NeedsPython, Unsolvable


class Demand(Struct, frozen=True):
    """`parent` (None: the project itself) asks for `child` with a specifier, all in normal form."""

    parent: str | None
    child: str
    specifier: str


def asked_in(project: bytes) -> Mapping[str, tuple[str, ...]]:
    """What a pyproject.toml asks of each package."""
    reading = read_pyproject("pyproject.toml", project, Declared())
    asked: dict[str, tuple[str, ...]] = {}
    for each in reading.components if reading is not None else ():
        specifier = each.specifier or (f"=={each.version}" if each.version else "")
        asked[each.package.name] = (*asked.get(each.package.name, ()), ordered(specifier))
    return asked


def unsolvable(
    demands: tuple[Demand, ...],
    wanted: Mapping[str, str],
    locked: Mapping[str, str],
    asked: Mapping[str, tuple[str, ...]],
    python: NeedsPython | None,
) -> Unsolvable:
    """The blocker is empty where none of the demands tells it. `asked` is what the project itself asks."""
    names = {each for demand in demands for each in (demand.parent, demand.child) if each is not None}
    return Unsolvable(
        blocker=blocker(demands, wanted, locked, asked) or "", names=tuple(sorted(names & set(locked))), python=python
    )


def blocker(
    demands: Iterable[Demand],
    wanted: Mapping[str, str],
    locked: Mapping[str, str],
    asked: Mapping[str, tuple[str, ...]],
) -> str | None:
    """The pin in the way, with its version and the demand that it makes or breaks; None where none is told."""
    others = [each for each in demands if not _is_ours(each, wanted)]
    for each in sorted(others, key=lambda each: each.child not in wanted):
        said = f"needs {each.child}{each.specifier}"
        if each.parent is None:
            held = each.child not in wanted and each.child in locked
            own = bound_by_the_project(each.child, asked.get(each.child, ()))
            return f"{_pin(each.child, locked)}{own}" if held else f"the project itself ({said})"
        if each.parent in wanted and each.child in locked:
            return f"{_pin(each.child, locked)} ({each.parent} {wanted[each.parent]} {said})"
        return f"{_pin(each.parent, locked)} ({said}){bound_by_the_project(each.parent, asked.get(each.parent, ()))}"
    return None


def bound_by_the_project(name: str, specifiers: Iterable[str]) -> str:
    """Said of a package that stands in the way: without such a demand of the project's own it might not."""
    own = (each for each in specifiers if any(part.strip().startswith(("=", "<", "~")) for part in each.split(",")))
    found = next(own, None)
    return "" if found is None else f", for which the project itself asks: {name}{found}"


def ordered(specifier: str) -> str:
    """Lower bounds first."""
    return ",".join(sorted(specifier.split(","), key=lambda part: ("<" in part, part)))


def _is_ours(demand: Demand, wanted: Mapping[str, str]) -> bool:
    """The step itself, which the tool takes for a demand of the project; or a demand on Python."""
    aim = wanted.get(demand.child)
    return demand.child == "python" or (aim is not None and demand.specifier == f"=={aim}")


def _pin(name: str, locked: Mapping[str, str]) -> str:
    return f"{name} {locked.get(name, '')}".strip()
