"""pylock.toml (PEP 751), lock-version 1."""

from __future__ import annotations

from msgspec import Struct

from outpace.ecosystems.pypi.indexes import Declared, lone_public
from outpace.ecosystems.pypi.locks import lines_of_packages, toml_lock
from outpace.ecosystems.pypi.sources import named_by, path_of
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.ecosystems.reading import Reading, refused
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, DirectUrl, Editable, Git, LocalPath, Origin, PublicIndex
from outpace.model.package import PYPI, Package

UNDERSTOOD = "1"


class _Vcs(Struct, rename="kebab"):
    type: str
    url: str | None = None
    path: str | None = None
    requested_revision: str = ""
    commit_id: str = ""


class _Directory(Struct):
    path: str
    editable: bool = False


class _Archive(Struct):
    url: str | None = None
    path: str | None = None


class _Named(Struct):
    name: str | None = None
    url: str | None = None
    path: str | None = None


class _Package(Struct):
    name: str
    version: str | None = None
    marker: str = ""
    index: str | None = None
    vcs: _Vcs | None = None
    directory: _Directory | None = None
    archive: _Archive | None = None
    sdist: _Named | None = None
    wheels: list[_Named] = []


class _Lock(Struct, rename="kebab"):
    lock_version: str | None = None
    packages: list[_Package] | None = None


def read_pylock(file: str, data: bytes, declared: Declared) -> Reading:
    found = toml_lock(file, data, "pylock.toml", _Lock)
    if isinstance(found, Reading):
        return found
    text, lock = found
    if lock.lock_version is None or lock.lock_version.partition(".")[0] != UNDERSTOOD:
        told = "names no lock-version" if lock.lock_version is None else f"has lock-version {lock.lock_version[:20]}"
        return refused(file, f"it {told}; Outpace understands version {UNDERSTOOD}.x (PEP 751)")
    if lock.packages is None:
        return refused(file, "it has no `packages`, which PEP 751 requires")
    known = lone_public([each.index for each in lock.packages if each.index is not None], declared)
    return _reading(file, text, lock.packages, known)


def _reading(file: str, text: str, packages: list[_Package], declared: Declared) -> Reading:
    components: list[Component] = []
    for package, line in zip(packages, lines_of_packages(text, len(packages)), strict=True):
        if not is_name(package.name):
            return refused(file, f"{package.name[:80]!r} is no name of a package", line)
        version = _version(package)
        if version is None and not (package.vcs or package.directory or package.archive):
            return refused(file, f"{package.name} has no version, and no file that tells it", line)
        components.append(
            Component(
                package=Package(PYPI, normalize_name(package.name)),
                version=version,
                origin=_origin(package, declared),
                file=file,
                line=line,
                marker=package.marker,
            )
        )
    return Reading(components=tuple(components))


def _version(package: _Package) -> str | None:
    if package.version is not None:
        return canonical(package.version)
    artifacts = [package.archive.url or package.archive.path] if package.archive else []
    artifacts += [each.name or each.url or each.path for each in (*package.wheels, package.sdist) if each is not None]
    for artifact in artifacts:
        told = named_by(path_of(artifact) or artifact) if artifact else None
        if told is not None and told.name == normalize_name(package.name):
            return told.version
    return None


def _origin(package: _Package, declared: Declared) -> Origin:
    if (vcs := package.vcs) is not None:
        kind = "" if vcs.type == "git" else f"{vcs.type}+"
        return Git(masked(kind + (vcs.url or vcs.path or "")), masked(vcs.commit_id or vcs.requested_revision))
    if (directory := package.directory) is not None:
        return Editable(directory.path) if directory.editable else LocalPath(directory.path)
    if (archive := package.archive) is not None:
        return DirectUrl(masked(archive.url)) if archive.url is not None else LocalPath(archive.path or "")
    return PublicIndex() if package.index is None else declared.origin(package.index)
