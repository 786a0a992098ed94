"""Files of a tree become an inventory: which of them hold components, and what each of them says."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence

from outpace.ecosystems.kinds import (
    compiled_from,
    is_conda_environment,
    is_conda_lock,
    is_declaration,
    is_lock,
    is_read,
    is_requirements,
    is_source,
    lock_reader,
    told_reader,
)
from outpace.ecosystems.projects import asked_by, left_open, named_files, uncovered_projects
from outpace.ecosystems.pypi.indexes import Declared, from_project
from outpace.ecosystems.pypi.indexes import together as declared_together
from outpace.ecosystems.pypi.project import Project, project_of
from outpace.ecosystems.pypi.requirements import Closure, RequirementFiles, components_of, held_alone
from outpace.ecosystems.pypi.setup_py import name_in_setup_py
from outpace.ecosystems.pypi.sources_of_locks import uncompiled
from outpace.ecosystems.pypi.versions import is_name, normalize_name
from outpace.ecosystems.reading import ReadFile, Reading, refused, together
from outpace.model.errors import BadInput
from outpace.model.inventory import Component, Inventory

LookUp = Callable[[str], bytes | None]

PROJECT_FILES = ("pyproject.toml", "uv.toml", "Pipfile")

__all__ = ["compiled_from", "is_lock", "is_read", "is_requirements", "read"]


def read(paths: Sequence[str], look_up: LookUp, *, source: str = "files") -> Inventory:
    """Reads those paths and whatever they include. A path that no name is known for is read as requirements.

    What a project asks for counts only where no lock among the paths covers it, and an `.in` file only where nothing
    among them is compiled from it.
    """
    ordered = _not_locked(sorted(dict.fromkeys(paths)))
    locks = [path for path in ordered if _reader(path) is not None]
    declarations = [path for path in ordered if is_declaration(path)]
    others = [path for path in ordered if _reader(path) is None and not is_declaration(path)]
    files = RequirementFiles(look_up)
    sources = uncompiled([path for path in others if is_source(path)], others, files)
    wanted = [path for path in others if not is_source(path) or path in sources]
    named = set(named_files(uncovered_projects(declarations, locks, ()), locks, look_up)) - {*wanted}
    missing = [refused(path, "another file names it, and it is not there") for path in named if not files.parse(path)]
    closures = files.closures([*wanted, *sorted(named)])
    in_projects = declared_together(_declared_near(ordered, look_up))
    declared = _declared(closures, in_projects)
    asked = [*missing, *_requirements(closures, in_projects, look_up)]
    found = [(path, _lock(path, look_up, declared)) for path in locks]
    pinned = [each for one in (*asked, *(reading for _, reading in found if reading)) for each in one.components]
    open_ones = uncovered_projects(declarations, locks, pinned)
    left = [(path, left_open((path, reading), pinned)) for path, reading in asked_by(open_ones, look_up, in_projects)]
    whole = together([*asked, *(reading for _, reading in (*found, *left) if reading is not None)])
    return Inventory(
        source=source,
        components=tuple(_distinct(whole.components)),
        unread=tuple(dict.fromkeys(whole.unread)),
        files=_named(closures, [path for path, reading in (*found, *left) if reading is not None]),
        uncovered=tuple(dict.fromkeys(whole.uncovered)),
    )


def _not_locked(paths: Sequence[str]) -> list[str]:
    """Without the environments beside a conda-lock.yml, which was made from them."""
    covered = {posixpath.dirname(path) for path in paths if is_conda_lock(path)}
    return [path for path in paths if not (is_conda_environment(path) and posixpath.dirname(path) in covered)]


def _named(closures: Iterable[Closure], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*more}.union(*(closure.files for closure in closures))))


def _declared(closures: Iterable[Closure], in_projects: Declared) -> Declared:
    """The indexes of project files, and those of requirements files, which hold for the locks too."""
    urls = [
        url
        for closure in closures
        for one in (*closure.required, *closure.constraints)
        for each in one.indexes()
        for url in (each.index, *each.extra)
        if url is not None
    ]
    other = Declared().with_other(urls).other - in_projects.public | in_projects.other
    return Declared(other=other, public=in_projects.public)


def _requirements(closures: Sequence[Closure], in_projects: Declared, look_up: LookUp) -> list[Reading]:
    readings: list[Reading] = []
    done: set[str] = set()
    for closure in closures:
        fresh = {one.file for one in closure.required} - done
        done |= fresh
        readings += components_of(closure, fresh, in_projects, lambda path: _project_at(path, look_up))
        readings.append(Reading(unread=closure.unread))
        readings += [Reading(unread=one.unread) for one in closure.constraints]
    readings.append(held_alone(closures, in_projects))
    return readings


def _lock(path: str, look_up: LookUp, declared: Declared) -> Reading | None:
    """None for a file of another kind than its name says; one that is read for its content alone must be of a kind."""
    reader = _reader(path)
    assert reader is not None
    try:
        data = look_up(path)
    except BadInput as error:
        return refused(path, error.message)
    if data is None:
        return refused(path, "it is not there")
    reading = reader(path, data, declared)
    if reading is None and not is_read(path):
        return refused(path, "it is no file that Outpace knows, by its name or its content: docs/match.md lists them")
    if reading is None and is_conda_lock(path):
        return refused(path, "it has no `metadata` and `package`, as a conda-lock has: it is cut off, or no such lock")
    return reading


def _reader(path: str) -> ReadFile | None:
    return None if is_declaration(path) or is_requirements(path) else lock_reader(path) or told_reader(path)


def _declared_near(paths: Iterable[str], look_up: LookUp) -> Iterator[Declared]:
    """From the project files beside each path and above it."""
    folders: dict[str, None] = {}
    for path in paths:
        folder = posixpath.dirname(path)
        while folder not in folders:
            folders[folder] = None
            folder = posixpath.dirname(folder)
    for folder in folders:
        for name in PROJECT_FILES:
            text = _text_at(posixpath.join(folder, name), look_up)
            if text is not None:
                yield from_project(text)


def _project_at(folder: str, look_up: LookUp) -> Project | None:
    if folder == ".." or folder.startswith("../"):
        return None
    text = _text_at(posixpath.normpath(posixpath.join(folder, "pyproject.toml")), look_up)
    told = None if text is None else project_of(text)
    if told is not None:
        return told
    setup = _text_at(posixpath.normpath(posixpath.join(folder, "setup.py")), look_up)
    name = None if setup is None else name_in_setup_py(setup.encode())
    return Project(normalize_name(name), None) if name is not None and is_name(name) else None


def _text_at(path: str, look_up: LookUp) -> str | None:
    try:
        data = look_up(path)
    except BadInput:
        return None
    return None if data is None else data.decode("utf-8", "replace")


def _distinct(components: Iterable[Component]) -> Iterator[Component]:
    """One line for each pin, also where a file repeats it."""
    seen: set[object] = set()
    for each in components:
        key = (
            each.file,
            each.package,
            each.version,
            each.specifier,
            each.marker,
            each.extras,
            each.origin,
            each.groups,
        )
        if key not in seen:
            seen.add(key)
            yield each
