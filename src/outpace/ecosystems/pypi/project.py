"""What a pyproject.toml says of the project itself."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.model.toml import document as toml_document


class Project(Struct, frozen=True):
    name: str
    version: str | None


class _Project(Struct):
    name: str | None = None
    version: str | None = None


class _Tool(Struct):
    poetry: _Project | None = None


class _Document(Struct):
    project: _Project | None = None
    tool: _Tool | None = None


def project_of(text: str) -> Project | None:
    """None where the file names no project or cannot be parsed."""
    try:
        document = msgspec.convert(toml_document(text.removeprefix("\ufeff")), _Document)
    except (ValueError, RecursionError):
        return None
    poetry = document.tool.poetry if document.tool else None
    for told in (document.project, poetry):
        if told is not None and told.name is not None and is_name(told.name):
            return Project(normalize_name(told.name), None if told.version is None else canonical(told.version))
    return None
