"""What a project asks for in its own files, mostly without a pin: `pyproject.toml`, `setup.py`, `Pipfile`..."""

from __future__ import annotations

import posixpath
import tomllib
from typing import cast

import msgspec
from msgspec import Struct

from outpace.ecosystems.kinds import is_declaration, is_source
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.versions import is_name
from outpace.ecosystems.reading import Reading
from outpace.ecosystems.scan.content import Garbled, checked, too_large
from outpace.ecosystems.scan.pins import Pin, Scanned, Unscannable
from outpace.ecosystems.scan.python_locks import pypi
from outpace.ecosystems.scan.requirements import how_specified, scan_requirements
from outpace.ecosystems.scan.scope import is_development_group, is_for_development

LARGEST = 1 << 20  # bytes; people write these


class _Package(Struct):
    dependencies: dict[str, str] = {}


class _Pipfile(Struct):
    packages: dict[str, object] = {}


def asks(path: str) -> bool:
    """Whether such a file says what is installed where no lock does."""
    name = posixpath.basename(path)
    return (name in ("Pipfile", "package.json") or is_declaration(path) or is_source(path)) and not (
        is_for_development(path)
    )


def scan_asked(path: str, data: bytes) -> Scanned | Unscannable:
    """Without what its groups bring for development alone. Never raises."""
    if (refusal := too_large(data)) is not None:
        return refusal
    if len(data) > LARGEST:
        return Unscannable(f"it has more than {LARGEST >> 20} MiB")
    try:
        return _asked(path, data)
    except (Garbled, ValueError, TypeError, RecursionError) as error:
        return Unscannable(f"{posixpath.basename(path)} cannot be read: {type(error).__name__}")


def _asked(path: str, data: bytes) -> Scanned:
    name = posixpath.basename(path)
    if name == "package.json":
        wanted = msgspec.json.decode(data, type=_Package).dependencies
        return _scanned({Pin("npm", each, specifier, "unpinned") for each, specifier in wanted.items()})
    if name == "Pipfile":
        packages = msgspec.convert(tomllib.loads(checked(data).decode()), _Pipfile).packages
        return _scanned({_of_pipfile(each, row) for each, row in packages.items() if is_name(each)})
    if name.endswith(".in"):
        return scan_requirements(data)
    reading = _reading(path, data)
    return _scanned(
        {
            pypi(each.package.name, each.version or each.specifier, "unpinned" if each.version is None else "pinned")
            for each in (reading.components if reading is not None else ())
            if not each.groups or not all(map(is_development_group, each.groups))
        }
    )


def _reading(path: str, data: bytes) -> Reading | None:
    """Imported when there is one: few histories are asked for any."""
    from outpace.ecosystems.pypi.pyproject import read_pyproject
    from outpace.ecosystems.pypi.setup_cfg import read_setup_cfg
    from outpace.ecosystems.pypi.setup_py import read_setup_py

    readers = {"pyproject.toml": read_pyproject, "setup.cfg": read_setup_cfg, "setup.py": read_setup_py}
    return readers[posixpath.basename(path)](path, data, Declared())


def _of_pipfile(name: str, row: object) -> Pin:
    version = cast("dict[str, object]", row).get("version", "*") if isinstance(row, dict) else row
    specifier, how = how_specified(version) if isinstance(version, str) else ("", "unpinned")
    return pypi(name, specifier, how)


def _scanned(pins: set[Pin]) -> Scanned:
    return Scanned(tuple(sorted(pins)), is_partial=True)
