"""Inventories that a declared command prints: CycloneDX, pip's JSON list, or requirement lines."""

from __future__ import annotations

import re
from typing import TypeAlias
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from outpace.model.inventory import Component, Inventory, Unread
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown

PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*===?\s*([^\s;#\\]+)")
PURL = re.compile(r"^pkg:pypi/([^@?#]+)(?:@([^?#]+))?")
FORMS = "CycloneDX JSON, `pip list --format json`, or lines `name==version`"
WOULD_SETTLE = f"print {FORMS}"


class _Listed(Struct):
    """An entry of `pip list --format json`."""

    name: str
    version: str


class _Part(Struct):
    purl: str = ""
    name: str = ""
    components: tuple[_Part, ...] = ()


class _Bill(Struct, rename="camel"):
    bom_format: str
    components: tuple[_Part, ...] = ()


Read: TypeAlias = tuple[tuple[Component, ...], tuple[Unread, ...]]


def inventory_of(output: bytes, *, by: str, verb: str = "printed") -> Inventory | Unknown:
    """Unknown where nothing can be read; lines that are not understood are kept as unread. `by` did `verb` it."""
    text = output.strip()
    if not text:
        return Unknown(f"{by} {verb} nothing", WOULD_SETTLE)
    try:
        components, unread = _json(text, by) if text[:1] in b"[{" else _lines(text, by)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unknown(f"what {by} {verb} cannot be read: {error}", WOULD_SETTLE)
    if not components:
        return Unknown(f"{by} named no package of {PYPI}", WOULD_SETTLE)
    return Inventory(source=by, components=components, unread=unread)


def _json(text: bytes, by: str) -> Read:
    if text.startswith(b"["):
        listed = msgspec.json.decode(text, type=list[_Listed])
        return tuple(_component(one.name, one.version) for one in listed), ()
    bill = msgspec.json.decode(text, type=_Bill)
    components: list[Component] = []
    unread: list[Unread] = []
    waiting = list(reversed(bill.components))
    while waiting:
        part = waiting.pop()
        waiting.extend(reversed(part.components))
        found = PURL.match(part.purl)
        if found:
            components.append(_component(unquote(found[1]), unquote(found[2]) if found[2] else None))
        elif not part.purl:
            unread.append(Unread(file=by, why=f"the component {part.name!r} has no purl"))
    return tuple(components), tuple(unread)


def _lines(text: bytes, by: str) -> Read:
    components: list[Component] = []
    unread: list[Unread] = []
    for number, line in enumerate(text.decode().splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith(("#", "--hash")):
            continue
        found = PINNED.match(bare)
        if found:
            components.append(_component(found[1], found[2]))
        else:
            unread.append(Unread(file=by, line=number, why="not a line `name==version`"))
    return tuple(components), tuple(unread)


def _component(name: str, version: str | None) -> Component:
    package = Package(PYPI, re.sub(r"[-_.]+", "-", name).lower())
    doubt = None if version else Unknown(f"{package.name} is named without a version", f"{WOULD_SETTLE}, with versions")
    return Component(package=package, version=version, doubt=doubt)
