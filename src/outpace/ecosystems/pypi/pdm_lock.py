"""pdm.lock, lock_version 3 and 4."""

from __future__ import annotations

from msgspec import Struct

from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.locks import lines_of_packages, toml_lock, without_packages
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.ecosystems.reading import Reading, refused
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, DirectUrl, Editable, Git, LocalPath, Origin, PublicIndex
from outpace.model.package import PYPI, Package

UNDERSTOOD = frozenset({"3", "4"})
MAIN = "default"


class _Package(Struct):
    name: str
    version: str | None = None
    extras: list[str] = []
    groups: list[str] = []
    marker: str = ""
    git: str | None = None
    revision: str = ""
    ref: str = ""
    path: str | None = None
    url: str | None = None
    editable: bool = False


class _Metadata(Struct):
    lock_version: str | None = None


class _Lock(Struct):
    package: list[_Package] = []
    metadata: _Metadata | None = None


def read_pdm_lock(file: str, data: bytes, declared: Declared) -> Reading:
    """The lock does not say which index a package comes from: where the project declares others, it may be any."""
    found = toml_lock(file, data, "pdm.lock", _Lock)
    if isinstance(found, Reading):
        return found
    text, lock = found
    version = lock.metadata.lock_version if lock.metadata else None
    if version is None or version.partition(".")[0] not in UNDERSTOOD:
        told = "names no lock_version" if version is None else f"has lock_version {version[:20]}"
        return refused(file, f"it {told}; Outpace understands versions 3 and 4")
    if not lock.package:
        return without_packages(file)
    components: list[Component] = []
    for package, line in zip(lock.package, lines_of_packages(text, len(lock.package)), strict=True):
        if not is_name(package.name):
            return refused(file, f"{package.name[:80]!r} is no name of a package", line)
        if package.version is None and not (package.git or package.path or package.url):
            return refused(file, f"{package.name} has no version", line)
        components.append(_component(file, line, package, declared))
    return Reading(components=tuple(components))


def _component(file: str, line: int | None, package: _Package, declared: Declared) -> Component:
    return Component(
        package=Package(PYPI, normalize_name(package.name)),
        version=None if package.version is None else canonical(package.version),
        origin=_origin(package, declared),
        file=file,
        line=line,
        marker=package.marker,
        extras=tuple(sorted(package.extras)),
        groups=() if MAIN in package.groups else tuple(sorted(package.groups)),
    )


def _origin(package: _Package, declared: Declared) -> Origin:
    if package.git is not None:
        return Git(masked(package.git), masked(package.revision or package.ref))
    if package.path is not None:
        return Editable(package.path) if package.editable else LocalPath(package.path)
    if package.url is not None:
        return DirectUrl(masked(package.url))
    return PublicIndex(beside=tuple(sorted(declared.other)))
