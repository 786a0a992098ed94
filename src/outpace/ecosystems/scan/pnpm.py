"""pnpm-lock.yaml, lockfileVersion 5 to 9."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from outpace.ecosystems.scan.content import Garbled
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.npm import npm_pin
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.yaml_blocks import Value, rows_of

UNDERSTOOD = frozenset({"5", "6", "9"})
PACKAGES = "packages"
SNAPSHOTS = "snapshots"
_ASKED = ("dependencies", "optionalDependencies")
_OWN = ("link:", "workspace:")


class Sections(NamedTuple):
    """The tables at the top, each with what its paragraphs hold."""

    by_name: dict[str, dict[str, Value]]

    def table(self, name: str) -> dict[str, Value]:
        return self.by_name.get(name, {})


def scan_pnpm(data: bytes) -> Scanned:
    """Without what serves development alone: marked `dev: true`, in version 9 told by what asks for it."""
    sections = _sections(data)
    version = sections.table("lockfileVersion").get("", "")
    if not isinstance(version, str) or version.partition(".")[0] not in UNDERSTOOD:
        raise Garbled(f"its lockfileVersion is {str(version)[:20] or 'not named'}; 5, 6 and 9 are understood")
    packages = sections.table(PACKAGES)
    graph = sections.table(SNAPSHOTS) or packages
    runs = _reached(sections, graph)
    pins: set[Pin] = set()
    for key, row in packages.items():
        package = _table(row)
        if package.get("dev") != "true" and (SNAPSHOTS not in sections.by_name or key in runs):
            pins.add(_pin(key, package))
    return Scanned(tuple(sorted(pins)))


def _sections(data: bytes) -> Sections:
    found: dict[str, dict[str, Value]] = {}
    into = ""
    for paragraph in data.strip(b"\n").split(b"\n\n"):
        rows = _paragraph(paragraph.lstrip(b"\n"))
        if paragraph.lstrip(b"\n").startswith(b" "):
            if into not in found:
                raise Garbled("it begins in the middle")
            _add(found[into], rows)
            continue
        for name, value in rows.items():
            if name in found:
                raise Garbled(f"`{name[:40]}` appears twice")
            into = name
            found[name] = dict(value) if isinstance(value, dict) else {"": value} if value else {}
    return Sections(found)


def _add(into: dict[str, Value], rows: dict[str, Value]) -> None:
    for key, value in rows.items():
        if key in into:
            raise Garbled(f"the key {key[:60]!r} appears twice")
        into[key] = value


_paragraph = Remembered(rows_of)


def _table(value: Value | None) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _pin(key: str, package: dict[str, Value]) -> Pin:
    resolution = _table(package.get("resolution"))
    named, told = package.get("name"), package.get("version")
    name, version = name_and_version(key)
    is_elsewhere = not version or any(kind in resolution for kind in ("tarball", "repo", "directory", "path"))
    if isinstance(told, str) and told:
        version = told
    return npm_pin(named if isinstance(named, str) and named else name, version, is_elsewhere=is_elsewhere)


def name_and_version(key: str) -> tuple[str, str]:
    """Of `/name/1.0_peer`, `/name@1.0(peer)` or `name@1.0`; the version is empty where the key names another place."""
    stem = key.partition("(")[0]
    plain = stem.removeprefix("/")
    at = plain.find("@", 1)
    if at > 0 and (not stem.startswith("/") or "/" not in plain[at:]):
        name, version = plain[:at], plain[at + 1 :]
    elif stem.startswith("/"):
        name, _, version = plain.rpartition("/")
    else:
        name, version = plain, ""
    version = version.partition("_")[0]
    return name, "" if ":" in version or "/" in version else version


def _reached(sections: Sections, graph: dict[str, Value]) -> set[str]:
    """Keys of packages that are needed to run, peers cut off. Everything that is asked for must be there."""
    importers = sections.table("importers") or {".": {name: sections.table(name) for name in _SECTIONS}}
    pending: list[str] = []
    for importer in importers.values():
        for section in _SECTIONS:
            keys = list(_asked(_table(_table(importer).get(section)), graph))
            pending += keys if section != "devDependencies" else []
    for row in graph.values():
        _check_held(row, graph)
    seen: set[str] = set()
    while pending:
        key = pending.pop()
        if key not in seen:
            seen.add(key)
            pending += [each for section in _ASKED for each in _asked(_table(_table(graph[key]).get(section)), graph)]
    return seen | {key.partition("(")[0] for key in seen}


_SECTIONS = (*_ASKED, "devDependencies")


def _check_held(row: Value, graph: dict[str, Value]) -> None:
    for section in _ASKED:
        for _ in _asked(_table(_table(row).get(section)), graph):
            pass


def _asked(wanted: dict[str, Value], graph: dict[str, Value]) -> Iterator[str]:
    for name, value in wanted.items():
        told = value.get("version", "") if isinstance(value, dict) else value
        if not isinstance(told, str) or told.startswith(_OWN):
            continue
        spelled = (f"{name}@{told}", f"/{name}@{told}", f"/{name}/{told}", told)
        key = next((each for each in spelled if each in graph), None)
        if key is None:
            raise Garbled(f"{name[:60]} {told[:40]}, which is asked for, is not in it: it was cut off or merged badly")
        yield key
