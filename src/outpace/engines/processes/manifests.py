"""The distributions that a process would have loaded: what they say of themselves, and whether their files agree."""

from __future__ import annotations

import base64
import csv
import hashlib
import itertools
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import basename
from typing import TypeAlias

import msgspec
from msgspec import Struct
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from outpace.delivery.evidence import DOUBT, ONE_COPY, REPAIR, TICK, Manifest
from outpace.engines.processes.clock import Clock
from outpace.engines.processes.interpreter import Search
from outpace.engines.processes.modules import module_in, shadowed
from outpace.engines.processes.paths import RECORD_LIMIT
from outpace.engines.processes.ways import Ways
from outpace.model.inventory import DirectUrl, Editable, Git, LocalPath, Origin, PublicIndex, Unread
from outpace.model.package import PYPI, Package

METADATA = (".dist-info", ".egg-info", "EGG-INFO")  # the last within a directory that is called *.egg
METADATA_LIMIT = 1 << 18
CODE = (".py", ".so", ".pyd")
ONE_FILE = 64 << 20
ALL_FILES = 512 << 20
LOCAL = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "ramfs", "overlay", "zfs", "f2fs", "bcachefs"})
HEADER = re.compile(r"^(Name|Version):[ \t]*(\S+)[ \t]*\r?$", re.MULTILINE)
LITERAL = re.compile(r"^__version__\s*(?::[^=\n]+)?=\s*(?:version\s*=\s*)?[\"']([^\"'\n]+)[\"']", re.MULTILINE)
CREDENTIALS = re.compile(r"//[^/@\s]*@")


Digests: TypeAlias = dict[tuple[int, int, int, int], str]
"""Of files that have not changed since they were read: by device, inode, change time and size."""


class Listed(Struct, frozen=True):
    """A line of RECORD."""

    path: str
    digest: str


class Listing(Struct, frozen=True):
    """A directory on the path: when its list of names changed last, in seconds since boot, off by `margin` at most."""

    site: str
    changed: float
    margin: float


class Reader:
    """Reads one environment. `packages` are those whose files are compared; None compares all."""

    def __init__(
        self, search: Search, clock: Clock, *, mounts: str, packages: frozenset[Package] | None, digests: Digests
    ) -> None:
        self.digests = digests
        self.search = search
        self.clock = clock
        self.mounts = mounts
        self.packages = packages
        self._ways = Ways(search.root, search.held)
        self._listed: dict[str, frozenset[str]] = {}
        self.left = ALL_FILES

    def manifests(self) -> tuple[tuple[Manifest, ...], tuple[Unread, ...]]:
        """The first of each name on the path is the one that Python takes; what may go before it counts beside it."""
        first: dict[Package, Manifest] = {}
        unread: list[Unread] = []
        read = {
            folder: self._read_all(folder, unread) for folder in dict.fromkeys((*self.search.path, *self.search.maybe))
        }
        told = _told_by_installations(tuple(one for here in read.values() for one in here.values()))
        for folder in self.search.path:
            here = read[folder]
            first = {**{name: one for name, one in here.items() if one.where not in told}, **first}
        beside = [
            one
            for folder in self.search.maybe
            for one in read[folder].values()
            if one.where not in told and one != first.get(one.package)
        ]
        found = (*first.values(), *beside)
        return tuple(sorted(found, key=lambda one: one.package)), tuple(unread)

    def _read_all(self, folder: str, unread: list[Unread]) -> dict[Package, Manifest]:
        here: dict[Package, Manifest] = {}
        for name in self._names(folder):
            if name.endswith(METADATA):
                self._read(folder, name, here, unread)
        return here

    def _read(self, site: str, name: str, here: dict[Package, Manifest], unread: list[Unread]) -> None:
        where = f"{site}/{name}"
        try:
            manifest = self._manifest(site, name)
        except (OSError, ValueError) as error:
            why = (error.strerror or "cannot be read") if isinstance(error, OSError) else str(error)
            unread.append(Unread(file=where, why=f"not a distribution that can be read: {why}"))
            return
        other = here.get(manifest.package)
        if other is not None:
            why = f"{basename(other.where)} and {name} lie side by side"
            manifest = msgspec.structs.replace(manifest, problem=why)
        here[manifest.package] = manifest

    def _manifest(self, site: str, name: str) -> Manifest:
        root, where = self.search.root, f"{site}/{name}"
        metadata = self._metadata_file(where)
        headers = dict(reversed(HEADER.findall(root.text(metadata, limit=METADATA_LIMIT) or "")))
        if "Name" not in headers or "Version" not in headers:
            raise ValueError("its metadata has no name or no version")
        package = Package(PYPI, canonicalize_name(headers["Name"]))
        listed = tuple(self._record(where))
        compared = self.packages is None or package in self.packages
        code = tuple(one for one in listed if one.path.endswith(CODE)) if compared else ()
        paths = (where, metadata, f"{where}/RECORD", *(f"{site}/{one.path}" for one in code))
        seen = {path: status for path in paths if (status := root.status(path))}
        changed, latest = max((_changed(status), path) for path, status in seen.items())
        below = self._ways.below(site, (name, *(one.path for one in code)))
        changed, latest = max((changed, latest), self._ways.to(site), below)
        hidden = self._hidden(site, listed)
        problem = _name_disagrees(name, package, headers["Version"]) or hidden
        if not problem and compared:
            problem = self._lie(site, where, listed, headers["Version"], seen)
        return Manifest(
            package=package,
            version=headers["Version"],
            where=where,
            changed=self.clock.since_boot(changed),
            latest=latest,
            margin=self._margin(site),
            problem=problem,
            repair=ONE_COPY if hidden else REPAIR,
            modules=_tops(listed),
            origin=_origin(root.text(f"{where}/direct_url.json")),
        )

    def _metadata_file(self, where: str) -> str:
        for path in (f"{where}/METADATA", f"{where}/PKG-INFO", where):
            if self.search.root.is_file(path):
                return path
        raise ValueError("it has no METADATA")

    def _record(self, where: str) -> Iterator[Listed]:
        """Code and metadata. Paths that leave the directory, as those of scripts do, are left out."""
        text = self.search.root.text(f"{where}/RECORD", limit=RECORD_LIMIT) or ""
        for line in text.splitlines():
            path, *rest = next(csv.reader((line,)), ("",)) if '"' in line else line.rsplit(",", 2)
            inside = not path.startswith("/") and ".." not in path.split("/")
            if inside and len(rest) == 2 and path.endswith((*CODE, "/METADATA")):
                yield Listed(path, rest[0])

    def _hidden(self, site: str, listed: tuple[Listed, ...]) -> str:
        """A module of the same name that Python finds, or may find, before it comes to the directory."""
        path = self.search.path if site in self.search.path else ()
        before = itertools.takewhile(lambda folder: folder != site, path)
        folders = [one for one in dict.fromkeys((*self.search.maybe, *before)) if one != site]
        for module in _modules(listed) if folders else ():
            within, _, name = module.rpartition("/")
            for folder in folders:
                path = module_in(self._names, f"{folder}/{within}".rstrip("/"), name)
                if path:
                    return f"{path} is found first and hides it"
        return ""

    def _names(self, folder: str) -> frozenset[str]:
        if folder not in self._listed:
            self._listed[folder] = frozenset(self.search.root.names(folder))
        return self._listed[folder]

    def _lie(
        self, site: str, where: str, listed: tuple[Listed, ...], version: str, seen: Mapping[str, os.stat_result]
    ) -> str:
        """What of the distribution contradicts its manifest; empty if nothing does."""
        code = [one for one in listed if one.path.endswith(CODE)]
        metadata = f"{basename(where)}/METADATA"
        if not listed:
            return "it has no RECORD, so that its files cannot be compared with it"
        there = {path for path, status in seen.items() if stat.S_ISREG(status.st_mode)}
        present = [one for one in code if f"{site}/{one.path}" in there]
        if code and not present:
            return "none of the files that its RECORD lists is there"
        for one in (*(one for one in listed if one.path == metadata), *present):
            if not one.digest.startswith("sha256="):
                return f"its RECORD gives no sha256 for {one.path}"
            digest = self._digest(f"{site}/{one.path}", seen)
            if digest is None:
                return f"{one.path} is too large to be compared, or all of them are"
            if digest != one.digest.removeprefix("sha256=").rstrip("="):
                return f"{one.path} is not the file that its RECORD lists"
        other = shadowed(self._names, site, (one.path for one in code))
        taken = f"{other} is taken in the place of what its RECORD lists" if other else ""
        return taken or self._says_otherwise(site, listed, version)

    def _says_otherwise(self, site: str, listed: tuple[Listed, ...], version: str) -> str:
        for top in _tops(listed):
            for name in ("__init__.py", "_version.py"):
                found = LITERAL.search(self.search.root.text(f"{site}/{top}/{name}") or "")
                if found and not _same_release(found[1], version):
                    return f"{top}/{name} says {found[1]}, its manifest {version}"
        return ""

    def _digest(self, path: str, seen: Mapping[str, os.stat_result]) -> str | None:
        if path in seen and (known := self.digests.get(_identity(seen[path]))):
            return known
        file = os.open(self.search.root.place(path), os.O_RDONLY)  # hundreds of them: no `Path` for each
        try:
            status = os.fstat(file)
            if status.st_size > min(ONE_FILE, self.left):
                return None
            self.left -= status.st_size
            content = hashlib.sha256()
            while part := os.read(file, 1 << 18):
                content.update(part)
        finally:
            os.close(file)
        digest = base64.urlsafe_b64encode(content.digest()).decode().rstrip("=")
        if status.st_ctime_ns < (self.clock.wall(self.clock.now) - DOUBT) * 1e9:
            self.digests[_identity(status)] = digest
        return digest

    def listed(self) -> tuple[Listing, ...]:
        """When the list of names of each directory on the path changed last."""
        return tuple(
            Listing(site, self.clock.since_boot(self._ways.list_changed(site)), self._margin(site))
            for site in dict.fromkeys((*self.search.path, *self.search.maybe))
            if site in self.search.sites or any(one.endswith(".dist-info") for one in self._names(site))
        )

    def _margin(self, site: str) -> float:
        """Files on a network are stamped by another clock."""
        return TICK if file_system(self.mounts, self.search.root.real(site)) in LOCAL else DOUBT


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return (status.st_dev, status.st_ino, status.st_ctime_ns, status.st_size)


def _changed(status: os.stat_result) -> float:
    """A hard link elsewhere, as package caches make them, touches ctime though nothing here has changed."""
    shared = stat.S_ISREG(status.st_mode) and status.st_nlink > 1
    return (status.st_mtime_ns if shared else max(status.st_ctime_ns, status.st_mtime_ns)) / 1e9


def _tops(listed: tuple[Listed, ...]) -> tuple[str, ...]:
    """The modules that a distribution brings."""
    found = {one.path.split("/")[0] for one in listed if one.path.endswith(CODE)}
    return tuple(sorted({name.split(".")[0] for name in found if not name.endswith((".dist-info", ".data"))} - {""}))


def _modules(listed: tuple[Listed, ...]) -> tuple[str, ...]:
    """What may be hidden of a distribution: its outermost packages and modules, and each namespace above them."""
    paths = [one.path.split("/") for one in listed if one.path.endswith(CODE)]
    packages = {"/".join(parts[:-1]) for parts in paths if parts[-1].partition(".")[0] == "__init__"}
    found: set[str] = set()
    for *folders, file in paths:
        for part in range(1, len(folders) + 2):
            module = "/".join((*folders, file.partition(".")[0])[:part])
            found.add(module)
            if module in packages:
                break
    return tuple(sorted(found))


def _same_release(literal: str, version: str) -> bool:
    """True also where the literal is no version at all."""
    try:
        one, other = Version(literal), Version(version)
    except InvalidVersion:
        return True
    length = max(len(one.release), len(other.release))
    return _padded(one, length) == _padded(other, length)


def _padded(version: Version, length: int) -> tuple[int, ...]:
    return (*version.release, *(0 for _ in range(length - len(version.release))))


def _told_by_installations(manifests: tuple[Manifest, ...]) -> frozenset[str]:
    """The metadata that a build left in a source tree says nothing beside the editable installation of that tree."""
    trees = {(one.package, one.origin.path) for one in manifests if isinstance(one.origin, Editable)}
    return frozenset(
        one.where
        for one in manifests
        if one.where.endswith(".egg-info") and any((one.package, tree) in trees for tree in _above(one.where))
    )


def _above(path: str) -> tuple[str, ...]:
    return tuple(str(one) for one in PurePosixPath(path).parents)


def _name_disagrees(name: str, package: Package, version: str) -> str:
    """The directory is called NAME-VERSION.dist-info."""
    stem, _, suffix = name.rpartition(".")
    called, _, numbered = stem.partition("-")
    if suffix != "dist-info":
        return ""
    if canonicalize_name(called) != package.name or not _same_release(numbered, version):
        return f"{name} holds the metadata of {package.name} {version}"
    return ""


def file_system(mounts: str, path: str) -> str:
    """The kind that holds the path, by /proc/PID/mountinfo."""
    best = ("", "")
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split()
        if len(fields) > 4 and right:
            point = fields[4].replace("\\040", " ")
            inside = path == point or path.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(best[0]):
                best = (point, right.split()[0])
    return best[1]


class _Revision(Struct):
    commit_id: str = ""


class _Directory(Struct):
    editable: bool = False


class _Direct(Struct):
    """PEP 610."""

    url: str = ""
    vcs_info: _Revision | None = None
    dir_info: _Directory | None = None


def _origin(text: str | None) -> Origin:
    if text is None:
        return PublicIndex()
    try:
        direct = msgspec.json.decode(text, type=_Direct)
    except msgspec.DecodeError:
        return DirectUrl("unreadable direct_url.json")
    url = CREDENTIALS.sub("//", direct.url)
    if direct.vcs_info is not None:
        return Git(url, direct.vcs_info.commit_id)
    if direct.dir_info is not None:
        path = url.removeprefix("file://")
        return Editable(path) if direct.dir_info.editable else LocalPath(path)
    return LocalPath(url.removeprefix("file://")) if url.startswith("file://") else DirectUrl(url)
