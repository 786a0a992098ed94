"""package-lock.json, lockfileVersion 1 to 3, and npm-shrinkwrap.json, which is older than they are."""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern

from msgspec import Raw, Struct

from outpace.ecosystems.scan.content import Garbled
from outpace.ecosystems.scan.documents import decoded
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.secrets import masked

NPM = "npm"
FOLDER = "node_modules/"
_APART = b"\0"  # which no file holds that is read at all

_WEB = ("http://", "https://")


class _Placed(Struct):
    """Of `packages`: by the folder in which it is installed."""

    version: str | None = None
    resolved: str | bool | None = None
    name: str | None = None
    dev: bool = False
    link: bool = False


class _Needed(Struct):
    """Of `dependencies`: nested as the folders are."""

    version: str | None = None
    resolved: str | bool | None = None
    dev: bool = False
    dependencies: dict[str, _Needed] = {}


class _Lock(Struct, rename="camel"):
    """Its packages as they are written, since most of them were understood with another version of the lock."""

    lockfile_version: int | None = None
    packages: dict[str, Raw] | None = None
    dependencies: dict[str, Raw] | None = None


def scan_npm(data: bytes) -> Scanned:
    """Without what it marks `dev: true`, and without the project and its workspaces; a link is elsewhere."""
    lock = decoded(data, _Lock)
    if lock.lockfile_version not in (None, 1, 2, 3):
        raise Garbled(f"its lockfileVersion is {lock.lockfile_version}; versions 1 to 3 are understood")
    if lock.packages is not None:
        found, pins = lock.packages, _placed
    elif lock.dependencies is not None or lock.lockfile_version == 1:
        found, pins = lock.dependencies or {}, _needed
    else:
        raise Garbled("it has neither `packages` nor `dependencies`")
    every = (pin for name, raw in found.items() for pin in pins(bytes(raw) + _APART + name.encode()))
    return Scanned(tuple(sorted(dict.fromkeys(every))))


def npm_pin(name: str, version: str, *, is_elsewhere: bool) -> Pin:
    how = "elsewhere" if is_elsewhere else "pinned" if version else "unpinned"
    told = masked(version) if is_elsewhere and "/" in version else version
    return Pin(NPM, intern(masked(name) if "//" in name else name), intern(told), how)


@Remembered
def _placed(entry: bytes) -> tuple[Pin, ...]:
    """Of one entry of `packages`: one pin at most."""
    raw, _, place = entry.partition(_APART)
    package = decoded(raw, _Placed)
    _, folder, name = place.decode().rpartition(FOLDER)
    if not folder or package.dev:
        return ()
    version = package.version or ""
    is_elsewhere = package.link or is_from_elsewhere(version) or _is_no_registry(package.resolved)
    return (npm_pin(package.name or name, version, is_elsewhere=is_elsewhere),)


@Remembered
def _needed(entry: bytes) -> tuple[Pin, ...]:
    """Of one entry of `dependencies`, with all that are nested in it."""
    raw, _, name = entry.partition(_APART)
    return tuple(_pins({name.decode(): decoded(raw, _Needed)}))


def _pins(dependencies: dict[str, _Needed]) -> Iterator[Pin]:
    pending = [dependencies]
    while pending:
        for key, package in pending.pop().items():
            if package.dependencies:
                pending.append(package.dependencies)
            if package.dev:
                continue
            name, version = alias(key, package.version or "")
            is_elsewhere = is_from_elsewhere(version) or _is_no_registry(package.resolved)
            yield npm_pin(name, version, is_elsewhere=is_elsewhere)


def alias(name: str, version: str) -> tuple[str, str]:
    """`npm:other@1.0` is another package under this name."""
    if not version.startswith("npm:"):
        return name, version
    real, at, told = version[4:].rpartition("@")
    return (real, told) if at and real else (name, version[4:])


def is_from_elsewhere(version: str) -> bool:
    """Versions, ranges and tags have neither a colon nor a slash; URLs, paths and repositories do."""
    return ":" in version or "/" in version


def _is_no_registry(resolved: object) -> bool:
    """A registry serves archives at NAME/-/FILE; a git host or a plain server has no such path."""
    if not isinstance(resolved, str):
        return False
    if resolved.startswith(_WEB):
        return "/-/" not in resolved and "/download/" not in resolved
    return ":" in resolved or resolved.startswith(".")
