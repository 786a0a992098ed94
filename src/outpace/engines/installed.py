"""An installed environment: what the metadata in its site-packages says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from outpace.ecosystems.pypi.metadata import component_of
from outpace.ecosystems.spelling import spelled
from outpace.model.errors import BadInput
from outpace.model.inventory import Component, Inventory, Unread
from outpace.model.package import Package

METADATA = (".dist-info", ".egg-info")
LARGEST_METADATA = 4 << 20
LARGEST_CONFIGURATION = 1 << 16

_SYSTEM = re.compile(r"^\s*include-system-site-packages\s*=(.*)$", re.IGNORECASE | re.MULTILINE)


def inventory_of(directory: Path) -> Inventory:
    """Of a virtual environment, or of a site-packages directory. Raises BadInput where it is neither."""
    sites = tuple(_sites(directory))
    if not sites:
        raise BadInput(
            f"{spelled(str(directory))} is no environment: it holds no site-packages and no *.dist-info",
            hint="name a virtual environment, such as .venv, or a site-packages directory",
        )
    components: list[Component] = []
    beside, untold = _named_by_paths(sites)
    unread = [*_shares(directory), *untold]
    for site in (*sites, *beside):
        before = {one.package for one in components} if site in beside else frozenset[Package]()
        for entry in sorted(site.iterdir()):
            found = _distribution(entry)
            if isinstance(found, Component) and found.package not in before:
                components.append(found)
            elif isinstance(found, Unread):
                unread.append(found)
    return Inventory(
        source=f"environment {spelled(str(directory))}",
        components=tuple(sorted(components, key=lambda each: (each.package, each.version or ""))),
        unread=tuple(unread),
        files=tuple(spelled(str(site)) for site in (*sites, *beside)),
    )


def _sites(directory: Path) -> Iterator[Path]:
    if not directory.is_dir():
        return
    if any(entry.suffix in METADATA for entry in directory.iterdir()):
        yield directory
        return
    found = {path.resolve(): path for path in directory.glob("lib*/python*/site-packages")}
    found |= {path.resolve(): path for path in directory.glob("Lib/site-packages")}
    if directory.name == "site-packages":
        found[directory.resolve()] = directory
    yield from (found[real] for real in sorted(found) if real.is_dir())


def _named_by_paths(sites: tuple[Path, ...]) -> tuple[tuple[Path, ...], tuple[Unread, ...]]:
    """The directories that `.pth` files add behind the environment's own, and what in such files was not understood."""
    if os.name != "posix":
        return (), ()
    from outpace.engines.processes.paths import with_paths
    from outpace.engines.processes.root import Root

    found, unread = with_paths(Root(), tuple(str(site) for site in sites))
    own = {site.resolve() for site in sites}
    beside = tuple(path for path in map(Path, found) if path.resolve() not in own and _holds_metadata(path))
    return beside, tuple(msgspec.structs.replace(each, file=spelled(each.file)) for each in unread)


def _shares(directory: Path) -> Iterator[Unread]:
    """The interpreter of such an environment loads more than lies in it."""
    text = _read(directory / "pyvenv.cfg", LARGEST_CONFIGURATION)
    told = [] if text is None else _SYSTEM.findall(text.decode("utf-8", "replace"))
    if text is not None and "".join(told[-1:]).strip().lower() in ("true", ""):
        why = "this environment also uses the system's packages, which were not read"
        yield Unread(file="pyvenv.cfg", why=why)


def _is_metadata(path: Path) -> bool:
    return path.suffix in METADATA or path.name == "EGG-INFO"


def _holds_metadata(directory: Path) -> bool:
    try:
        return any(_is_metadata(entry) for entry in directory.iterdir())
    except OSError:
        return False


def _distribution(path: Path) -> Component | Unread | None:
    """None where the entry is no distribution's metadata."""
    if not _is_metadata(path):
        return None
    name = spelled(path.name)
    places = (path / "METADATA", path / "PKG-INFO") if path.is_dir() else (path,)
    metadata = next((content for place in places if (content := _read(place)) is not None), None)
    if metadata is None:
        return Unread(file=name, why="it holds no metadata that can be read")
    try:
        return component_of(metadata, _read(path / "direct_url.json"))
    except ValueError as error:
        return Unread(file=name, why=str(error))


def _read(path: Path, limit: int = LARGEST_METADATA) -> bytes | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(limit)
    except OSError:
        return None
