"""pnpm-lock.yaml, lockfileVersion 5 to 9."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from sys import intern
from typing import NamedTuple

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.npm import npm_pin
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.yaml_blocks import Value, rows_of
from outpace.ecosystems.secrets import masked

UNDERSTOOD = frozenset({"5", "6", "9"})
PACKAGES, SNAPSHOTS, IMPORTERS = "packages", "snapshots", "importers"
LONG = frozenset({PACKAGES, SNAPSHOTS, IMPORTERS})
DEVELOPMENT = "devDependencies"
NEEDED = ("dependencies", "optionalDependencies")

_NAME = r"(@[^/@]+/[^/@]+|[^/@]+)"
_BY_SLASH = re.compile(rf"/{_NAME}/([^/@_()]+)(?:_.*)?", re.DOTALL)
_BY_AT = re.compile(rf"/?{_NAME}@([^/@_():]+)(?:[_(].*)?", re.DOTALL)
_NO_REGISTRY = ("tarball", "repo", "directory", "path")
_OWN = ("link:", "workspace:")
Spelled = tuple[str, ...]  # the keys that one dependency has in one version of the format or another


class Entry(NamedTuple):
    """One package, one way in which its peers are met, or one project of the repository."""

    pin: Pin
    for_development: bool
    asks: tuple[Spelled, ...]
    asks_for_development: tuple[Spelled, ...]


Entries = dict[str, Entry]
Rows = dict[str, Value]


def scan_pnpm(data: bytes) -> Scanned:
    """Without what serves development alone: marked `dev: true`, in version 9 told by what asks for it."""
    rows, entries = _sections(data)
    version = rows.get("lockfileVersion")
    if not isinstance(version, str) or version.partition(".")[0] not in UNDERSTOOD:
        raise Garbled(f"its lockfileVersion is {str(version)[:20] or 'not named'}; 5, 6 and 9 are understood")
    packages = entries.get(PACKAGES)
    if not packages:
        raise Garbled("it names no package at all: nothing is locked, or the file was cut off")
    if version.startswith("9") and SNAPSHOTS not in entries:
        raise Garbled("it has no `snapshots`: it was cut off")
    graph = entries.get(SNAPSHOTS, packages)
    projects = entries.get(IMPORTERS) or {".": _entry(".", rows)}
    for each in (*graph.values(), *projects.values()):
        for spelled in (*each.asks, *each.asks_for_development):
            _held(spelled, graph)
    if SNAPSHOTS not in entries:
        return _scanned(each.pin for each in packages.values() if not each.for_development)
    runs = {key.partition("(")[0] for key in _reached(projects.values(), graph)}
    return _scanned(each.pin for key, each in packages.items() if key in runs)


def _scanned(pins: Iterable[Pin]) -> Scanned:
    return Scanned(tuple(sorted(set(pins))))


def _sections(data: bytes) -> tuple[Rows, dict[str, Entries]]:
    """The tables at the top: those that grow long as entries, the others as they are."""
    tops: Rows = {}
    parts: dict[str, list[Entries]] = {}
    into: list[Entries] | None = None
    for part in data.strip(b"\n").split(b"\n\n"):
        paragraph = part.lstrip(b"\n") if part.startswith(b"\n") else part
        if paragraph.startswith(b" "):
            if into is None:
                raise Garbled("it holds a paragraph that belongs nowhere")
            into.append(_entries(paragraph))
            continue
        rows = _rows(paragraph)
        _add(tops, rows)
        for name in rows:
            into = parts.setdefault(name, []) if name in LONG else None
    entries = {name: _united([_of_rows(_table(tops.pop(name))), *some]) for name, some in parts.items()}
    return tops, entries


def _united(parts: list[Entries]) -> Entries:
    found: Entries = {}
    for each in parts:
        found.update(each)
    if len(found) != sum(map(len, parts)):
        raise Garbled("it names a package twice: it was merged badly")
    return found


def _add(into: Rows, more: Rows) -> None:
    if twice := sorted(into.keys() & more.keys()):
        raise Garbled(f"`{shown(twice[0])}` appears twice")
    into.update(more)


_rows = Remembered(rows_of)


@Remembered
def _entries(paragraph: bytes) -> Entries:
    return _of_rows(rows_of(paragraph))


def _of_rows(rows: Rows) -> Entries:
    return {intern(key): _entry(key, _table(row)) for key, row in rows.items()}


def _entry(key: str, row: Rows) -> Entry:
    needed = [_spelled(*pair) for section in NEEDED for pair in _wanted(_table(row.get(section)))]
    besides = [_spelled(*pair) for pair in _wanted(_table(row.get(DEVELOPMENT)))]
    return Entry(_pin(key, row), row.get("dev") == "true", tuple(needed), tuple(besides))


def _table(value: Value | None) -> Rows:
    return value if isinstance(value, dict) else {}


def _pin(key: str, package: Rows) -> Pin:
    resolution = _table(package.get("resolution"))
    named, told = package.get("name"), package.get("version")
    name, version = name_and_version(masked(key) if "//" in key else key)
    is_elsewhere = not version or any(kind in resolution for kind in _NO_REGISTRY)
    if isinstance(told, str) and told:
        version = told
    return npm_pin(named if isinstance(named, str) and named else name, version, is_elsewhere=is_elsewhere)


def name_and_version(key: str) -> tuple[str, str]:
    """Of `/name/1.0_peer`, `/name@1.0(peer)` or `name@1.0`; the version is empty where the key names another place."""
    found = _BY_SLASH.fullmatch(key) or _BY_AT.fullmatch(key)
    if found is not None:
        return found[1], found[2]
    plain = key.removeprefix("/")
    at = plain.find("@", 1)
    return (plain[:at] if at > 0 else plain), ""


def _wanted(table: Rows) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        told = value.get("version", "") if isinstance(value, dict) else value
        if isinstance(told, str) and not told.startswith(_OWN):
            yield name, told


def _spelled(name: str, version: str) -> Spelled:
    return tuple(map(intern, (f"{name}@{version}", f"/{name}@{version}", f"/{name}/{version}", version)))


def _held(spelled: Spelled, graph: Entries) -> str:
    for key in spelled:
        if key in graph:
            return key
    raise Garbled(f"{shown(spelled[0])}, which is asked for, is not in it: it was cut off or merged badly")


def _reached(projects: Iterable[Entry], graph: Entries) -> set[str]:
    pending = [each for project in projects for each in project.asks]
    seen: set[str] = set()
    while pending:
        key = _held(pending.pop(), graph)
        if key not in seen:
            seen.add(key)
            pending += graph[key].asks
    return seen
