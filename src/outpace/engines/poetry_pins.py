"""Exact pins in Poetry's tables and in [project], and how they move without touching anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from outpace.ecosystems.pypi.versions import normalize_name, parse
from outpace.engines.uv_pins import exact_pins_moved as standard_pins_moved
from outpace.model.toml import document_or_empty, table
from outpace.remediation.ports import Step

_EXACT = re.compile(r"\s*={0,3}\s*(?P<version>[0-9][A-Za-z0-9.!+_-]{0,100})\s*")


def exact_pins_moved(project: bytes, file: str, steps: tuple[Step, ...]) -> tuple[bytes, tuple[str, ...]]:
    """The file with those demands changed that hold exactly what a step leaves, and words for each."""
    edits, notes = standard_pins_moved({file: project}, steps)
    text = edits.get(file, project).decode("utf-8", "surrogateescape")
    said = list(notes)
    for step in steps:
        for name, old in _held(text, step):
            new = old.replace(_version(old), step.version, 1)
            changed = _replaced(text, name, old, new)
            if changed != text:
                text = changed
                said.append(f'{file} pinned it too: {name} = "{old}" becomes "{new}"')
    return text.encode("utf-8", "surrogateescape"), tuple(dict.fromkeys(said))


def _held(text: str, step: Step) -> Iterator[tuple[str, str]]:
    """(name as it is written, demand as it is written)."""
    if step.version == step.pin.version:
        return
    poetry = table(table(document_or_empty(text.encode("utf-8", "surrogateescape")).get("tool")).get("poetry"))
    groups = [table(group).get("dependencies") for group in table(poetry.get("group")).values()]
    for listed in (poetry.get("dependencies"), poetry.get("dev-dependencies"), *groups):
        for name, value in table(listed).items():
            if normalize_name(name) == step.pin.package.name:
                yield from ((name, demand) for demand in _demands(value) if _is_exactly(demand, step.pin.version))


def _demands(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from _demands(each)
    elif isinstance(version := table(value).get("version"), str):
        yield version


def _is_exactly(demand: str, version: str) -> bool:
    return _EXACT.fullmatch(demand) is not None and parse(_version(demand)) == parse(version)


def _version(demand: str) -> str:
    found = _EXACT.fullmatch(demand)
    return found["version"] if found is not None else demand


def _replaced(text: str, name: str, old: str, new: str) -> str:
    """Where the line, or the table under the package's name, gives the demand."""
    quoted, key = re.escape(old), rf"[\"']?{re.escape(name)}[\"']?"
    inline = rf"(?m)^(\s*{key}\s*=[^\n]*?[\"']){quoted}(?=[\"'])"
    own_table = rf"(?m)^(\s*\[[^\]\n]*\.{key}\]\s*\n(?:(?!\s*\[)[^\n]*\n)*?\s*version\s*=\s*[\"']){quoted}(?=[\"'])"
    return re.sub(own_table, lambda found: found[1] + new, re.sub(inline, lambda found: found[1] + new, text))
