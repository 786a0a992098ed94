"""What project and requirements files ask for: a dependency that is declared may come without a lock that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, cast

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement

from outpace.ecosystems.pypi.encodings import decoded
from outpace.ecosystems.pypi.requirement_lines import Installs, Requires, logical_lines, understood
from outpace.ecosystems.pypi.versions import normalize_name
from outpace.ecosystems.secrets import masked
from outpace.model.toml import document_or_empty, table

Table: TypeAlias = Mapping[str, object]
Read: TypeAlias = Callable[[str], bytes | None]

PIPFILE = re.compile(r"(^|/)Pipfile$")
PROJECT = re.compile(r"(^|/)pyproject\.toml$")
REQUIREMENTS = re.compile(r"(^|/)[^/]*requirements[^/]*\.(txt|in)$|(^|/)requirements/[^/]+\.(txt|in)$")


LIMITS = {
    "constraint-dependencies": "constraints",
    "override-dependencies": "overrides",
    "build-constraint-dependencies": "constraints to build",
}
LONGEST = 60


class Demand(Struct, frozen=True, kw_only=True):
    where: str  # "" for the main dependencies
    name: str  # what is no requirement, such as a group that is included, stands as it is
    line: str


class Asked(Struct, frozen=True, kw_only=True):
    """`what` is a name, a name with an extra, or a name and where it comes from; `place` is where it is declared."""

    name: str
    what: str
    place: str


def newly(paths: Sequence[str], base: Read, change: Read) -> tuple[Asked, ...]:
    """What the files ask for on the change and not on base."""
    found: list[Asked] = []
    for path in paths:
        if PROJECT.search(path) or REQUIREMENTS.search(path) or PIPFILE.search(path):
            before, after = set(_asked(path, base(path))), dict.fromkeys(_asked(path, change(path)))
            new = (pair for pair in after if pair not in before)
            found += [
                Asked(name=re.split(r"[\[ ]", what, maxsplit=1)[0], what=what, place=f"{path}{where and ', '}{where}")
                for where, what in new
            ]
    return tuple(found)


def _asked(path: str, content: bytes | None) -> Iterator[tuple[str, str]]:
    """(where in the file, what), where the version does not count: raising one asks for nothing new."""
    if content is None:
        return
    if PROJECT.search(path):
        yield from _of_project(document_or_empty(content))
        return
    if PIPFILE.search(path):
        whole = document_or_empty(content)
        yield from _of_tables((("", whole.get("packages")), ("group dev", whole.get("dev-packages"))))
        return
    try:
        text = decoded(content)
    except ValueError:
        return
    for _, line in logical_lines(text):
        for entry in understood(line):
            match entry:
                case Requires(requirement):
                    yield from (("", what) for what in _named(requirement))
                case Installs(target=target):
                    yield "", masked(target)
                case _:
                    continue


def _of_project(whole: Table) -> Iterator[tuple[str, str]]:
    for where, value in _lists(whole):
        yield from ((where, what) for line in _strings(value) for what in _named(line))
    yield from _of_tables(_poetry(whole))


def _lists(whole: Table) -> Iterator[tuple[str, object]]:
    project, tool = table(whole.get("project")), table(whole.get("tool"))
    uv, pdm, hatch = (table(tool.get(name)) for name in ("uv", "pdm", "hatch"))
    yield "", project.get("dependencies")
    yield "to build", table(whole.get("build-system")).get("requires")
    yield from ((f"extra {name}", value) for name, value in table(project.get("optional-dependencies")).items())
    for groups in (whole.get("dependency-groups"), pdm.get("dev-dependencies")):
        yield from ((f"group {name}", value) for name, value in table(groups).items())
    yield "group dev", uv.get("dev-dependencies")
    for name, environment in table(hatch.get("envs")).items():
        yield from (
            (f"environment {name}", table(environment).get(key)) for key in ("dependencies", "extra-dependencies")
        )


def _poetry(whole: Table) -> Iterator[tuple[str, object]]:
    """Names are keys there; `python` is none."""
    poetry = table(table(whole.get("tool")).get("poetry"))
    yield "", poetry.get("dependencies")
    yield "group dev", poetry.get("dev-dependencies")
    groups = table(poetry.get("group")).items()
    yield from ((f"group {name}", table(group).get("dependencies")) for name, group in groups)


def demands(whole: Table) -> Iterator[Demand]:
    """What a pyproject.toml says of each name, word for word; also of those that it asks for nowhere, but limits."""
    uv = table(table(whole.get("tool")).get("uv"))
    limits = ((where, uv.get(key)) for key, where in LIMITS.items())
    for where, value in (*_lists(whole), *limits):
        for entry in cast("list[object]", value) if isinstance(value, list) else []:
            name = next(_named(entry), "") if isinstance(entry, str) else ""
            yield Demand(where=where, name=name.partition(" ")[0] or str(entry)[:LONGEST], line=str(entry))
    for where, value in _poetry(whole):
        yield from (Demand(where=where, name=normalize_name(name), line=str(one)) for name, one in table(value).items())


def _of_tables(tables: Iterable[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    for where, value in tables:
        for name, demand in table(value).items():
            if name == "python":
                continue
            yield where, normalize_name(name)
            yield from ((where, f"{normalize_name(name)}[{extra}]") for extra in _strings(table(demand).get("extras")))


def _named(line: str) -> Iterator[str]:
    """The name, the name with each extra, and a source of its own."""
    try:
        asked = Requirement(line)
    except (InvalidRequirement, RecursionError, ValueError):
        return
    name = normalize_name(asked.name)
    yield f"{name} from {masked(asked.url)}" if asked.url else name
    yield from (f"{name}[{extra}]" for extra in sorted(asked.extras))


def _strings(value: object) -> Iterator[str]:
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return (one for one in listed if isinstance(one, str))
