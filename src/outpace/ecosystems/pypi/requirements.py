"""Requirements and constraints files with everything that they include."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct
from packaging.requirements import Requirement

from outpace.ecosystems.pypi.encodings import decoded, is_guessed
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.project import Project
from outpace.ecosystems.pypi.requirement_lines import (
    SHOWN,
    Declares,
    Entry,
    Includes,
    Installs,
    Refused,
    Requires,
    logical_lines,
    understood,
)
from outpace.ecosystems.pypi.sources import fragment_of, is_archive, named_by, origin_of, path_of
from outpace.ecosystems.pypi.versions import is_name, normalize_name, pinned
from outpace.ecosystems.reading import Reading, spoiled
from outpace.ecosystems.secrets import masked
from outpace.model.errors import BadInput
from outpace.model.inventory import Component, Editable, LocalPath, Origin, OtherIndex, PublicIndex, Unread
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown

MOST_FILES = 2_000

HELD_ALONE = Unknown(
    "a constraints file alone pins it: no requirement here names it, and whether another package brings it is not told",
    "read what is installed (outpace match --environment DIR), or compile the requirements with what they bring",
)

LookUp = Callable[[str], bytes | None]
ProjectAt = Callable[[str], Project | None]


class Parsed(Struct, frozen=True, kw_only=True):
    """One file by itself, before its includes are followed."""

    file: str
    entries: tuple[tuple[int, Entry], ...] = ()
    unread: tuple[Unread, ...] = ()

    def includes(self) -> tuple[tuple[int, Includes], ...]:
        return tuple((line, entry) for line, entry in self.entries if isinstance(entry, Includes))

    def indexes(self) -> tuple[Declares, ...]:
        return tuple(entry for _, entry in self.entries if isinstance(entry, Declares))


def parsed(file: str, data: bytes) -> Parsed:
    try:
        text = decoded(data)
    except ValueError as error:
        return Parsed(file=file, unread=(Unread(file=file, why=str(error)),))
    if (refusal := spoiled(file, text)) is not None:
        return Parsed(file=file, unread=refusal.unread)
    guessed = is_guessed(data)
    entries: list[tuple[int, Entry]] = []
    unread: list[Unread] = []
    for number, logical in logical_lines(text):
        if (guessed and not logical.isascii()) or "\0" in logical:
            why = f"line {number} holds bytes that are not UTF-8, and the file declares no encoding"
            unread.append(Unread(file=file, line=number, why=why))
            continue
        for entry in understood(logical):
            if isinstance(entry, Refused):
                unread.append(Unread(file=file, line=number, why=f"line {number}: {entry.why}"))
            else:
                entries.append((number, entry))
    return Parsed(file=file, entries=tuple(entries), unread=tuple(unread))


class Closure(Struct, frozen=True, kw_only=True):
    """A file with everything it includes, and what of that could not be followed."""

    required: tuple[Parsed, ...]
    constraints: tuple[Parsed, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def files(self) -> frozenset[str]:
        return frozenset(each.file for each in (*self.required, *self.constraints))


class RequirementFiles:
    """The requirement files of one tree, each read and parsed once."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._parsed: dict[str, Parsed | None] = {}

    def parse(self, file: str) -> Parsed | None:
        if file not in self._parsed:
            try:
                data = self._look_up(file)
            except BadInput as error:
                self._parsed[file] = Parsed(file=file, unread=(Unread(file=file, why=error.message),))
            else:
                self._parsed[file] = None if data is None else parsed(file, data)
        return self._parsed[file]

    def closures(self, candidates: Sequence[str]) -> tuple[Closure, ...]:
        """One for each candidate that no other includes; of candidates in a ring, the first stands for all."""
        included = {path for file in candidates for path in self._included_by(file) if path != file}
        heads = [file for file in candidates if file not in included]
        found: list[Closure] = []
        reached: set[str] = set()
        for file in (*heads, *candidates):
            if file in reached:
                continue
            closure = self._closure(file)
            found.append(closure)
            reached |= {each.file for each in closure.required}
            reached |= {each.file for each in closure.constraints if is_constraints_file(each.file)}
        return tuple(found)

    def head(self, file: str, length: int) -> str:
        """Its first characters, comments too; nothing where it is not there or cannot be decoded."""
        try:
            return decoded((self._look_up(file) or b"")[:length])
        except (BadInput, ValueError):
            return ""

    def reached_from(self, file: str) -> frozenset[str]:
        """The file and what it includes, in any number of steps."""
        return self._closure(file).files

    def _included_by(self, file: str) -> set[str]:
        one = self.parse(file)
        if one is None:
            return set()
        targets = {beside(file, entry.path) for _, entry in one.includes() if not entry.as_constraints}
        held = {beside(file, entry.path) for _, entry in one.includes() if entry.as_constraints}
        return {path for path in targets if path} | {path for path in held if path and is_constraints_file(path)}

    def _closure(self, root: str) -> Closure:
        pending = [(root, False)]
        seen: dict[tuple[str, bool], Parsed] = {}
        unread: list[Unread] = []
        while pending and len(seen) < MOST_FILES:
            file, as_constraints = pending.pop()
            one = self.parse(file)
            if one is None or (file, as_constraints) in seen:
                continue
            seen[file, as_constraints] = one
            for line, include in reversed(one.includes()):
                target = self._target(file, include)
                if isinstance(target, str):
                    pending.append((target, include.as_constraints))
                else:
                    unread.append(Unread(file=file, line=line, why=f"line {line} {target.why}"))
        return Closure(
            required=tuple(one for (_, held), one in seen.items() if not held),
            constraints=tuple(one for (_, held), one in seen.items() if held),
            unread=tuple(unread),
        )

    def _target(self, file: str, include: Includes) -> str | Refused:
        shown = masked(include.path)[:SHOWN]
        if "://" in include.path:
            return Refused(f"includes {shown}: Outpace fetches no requirements from elsewhere")
        path = beside(file, include.path)
        if path is None:
            return Refused(f"includes {shown}, which lies outside of what is read")
        if self.parse(path) is None:
            return Refused(f"includes {shown}, which is not there")
        return path


def is_constraints_file(file: str) -> bool:
    return "constraint" in posixpath.basename(file).lower()


def beside(file: str, path: str) -> str | None:
    """The path from the tree's root; None where it leads out of the tree."""
    if not path or "\0" in path or path.startswith(("/", "~")) or path[1:3] in (":\\", ":/"):
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(file), path.replace("\\", "/")))
    return None if joined == ".." or joined.startswith("../") else joined


def components_of(
    closure: Closure, files: Iterable[str], declared: Declared, project_at: ProjectAt
) -> tuple[Reading, ...]:
    """The components of those files of the closure that nobody else has read yet."""
    wanted = set(files)
    index = _index_of(closure, declared)
    held = _held(closure.constraints)
    return tuple(_reading(one, index, held, project_at) for one in closure.required if one.file in wanted)


def held_alone(closures: Sequence[Closure], declared: Declared) -> Reading:
    """The pins of constraints files whose package nothing asks for that is installed under them."""
    asked: dict[str, set[str]] = {}
    for closure in closures:
        names = {name for one in closure.required for name in _named(one)}
        for one in closure.constraints:
            asked.setdefault(one.file, set()).update(names)
    installed_too = {one.file for closure in closures for one in closure.required}
    found: dict[Component, None] = {}
    for closure in closures:
        index = _index_of(closure, declared)
        for one in (each for each in closure.constraints if each.file not in installed_too):
            readings = (required(one.file, line, each, index, {}) for line, each in _requirements(one))
            alone = (each for each in readings if each.version is not None and each.package.name not in asked[one.file])
            found.update(dict.fromkeys(msgspec.structs.replace(each, doubt=HELD_ALONE) for each in alone))
    return Reading(components=tuple(found))


def _requirements(one: Parsed) -> Iterator[tuple[int, Requirement]]:
    for line, entry in one.entries:
        if isinstance(entry, Requires):
            yield line, Requirement(entry.requirement)


def _named(one: Parsed) -> Iterator[str]:
    yield from (normalize_name(asked.name) for _, asked in _requirements(one))


def _index_of(closure: Closure, declared: Declared) -> PublicIndex | OtherIndex:
    """pip's options hold for the whole run, wherever they stand; the last --index-url wins."""
    every = [each for one in (*closure.required, *closure.constraints) for each in one.indexes()]
    main = [each.index for each in every if each.index is not None]
    if main:
        return declared.with_other([main[-1]]).origin(main[-1])
    beside_it = dict.fromkeys(masked(url) for each in every for url in each.extra)
    return PublicIndex(beside=tuple(beside_it))


def _held(constraints: Iterable[Parsed]) -> dict[tuple[str, str], frozenset[str]]:
    """Pins of constraints files by (name, marker)."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for one in constraints:
        for _, requirement in _requirements(one):
            version = pinned(requirement.specifier)
            if version is not None and requirement.url is None:
                key = (normalize_name(requirement.name), str(requirement.marker or ""))
                found[key] = found.get(key, frozenset()) | {version}
    return found


def _reading(
    one: Parsed,
    index: PublicIndex | OtherIndex,
    held: dict[tuple[str, str], frozenset[str]],
    project_at: ProjectAt,
) -> Reading:
    components: list[Component] = []
    unread = list(one.unread)
    for line, entry in one.entries:
        found: Component | Unread | None = None
        if isinstance(entry, Requires):
            found = required(one.file, line, Requirement(entry.requirement), index, held)
        elif isinstance(entry, Installs):
            found = installed(one.file, line, entry, project_at)
        if isinstance(found, Component):
            components.append(found)
        elif isinstance(found, Unread):
            unread.append(found)
    return Reading(components=tuple(components), unread=tuple(unread))


def required(
    file: str,
    line: int | None,
    asked: Requirement,
    index: Origin,
    held: Mapping[tuple[str, str], frozenset[str]],
    groups: tuple[str, ...] = (),
) -> Component:
    name, marker = normalize_name(asked.name), str(asked.marker or "")
    origin = index
    version = pinned(asked.specifier)
    if asked.url is not None:
        origin = origin_of(asked.url)
        told = named_by(path_of(asked.url))
        version = told.version if told is not None and told.name == name else None
    elif version is None:
        candidates = held.get((name, marker), frozenset()) | held.get((name, ""), frozenset())
        version = next(iter(candidates)) if len(candidates) == 1 else None
    return Component(
        package=Package(PYPI, name),
        version=version,
        origin=origin,
        file=file,
        line=line,
        specifier=str(asked.specifier) if version is None else "",
        marker=marker,
        extras=tuple(sorted(asked.extras)),
        groups=groups,
    )


def installed(
    file: str, line: int | None, entry: Installs, project_at: ProjectAt, groups: tuple[str, ...] = ()
) -> Component | Unread:
    target = entry.target
    is_url = "://" in target or target.startswith("file:")
    origin: Origin = origin_of(target) if is_url else LocalPath(beside(file, target) or target)
    if entry.editable and isinstance(origin, LocalPath):
        origin = Editable(origin.path)
    told = named_by(path_of(target) if is_url else target.partition("#")[0])
    name, version = (told.name, told.version) if told is not None else ("", None)
    egg = fragment_of(target).get("egg", "").partition("[")[0]
    if not name and is_name(egg):
        name = normalize_name(egg)
    if not name and not is_url and not is_archive(target) and (project := project_at(beside(file, target) or "..")):
        name, version = project.name, project.version
    if not name:
        lead = "it" if line is None else f"line {line}"
        why = f"{lead} installs {masked(target)[:SHOWN]}, whose name and version are not in the file"
        return Unread(file=file, line=line, why=why)
    return Component(
        package=Package(PYPI, name),
        version=version,
        origin=origin,
        file=file,
        line=line,
        marker=entry.marker,
        extras=entry.extras,
        groups=groups,
    )
