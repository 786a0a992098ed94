"""Which files and functions are mutated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from outpace.inside.units import REMAINDER, units_of

NO_PRODUCT = frozenset(
    {"benchmarks", "bench", "build", "dist", "doc", "docs", "example", "examples", "migrations", "scripts", "tools"}
)
TESTS = frozenset({"test", "tests", "testing"})
ABOUT = frozenset({"conftest.py", "noxfile.py", "setup.py", "tasks.py", "versioneer.py", "manage.py"})


class Chosen(Struct, frozen=True, kw_only=True):
    """A file below the repository's root; without `functions`, all of it."""

    path: str
    functions: tuple[str, ...] | None = None


class NoSuchTarget(Struct, frozen=True, kw_only=True):
    target: str


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


def chosen(paths: Collection[str], targets: Iterable[str], below: str = ".") -> tuple[Chosen, ...] | NoSuchTarget:
    """`targets` are files, folders, dotted module names, each with `::function` behind it or not; none: the product."""
    found: dict[str, list[str] | None] = {}
    for target in targets:
        place, _, function = target.partition("::")
        matched = list(_matched(paths, place, below))
        if not matched:
            return NoSuchTarget(target=target)
        for path in matched:
            before = found.get(path, [])
            found[path] = [*before, function] if function and before is not None else None
    if not found:
        found = dict.fromkeys(product(paths, below))
    return tuple(
        Chosen(path=path, functions=None if names is None else tuple(sorted(set(names))))
        for path, names in sorted(found.items())
    )


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
