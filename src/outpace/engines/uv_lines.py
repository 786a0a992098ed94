"""Requirement lines, as uv is asked them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from packaging.requirements import Requirement

from outpace.ecosystems.pypi.encodings import decoded
from outpace.ecosystems.pypi.requirement_lines import Said, logical_lines, said
from outpace.ecosystems.pypi.versions import normalize_name, pinned
from outpace.engines.uv_markers import marked

PASSED_ON = frozenset({"--index-url", "--extra-index-url", "--find-links", "--no-index", "--trusted-host"})
RENAMED = {"--pypi-url": "--index-url"}


def requirement_line(asked: Requirement, version: str | None, relaxed: Mapping[str, str]) -> str:
    """The requirement without its hashes: at `version` where one is wanted, at or above its pin where relaxed."""
    extras = f"[{','.join(sorted(asked.extras))}]" if asked.extras else ""
    marker = marked(str(asked.marker or ""))
    if version is not None:
        return f"{asked.name}{extras}=={version}{marker}"
    floor = pinned(asked.specifier)
    demand = relaxed.get(normalize_name(asked.name))
    if demand is not None and floor is not None:
        return f"{asked.name}{extras}{demand or f'>={floor}'}{marker}"
    return str(asked)


def moved_bound(bound: Requirement, moved: Mapping[str, str]) -> str | None:
    name = normalize_name(bound.name)
    return moved.get(name) if pinned(bound.specifier) is not None else None


def index_options(texts: Iterable[bytes]) -> Iterator[str]:
    """Lines that say where packages come from, one for each option by its whole name, as uv wants them.

    They go to uv through its standard input, never its arguments.
    """
    for text in texts:
        for _, line in logical_lines(readable(text)):
            match said(line):
                case Said(requirement="", options=options):
                    named = ((RENAMED.get(name, name), value) for name, value in options)
                    yield from (f"{name} {value}".strip() for name, value in named if name in PASSED_ON)
                case _:
                    continue


def readable(data: bytes) -> str:
    try:
        return decoded(data)
    except ValueError:
        return ""
