"""uv.lock, version 1: one component for each [[package]], which is one (name, version, source)."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from outpace.ecosystems.pypi.graph import Graph, Node
from outpace.ecosystems.pypi.indexes import Declared, lone_public
from outpace.ecosystems.pypi.locks import lines_of_packages, toml_lock, without_packages
from outpace.ecosystems.pypi.sources import named_by, path_of
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.ecosystems.reading import Reading, refused
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import (
    Component,
    DirectUrl,
    Editable,
    Git,
    LocalPath,
    Origin,
    PublicIndex,
    Unread,
    Workspace,
)
from outpace.model.package import PYPI, Package

UNDERSTOOD = 1


class _Source(Struct):
    registry: str | None = None
    git: str | None = None
    url: str | None = None
    path: str | None = None
    directory: str | None = None
    editable: str | None = None
    virtual: str | None = None


class _Dependency(Struct):
    name: str
    version: str | None = None


class _Wanted(Struct):
    index: str | None = None


class _Metadata(Struct, rename="kebab"):
    requires_dist: list[_Wanted] = []
    requires_dev: dict[str, list[_Wanted]] = {}


class _Package(Struct, rename="kebab"):
    name: str
    version: str | None = None
    source: _Source = msgspec.field(default_factory=_Source)
    resolution_markers: list[str] = []
    dependencies: list[_Dependency] = []
    optional_dependencies: dict[str, list[_Dependency]] = {}
    dev_dependencies: dict[str, list[_Dependency]] = {}
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class _Manifest(Struct):
    members: list[str] = []


class _Lock(Struct, rename="kebab"):
    version: int | None = None
    manifest: _Manifest = msgspec.field(default_factory=_Manifest)
    package: list[_Package] = []


def declared_by(lock: _Lock) -> Declared:
    """uv writes into the lock which requirement is bound to an index of its own."""
    metadata = [package.metadata for package in lock.package]
    wanted = [each for one in metadata for each in one.requires_dist]
    wanted += [each for one in metadata for group in one.requires_dev.values() for each in group]
    return Declared().with_other(each.index for each in wanted if each.index is not None)


def read_uv_lock(file: str, data: bytes, declared: Declared) -> Reading:
    found = toml_lock(file, data, "uv.lock", _Lock)
    if isinstance(found, Reading):
        return found
    text, lock = found
    if lock.version != UNDERSTOOD:
        told = "names no version" if lock.version is None else f"is of version {lock.version}"
        return refused(file, f"this uv.lock {told}; Outpace understands version {UNDERSTOOD}")
    return _reading(file, text, lock, declared) if lock.package else without_packages(file)


def _reading(file: str, text: str, lock: _Lock, declared: Declared) -> Reading:
    registries = [package.source.registry for package in lock.package if package.source.registry is not None]
    by_lock = declared_by(lock)
    known = Declared(other=declared.other | (by_lock.other - declared.public), public=declared.public)
    known = lone_public(registries, known)
    graph = Graph([_node(package) for package in lock.package])
    components: list[Component] = []
    unread = [Unread(file=file, why=why) for why in _gaps(lock)]
    for at, (package, line) in enumerate(zip(lock.package, lines_of_packages(text, len(lock.package)), strict=True)):
        if (why := _malformed(package)) is not None:
            return refused(file, why, line)
        origin = origin_of(package.source, known)
        if origin is None:
            unread.append(Unread(file=file, line=line, why=f"{package.name} has no source that Outpace knows"))
            continue
        components.append(
            Component(
                package=Package(PYPI, normalize_name(package.name)),
                version=_version(package),
                origin=origin,
                file=file,
                line=line,
                marker=" or ".join(package.resolution_markers),
                groups=graph.groups(at),
                parents=graph.parents(at),
                direct=graph.is_direct(at),
            )
        )
    return Reading(components=tuple(components), unread=tuple(unread))


def _gaps(lock: _Lock) -> list[str]:
    """uv locks whatever is asked for; what is asked for and missing was cut off, or merged away."""
    held = {package.name for package in lock.package}
    asked = {
        (each.name, package.name)
        for package in lock.package
        for wanted in (
            package.dependencies,
            *package.optional_dependencies.values(),
            *package.dev_dependencies.values(),
        )
        for each in wanted
        if each.name not in held
    }
    asked |= {(member, "the workspace") for member in lock.manifest.members if member not in held}
    return [f"{name}, which {by} asks for, is not in it: it was cut off or merged badly" for name, by in sorted(asked)]


def _malformed(package: _Package) -> str | None:
    """uv refuses such a file as a whole, and so is it refused here."""
    if not is_name(package.name):
        return f"{package.name[:80]!r} is no name of a package"
    if package.version is None and package.source.registry is not None:
        return f"{package.name} comes from a registry and has no version"
    return None


def _version(package: _Package) -> str | None:
    if package.version is not None:
        return canonical(package.version)
    told = named_by(path_of(package.source.url or "") or package.source.path or "")
    return told.version if told is not None else None


def _node(package: _Package) -> Node:
    source = package.source
    own = source.virtual is not None or source.editable is not None
    return Node(
        name=normalize_name(package.name),
        version=package.version,
        own=own,
        main=_edges(package.dependencies),
        grouped=tuple(
            (group, _edges(wanted))
            for table in (package.optional_dependencies, package.dev_dependencies)
            for group, wanted in table.items()
        ),
    )


def _edges(wanted: list[_Dependency]) -> tuple[tuple[str, str | None], ...]:
    return tuple((normalize_name(each.name), each.version) for each in wanted)


def origin_of(source: _Source, declared: Declared) -> Origin | None:
    """None where the source is of no kind that is known here."""
    origin: Origin | None = None
    match source:
        case _Source(registry=str(url)):
            origin = _registry(url, declared)
        case _Source(git=str(url)):
            address, _, revision = url.partition("#")
            origin = Git(masked(address), masked(revision))
        case _Source(url=str(url)):
            origin = DirectUrl(masked(url))
        case _Source(path=str(path)) | _Source(directory=str(path)):
            origin = LocalPath(path)
        case _Source(editable=str(path)):
            origin = Editable(path)
        case _Source(virtual=str(path)):
            origin = Workspace(path)
        case _:
            pass
    return origin


def _registry(url: str, declared: Declared) -> Origin:
    """uv writes a folder of wheels as a registry too, by its path."""
    if "://" not in url:
        return LocalPath(url)
    return declared.origin(url) if url else PublicIndex()
