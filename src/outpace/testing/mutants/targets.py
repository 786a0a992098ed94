"""Which files and functions are mutated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from pathlib import PurePosixPath

from msgspec import Struct

from outpace.inside.units import REMAINDER, units_of

NO_PRODUCT = frozenset(
    {"benchmarks", "bench", "build", "dist", "doc", "docs", "example", "examples", "migrations", "scripts", "tools"}
)
TESTS = frozenset({"test", "tests", "testing"})
ABOUT = frozenset({"conftest.py", "noxfile.py", "setup.py", "tasks.py", "versioneer.py", "manage.py"})
NEAREST = 3
Read = Callable[[str], str]
"""The text of a file, by its path."""


class Chosen(Struct, frozen=True, kw_only=True):
    """A file below the repository's root; without `functions`, all of it."""

    path: str
    functions: tuple[str, ...] | None = None


class NoSuchTarget(Struct, frozen=True, kw_only=True):
    """Where the file is there and its `function` is not, `nearest` are names that it has."""

    target: str
    path: str = ""
    function: str = ""
    nearest: tuple[str, ...] = ()


def product(paths: Iterable[str], below: str = ".") -> tuple[str, ...]:
    """The Python files of an application that are neither tests nor about the project."""
    start = PurePosixPath(below).parts
    return tuple(
        path
        for path in sorted(paths)
        if PurePosixPath(path).parts[: len(start)] == start and _is_product(PurePosixPath(path), len(start))
    )


def _is_product(path: PurePosixPath, above: int) -> bool:
    folders = {part.lower() for part in path.parts[above:-1]}
    name = path.name
    return (
        path.suffix == ".py"
        and folders.isdisjoint(NO_PRODUCT | TESTS)
        and name not in ABOUT
        and not name.startswith("test_")
        and not name.endswith("_test.py")
    )


def chosen(
    paths: Collection[str], targets: Iterable[str], below: str = ".", *, read: Read
) -> tuple[Chosen, ...] | NoSuchTarget:
    """`targets` are files, folders, dotted module names, each with `::function` or `::Class` behind it or not; none:
    the product."""
    found: dict[str, list[str] | None] = {}
    for target in targets:
        place, _, function = target.partition("::")
        matched = list(_matched(paths, place, below))
        if not matched:
            return NoSuchTarget(target=target)
        named = {path: _named(units_of(read(path)), function) for path in matched} if function else {}
        if function and not any(named.values()):
            return _no_function(target, function, matched[0], read)
        for path in matched:
            before = found.get(path, [])
            if not function or before is None:
                found[path] = None
            elif named[path]:
                found[path] = [*before, *named[path]]
    if not found:
        found = dict.fromkeys(product(paths, below))
    return tuple(
        Chosen(path=path, functions=None if names is None else tuple(sorted(set(names))))
        for path, names in sorted(found.items())
    )


def _named(units: Collection[str], function: str) -> list[str]:
    """It, or all of a class. What cannot be parsed here may be by the project's own Python, which is told its name."""
    return [name for name in units if f"{name}.".startswith(f"{function}.")] if units else [function]


def _no_function(target: str, function: str, path: str, read: Read) -> NoSuchTarget:
    there = [name for name in units_of(read(path)) if name != REMAINDER]
    by_last = {name.rpartition(".")[2]: name for name in reversed(there)}
    near = get_close_matches(function, there, NEAREST) or [
        by_last[last] for last in get_close_matches(function.rpartition(".")[2], by_last, NEAREST)
    ]
    return NoSuchTarget(target=target, path=path, function=function, nearest=tuple(near or there[:NEAREST]))


def _matched(paths: Collection[str], place: str, below: str) -> Iterator[str]:
    """A file by its name, a folder's product, or a module wherever its root is."""
    named = (PurePosixPath(below) / place).as_posix()
    if named in paths:
        yield named
        return
    start = PurePosixPath(named).parts
    within = [path for path in paths if PurePosixPath(path).parts[: len(start)] == start]
    if within:
        yield from product(within, named)
        return
    dotted = place.replace(".", "/")
    for path in sorted(paths):
        if any(f"/{path}".endswith(f"/{dotted}{end}") for end in (".py", "/__init__.py")):
            yield path


def changed(before: str, after: str) -> tuple[str, ...]:
    """The functions of a module that are new or whose body is another now; `""` for what is outside of functions."""
    old, new = units_of(before), units_of(after)
    if not new:
        return ()
    return tuple(name for name, digest in new.items() if old.get(name) != digest and name != REMAINDER)
