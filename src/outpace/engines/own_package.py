"""The project's own packages, as installed metadata without a build: name, version, entry points and scripts.

Suites ask `importlib.metadata` for their own version, and plugins are found by entry points. No build backend runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?")
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.!+]{0,100}")
TARGET = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\s*\[[^\]]*\])?")
GROUP = re.compile(r"\w+(?:[.-]\w+)*")
SCRIPT = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@"
' '''
import sys
import {module}
sys.exit({module}.{attribute}())
"""


class EntryPoint(Struct, frozen=True, kw_only=True):
    group: str
    name: str
    target: str


class OwnPackage(Struct, frozen=True, kw_only=True):
    name: str
    version: str
    entry_points: tuple[EntryPoint, ...] = ()


def own_package(project: Mapping[str, Any], *, locked_version: str | None = None) -> OwnPackage | None:
    """From a pyproject.toml; None where it declares no package that would be installed."""
    declared = _table(project.get("project"))
    uv = _table(_table(project.get("tool")).get("uv"))
    name = declared.get("name")
    if uv.get("package") is False or not ("build-system" in project or uv.get("package") is True):
        return None
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return None
    version = str(declared.get("version") or locked_version or "0")
    return OwnPackage(
        name=name, version=version if VERSION.fullmatch(version) else "0", entry_points=tuple(_entry_points(declared))
    )


def _entry_points(declared: Mapping[str, Any]) -> list[EntryPoint]:
    groups = {
        "console_scripts": _table(declared.get("scripts")),
        "gui_scripts": _table(declared.get("gui-scripts")),
        **{
            name: _table(group) for name, group in _table(declared.get("entry-points")).items() if GROUP.fullmatch(name)
        },
    }
    return [
        EntryPoint(group=group, name=name, target=str(target))
        for group, points in groups.items()
        for name, target in points.items()
        if NAME.fullmatch(name) and re.fullmatch(r"[\w.:\[\], ]+", str(target))
    ]


def install(own: OwnPackage, environment: Path) -> None:
    """Never replaces what is there: a project that calls its script `python` does not get one."""
    site = next((path for path in environment.glob("lib/python*/site-packages") if _is_own(path, environment)), None)
    if site is None or not _is_own(environment / "bin", environment):
        return
    information = site / f"{re.sub(r'[-_.]+', '_', own.name).lower()}-{own.version}.dist-info"
    if information.exists() or information.is_symlink():
        return
    information.mkdir()
    written = {
        "METADATA": f"Metadata-Version: 2.1\nName: {own.name}\nVersion: {own.version}\n",
        "INSTALLER": "outpace\n",
        "RECORD": "",
        "entry_points.txt": _listing(own.entry_points),
    }
    for name, content in written.items():
        (information / name).write_text(content)
    for point in own.entry_points:
        target = TARGET.fullmatch(point.target)
        if target and point.group in ("console_scripts", "gui_scripts"):
            add_script(environment, point.name, module=target[1], attribute=target[2])


def add_script(environment: Path, name: str, *, module: str, attribute: str) -> None:
    script = environment / "bin" / name
    if _is_own(environment / "bin", environment) and not script.exists() and not script.is_symlink():
        script.write_text(SCRIPT.format(module=module, attribute=attribute))
        script.chmod(0o755)


def add_path(environment: Path, directory: Path) -> None:
    """At the end of the environment's path; said relatively, so that it may be renamed."""
    for site in environment.glob("lib/python*/site-packages"):
        listing = site / f"{directory.name}.pth"
        if _is_own(site, environment) and not listing.exists() and not listing.is_symlink():
            listing.write_text(f"{os.path.relpath(directory, site)}\n")


def _is_own(path: Path, environment: Path) -> bool:
    """A build may have put a link there, to make us write elsewhere."""
    return path.resolve() == environment.resolve() / path.relative_to(environment)


def _listing(points: tuple[EntryPoint, ...]) -> str:
    groups = dict.fromkeys(point.group for point in points)
    sections = [
        "\n".join([f"[{group}]", *(f"{point.name} = {point.target}" for point in points if point.group == group)])
        for group in groups
    ]
    return "\n\n".join(sections) + "\n"


def _table(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
