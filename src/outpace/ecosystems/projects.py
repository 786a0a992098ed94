"""Projects that no lock covers: what their own files ask for, and what of that is pinned elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from outpace.ecosystems.kinds import is_conda_environment, is_requirements, lock_reader
from outpace.ecosystems.pypi.demands import SETTLE, merged
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.pyproject import Said, computed_elsewhere, read_pyproject, said_by
from outpace.ecosystems.pypi.requirements import beside
from outpace.ecosystems.pypi.setup_cfg import read_setup_cfg
from outpace.ecosystems.pypi.setup_py import read_setup_py
from outpace.ecosystems.reading import Reading, refused, together
from outpace.model.errors import BadInput
from outpace.model.inventory import Component, Editable, LocalPath, Uncovered, Workspace

LookUp = Callable[[str], bytes | None]
Asked = tuple[str, Reading]  # a file, and what it asks for


def uncovered_projects(declarations: Iterable[str], locks: Sequence[str], pinned: Iterable[Component]) -> list[str]:
    """The declarations in whose folder no lock lies, and which no lock above names as its own code."""
    covered = {posixpath.dirname(path) for path in locks if lock_reader(path) is not None}
    for each in pinned:
        if isinstance(each.origin, Workspace | Editable | LocalPath) and lock_reader(each.file) is not None:
            place = beside(each.file, each.origin.path)
            covered.add("" if place in (None, ".") else str(place))
    return [path for path in declarations if posixpath.dirname(path) not in covered]


def named_files(declarations: Iterable[str], others: Iterable[str], look_up: LookUp) -> Iterator[str]:
    """Requirements files that hold a project's dependencies (`tool.setuptools.dynamic`) or a conda environment's."""
    for path in declarations:
        if posixpath.basename(path) == "pyproject.toml":
            data = _content(path, look_up)
            yield from _beside(path, said_by(path, data).files if isinstance(data, bytes) else ())
    for path in others:
        if is_conda_environment(path):
            from outpace.ecosystems.conda import included_by

            data = _content(path, look_up)
            yield from _beside(path, included_by(path, data) if isinstance(data, bytes) else ())


def _beside(path: str, names: Iterable[str]) -> Iterator[str]:
    places = (beside(path, name) for name in names)
    yield from (place for place in places if place is not None)


def asked_by(declarations: Sequence[str], look_up: LookUp, declared: Declared) -> Iterator[Asked]:
    """One reading for each file that asks for something. A file that only configures tools is left out."""
    by_folder: dict[str, dict[str, str]] = {}
    for path in declarations:
        by_folder.setdefault(posixpath.dirname(path), {})[posixpath.basename(path)] = path
    for files in by_folder.values():
        yield from _project(files, look_up, declared)


def _project(files: Mapping[str, str], look_up: LookUp, declared: Declared) -> Iterator[Asked]:
    said = Said(leaves_to_setup=True)
    unsaid: list[Asked] = []
    if (path := files.get("pyproject.toml")) is not None:
        data = _content(path, look_up)
        if isinstance(data, Reading):
            yield path, data
        else:
            said = said_by(path, data)
            reading = read_pyproject(path, data, declared)
            if reading is not None:
                unsaid.append((path, reading))
    elsewhere = list(_setup(files, look_up, declared)) if said.leaves_to_setup else []
    for path, reading in unsaid:
        if said.leaves_to_setup and not elsewhere and not reading.unread:
            yield path, together([reading, Reading(unread=(computed_elsewhere(path),))])
        else:
            yield path, reading
    yield from elsewhere


def _setup(files: Mapping[str, str], look_up: LookUp, declared: Declared) -> Iterator[Asked]:
    for name, reader in (("setup.cfg", read_setup_cfg), ("setup.py", read_setup_py)):
        path = files.get(name)
        if path is None:
            continue
        data = _content(path, look_up)
        reading = data if isinstance(data, Reading) else reader(path, data, declared)
        if reading is not None and reading != Reading():
            yield path, reading


def _content(path: str, look_up: LookUp) -> bytes | Reading:
    try:
        data = look_up(path)
    except BadInput as error:
        return refused(path, error.message)
    return refused(path, "it is not there") if data is None else data


def left_open(asked: Asked, pinned: Iterable[Component]) -> Reading:
    """Without the demands that a requirements file of the same project pins, and with what stays unknown said."""
    path, reading = asked
    folder = posixpath.dirname(path)
    homes = {folder, posixpath.join(folder, "requirements")}
    sure = (each for each in pinned if each.version is not None and each.doubt is None)
    known = {each.package for each in sure if is_requirements(each.file) and posixpath.dirname(each.file) in homes}
    left = tuple(each for each in merged(reading.components) if each.package not in known)
    if not left:
        return msgspec.structs.replace(reading, components=left)
    return msgspec.structs.replace(reading, components=left, uncovered=(*reading.uncovered, _open(path, left)))


def _open(path: str, left: Sequence[Component]) -> Uncovered:
    asked = len({each.package for each in left})
    loose = len({each.package for each in left if each.version is None})
    told = f"{asked} package{'' if asked == 1 else 's'}"
    if not loose:
        return Uncovered(file=path, why=f"it pins {told}, and no lock here tells what they bring with them; {SETTLE}")
    some = "" if loose == asked else f", {loose} of them without a pin"
    why = f"it asks for {told}{some}, and no lock covers it: what is installed, and what that brings, is not known"
    return Uncovered(file=path, why=f"{why}; {SETTLE}")
