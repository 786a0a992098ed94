"""The environment that a project's own CI makes: its requirements, extras and groups, and locks of other programs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from outpace.engines import python_recipe as by_lock
from outpace.engines.python_demands import DECLARATIONS, LOCKS, Demanded, LookUp, demanded
from outpace.engines.python_recipe import EDITABLE, TEST_NAMES, Recipe
from outpace.model.application import Application
from outpace.model.unknown import Unknown

# Before Python 3.12 every environment of a pipeline held setuptools; many packages need its pkg_resources,
# which newer releases of it no longer have.
SEED = "setuptools<81 ; python_version < '3.12'"
GENERATED = "outpace-requirements.txt"
CONSTRAINTS = "outpace-constraints.txt"
SETTLE = "`locks` or `install` in outpace.toml"


def recipe_for(tree: Path, application: Application, also: tuple[str, ...] = ()) -> Recipe | Unknown:
    """From what is declared, else from the first kind of lock that lies there, else from what the project asks for;
    and beyond that what `also` asks for in the same words.
    """
    locks = application.locks or by_lock.found(tree, application.path)
    names = [posixpath.basename(lock) for lock in locks]
    if by_lock.UV_LOCK in names:
        return by_lock.recipe_of(tree, application, also)
    other = _other_lock(tree, application)
    if not application.install and (locks and other is None):
        return by_lock.recipe_of(tree, application, also)
    requirements = tuple(lock for lock in locks if posixpath.basename(lock) not in LOCKS) if application.locks else ()
    install = (*(application.install or _usual(tree, application)), *also)
    return _recipe(tree, application, tuple(dict.fromkeys((*(f"-r {lock}" for lock in requirements), *install))), other)


def production_recipe_for(tree: Path, application: Application, also: tuple[str, ...] = ()) -> Recipe | Unknown:
    """From locks alone, without what developers and tests need; `also` names extras and groups beyond."""
    alone = replace(application, install=(), test=())
    locks = alone.locks or by_lock.found(tree, alone.path)
    other = None if by_lock.UV_LOCK in map(posixpath.basename, locks) else _other_lock(tree, alone)
    if other is None:
        return by_lock.recipe_of(tree, alone, also, tests=False)
    requirements = tuple(f"-r {lock}" for lock in alone.locks if posixpath.basename(lock) not in LOCKS)
    return _recipe(tree, alone, (*requirements, f"-e {alone.path}", *also), other)


def _other_lock(tree: Path, application: Application) -> str | None:
    if application.locks:
        return next((lock for lock in application.locks if posixpath.basename(lock) in LOCKS), None)
    if by_lock.found(tree, application.path) and not application.install:
        return None
    beside = (posixpath.normpath(posixpath.join(application.path, name)) for name in LOCKS)
    return next((lock for lock in beside if by_lock.is_inside(tree, lock)), None)


def _usual(tree: Path, application: Application) -> tuple[str, ...]:
    """What nobody names: the project itself, with extras and groups of the usual names."""
    declared = [posixpath.normpath(posixpath.join(application.path, name)) for name in DECLARATIONS]
    groups = tuple(f"--group {name}" for name in TEST_NAMES)
    return (f"-e {application.path}", *groups) if any(by_lock.is_inside(tree, each) for each in declared) else ()


def _recipe(tree: Path, application: Application, install: tuple[str, ...], lock: str | None) -> Recipe | Unknown:
    files = tuple(word[3:].strip() for word in install if word.startswith(("-r ", "-c ")))
    texts = by_lock.with_includes(tree, files)
    if isinstance(texts, Unknown):
        return texts
    found = demanded((*install, *_editables(tree, texts)), lock, _look_up(tree))
    if not (found.lines or found.files):
        return Unknown("no lock was found, and nothing that the project asks for", SETTLE)
    if not any("setuptools" in text for text in (*texts.values(), *found.lines, *found.constraints)):
        found = replace(found, lines=(*found.lines, SEED))
    directories = [Path(application.path), *(Path(each) for each in found.directories)]
    beside = [name for directory in (Path(), *directories) for name in by_lock.beside(directory)]
    archives = [archive for name in texts for archive in by_lock.archives(tree, name)]
    return Recipe(
        words=_words(found),
        directory=".",
        inputs=by_lock.existing(tree, (*texts, *found.read, *archives, *beside)),
        pinned=lock is not None,
        roots=by_lock.roots(tree, directories),
        own=by_lock.own_packages(tree, {each.as_posix(): None for each in directories}),
        caveats=(*_loose(found, lock), *found.caveats[:5]),
        generated=_generated(found),
    )


def _words(found: Demanded) -> tuple[str, ...]:
    words = ["pip", "install"]
    for name in found.files:
        words += ["-r", name]
    for name in found.constraint_files:
        words += ["-c", name]
    for name, content in _generated(found):
        words += ["-c" if name == CONSTRAINTS else "-r", name] if content else []
    return tuple(words)


def _generated(found: Demanded) -> tuple[tuple[str, str], ...]:
    texts = ((GENERATED, found.lines), (CONSTRAINTS, found.constraints))
    return tuple((name, "\n".join(lines) + "\n") for name, lines in texts if lines)


def _loose(found: Demanded, lock: str | None) -> tuple[str, ...]:
    if lock is not None:
        return ()
    told = ", ".join((*found.files, *(f"{directory}'s own declaration" for directory in found.directories)))
    return (f"{told or 'what is installed'} does not pin everything: the rest is what the index gives today",)


def _editables(tree: Path, texts: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for name, text in texts.items():
        for line in EDITABLE.finditer(text):
            directory = posixpath.normpath(posixpath.join(posixpath.dirname(name), line["path"]))
            if by_lock.is_directory(tree, Path(directory)):
                found.append(f"-e {directory}" + (f"[{line['extras']}]" if line["extras"] else ""))
    return tuple(found)


def _look_up(tree: Path) -> LookUp:
    def look_up(name: str) -> bytes | None:
        return (tree / name).read_bytes() if by_lock.is_inside(tree, name) else None

    return look_up
