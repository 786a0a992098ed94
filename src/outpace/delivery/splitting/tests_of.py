"""Links between tests and what they test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from outpace.delivery.splitting.atoms import Atom
from outpace.delivery.splitting.links import Link, Links, links, together
from outpace.delivery.splitting.mentions import Mentions
from outpace.delivery.splitting.names import SAME_NAME_AT_MOST

EVERYWHERE = frozenset(
    "get set run main setup close open read write name data value items keys update pop add".split()  # noqa: SIM905
)
"""Names that say nothing of whose they are."""


def test_links(atoms: tuple[Atom, ...], quiet: frozenset[int]) -> Links:
    """A test that changes goes with the behavior that changes; one that is new comes after it. `quiet` atoms change no
    behavior."""
    firm: list[Link] = []
    quiet |= {atom.number for atom in atoms if atom.told_alone}
    defining = _defining(atoms, quiet)
    by_stem = _by_stem(atoms, quiet)
    for atom in atoms:
        if atom.role != "test" or atom.is_import or atom.number in quiet or not atom.path.endswith(".py"):
            continue
        found = {other for name in _mentioned(atom) for other in defining.get(name, ())}
        if not found:
            found = set(by_stem.get(_stem(atom.path), ()))
        firm += (link for other in sorted(found) for link in _linked(atom, other))
    return links(firm)


def _linked(atom: Atom, other: int) -> Iterator[Link]:
    if atom.how == "add":
        yield Link(atom.number, other, "a test comes with what it tests")
    else:
        yield from together(atom.number, other, f"{atom.label} tests what changes")


def _defining(atoms: tuple[Atom, ...], quiet: frozenset[int]) -> dict[str, list[int]]:
    """Names of code whose behavior changes; what is new or goes is linked by its name already."""
    found: dict[str, list[int]] = defaultdict(list)
    for atom in atoms:
        if atom.role in ("test", "documentation") or atom.how != "change" or atom.number in quiet or atom.is_import:
            continue
        for name in sorted(_defined(atom.before) & _defined(atom.after)):
            if not name.startswith("__") and name not in EVERYWHERE and len(name) > 2:
                found[name].append(atom.number)
    return {name: numbers for name, numbers in found.items() if len(numbers) <= SAME_NAME_AT_MOST}


def _defined(side: Mentions) -> frozenset[str]:
    return side.names | side.members


def _mentioned(atom: Atom) -> frozenset[str]:
    """What a test's changed text speaks of."""
    sides = (atom.before, atom.after)
    return frozenset[str]().union(*(side.loads | side.attributes for side in sides))


def _by_stem(atoms: tuple[Atom, ...], quiet: frozenset[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for atom in atoms:
        if atom.role == "code" and atom.number not in quiet and not atom.is_import:
            found[_stem(atom.path)].append(atom.number)
    return found


def _stem(path: str) -> str:
    name = path.rpartition("/")[2].rpartition(".")[0]
    return name.removeprefix("test_").removesuffix("_test").strip("_")
