"""Files of a tree become an inventory: which of them hold components, and what each of them says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from outpace.ecosystems.pypi.indexes import Declared, from_project, together
from outpace.ecosystems.pypi.pdm_lock import read_pdm_lock
from outpace.ecosystems.pypi.pipfile_lock import read_pipfile_lock
from outpace.ecosystems.pypi.poetry_lock import read_poetry_lock
from outpace.ecosystems.pypi.project import Project, project_of
from outpace.ecosystems.pypi.pylock import read_pylock
from outpace.ecosystems.pypi.requirements import RequirementFiles, components_of
from outpace.ecosystems.pypi.uv_lock import read_uv_lock
from outpace.ecosystems.reading import Reading, refused
from outpace.model.errors import BadInput
from outpace.model.inventory import Component, Inventory

LookUp = Callable[[str], bytes | None]
ReadLock = Callable[[str, bytes, Declared], Reading]

PROJECT_FILES = ("pyproject.toml", "uv.toml", "Pipfile")

BY_NAME: Mapping[str, ReadLock] = {
    "uv.lock": read_uv_lock,
    "poetry.lock": read_poetry_lock,
    "pdm.lock": read_pdm_lock,
    "Pipfile.lock": read_pipfile_lock,
}

_PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml\Z")  # PEP 751
_REQUIREMENTS = re.compile(r"(.*[-_.])?(requirements|constraints)[^/]*\.txt\Z", re.IGNORECASE)


def is_lock(path: str) -> bool:
    """Whether the name promises components: a lock, or a requirements file in pip's format."""
    return _lock_reader(path) is not None or is_requirements(path)


def is_requirements(path: str) -> bool:
    folder, name = posixpath.split(path)
    in_folder = posixpath.basename(folder).lower() == "requirements" and name.endswith(".txt")
    return in_folder or _REQUIREMENTS.match(name) is not None


def _lock_reader(path: str) -> ReadLock | None:
    name = posixpath.basename(path)
    if _PYLOCK.match(name):
        return read_pylock
    if name.endswith(".py.lock"):  # of a script (PEP 723), made by `uv lock --script`
        return read_uv_lock
    return BY_NAME.get(name)


def read(paths: Sequence[str], look_up: LookUp, *, source: str = "files") -> Inventory:
    """Reads those paths and whatever they include. A path that is no lock by its name is read as requirements."""
    ordered = sorted(dict.fromkeys(paths))
    locks = [path for path in ordered if _lock_reader(path) is not None]
    requirements = RequirementFiles(look_up)
    closures = requirements.closures([path for path in ordered if _lock_reader(path) is None])
    in_projects = together(_declared_near(ordered, look_up))
    urls = [
        url
        for closure in closures
        for one in (*closure.required, *closure.constraints)
        for each in one.indexes()
        for url in (each.index, *each.extra)
        if url is not None
    ]
    declared = Declared(
        other=Declared().with_other(urls).other - in_projects.public | in_projects.other, public=in_projects.public
    )
    readings: list[Reading] = []
    files = set(locks)
    done: set[str] = set()
    for closure in closures:
        fresh = {one.file for one in closure.required} - done
        done |= fresh
        files |= closure.files
        readings += components_of(closure, fresh, in_projects, lambda path: _project_at(path, look_up))
        readings.append(Reading(unread=closure.unread))
        readings += [Reading(unread=one.unread) for one in closure.constraints]
    readings += [_lock(path, look_up, declared) for path in locks]
    return Inventory(
        source=source,
        components=tuple(_distinct(each for one in readings for each in one.components)),
        unread=tuple(dict.fromkeys(each for one in readings for each in one.unread)),
        files=tuple(sorted(files)),
    )


def _lock(path: str, look_up: LookUp, declared: Declared) -> Reading:
    reader = _lock_reader(path)
    assert reader is not None
    try:
        data = look_up(path)
    except BadInput as error:
        return refused(path, error.message)
    return refused(path, "it is not there") if data is None else reader(path, data, declared)


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
    return None if text is None else project_of(text)


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
