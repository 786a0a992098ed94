"""Whether a uv.lock still fits its pyproject.toml: a stale one is not what is installed without `--locked`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from outpace.model.toml import document_or_empty, table

Table = Mapping[str, object]
Demands = dict[str, SpecifierSet]


def staleness(lock: bytes | None, project: bytes | None) -> str:
    """The first dependency of the project that the lock was not made for; empty where it fits or cannot be compared."""
    locked, declared = document_or_empty(lock), document_or_empty(project)
    here = table(declared.get("project"))
    root = next((package for package in _rows(locked.get("package")) if _is_root(package)), None)
    if root is None or "metadata" not in root or not here or "dependencies" in _names(here.get("dynamic")):
        return ""
    in_lock, sourced = _locked(root)
    wanted = {name: demand for name, demand in _declared(here) if name not in sourced}
    for name in sorted(wanted.keys() | in_lock.keys()):
        if wanted.get(name) != in_lock.get(name):
            return f"pyproject.toml asks for {_shown(name, wanted)}, and the lock was made for {_shown(name, in_lock)}"
    return ""


def _is_root(package: Table) -> bool:
    source = table(package.get("source"))
    return "." in (source.get("virtual"), source.get("editable"))


def _locked(root: Table) -> tuple[Demands, frozenset[str]]:
    """The demands of the project itself, and the names that come from elsewhere, which are not compared."""
    demands: Demands = {}
    sourced: set[str] = set()
    for row in _rows(table(root["metadata"]).get("requires-dist")):
        name = canonicalize_name(str(row.get("name", "")))
        if "extra ==" in str(row.get("marker", "")):
            continue
        if row.keys() & {"git", "url", "path", "directory", "editable", "virtual"}:
            sourced.add(name)
            continue
        demands[name] = demands.get(name, SpecifierSet()) & _specifier(str(row.get("specifier", "")))
    return demands, frozenset(sourced)


def _declared(here: Table) -> Iterator[tuple[str, SpecifierSet]]:
    """Several lines for one name are united, as they are in the lock."""
    found: Demands = {}
    for line in _names(here.get("dependencies")):
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.url is None:
            name = canonicalize_name(requirement.name)
            found[name] = found.get(name, SpecifierSet()) & requirement.specifier
    yield from found.items()


def _specifier(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return SpecifierSet()


def _shown(name: str, demands: Demands) -> str:
    return f"{name}{demands[name]}" if name in demands else f"no {name}"


def _rows(value: object) -> list[Table]:
    return [table(row) for row in cast("list[object]", value)] if isinstance(value, list) else []


def _names(value: object) -> list[str]:
    return [str(row) for row in cast("list[object]", value)] if isinstance(value, list) else []
