"""One job of a CI definition, whatever the service: its steps, its Python, its variables, and what runs beside it."""

from __future__ import annotations

import re

from msgspec import Struct

from outpace.model.yaml_text import NotYaml, Pairs, node_of
from outpace.pipelines import events
from outpace.pipelines.events import Origin

VERSION = re.compile(r"(?P<minor>3\.\d{1,2})(?:\.\d+|\.x)?(?:-dev)?")
IMAGE = re.compile(r"(?:^|/)(?:python|circleci/python|cimg/python):(?P<version>3(?:\.\d+)*)")


class Step(Struct, frozen=True, kw_only=True):
    """`script` is told by a shell; `line` is where it begins in the file."""

    script: str
    line: int
    env: events.Pairs = ()
    unset: tuple[str, ...] = ()  # variables whose value only the CI knows
    directory: str = ""


class Job(Struct, frozen=True, kw_only=True):
    """`pythons` are those it is run with, the one that its steps stand for first."""

    name: str
    origin: Origin
    steps: tuple[Step, ...] = ()
    pythons: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    is_for_changes: bool = True  # begun by a push or a pull request
    is_linux: bool = True
    needs: tuple[str, ...] = ()  # jobs whose environment it takes over
    unread: tuple[tuple[str, int], ...] = ()


class Refused(Struct, frozen=True, kw_only=True):
    """A definition that could not be read."""

    why: str
    origin: Origin


def document_of(path: str, text: str | None) -> Pairs | Refused | None:
    """A definition in YAML; None where there is no text, or it holds no mapping."""
    if text is None:
        return None
    try:
        whole = node_of(text, aliases=True)
    except NotYaml as error:
        return Refused(why=error.why, origin=Origin(path, error.line or 0))
    return whole if isinstance(whole, Pairs) else None


def minor(version: str) -> str:
    """`3.11` of `3.11.2`, `3.11.x` and `3.11-dev`; empty for what names no minor version."""
    found = VERSION.fullmatch(version.strip())
    return found["minor"] if found else ""


def python_of_image(image: str) -> str:
    found = IMAGE.search(image)
    return minor(found["version"]) if found else ""


def newest_first(versions: tuple[str, ...]) -> tuple[str, ...]:
    known = {version for version in map(minor, versions) if version}
    return tuple(sorted(known, key=lambda version: int(version.partition(".")[2]), reverse=True))
