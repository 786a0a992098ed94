"""Exact pins in pyproject.toml files: where they are, and how they move without touching anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from packaging.requirements import InvalidRequirement, Requirement

from outpace.ecosystems.pypi.versions import canonical, normalize_name
from outpace.engines.uv_copy import table
from outpace.model.toml import document_or_empty
from outpace.remediation.ports import Step

UV_LISTS = ("dev-dependencies", "constraint-dependencies", "override-dependencies")


def aims_of(steps: Iterable[Step]) -> dict[str, str]:
    """Where the steps lead; a step that stays where it is only holds its package."""
    return {step.pin.package.name: step.version for step in steps if step.version != step.pin.version}


def wanted_of(steps: Iterable[Step]) -> dict[tuple[str, str], str]:
    """(name, old version) -> new version."""
    return {(step.pin.package.name, step.pin.version): step.version for step in steps}


def exact_pins_moved(projects: Mapping[str, bytes], steps: Iterable[Step]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Files in which a `==` demand on a step's old version now names the new one, and words for each."""
    edits: dict[str, bytes] = {}
    notes: list[str] = []
    for path, content in projects.items():
        text = content.decode("utf-8", "surrogateescape")
        for step in steps:
            for old, new in _moved(text, step):
                text = _replaced(text, old, new)
                notes.append(f"{path} pinned it too: {old} becomes {new}")
        changed = text.encode("utf-8", "surrogateescape")
        if changed != content:
            edits[path] = changed
    return edits, tuple(dict.fromkeys(notes))


def _moved(text: str, step: Step) -> Iterator[tuple[str, str]]:
    if step.version == step.pin.version:
        return
    for written in dict.fromkeys(_demands(text)):
        try:
            requirement = Requirement(written)
        except InvalidRequirement:
            continue
        specifiers = list(requirement.specifier)
        if normalize_name(requirement.name) != step.pin.package.name or len(specifiers) != 1:
            continue
        only = specifiers[0]
        if only.operator == "==" and canonical(only.version) == canonical(step.pin.version):
            yield written, written.replace(only.version, step.version, 1)


def _replaced(text: str, old: str, new: str) -> str:
    for quote in ('"', "'"):
        text = text.replace(f"{quote}{old}{quote}", f"{quote}{new}{quote}")
    return text


def requirements_of(projects: Iterable[bytes]) -> tuple[str, ...]:
    """Every requirement that the projects make themselves."""
    texts = (content.decode("utf-8", "replace") for content in projects)
    return tuple(dict.fromkeys(demand for text in texts for demand in _demands(text)))


def _demands(text: str) -> Iterator[str]:
    whole = document_or_empty(text.encode("utf-8", "surrogateescape"))
    project = table(whole, "project")
    uv = table(table(whole, "tool"), "uv")
    yield from _strings(project.get("dependencies"))
    for group in (table(project, "optional-dependencies"), table(whole, "dependency-groups")):
        for demands in group.values():
            yield from _strings(demands)
    for name in UV_LISTS:
        yield from _strings(uv.get(name))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (item for item in cast("list[object]", value) if isinstance(item, str))
