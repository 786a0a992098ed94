"""Pipfile.lock, pipfile-spec 6."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from outpace.ecosystems.pypi.indexes import PUBLIC_NAME, Declared
from outpace.ecosystems.pypi.locks import json, text_of
from outpace.ecosystems.pypi.sources import named_by, path_of
from outpace.ecosystems.pypi.versions import is_name, normalize_name, pinned
from outpace.ecosystems.reading import Reading, refused
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, DirectUrl, Editable, Git, LocalPath, Origin, PublicIndex, Unread
from outpace.model.package import PYPI, Package

UNDERSTOOD = 6


class _Index(Struct):
    url: str
    name: str = ""


class _Meta(Struct, rename={"spec": "pipfile-spec"}):
    spec: int | None = None
    sources: list[_Index] = []


class _Pin(Struct):
    version: str = ""
    markers: str = ""
    extras: list[str] = []
    index: str | None = None
    git: str | None = None
    ref: str = ""
    path: str | None = None
    file: str | None = None
    editable: bool = False


def read_pipfile_lock(file: str, data: bytes, declared: Declared) -> Reading:
    text = text_of(file, data, "JSON")
    if isinstance(text, Reading):
        return text
    sections = json(file, text, dict[str, msgspec.Raw])
    if isinstance(sections, Reading):
        return sections
    meta = json(file, bytes(sections.get("_meta", b"{}")).decode(), _Meta)
    if isinstance(meta, Reading):
        return meta
    if meta.spec != UNDERSTOOD:
        told = "names no pipfile-spec" if meta.spec is None else f"has pipfile-spec {meta.spec}"
        return refused(file, f"it {told}, its version; Outpace understands {UNDERSTOOD}")
    readings = [
        _section(file, name, bytes(raw).decode(), _origins(meta, declared))
        for name, raw in sections.items()
        if name != "_meta"
    ]
    return Reading(
        components=tuple(each for one in readings for each in one.components),
        unread=tuple(each for one in readings for each in one.unread),
    )


def _origins(meta: _Meta, declared: Declared) -> dict[str | None, Origin]:
    """By the name of the source. A package that names none comes from the first."""
    found: dict[str | None, Origin] = {}
    for source in meta.sources:
        is_public = source.name.lower() == PUBLIC_NAME
        origin = PublicIndex() if is_public else declared.with_other([source.url]).origin(source.url)
        found[source.name] = origin
        found.setdefault(None, origin)
    return found


def _section(file: str, section: str, text: str, origins: dict[str | None, Origin]) -> Reading:
    pins = json(file, text, dict[str, _Pin])
    if isinstance(pins, Reading):
        return pins
    group = {"default": (), "develop": ("dev",)}.get(section, (section,))
    found = list(_found(file, group, pins, origins))
    return Reading(
        components=tuple(each for each in found if isinstance(each, Component)),
        unread=tuple(each for each in found if isinstance(each, Unread)),
    )


def _found(
    file: str, groups: tuple[str, ...], pins: dict[str, _Pin], origins: dict[str | None, Origin]
) -> Iterator[Component | Unread]:
    for name, pin in pins.items():
        if not is_name(name):
            yield Unread(file=file, why=f"{name[:80]!r} is no name of a package")
            continue
        version = _version(normalize_name(name), pin)
        yield Component(
            package=Package(PYPI, normalize_name(name)),
            version=version,
            origin=_origin(pin, origins),
            file=file,
            specifier=pin.version if version is None and pin.version != "*" else "",
            marker=pin.markers,
            extras=tuple(sorted(pin.extras)),
            groups=groups,
        )


def _version(name: str, pin: _Pin) -> str | None:
    if pin.version:
        try:
            return pinned(SpecifierSet(pin.version))
        except InvalidSpecifier:
            return None
    told = named_by(path_of(pin.file or "") or pin.path or "")
    return told.version if told is not None and told.name == name else None


def _origin(pin: _Pin, origins: dict[str | None, Origin]) -> Origin:
    if pin.git is not None:
        return Git(masked(pin.git), masked(pin.ref))
    if pin.path is not None:
        return Editable(pin.path) if pin.editable else LocalPath(pin.path)
    if pin.file is not None:
        return DirectUrl(masked(pin.file)) if "://" in pin.file else LocalPath(pin.file)
    return origins.get(pin.index) or origins.get(None) or PublicIndex()
