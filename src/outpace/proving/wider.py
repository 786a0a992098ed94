"""What moved and is not installed where a change is proved, and what of the lock brings it: a second environment."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence

from outpace.ecosystems.pypi.versions import parse
from outpace.model.application import Application
from outpace.model.change import Move
from outpace.model.inventory import Component
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.toml import document_or_empty, table

UV_LOCK = "uv.lock"


def absent(moves: Iterable[Move], installed: Callable[[str], str | None]) -> tuple[Move, ...]:
    """Of an extra, a group, another platform, another file: another version than the one it moved to is not it."""
    together: dict[tuple[str, str], dict[str, Move]] = {}
    for move in moves:
        if move.after is not None:
            together.setdefault((move.file, move.package.name), {})[move.after] = move
    found = [by_version for (_, name), by_version in together.items() if not _is_there(by_version, installed(name))]
    return tuple(move for by_version in found for move in by_version.values())


def _is_there(wanted: Iterable[str], there: str | None) -> bool:
    """A requirement that pins nothing is met by whatever is there."""
    return there is not None and any(parse(version) in (None, parse(there)) for version in wanted)


def named(missing: Iterable[Move]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{move.package.name} {move.after}" for move in missing))


def uv_lock(application: Application, paths: Sequence[str]) -> str | None:
    """The lock that the environment is made from, where that is uv's."""
    beside = posixpath.normpath(posixpath.join(application.path, UV_LOCK))
    locks = application.locks or ((beside,) if beside in paths else ())
    return next((lock for lock in locks if posixpath.basename(lock) == UV_LOCK), None)


def words(
    missing: Iterable[Move], components: Iterable[Component], *, lock: str | None, project: bytes | None
) -> tuple[str, ...]:
    """As `install` has them: a group or an extra that `project` declares, of a package in `lock`; where nothing is
    locked by uv, requirements files.
    """
    places = {(move.file, move.package.name) for move in missing}
    declared = _declared(project)
    chosen: dict[str, None] = {}
    for each in components:
        if (each.file, each.package.name) not in places:
            continue
        if each.file == lock:
            offered = [declared[group] for group in each.groups if group in declared]
        else:
            offered = [f"-r {each.file}"] if lock is None and _is_requirements(each.file) else []
        if offered and chosen.keys().isdisjoint(offered):
            chosen[offered[0]] = None
    return tuple(sorted(chosen))


def _declared(project: bytes | None) -> dict[str, str]:
    whole = document_or_empty(project)
    extras = table(table(whole.get("project")).get("optional-dependencies"))
    groups = table(whole.get("dependency-groups"))
    return {name: f"--extra {name}" for name in extras} | {name: f"--group {name}" for name in groups}


def _is_requirements(file: str) -> bool:
    """What only constrains asks for nothing."""
    return file.endswith(".txt") and "constraint" not in posixpath.basename(file)


def joined(narrow: Result, wide: Result, with_words: Sequence[str]) -> Result:
    """Of the same check in the usual environment and in the wider one: what either lacks counts."""
    told = f"with {', '.join(with_words)}"
    match narrow, wide:
        case ((Failed() | CheckUndecided()), _):
            return narrow
        case _, Failed(evidence):
            return Failed(f"{told}: {evidence}")
        case _, CheckUndecided(missing, would_settle):
            return CheckUndecided(f"{told}: {missing}", would_settle)
        case Passed(evidence), Passed(more):
            return Passed(f"{evidence}; {told}: {more}")
        case Skipped(), Passed(more):
            return Passed(f"{told}: {more}")
        case _:
            return narrow
