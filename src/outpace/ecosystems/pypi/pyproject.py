"""What a pyproject.toml asks for: [project], dependency groups, and the tables of Poetry, PDM and uv."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import msgspec
from msgspec import Struct

from outpace.ecosystems.pypi.demands import SETTLE, Demand, Lines, demanded
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.locks import text_of, toml
from outpace.ecosystems.pypi.poetry_constraint import specifier_of
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name, parse
from outpace.ecosystems.reading import Reading, refused, together
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, DirectUrl, Editable, Git, LocalPath, PublicIndex, Unread
from outpace.model.package import PYPI, Package

DEPENDENCIES = "dependencies"
LARGEST = 4 << 20  # bytes; nobody writes a hundredth of it by hand

_TABLE = re.compile(r"\[\s*([^\[\]]+?)\s*\]")
_COMPARISON = re.compile(r"([<>=!~]+)(.+)")
_KEY = re.compile(r"[\"']?([A-Za-z0-9._-]{1,200})[\"']?\s*=")


class _Project(Struct, rename="kebab"):
    dependencies: list[str] | None = None
    optional_dependencies: dict[str, list[str]] = {}
    dynamic: list[str] = []


class _Group(Struct):
    dependencies: dict[str, object] = {}


class _Poetry(Struct, rename="kebab"):
    dependencies: dict[str, object] | None = None
    dev_dependencies: dict[str, object] = {}
    group: dict[str, _Group] = {}
    extras: dict[str, list[str]] = {}


class _Development(Struct, rename="kebab"):
    """PDM has groups, uv a list."""

    dev_dependencies: dict[str, list[str]] | list[str] = []


class _File(Struct):
    file: str | list[str] = []


class _Dynamic(Struct):
    dependencies: _File | None = None


class _Setuptools(Struct):
    dynamic: _Dynamic | None = None


class _Tool(Struct):
    poetry: _Poetry | None = None
    pdm: _Development | None = None
    uv: _Development | None = None
    setuptools: _Setuptools | None = None


class _Document(Struct, rename="kebab"):
    project: _Project | None = None
    dependency_groups: dict[str, list[str | dict[str, object]]] = {}
    tool: _Tool | None = None

    @property
    def asks(self) -> bool:
        tool, project = self.tool or _Tool(), self.project or _Project()
        listed = project.dependencies is not None or project.optional_dependencies or self.is_dynamic
        return bool(listed or self.dependency_groups or tool.poetry or _groups_of(tool.pdm) or _groups_of(tool.uv))

    @property
    def is_dynamic(self) -> bool:
        return self.project is not None and DEPENDENCIES in self.project.dynamic


class Said(Struct, frozen=True, kw_only=True):
    """What the file leaves to others: `files` hold the dependencies, or `setup` code and setup.cfg do."""

    files: tuple[str, ...] = ()
    leaves_to_setup: bool = False


def read_pyproject(file: str, data: bytes, declared: Declared) -> Reading | None:
    """None where it only configures tools: it is no project, and asks for nothing."""
    if not data.strip():
        return None
    found = _document(file, data)
    if isinstance(found, Reading):
        return found
    text, document = found
    if not document.asks:
        return None
    return together([demanded(file, _standard(text, document), declared), _poetry(file, text, document)])


def said_by(file: str, data: bytes) -> Said:
    """Where setuptools looks for the dependencies if the file does not list them itself."""
    found = _document(file, data)
    if isinstance(found, Reading):
        return Said(leaves_to_setup=True)
    document = found[1]
    tool = document.tool or _Tool()
    listed = tool.setuptools.dynamic if tool.setuptools is not None else None
    if document.is_dynamic and listed is not None and listed.dependencies is not None:
        named = listed.dependencies.file
        return Said(files=(named,) if isinstance(named, str) else tuple(named))
    is_poetry = document.project is None and tool.poetry is not None and tool.poetry.dependencies is not None
    return Said(leaves_to_setup=document.is_dynamic or (document.project is None and not is_poetry))


def computed_elsewhere(file: str) -> Unread:
    why = f"its dependencies are dynamic: the build backend computes them, and is not run; {SETTLE}"
    return Unread(file=file, why=why)


def _document(file: str, data: bytes) -> tuple[str, _Document] | Reading:
    if len(data) > LARGEST:
        return refused(file, f"it has {len(data):,} bytes, more than the limit of {LARGEST:,} for a pyproject.toml")
    text = text_of(file, data, "pyproject.toml")
    if isinstance(text, Reading):
        return text
    document = toml(file, text, _Document)
    return document if isinstance(document, Reading) else (text, document)


def _standard(text: str, document: _Document) -> Iterator[Demand]:
    lines = Lines(text)
    project, tool = document.project or _Project(), document.tool or _Tool()
    for each in project.dependencies or ():
        yield Demand(text=each, line=lines.of(each))
    groups: list[tuple[str, list[str]]] = list(project.optional_dependencies.items())
    for name, members in document.dependency_groups.items():
        groups.append((name, [each for each in members if isinstance(each, str)]))
    for name, members in [*groups, *_groups_of(tool.pdm), *_groups_of(tool.uv)]:
        for each in members:
            yield Demand(text=each, line=lines.of(each), groups=(name,))


def _groups_of(told: _Development | None) -> list[tuple[str, list[str]]]:
    if told is None or not told.dev_dependencies:
        return []
    many = told.dev_dependencies
    return list(many.items()) if isinstance(many, dict) else [("dev", many)]


def _poetry(file: str, text: str, document: _Document) -> Reading:
    poetry = document.tool.poetry if document.tool is not None else None
    if poetry is None:
        return Reading()
    standard = document.project.dependencies or [] if document.project is not None else []
    known = {normalize_name(re.split(r"[^A-Za-z0-9._-]", each.strip(), maxsplit=1)[0]) for each in standard}
    lines = _keys(text)
    tables: list[tuple[str, tuple[str, ...], dict[str, object]]] = [
        ("tool.poetry.dependencies", (), poetry.dependencies or {}),
        ("tool.poetry.dev-dependencies", ("dev",), poetry.dev_dependencies),
    ]
    tables += [(f"tool.poetry.group.{n}.dependencies", (n,), g.dependencies) for n, g in poetry.group.items()]
    found = [
        each
        for table, groups, wanted in tables
        for name, value in wanted.items()
        if name != "python" and (groups or normalize_name(name) not in known)
        for each in _entries(file, name, value, lines.get((table, name)), groups)
    ]
    return Reading(
        components=tuple(each for each in found if isinstance(each, Component)),
        unread=tuple(each for each in found if isinstance(each, Unread)),
    )


def _keys(text: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line[:400].strip()
        if header := _TABLE.match(bare):
            outer, _, last = header[1].rpartition(".")
            table = header[1]
            found.setdefault((outer, last.strip("\"'")), number)
        elif key := _KEY.match(bare):
            found.setdefault((table, key[1]), number)
    return found


class _Entry(Struct):
    version: str = "*"
    extras: list[str] = []
    markers: str = ""
    python: str = ""
    git: str | None = None
    rev: str = ""
    tag: str = ""
    branch: str = ""
    path: str | None = None
    url: str | None = None
    develop: bool = False


def _entries(
    file: str, name: str, value: object, line: int | None, groups: tuple[str, ...]
) -> Iterator[Component | Unread]:
    lead = "it" if line is None else f"line {line}"
    if not is_name(name):
        yield Unread(file=file, line=line, why=f"{lead} asks for {name[:80]!r}, which is no name of a package")
        return
    rows = cast("list[object]", value) if isinstance(value, list) else [value]
    for row in rows:
        try:
            entry = _Entry(version=row) if isinstance(row, str) else msgspec.convert(row, _Entry)
        except msgspec.ValidationError as error:
            why = f"{lead} asks for {name} in a way that is not Poetry's: {masked(str(error))[:160]}"
            yield Unread(file=file, line=line, why=why)
        else:
            yield _component(file, name, entry, line, groups)


def _component(file: str, name: str, entry: _Entry, line: int | None, groups: tuple[str, ...]) -> Component:
    specifier = specifier_of(entry.version)
    exact = parse(specifier.removeprefix("==")) if specifier is not None and specifier.startswith("==") else None
    version = str(exact) if exact is not None and _is_released(entry) else None
    shown = entry.version if specifier is None else specifier
    return Component(
        package=Package(PYPI, normalize_name(name)),
        version=None if version is None else canonical(version),
        origin=_origin(entry),
        file=file,
        line=line,
        specifier="" if version is not None else masked(shown),
        marker=entry.markers or _python(entry.python),
        extras=tuple(sorted(entry.extras)),
        groups=groups,
    )


def _python(constraint: str) -> str:
    """Poetry's condition on Python as a marker."""
    specifier = specifier_of(constraint)
    if not specifier:
        return ""
    parts = (_COMPARISON.match(part) for part in sorted(specifier.split(",")))
    return " and ".join(f'python_version {part[1]} "{part[2]}"' for part in parts if part)


def _is_released(entry: _Entry) -> bool:
    return entry.git is None and entry.path is None and entry.url is None


def _origin(entry: _Entry) -> Git | LocalPath | Editable | DirectUrl | PublicIndex:
    if entry.git is not None:
        return Git(masked(entry.git), masked(entry.rev or entry.tag or entry.branch))
    if entry.path is not None:
        return Editable(entry.path) if entry.develop else LocalPath(entry.path)
    return DirectUrl(masked(entry.url)) if entry.url is not None else PublicIndex()


__all__ = ["Said", "computed_elsewhere", "read_pyproject", "said_by"]
