"""uv.lock, poetry.lock, pdm.lock and pylock.toml of every era."""

from __future__ import annotations

import re
from collections.abc import Iterable
from sys import intern

from outpace.ecosystems.pypi.sources import named_by, path_of
from outpace.ecosystems.pypi.versions import is_name, normalize_name
from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.entries import Entries, Entry
from outpace.ecosystems.scan.pins import How, Pin, Scanned
from outpace.ecosystems.scan.rows import Table, items, names_in, table, text, texts
from outpace.ecosystems.scan.scope import is_development_group
from outpace.ecosystems.scan.toml_blocks import Form
from outpace.model.package import PYPI

_ELSEWHERE = ("git", "url", "path", "directory", "editable", "virtual")
_POETRY_ELSEWHERE = frozenset({"git", "url", "directory", "file"})
_ASKED = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def pypi(name: str, version: str, how: How) -> Pin:
    return Pin(PYPI, intern(normalize_name(name)), intern(version), how)


def scanned(pins: Iterable[Pin | None]) -> Scanned:
    """In the order of the file, which is nearly theirs, they are sorted faster than as a set."""
    return Scanned(tuple(sorted(dict.fromkeys(pin for pin in pins if pin is not None))))


def _name(row: Table) -> str:
    name = text(row, "name")
    if not is_name(name):
        raise Garbled(f"{shown(name)!r} is no name of a package")
    return name


def _versioned(name: str, version: str) -> str:
    if not version:
        raise Garbled(f"{name} has no version: it was cut off or merged badly")
    return version


def _uv_entry(row: Table) -> Entry:
    name, source = _name(row), table(row.get("source"))
    groups = (table(row.get("optional-dependencies")), table(row.get("dev-dependencies")))
    asks = (row.get("dependencies"), *(wanted for group in groups for wanted in group.values()))
    own = "virtual" in source or text(source, "editable") == "."
    pin = None if own else _uv_pin(name, text(row, "version"), source)
    return Entry((name,), pin, tuple({intern(each) for wanted in asks for each in names_in(wanted)}))


def _uv_pin(name: str, version: str, source: Table) -> Pin:
    if registry := text(source, "registry"):
        return pypi(name, _versioned(name, version), "pinned" if "://" in registry else "elsewhere")
    if not any(kind in source for kind in _ELSEWHERE):
        raise Garbled(f"{name} has no source that is known here")
    return pypi(name, version, "elsewhere")


UV = Form(
    "package",
    _uv_entry,
    wanted=("name", "version", "source", "dependencies", "optional-dependencies", "dev-dependencies"),
)


def scan_uv(data: bytes) -> Scanned:
    """What the workspace itself consists of is left out. What a group for development alone brings is not marked."""
    entries, own = _uv(data)
    entries.check_named()
    return entries.scanned(without=own)


def scan_script(data: bytes) -> Scanned:
    """Of a script, which may need nothing."""
    return _uv(data)[0].scanned()


def _uv(data: bytes) -> tuple[Entries, frozenset[str]]:
    frame, entries = UV.read(data)
    if frame.get("version") != 1:
        raise Garbled(f"its version is {str(frame.get('version'))[:20]}; version 1 is understood")
    members = texts(table(frame.get("manifest")).get("members"))
    entries.check_whole(members)
    return entries, frozenset(members)


def _poetry_entry(row: Table) -> Entry:
    name = _name(row)
    version = _versioned(name, text(row, "version"))
    elsewhere = text(table(row.get("source")), "type") in _POETRY_ELSEWHERE
    return Entry((name,), pypi(name, version, "elsewhere" if elsewhere else "pinned"))


POETRY = Form("package", _poetry_entry, wanted=("name", "version", "source"))


def scan_poetry(data: bytes) -> Scanned:
    """With what is for development alone: Poetry 1.5 to 1.8 do not mark it, as those before and after do, so that an
    upgrade of Poetry, or two people with two of them, would seem to remove packages and to adopt them again."""
    frame, entries = POETRY.read(data)
    if not isinstance(frame.get("metadata"), dict):
        raise Garbled("it has no [metadata]: it is cut off, or no poetry.lock")
    version = text(table(frame["metadata"]), "lock-version")
    if version and version.partition(".")[0] not in ("1", "2"):
        raise Garbled(f"its lock-version is {version[:20]}; versions 1 and 2 are understood")
    return entries.scanned()


def _pdm_entry(row: Table) -> Entry:
    name, version = _name(row), text(row, "version")
    elsewhere = any(key in row for key in ("git", "hg", "svn", "bzr", "path", "url"))
    if not elsewhere:
        _versioned(name, version)
    groups = texts(row.get("groups", row.get("sections"))) or [each for each in (text(row, "section"),) if each]
    for_development = bool(groups) and all(map(is_development_group, groups))
    return Entry(
        (normalize_name(name),),
        None if for_development else pypi(name, version, "elsewhere" if elsewhere else "pinned"),
    )


PDM = Form("package", _pdm_entry, wanted=("name", "version", "groups", "sections", "section"))


def scan_pdm(data: bytes) -> Scanned:
    """Without what it marks as for development: `groups` whose every name says so.

    A lock may ask for packages that no supported platform needs and leave them out, so that a file that was cut off
    just between two of them is taken for whole.
    """
    frame, entries = PDM.read(data)
    version = text(table(frame.get("metadata")), "lock_version") or text(table(frame.get("root")), "meta_version")
    if version.partition(".")[0] not in ("0", "1", "2", "3", "4"):
        raise Garbled(f"its lock_version is {version[:20] or 'not named'}; versions up to 4 are understood")
    entries.check_named()
    return entries.scanned()


def _pylock_entry(row: Table) -> Entry:
    name, version = _name(row), text(row, "version")
    elsewhere = any(key in row for key in ("vcs", "directory", "archive"))
    told = version or ("" if elsewhere else _told(name, row))
    return Entry((name,), pypi(name, told, "elsewhere" if elsewhere else "pinned"))


def _told(name: str, row: Table) -> str:
    for artifact in (*items(row.get("wheels")), row.get("sdist")):
        one = table(artifact)
        where = text(one, "name") or path_of(text(one, "url")) or text(one, "path")
        told = named_by(where) if where else None
        if told is not None and told.name == normalize_name(name):
            return told.version
    raise Garbled(f"{name} has no version, and no file that tells it")


PYLOCK = Form("packages", _pylock_entry, wanted=("name", "version", "wheels", "sdist"))


def scan_pylock(data: bytes) -> Scanned:
    """Of PEP 751, lock-version 1. Packages under markers of groups count: the file marks none by itself."""
    frame, entries = PYLOCK.read(data)
    version = text(frame, "lock-version")
    if version.partition(".")[0] != "1":
        raise Garbled(f"its lock-version is {version[:20] or 'not named'}; version 1 is understood (PEP 751)")
    if not entries.counts and "packages" not in frame:
        raise Garbled("it has no `packages`, which PEP 751 requires")
    return entries.scanned()
