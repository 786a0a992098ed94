"""Links of dependencies: what is added comes before its first import, what is dropped goes after its last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from outpace.delivery.splitting.atoms import Atom
from outpace.delivery.splitting.links import Link, Links, links

REQUIRED = re.compile(r"^[ \t]*[\"']?([A-Za-z][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:[<>=!~;@,\"']|$)", re.MULTILINE)


def bump_links(atoms: tuple[Atom, ...]) -> Links:
    return links(link for atom in atoms if atom.role in ("manifest", "lock") for link in _of(atom, atoms))


def _of(bump: Atom, atoms: tuple[Atom, ...]) -> Iterator[Link]:
    before, after = (frozenset(map(_plain, REQUIRED.findall(text))) for text in bump.texts)
    added, dropped = after - before, before - after
    for atom in atoms:
        if not atom.path.endswith(".py") or atom.number == bump.number:
            continue
        near, far = (
            frozenset(_plain(each.module.partition(".")[0]) for each in side.takes)
            for side in (atom.before, atom.after)
        )
        if new := (far - near) & added:
            yield Link(atom.number, bump.number, f"{min(new)} is installed before it is imported")
        if gone := (near - far) & dropped:
            yield Link(bump.number, atom.number, f"{min(gone)} goes once nothing imports it", clears=True)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
