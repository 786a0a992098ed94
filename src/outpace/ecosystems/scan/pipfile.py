"""Pipfile.lock, of every pipfile-spec so far."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from outpace.ecosystems.pypi.sources import named_by, path_of
from outpace.ecosystems.pypi.versions import is_name, normalize_name
from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.documents import decoded
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.python_locks import pypi, scanned
from outpace.ecosystems.scan.requirements import how_specified
from outpace.ecosystems.scan.scope import is_development_group

UNDERSTOOD = range(2, 7)
DEVELOPMENT = "develop"


class _Meta(Struct, rename={"spec": "pipfile-spec"}):
    spec: int


class _Pin(Struct):
    version: str = ""
    git: str | None = None
    hg: str | None = None
    svn: str | None = None
    bzr: str | None = None
    path: str | None = None
    file: str | None = None


def scan_pipfile(data: bytes) -> Scanned:
    """Without the section `develop`, and sections whose name says that they are for development."""
    sections = decoded(data, dict[str, msgspec.Raw])
    if "_meta" not in sections:
        raise Garbled("it has no `_meta`, as a Pipfile.lock has")
    spec = decoded(bytes(sections["_meta"]), _Meta).spec
    if spec not in UNDERSTOOD:
        raise Garbled(f"its pipfile-spec is {spec}; {UNDERSTOOD.start} to {UNDERSTOOD.stop - 1} are understood")
    if "default" not in sections:
        raise Garbled("it has no section `default`")
    return scanned(
        pin
        for section, raw in sections.items()
        for pin in _section(section, bytes(raw))
        if section != DEVELOPMENT and not is_development_group(section)
    )


def _section(section: str, raw: bytes) -> list[Pin]:
    if section == "_meta":
        return []
    return [_pin(name, pin) for name, pin in decoded(raw, dict[str, _Pin]).items()]


def _pin(name: str, pin: _Pin) -> Pin:
    if not is_name(name):
        raise Garbled(f"{shown(name)!r} is no name of a package")
    if any(place is not None for place in (pin.git, pin.hg, pin.svn, pin.bzr, pin.path, pin.file)):
        told = named_by(path_of(pin.file or "") or pin.path or "")
        version = pin.version.removeprefix("==") or (told.version if told and told.name == normalize_name(name) else "")
        return pypi(name, version, "elsewhere")
    version, how = how_specified(pin.version)
    return pypi(name, version, how)
