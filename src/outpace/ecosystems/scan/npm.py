"""package-lock.json, lockfileVersion 1 to 3, and npm-shrinkwrap.json, which is older than they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from sys import intern
from typing import NamedTuple

from msgspec import Raw, Struct

from outpace.ecosystems.scan.content import Garbled
from outpace.ecosystems.scan.documents import decoded
from outpace.ecosystems.scan.entries import Ordered
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.successive import Successive
from outpace.ecosystems.secrets import masked

NPM = "npm"
FOLDER = "node_modules/"
_APART = b"\0"  # which no file holds that is read at all
HEAD = 4_096
_MARK = b"outpace: the packages stand here"

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
    quickly = _scanned_by_members(data)
    if quickly is not None:
        return quickly
    lock = _lock(data)
    found, pins = (lock.packages, _placed) if lock.packages is not None else (lock.dependencies or {}, _needed)
    every = (pin for name, raw in found.items() for pin in pins(bytes(raw) + _APART + name.encode()))
    return Scanned(tuple(sorted(dict.fromkeys(every))))


def _lock(data: bytes) -> _Lock:
    lock = decoded(data, _Lock)
    if lock.lockfile_version not in (None, 1, 2, 3):
        raise Garbled(f"its lockfileVersion is {lock.lockfile_version}; versions 1 to 3 are understood")
    if lock.packages is None and lock.dependencies is None and lock.lockfile_version != 1:
        raise Garbled("it has neither `packages` nor `dependencies`")
    return lock


def _scanned_by_members(data: bytes) -> Scanned | None:
    """As npm writes it, of the packages only those are looked at that the version before had not; None: it is written
    otherwise. A mark in the place of the packages tells that these stand directly in the table of that name, whatever
    stands around it.
    """
    indent = next((each for each in _MEMBERS if data.startswith(b"{\n" + each + b'"')), None)
    if indent is None or _MARK in data:
        return None
    found = _places(data, indent)
    try:
        lock = _lock(_marked(data, found.values()))
        tables = {"packages": lock.packages, "dependencies": lock.dependencies}
        if any((tables[name] or {}).keys() != {_MARK.decode()} for name in found):
            return None
        name = "packages" if lock.packages is not None else "dependencies"
        sums = {each: _MEMBERS[indent][each, each == name](data[slice(*place)]) for each, place in found.items()}
    except Garbled:
        return None
    return sums[name].scanned() if name in sums and not any(each.is_twice for each in sums.values()) else None


def _places(data: bytes, indent: bytes) -> dict[str, tuple[int, int]]:
    """Where the tables of packages begin and end, if npm wrote it."""
    first, second = (b"\n" + indent + b'"' + name + b'": {\n' for name in (b"packages", b"dependencies"))
    end = data.rfind(b"\n" + indent + b"}\n}")
    begin = data.find(first, 0, HEAD)
    if begin < 0:
        begin = data.find(second, 0, HEAD)
        found = {"dependencies": (begin + len(second), end)}
    else:
        between = b"\n" + indent + b"}," + second
        middle = -1 if b'"lockfileVersion": 3' in data[:begin] else data.find(between, begin)
        found = {"packages": (begin + len(first), end if middle < 0 else middle)}
        if middle >= 0:
            found["dependencies"] = (middle + len(between), end)
    return found if begin >= 0 and all(start <= stop for start, stop in found.values()) else {}


def _marked(data: bytes, places: Iterable[tuple[int, int]]) -> bytes:
    left, at = b"", 0
    for begin, end in sorted(places):
        left += data[at:begin] + b'"' + _MARK + b'": {}'
        at = end
    return left + data[at:]


class _Member(NamedTuple):
    key: str
    pins: tuple[Pin, ...]


class _Members:
    """A sum of members of a table."""

    def __init__(self) -> None:
        self._pins = Ordered[Pin]()
        self._keys: dict[str, int] = {}
        self._twice: set[str] = set()

    @property
    def is_twice(self) -> bool:
        """The last one of two counts, and which that is cannot be told here."""
        return bool(self._twice)

    def add(self, each: _Member, times: int, /) -> None:
        self._keys[each.key] = self._keys.get(each.key, 0) + times
        if self._keys[each.key] > 1:
            self._twice.add(each.key)
        for pin in each.pins:
            self._pins.add(pin, times)

    def take(self, each: _Member, times: int, /) -> None:
        self._keys[each.key] -= times
        if self._keys[each.key] < 2:
            self._twice.discard(each.key)
        for pin in each.pins:
            self._pins.take(pin, times)

    def scanned(self) -> Scanned:
        return Scanned(self._pins.distinct())


def _members(part: bytes, end: bytes, pins: Callable[[bytes], tuple[Pin, ...]]) -> tuple[_Member, ...]:
    """Of several members of a table, the end of the last one left out. Raises Garbled where it is anything else."""
    whole = part if part.endswith(end) else part + end
    found = decoded(b"{" + whole + b"}", dict[str, Raw])
    return tuple(_Member(name, pins(bytes(raw) + _APART + name.encode())) for name, raw in found.items())


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


def _by_members(indent: bytes, pins: Callable[[bytes], tuple[Pin, ...]]) -> Successive[_Member, _Members]:
    end = b"\n" + 2 * indent + b"}"
    return Successive(Remembered(lambda part: _members(part, end, pins)), _Members, end + b",\n")


# By how a file is indented; then by the table, and by whether it counts.
_MEMBERS = {
    indent: {
        ("packages", True): _by_members(indent, _placed),
        ("dependencies", True): _by_members(indent, _needed),
        ("dependencies", False): _by_members(indent, lambda _: ()),
    }
    for indent in (b"  ", b"    ", b"\t")
}
