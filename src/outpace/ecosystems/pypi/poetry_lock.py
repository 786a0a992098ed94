"""poetry.lock, lock-version 1 and 2, and the older ones without."""

from __future__ import annotations

from msgspec import Struct

from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.locks import lines_of_packages, toml_lock
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.ecosystems.reading import Reading, refused
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, DirectUrl, Editable, Git, LocalPath, Origin, PublicIndex
from outpace.model.package import PYPI, Package

UNDERSTOOD = frozenset({"1", "2"})


class _Source(Struct):
    type: str = ""
    url: str = ""
    reference: str = ""
    resolved_reference: str = ""


class _Package(Struct):
    name: str
    version: str | None = None
    category: str | None = None
    optional: bool = False
    develop: bool = False
    groups: list[str] = []
    markers: str | dict[str, str] = ""
    dependencies: dict[str, object] = {}
    source: _Source | None = None


class _Metadata(Struct, rename={"lock_version": "lock-version", "content_hash": "content-hash"}):
    lock_version: str | None = None
    content_hash: str | None = None


class _Lock(Struct):
    package: list[_Package] = []
    metadata: _Metadata | None = None


def read_poetry_lock(file: str, data: bytes, declared: Declared) -> Reading:
    found = toml_lock(file, data, "poetry.lock", _Lock)
    if isinstance(found, Reading):
        return found
    text, lock = found
    if lock.metadata is None:
        return refused(file, "it has no [metadata] with a lock-version: it is cut off, or no poetry.lock")
    version = lock.metadata.lock_version
    if version is not None and version.partition(".")[0] not in UNDERSTOOD:
        return refused(file, f"its lock-version is {version[:20]}; Outpace understands versions 1 and 2")
    return _reading(file, text, lock.package, declared)


def _reading(file: str, text: str, packages: list[_Package], declared: Declared) -> Reading:
    parents = _parents(packages)
    components: list[Component] = []
    for package, line in zip(packages, lines_of_packages(text, len(packages)), strict=True):
        if not is_name(package.name) or package.version is None:
            return refused(file, f"{package.name[:80]!r} has no version, or is no name of a package", line)
        name = normalize_name(package.name)
        components.append(
            Component(
                package=Package(PYPI, name),
                version=canonical(package.version),
                origin=_origin(package, declared),
                file=file,
                line=line,
                marker=_marker(package),
                groups=_groups(package),
                parents=tuple(sorted(parents.get(name, ()))),
            )
        )
    return Reading(components=tuple(components))


def _marker(package: _Package) -> str:
    if isinstance(package.markers, str):
        return package.markers
    return " or ".join(sorted({f"({marker})" for marker in package.markers.values()}))


def _groups(package: _Package) -> tuple[str, ...]:
    named = package.groups or ([package.category] if package.category else [])
    return () if "main" in named else tuple(sorted(named))


def _parents(packages: list[_Package]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package in packages:
        for name in package.dependencies:
            found.setdefault(normalize_name(name), set()).add(normalize_name(package.name))
    return found


def _origin(package: _Package, declared: Declared) -> Origin:
    """poetry writes a source wherever a package does not come from the public index."""
    source = package.source
    if source is None:
        return PublicIndex()
    match source.type:
        case "git":
            return Git(masked(source.url), masked(source.resolved_reference or source.reference))
        case "url":
            return DirectUrl(masked(source.url))
        case "directory":
            return Editable(source.url) if package.develop else LocalPath(source.url)
        case "file":
            return LocalPath(source.url)
        case _:
            return declared.with_other([source.url]).origin(source.url)
