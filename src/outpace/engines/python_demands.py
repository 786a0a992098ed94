"""What `install` and locks of other programs ask for, as requirement lines for uv: nothing of the project is run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement

from outpace.ecosystems.projects import asked_by
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.versions import normalize_name
from outpace.ecosystems.read import read
from outpace.model.inventory import Component, PublicIndex
from outpace.model.toml import document_or_empty, table

LOCKS = ("poetry.lock", "pdm.lock", "Pipfile.lock")
DEEPEST = 10
DECLARATIONS = ("pyproject.toml", "setup.cfg", "setup.py")
OWN = re.compile(r"-e (?P<path>[^\[]+)(?:\[(?P<extras>[^\]]*)\])?")
LookUp = Callable[[str], bytes | None]


class Demanded(Struct, frozen=True, kw_only=True):
    """`lines` are requirements, `constraints` what a lock pins; `directories` hold the project's own packages."""

    lines: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraint_files: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    read: tuple[str, ...] = ()  # the files that all this was read from
    caveats: tuple[str, ...] = ()


def demanded(install: Sequence[str], lock: str | None, look_up: LookUp) -> Demanded:
    """`lock` is one of `LOCKS`, or None where requirements files or nothing pin versions."""
    files = tuple(word[3:].strip() for word in install if word.startswith("-r "))
    constraint_files = tuple(word[3:].strip() for word in install if word.startswith("-c "))
    groups = tuple(word.removeprefix("--group ").strip() for word in install if word.startswith("--group "))
    extras = tuple(word.removeprefix("--extra ").strip() for word in install if word.startswith("--extra "))
    own = [(found["path"], found["extras"] or "") for word in install if (found := OWN.fullmatch(word)) is not None]
    bare = tuple(word for word in install if not word.startswith("-"))
    folder = "" if lock is None else posixpath.dirname(lock)
    whole = _Lines(look_up)
    for path, named in own:
        wanted = {extra.strip() for extra in named.split(",") if extra.strip()}
        whole.of_project(path, {*wanted, *(() if lock else groups), *(() if lock else extras)})
    if lock is not None:
        whole.of_lock(lock, folder, {*groups, *extras})
    return Demanded(
        lines=(*dict.fromkeys((*whole.lines, *(word for word in bare if _is_requirement(word)))),),
        constraints=tuple(dict.fromkeys(whole.constraints)),
        files=files,
        constraint_files=constraint_files,
        groups=groups,
        extras=extras,
        directories=tuple(dict.fromkeys((*(path for path, _ in own), *((folder or ".",) if lock else ())))),
        read=tuple(dict.fromkeys(whole.read)),
        caveats=tuple(dict.fromkeys(whole.caveats)),
    )


class _Lines:
    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self.lines: list[str] = []
        self.constraints: list[str] = []
        self.read: list[str] = []
        self.caveats: list[str] = []

    def of_project(self, directory: str, groups: set[str]) -> bool:
        """What it declares for itself and for those groups and extras; False where it declares nothing."""
        paths = [posixpath.normpath(posixpath.join(directory, name)) for name in DECLARATIONS]
        there = [path for path in paths if self._look_up(path) is not None]
        self.read += there
        found = False
        own = self._name(directory)
        for path, reading in asked_by(there, self._look_up, Declared()):
            wanted = _with_own(groups, own, reading.components)
            for each in reading.components:
                found = True
                if each.package.name != own and (not each.groups or wanted & set(each.groups)):
                    self.lines += self._line(each)
            self.caveats += [f"{path}: {unread.why}" for unread in reading.unread]
        return found

    def _name(self, directory: str) -> str:
        path = posixpath.normpath(posixpath.join(directory, "pyproject.toml"))
        project = table(document_or_empty(self._look_up(path)).get("project"))
        return normalize_name(str(project.get("name") or ""))

    def of_lock(self, lock: str, folder: str, groups: set[str]) -> None:
        """Poetry and PDM may not say for which system a package is: what the project asks for is held to their pins."""
        self.read.append(lock)
        pins = [each for each in read((lock,), self._look_up).components if each.version is not None]
        if posixpath.basename(lock) in ("poetry.lock", "pdm.lock"):
            self.of_project(folder, groups)
            versions: dict[str, set[str | None]] = {}
            for each in pins:
                versions.setdefault(each.package.name, set()).add(each.version)
            for each in pins:
                if len(versions[each.package.name]) > 1:
                    self.caveats.append(f"{lock} pins {each.package.name} more than once: the index decides")
                elif isinstance(each.origin, PublicIndex):
                    self.constraints.append(f"{each.package.name}=={each.version}")
        else:
            for each in pins:
                if not each.groups or groups & set(each.groups) or each.groups == ("default",):
                    self.lines += self._line(each)
        self.caveats.append(f"the hashes of {lock} are not looked at")

    def _line(self, each: Component) -> Iterator[str]:
        if not isinstance(each.origin, PublicIndex):
            self.caveats.append(f"{each.package.name} comes from elsewhere than the index and is not installed")
            return
        extras = f"[{','.join(each.extras)}]" if each.extras else ""
        version = each.specifier or (f"=={each.version}" if each.version else "")
        marker = f" ; {each.marker}" if each.marker else ""
        line = f"{each.package.name}{extras}{version}{marker}"
        if _is_requirement(line):
            yield line
        else:
            self.caveats.append(f"{each.file}: {each.package.name} {version} is no requirement that uv reads")


def _with_own(groups: set[str], own: str, components: Sequence[Component]) -> set[str]:
    """`all = ["project[a,b]"]` asks for the extras a and b of the project itself."""
    wanted = set(groups)
    for _ in range(DEEPEST):
        more = {e for each in components if each.package.name == own and wanted & set(each.groups) for e in each.extras}
        if more <= wanted:
            break
        wanted |= more
    return wanted


def _is_requirement(line: str) -> bool:
    try:
        return Requirement(line).url is None
    except InvalidRequirement:
        return False
